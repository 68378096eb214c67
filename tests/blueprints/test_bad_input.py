"""Bad input at every address: no token, no id, no sense, too much; refused with words, and never a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import Suggestion, db
from dashboard.models.ids import new_public_id
from dashboard.services import minds, unit_of_work
from dashboard.services.demo.cast import Cast
from tests.browserless import send, sign_in
from tests.cast import ASKS_FOR_A_PERSON, add_person, bring_online, load_cast, write


@dataclass
class Office:
    """Acme with one assigned chat, one suggestion in it, and who wants to know."""

    app: Flask
    cast: Cast
    chat: str
    suggestion: str

    def browser(self, name: str) -> FlaskClient:
        return sign_in(self.app, self.cast.users[name])


@pytest.fixture
def app(sqlite_uri: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path, demo=True))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()


@pytest.fixture
def office(app: Flask) -> Office:
    with app.app_context():
        cast = load_cast()
        bring_online(cast, "bo")
        chat = write(cast, add_person(cast), ASKS_FOR_A_PERSON)
        suggestion = new_public_id()
        with unit_of_work.unit_of_work() as uow:
            values = {"conversation_id": 1, "body": "A late answer.", "author_name": "Trail", "source_key": "late"}
            uow.conn.execute(
                Suggestion.__table__.insert().values(public_id=suggestion, epoch=0, created_at=uow.now, **values)
            )
        db.session.remove()
    return Office(app, cast, chat, suggestion)


OPEN_TO_ALL = {
    "auth.show_login",
    "auth.log_in",
    "auth.log_out",
    "auth.show_session",
    "health.show_life",
    "health.show_readiness",
    "health.show_metrics",
    "api.show_openapi",
    "static",
}
"""Whoever adds to this list says so in review. The webchat has keys of its own, and tests of its own."""

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def guarded(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in OPEN_TO_ALL and not rule.endpoint.startswith(("webchat.", "hooks."))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path_of(rule: Rule, **known: str) -> str:
    values = {name: known.get(name, new_public_id()) for name in rule.arguments}
    with_values = rule.rule
    for name, value in values.items():
        with_values = with_values.replace(f"<{name}>", value)
    return with_values


def test_nothing_changes_without_the_pages_token(office: Office) -> None:
    """API and webchat have no cookies, and so nothing that another site could ride on."""
    client = office.browser("bo")
    office.app.config["WTF_CSRF_ENABLED"] = True
    changing = [
        (method, rule)
        for method, rule in guarded(office.app)
        if method in UNSAFE and not rule.endpoint.startswith("api.")
    ]
    assert len(changing) >= 13
    for method, rule in changing:
        path = path_of(rule, conversation=office.chat, suggestion=office.suggestion)
        answer = send(client, method, path, data={"text": "Hi", "client_id": "c", "status": "closed"})
        assert answer.status_code == 400, (method, path, answer.status_code)


def test_a_cookie_is_no_key_to_the_api(office: Office) -> None:
    client = office.browser("ada")
    for method, rule in guarded(office.app):
        if rule.endpoint.startswith("api."):
            answer = send(client, method, path_of(rule, public_id=office.chat), json={})
            assert answer.status_code == 401, rule


NONSENSE = ["0", "-1", "..", "%00", "0198c0de-0000-7000-8000-000000000001", "x" * 500, "%F0%9F%98%80", "' OR 1=1"]
"""Where an id belongs."""

FORMS: list[Any] = [
    {},
    {"text": "x" * 8_001, "client_id": "a"},
    {"text": "\x00", "client_id": "\x00", "epoch": "-1"},
    {"text": "ok", "client_id": "a" * 500, "epoch": "99999999999999999999", "seq": "1e9"},
    {"text": "<script>", "client_id": "a", "status": "gone", "language": "xx-\x00", "user": "1", "seq": "²"},
    {"text": ["a", "b"], "status": ["closed", "open"], "kind": "other", "to": "team", "team": "0", "note": "\x00"},
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_an_id_that_is_none_is_not_found(office: Office, nonsense: str) -> None:
    client = office.browser("ada")
    for method, rule in guarded(office.app):
        if rule.endpoint.startswith("api.") or not {"conversation", "suggestion"} & rule.arguments:
            continue
        path = path_of(rule, conversation=nonsense, suggestion=nonsense)
        answer = send(
            client, method, path, data={"text": "Hi", "client_id": "c", "seq": "1", "status": "open", "language": "es"}
        )
        assert answer.status_code in (404, 405, 422), (method, path, answer.status_code)


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
def test_nonsense_in_forms_is_refused_and_never_a_fault(office: Office, form: Any) -> None:
    client = office.browser("bo")
    for method, rule in guarded(office.app):
        if rule.endpoint.startswith("api.") or method not in UNSAFE:
            continue
        path = path_of(rule, conversation=office.chat, suggestion=office.suggestion)
        answer = send(client, method, path, data=form)
        assert answer.status_code < 500, (method, path, answer.status_code)
        assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "query", ["view=nowhere", "cursor=%00", "q=%00%F0", "status=x&handler=y&sort=z", "c=1", "q=" + "x" * 900]
)
def test_nonsense_in_the_inboxs_address_is_no_fault(office: Office, query: str) -> None:
    client = office.browser("bo")
    for path in ("/inbox", "/inbox/list", "/inbox/views", "/inbox/filters"):
        assert send(client, "GET", f"{path}?{query}").status_code < 500


def test_a_megabyte_is_too_large_everywhere(office: Office) -> None:
    client = office.browser("bo")
    form = {"text": "x" * (1024 * 1024 + 1), "client_id": "a"}
    for method, rule in guarded(office.app):
        if method in UNSAFE and not rule.endpoint.startswith("api."):
            path = path_of(rule, conversation=office.chat, suggestion=office.suggestion)
            assert send(client, method, path, data=form).status_code in (200, 204, 403, 404, 409, 413), path
