"""What a row of the matrix is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.security.matrix.conftest import EVERYBODY, USERS


@dataclass(frozen=True)
class Row:
    """`expected` gives each role its status.

    `path` and `data` may name a user, as {cy}, and what the house makes: {chat}, {queued}, {suggestion}, {channel}, and
    {ticket} for its `make_ticket`; a new name needs only a new `make_…` of the house.
    """

    rule: str
    method: str
    expected: dict[str, int]
    path: str = ""
    data: Any = None
    is_json: bool = False


def roles(others: int = 401, *, users: int | None = None, **named: int) -> dict[str, int]:
    """`others` for whoever is not named; `users` for the users who are not."""
    found = dict.fromkeys(EVERYBODY, others)
    if users is not None:
        found |= dict.fromkeys(USERS, users)
    return found | named


def strangers(**named: int) -> dict[str, int]:
    """On a page about bo's chat: fay and eli do not know that it exists."""
    return roles(401, fay=404, eli=404, **named)


def seen(status: int) -> dict[str, int]:
    """Whoever sees the chat may: its Assignee, the team mate, the manager, the admin."""
    return strangers(cy=status, bo=status, di=status, ada=status)


def of_api(**named: int) -> dict[str, int]:
    return roles(401, fay=404, eli=404, other_secret=404, **named)


def by_users(**named: int) -> dict[str, int]:
    """A verb of users: a secret is refused before anything is looked up."""
    return of_api(secret=403, **named) | {"other_secret": 403}


OPEN = roles(200)
SIGNED_IN = roles(401, users=200)
TALK = {"text": "Hello", "client_id": "k"}
C = "/conversations/<conversation>"
A = "/api/v1/conversations/<public_id>"
W = "/webchat/<channel>"
PERSON = {"external_id": "pia"}


def page(
    rule: str, method: str, expected: dict[str, int], data: Any = None, *, query: str = "", on: str = "chat"
) -> Row:
    path = re.sub(r"<(\w+)>", r"{\1}", rule.replace("<conversation>", "{" + on + "}")) + query
    return Row(rule, method, expected, path, data)


def api(rule: str, method: str, expected: dict[str, int], body: Any = None, *, on: str = "chat") -> Row:
    path = rule.replace("<public_id>", "{" + on + "}")
    return Row(rule, method, expected, path, body, is_json=True)


def chat_of(rule: str, method: str, expected: dict[str, int], body: Any = None) -> Row:
    return Row(rule, method, expected, rule.replace("<channel>", "{channel}"), body, is_json=True)
