"""What stands before every page: the form's token, the headers, the cookie, and whom the server believes."""

from __future__ import annotations

import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from dashboard.app import create_app
from dashboard.blueprints.webchat.live import MOST_PAGES
from dashboard.config import ConfigError, load_config
from dashboard.models import UserSession, VisitorTicket, VisitorToken, db
from dashboard.models.ids import new_public_id
from dashboard.realtime.hub import Connection
from dashboard.realtime.process import EXTENSION
from dashboard.services import minds, sessions, unit_of_work
from tests.browserless import send
from tests.cast import PASSWORD, load_cast
from tests.security.matrix.conftest import SECRET, House, open_house
from tests.security.matrix.test_routes_and_roles import knock
from tests.server_harness import ROOT, ServerProcess

KEEPS_COOKIES_OUT = ("/api/", "/webchat/", "/hooks/")
"""No cookie counts there, so there is nothing to forge."""
TOKEN = re.compile(r'(?<=(?:value|ntent)=")[A-Za-z0-9_.-]{60,}')
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def unsafe_pages(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(KEEPS_COOKIES_OUT)
        for method in sorted(set(rule.methods or ()) & UNSAFE)
    ]


def path_of(rule: Rule) -> str:
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<{name}>", new_public_id())
    return path


@pytest.fixture
def app(sqlite_uri: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path, secret_key=SECRET, sign_in_attempts=2))
    with app.app_context():
        load_cast()
        yield app
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()


def token_in(client: FlaskClient) -> str:
    page = BeautifulSoup(send(client, "GET", "/login").text, "html.parser")
    return str(page.select_one("[name=csrf_token]")["value"])  # type: ignore[index]


def log_in(client: FlaskClient, email: str, password: str = PASSWORD, **headers: str) -> int:
    is_signed_in = send(client, "GET", "/session").status_code == 204
    token = token_of_page(client) if is_signed_in else token_in(client)
    form = {"email": email, "password": password, "csrf_token": token}
    return send(client, "POST", "/login", data=form, headers=headers).status_code


def test_every_form_needs_the_token_of_the_page(house: House) -> None:
    browser = house.browser("bo")
    house.app.config["WTF_CSRF_ENABLED"] = True
    rules = unsafe_pages(house.app)
    assert len(rules) >= 14
    for method, rule in rules:
        for headers in ({}, {"X-CSRFToken": "made up"}, {"Content-Type": "text/plain"}):
            answer = send(browser, method, path_of(rule), headers=headers)
            assert answer.status_code == 400, (method, rule.rule, headers)
            assert "Copy what you typed, reload the page and send it again." in answer.text


def test_a_token_of_somebody_else_does_not_count(app: Flask) -> None:
    theirs = token_in(app.test_client())
    mine = app.test_client()
    assert send(mine, "POST", "/login", data={"csrf_token": theirs, "email": "a", "password": "b"}).status_code == 400


def test_every_answer_says_what_a_browser_may_do_with_it(house: House) -> None:
    for rule in house.app.url_map.iter_rules():
        if rule.websocket or "filename" in rule.arguments:
            continue
        for who in ("anonymous", "bo"):
            for method in sorted(set(rule.methods or ()) | {"DELETE"}):
                headers = send(house.fresh_browser(who), method, path_of(rule)).headers
                policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
                assert policy["default-src"] == "'self'"
                assert policy["frame-ancestors"] == "'none'"
                assert "unsafe" not in headers["Content-Security-Policy"]
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert headers["X-Frame-Options"] == "DENY"


def test_only_the_listed_sites_may_frame_the_chat_and_nothing_else(house: House) -> None:
    channel = house.channels[house.scene.channel]
    from dashboard.models import Channel

    sites = ["https://shop.acme.test", "https://evil.test; script-src *", "javascript:alert(1)", "*", "'unsafe-inline'"]
    house.scene.change(Channel, house.scene.channel, allowed_sites=sites)
    policy = send(house.app.test_client(), "GET", f"/webchat/{channel}/frame").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://shop.acme.test")


def test_a_session_from_before_the_sign_in_is_worth_nothing_after_it(app: Flask) -> None:
    client = app.test_client()
    token_in(client)
    before = client.get_cookie("baton_session")
    assert log_in(client, "bo@acme.test") == 303
    after = client.get_cookie("baton_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    fixed = app.test_client()
    fixed.set_cookie("baton_session", before.value)
    assert send(fixed, "GET", "/session").status_code == 401
    with client.session_transaction() as session:
        first = session["_user_id"]
    assert log_in(client, "cy@acme.test") == 303
    fixed.set_cookie("baton_session", after.value)
    assert send(fixed, "GET", "/session").status_code == 401, "the sign-in that was replaced goes on"
    with client.session_transaction() as session:
        assert session["_user_id"] != first


def test_signing_out_ends_the_copies_of_a_cookie(app: Flask) -> None:
    client, copy = app.test_client(), app.test_client()
    assert log_in(client, "bo@acme.test") == 303
    cookie = client.get_cookie("baton_session")
    assert cookie is not None
    copy.set_cookie("baton_session", cookie.value)
    assert send(copy, "GET", "/session").status_code == 204
    assert send(client, "POST", "/logout", data={"csrf_token": token_of_page(client)}).status_code == 303
    assert send(copy, "GET", "/session").status_code == 401


def token_of_page(client: FlaskClient) -> str:
    page = BeautifulSoup(send(client, "GET", "/account").text, "html.parser")
    return str(page.select_one("meta[name=csrf-token]")["content"])  # type: ignore[index]


def test_a_made_up_forwarded_address_does_not_evade_the_limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PER_ADDRESS", 3)
    tries = [
        log_in(app.test_client(), f"nobody{number}@acme.test", "wrong", **{"X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(7)
    ]
    assert tries == [422] * 6 + [429]


def test_an_unknown_address_is_refused_like_a_wrong_password(app: Flask) -> None:
    forms = []
    for email in ("bo@acme.test", "nobody@acme.test"):
        client = app.test_client()
        form = {"email": email, "password": "wrong", "csrf_token": token_in(client)}
        page = send(client, "POST", "/login", data=form).text
        forms.append(TOKEN.sub("", page).replace(email, "them"))
    assert forms[0] == forms[1]


def test_no_address_of_ours_comes_from_the_host_header(house: House) -> None:
    lies = {"Host": "evil.test", "X-Forwarded-Host": "e2"}
    for path in ("/", "/login", "/inbox", "/account", f"/webchat/{house.channels[house.scene.channel]}/frame"):
        for who in ("anonymous", "bo"):
            answer = send(house.fresh_browser(who), "GET", path, headers=lies)
            assert "evil.test" not in answer.text
            assert "evil.test" not in answer.headers.get("Location", "")
            assert "e2" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("wrong", ["https://x.test/in", "https://", "https://a@x.test", "https://x.test?a", "x.test"])
def test_the_public_address_is_an_origin(wrong: str) -> None:
    with pytest.raises(ConfigError):
        load_config(public_url=wrong)


def test_with_a_public_address_only_its_pages_open_sockets(sqlite_uri: str, tmp_path: Path) -> None:
    from dashboard.web.origin import is_own_origin

    config = load_config(database_url=sqlite_uri, data_dir=tmp_path, secret_key=SECRET, public_url="https://X.test/")
    app = create_app(config)
    unit_of_work.unsubscribe_all()
    with app.test_request_context("/live", base_url="http://x.test"):
        asked = {each: is_own_origin(each) for each in ("https://x.test", "http://x.test", "null", None, "")}
    assert asked == {"https://x.test": True, "http://x.test": False, "null": False, None: False, "": False}


def test_secrets_are_kept_as_hashes_alone(house: House) -> None:
    from dashboard.services import visitors

    _, key = house.chat()
    ticket = visitors.issue_ticket(house.visitor(key))
    house.browser("bo")
    stored = [
        *house.scene.all(select(VisitorToken.token_hash)),
        *house.scene.all(select(VisitorTicket.ticket_hash)),
        *house.scene.all(select(UserSession.token_hash)),
    ]
    assert all(len(row[0]) == 64 for row in stored)
    assert not {key, ticket} & {row[0] for row in stored}


def test_a_ticket_opens_one_socket(house: House) -> None:
    from dashboard.models.errors import Unauthenticated
    from dashboard.services import visitors

    ticket = visitors.issue_ticket(house.visitor(house.chat()[1]))
    assert visitors.redeem_ticket(ticket).audience.startswith("person:")
    with pytest.raises(Unauthenticated):
        visitors.redeem_ticket(ticket)
    late = visitors.issue_ticket(house.visitor(house.chat()[1]))
    house.scene.clock.forward(seconds=31)
    with pytest.raises(Unauthenticated):
        visitors.redeem_ticket(late)


def test_one_visitor_cannot_fill_the_server_with_sockets(house: House) -> None:
    key = house.chat()[1]
    hub = house.app.extensions[EXTENSION].hub
    audience = house.visitor(key).audience
    for number in range(MOST_PAGES):
        assert knock(house, "/webchat/live", "visitor", key) == 101, number
        hub.add(Connection(str(number), audience, "visitor", Deaf()))
    assert knock(house, "/webchat/live", "visitor", key) == 429
    assert knock(house, "/webchat/live", "visitor") == 101, "another visitor is refused too"


def test_an_error_of_the_database_is_logged_without_what_people_wrote(house: House) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    with pytest.raises(SQLAlchemyError) as caught:
        db.session.execute(text("SELECT nothing FROM nowhere WHERE it = :it"), {"it": "their words"})
    db.session.rollback()
    assert "their words" not in str(caught.value)


def test_a_visitor_who_writes_to_several_processes_has_one_limit(sqlite_uri: str, tmp_path: Path) -> None:
    with open_house(sqlite_uri, tmp_path, visitor_limit="3 per minute") as house:
        _, key = house.chat()
        name = {"limits": "3 per minute", "name": "webchat-visitor", "key": str(house.visitor(key).token_id)}
        process = house.app.extensions[EXTENSION]
        for sender in ("another", "another", process.id):  # what came from here is counted already
            process.hear({"kind": "webchat-count", "by": sender, **name})
        path = f"/webchat/{house.channels[house.scene.channel]}/messages"
        bodies = [{"text": "Hello", "client_id": f"n{number}"} for number in range(2)]
        answers = [house.ask("visitor", "POST", path, key=key, json=body) for body in bodies]
        assert [answer.status_code for answer in answers] == [201, 429]
        assert int(answers[1].headers["Retry-After"]) >= 1


def test_a_chat_goes_on_while_redis_is_away(sqlite_uri: str, tmp_path: Path, free_port: int) -> None:
    with open_house(sqlite_uri, tmp_path, redis_url=f"redis://127.0.0.1:{free_port}/0") as house:
        _, key = house.chat()
        path = f"/webchat/{house.channels[house.scene.channel]}/messages"
        answer = house.ask("visitor", "POST", path, key=key, json={"text": "Hello", "client_id": "n"})
        assert answer.status_code == 201


@pytest.fixture
def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_header_of_a_local_program_moves_an_address(tmp_path: Path) -> None:
    env = {"BATON_DATA_DIR": str(tmp_path / "data"), "BATON_PORT": "0"}
    baton = [sys.executable, "-m", "dashboard.cli", "migrate"]
    subprocess.run(baton, env={**os.environ, **env}, check=True, capture_output=True, cwd=ROOT)
    with ServerProcess(env=env) as server, socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"GET /evil/inbox HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /evil\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := raw.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"evil" not in answer.partition(b"\r\n\r\n")[0]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert modes.keys() >= {"baton.db", "secret_key"}
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


class Deaf:
    """A socket that nothing is sent to."""

    def send_frame(self, data: bytes) -> bool:
        return True

    def close_with(self, code: int, reason: str = "") -> None:
        pass
