"""Every address of the application by everybody who might ask for it: a new rule without a row here fails."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashboard.models.errors import BatonError
from dashboard.services import visitors
from tests.browserless import send
from tests.security.matrix.conftest import EVERYBODY, USERS, VISITORS, House


@dataclass(frozen=True)
class Row:
    """`path` may name {chat}, {ticket}, {queued}, {suggestion}, {channel}; `expected` gives each role its status."""

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
    path = rule.replace("<conversation>", "{" + on + "}").replace("<suggestion>", "{suggestion}") + query
    return Row(rule, method, expected, path, data)


def api(rule: str, method: str, expected: dict[str, int], body: Any = None, *, on: str = "chat") -> Row:
    path = rule.replace("<public_id>", "{" + on + "}")
    return Row(rule, method, expected, path, body, is_json=True)


def chat_of(rule: str, method: str, expected: dict[str, int], body: Any = None) -> Row:
    return Row(rule, method, expected, rule.replace("<channel>", "{channel}"), body, is_json=True)


ROWS = [
    # Anybody's.
    page("/login", "GET", roles(200, users=303)),
    page("/login", "POST", roles(422), {"email": "bo@acme.test", "password": "a wrong one"}),
    page("/logout", "POST", roles(303)),
    page("/session", "GET", roles(401, users=204)),
    page("/static/<path:filename>", "GET", OPEN),
    page("/livez", "GET", OPEN),
    page("/readyz", "GET", OPEN),
    page("/metrics", "GET", OPEN),
    page("/webchat/<channel>.js", "GET", OPEN),
    page("/webchat/<channel>/frame", "GET", OPEN),
    page("/webchat/<channel>/demo", "GET", roles(404)),
    # One's own.
    page("/", "GET", roles(401, users=303)),
    page("/account", "GET", SIGNED_IN),
    page("/account/theme", "PUT", roles(401, users=204), {"theme": "dark"}),
    page("/me/availability", "PUT", SIGNED_IN, {"availability": "away"}),
    page("/inbox", "GET", SIGNED_IN),
    page("/inbox", "GET", seen(200), query="?c={chat}"),
    page("/inbox/list", "GET", SIGNED_IN, query="?view=all"),
    page("/inbox/views", "GET", SIGNED_IN),
    page("/inbox/filters", "GET", SIGNED_IN),
    # Bo's chat, for which bo and cy were eligible: cy lost that race and learns it (L8), the others never could.
    page(C, "GET", seen(200)),
    page(f"{C}/messages", "GET", seen(200), query="?after=0"),
    page(f"{C}/messages", "GET", seen(200), query="?before=9"),
    page(f"{C}/side", "GET", seen(200)),
    page(f"{C}/transfers/new", "GET", seen(200)),
    page(f"{C}/messages", "POST", strangers(cy=409, bo=201, di=409, ada=409), TALK),
    page(f"{C}/messages", "POST", seen(201), {**TALK, "kind": "note"}),
    page(f"{C}/claim", "POST", strangers(cy=409, bo=200, di=403, ada=403)),
    page(f"{C}/takeover", "POST", strangers(cy=201, bo=201, di=403, ada=201), TALK),
    page(f"{C}/status", "PUT", strangers(cy=409, bo=200, di=403, ada=403), {"status": "pending"}),
    page(f"{C}/transfers", "POST", strangers(cy=409, bo=204, di=403, ada=403), {"to": "user", "user": "{cy}"}),
    page(f"{C}/language", "PUT", strangers(cy=204, bo=204, di=403, ada=204), {"language": "es"}),
    page(f"{C}/read", "PUT", seen(200), {"seq": "1"}),
    page(f"{C}/draft", "PUT", seen(200), {"text": "Dear"}),
    page(f"{C}/typing", "POST", seen(204)),
    page("/suggestions/<suggestion>/use", "POST", strangers(cy=409, bo=200, di=409, ada=409)),
    page("/suggestions/<suggestion>/dismiss", "POST", strangers(cy=409, bo=200, di=409, ada=409)),
    # A chat that waits for Front line: claimed by its members alone, closed by whoever manages all.
    page(C, "GET", seen(200), on="queued"),
    page(f"{C}/claim", "POST", strangers(cy=200, bo=200, di=403, ada=403), on="queued"),
    page(f"{C}/takeover", "POST", strangers(cy=201, bo=201, di=403, ada=201), TALK, on="queued"),
    page(f"{C}/messages", "POST", strangers(cy=409, bo=409, di=409, ada=409), TALK, on="queued"),
    page(f"{C}/status", "PUT", strangers(cy=403, bo=403, di=403, ada=200), {"status": "closed"}, on="queued"),
    page(f"{C}/transfers", "POST", strangers(cy=403, bo=403, di=403, ada=403), {"user": "{cy}"}, on="queued"),
    # Bo's ticket: nobody but its Assignee was ever eligible.
    page(C, "GET", seen(200), on="ticket"),
    page(f"{C}/claim", "POST", strangers(cy=403, bo=200, di=403, ada=403), on="ticket"),
    page(f"{C}/status", "PUT", strangers(cy=403, bo=200, di=403, ada=403), {"status": "resolved"}, on="ticket"),
    # The same through the API, where a secret speaks for the person.
    api("/api/v1/openapi.json", "GET", OPEN),
    api("/api/v1/conversations", "GET", roles(401, users=200, secret=200, other_secret=200)),
    api(
        "/api/v1/conversations", "POST", roles(401, users=403, secret=201, other_secret=201), {"person": PERSON, **TALK}
    ),
    api("/api/v1/me/availability", "GET", roles(401, users=200, secret=403, other_secret=403)),
    api(
        "/api/v1/me/availability", "PUT", roles(401, users=200, secret=403, other_secret=403), {"availability": "away"}
    ),
    api(
        "/api/v1/tickets",
        "POST",
        roles(401, secret=201, other_secret=201, fay=201, eli=201, cy=201, bo=201, di=403, ada=409),
        {"subject": "A tent", "person": {"external_id": "pat"}, "assignee": None, "text": "It is torn."},
    ),
    api(A, "GET", of_api(secret=200, cy=200, bo=200, di=200, ada=200)),
    api(f"{A}/messages", "GET", of_api(secret=200, cy=200, bo=200, di=200, ada=200)),
    api(f"{A}/messages", "POST", of_api(secret=201, cy=409, bo=201, di=409, ada=409), TALK),
    api(f"{A}/messages", "POST", of_api(secret=403, cy=201, bo=201, di=201, ada=201), {**TALK, "kind": "note"}),
    api(f"{A}/claim", "POST", by_users(cy=409, bo=200, di=403, ada=403), {}),
    api(f"{A}/claim", "POST", by_users(cy=200, bo=200, di=403, ada=403), {}, on="queued"),
    api(f"{A}/takeover", "POST", by_users(cy=200, bo=200, di=403, ada=200), TALK),
    api(
        f"{A}/transfers", "POST", by_users(cy=409, bo=200, di=403, ada=403),
        {"user": "cy@acme.test"},
    ),
    api(
        f"{A}/status", "PUT", by_users(cy=409, bo=200, di=403, ada=403),
        {"status": "pending"},
    ),
    # The webchat: only the visitor's own key, on its own channel, and only the own chat.
    chat_of(f"{W}/session", "POST", roles(201), {}),
    chat_of(f"{W}/messages", "GET", roles(401, visitor=200)),
    chat_of(f"{W}/messages", "POST", roles(401, visitor=201), TALK),
    chat_of(f"{W}/rating", "POST", roles(401, visitor=409), {"stars": 5}),
    chat_of(f"{W}/typing", "POST", roles(401, visitor=204), {}),
    chat_of(f"{W}/ticket", "POST", roles(401, visitor=201), {}),
    chat_of(f"{W}/email", "POST", roles(401, visitor=200), {"email": "pia@example.com"}),
]  # fmt: skip

SOCKETS = {
    "/live": roles(401, users=101),
    "/webchat/live": roles(401, visitor=101),
}
"""Opened from a page of our own; `101` is a handshake that is let through."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path or row.rule}")
def test_everybody_gets_what_their_role_gives_them(sqlite_house: House, row: Row) -> None:
    assert {who: ask(sqlite_house, row, who) for who in EVERYBODY} == row.expected


@pytest.mark.parametrize("path", SOCKETS)
def test_sockets_open_for_their_own_people_alone(sqlite_house: House, path: str) -> None:
    assert {who: knock(sqlite_house, path, who) for who in EVERYBODY} == SOCKETS[path]


def test_every_address_has_a_row(sqlite_house: House) -> None:
    rows = {(row.rule, row.method) for row in ROWS} | {(path, "GET") for path in SOCKETS}
    assert rows == {(rule.rule, method) for rule in sqlite_house.app.url_map.iter_rules() for method in methods(rule)}


def methods(rule: Rule) -> set[str]:
    return set(rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}


def ask(house: House, row: Row, who: str) -> int:
    """The status that `who` gets on conversations of their own, so that no answer depends on the others' deeds."""
    key, path = prepare(house, row, who)
    data = fill(house, row.data)
    options: dict[str, Any] = {"json": data} if row.is_json and data is not None else {"data": data or {}}
    if not row.is_json:
        options["headers"] = {"HX-Request": "true"}
    if row.rule in ("/login", "/logout"):  # it would end the sign-in that the next rows need
        return status_of(send(house.fresh_browser(who), row.method, path, **options))
    return status_of(house.ask(who, row.method, path, key=key, **options))


def status_of(answer: TestResponse) -> int:
    answer.close()  # or the file that it streams stays open
    return answer.status_code


def prepare(house: House, row: Row, who: str) -> tuple[str | None, str]:
    """The key that a visitor needs, and the path with what it names."""
    path = row.path.replace("<channel>", "{channel}").replace("<path:filename>", "app.css")
    needs_chat = any(name in path for name in ("{chat}", "{channel}", "{suggestion}"))
    chat, key = house.chat() if needs_chat else ("", "no key")
    made: dict[str, Callable[[], str]] = {
        "chat": lambda: chat,
        "channel": lambda: house.channels[house.scene.channel],
        "queued": lambda: house.queued_chat()[0],
        "ticket": house.ticket,
        "suggestion": lambda: house.suggestion(chat),
    }
    for name, make in made.items():
        path = path.replace("{" + name + "}", make()) if "{" + name + "}" in path else path
    if who in VISITORS:
        return key if who == "visitor" else house.other_visitor_key(), path
    return None, path


def fill(house: House, data: Any) -> Any:
    if isinstance(data, dict) and data.get("user") == "{cy}":
        return {**data, "user": house.scene.viewer("cy").public_id}
    if isinstance(data, dict) and "client_id" in data:
        return {**data, "client_id": house.scene.key()}
    return data


def knock(house: House, path: str, who: str, key: str | None = None) -> int:
    """How a handshake from our own page is answered, before it is made."""
    headers = {"Origin": "http://localhost", "Connection": "Upgrade", "Upgrade": "websocket"}
    if path == "/webchat/live":
        key = key or (house.chat()[1] if who == "visitor" else None)
        path += f"?ticket={visitors.issue_ticket(house.visitor(key)) if key else house.key(who)}"
    elif who in USERS:
        cookie = house.browser(who).get_cookie("baton_session")
        headers["Cookie"] = f"baton_session={cookie.value if cookie else None}"
    elif house.key(who):
        headers["Authorization"] = f"Bearer {house.key(who)}"
    return Context().run(greet, house.app, path, headers)


def greet(app: Flask, path: str, headers: dict[str, str]) -> int:
    with app.test_request_context(path, headers=headers):
        try:
            app.preprocess_request()
        except BatonError as error:
            return error.status
    return 101
