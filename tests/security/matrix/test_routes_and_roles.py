"""Every address of the application by everybody who might ask for it: a new rule without a row here fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashboard.models.errors import BatonError
from dashboard.services import visitors
from tests.browserless import send
from tests.security.matrix.conftest import EVERYBODY, USERS, VISITORS, House
from tests.security.matrix.rows import ROWS, Row
from tests.security.matrix.rows.kit import roles

NAMED = re.compile(r"\{(\w+)\}")
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
        "suggestion": lambda: house.suggestion(chat),
    }
    path = NAMED.sub(lambda match: made.get(match[1], lambda: made_by(house, match[1]))(), path)
    if who in VISITORS:
        return key if who == "visitor" else house.other_visitor_key(), path
    return None, path


def fill(house: House, data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    filled = {
        name: NAMED.sub(lambda match: made_by(house, match[1]), value) if isinstance(value, str) else value
        for name, value in data.items()
    }
    return {**filled, "client_id": house.scene.key()} if "client_id" in data else filled


def made_by(house: House, name: str) -> str:
    """The public id of a user of the cast, or of what the house makes under this name."""
    if name in USERS:
        return house.scene.viewer(name).public_id
    made: str = getattr(house, f"make_{name}")()
    return made


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
