"""Signing in and out over HTTP: cookies, CSRF, limits, and where one is sent afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.blueprints.auth import HOME, safe_next
from dashboard.config import load_config
from dashboard.models import UserSession, db
from dashboard.services import minds, sessions, unit_of_work
from tests.cast import PASSWORD, load_cast


@pytest.fixture
def app(sqlite_uri: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path, sign_in_attempts=3))
    with app.app_context():
        load_cast()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def csrf_token(client: FlaskClient, path: str = "/login") -> str:
    page = BeautifulSoup(client.get(path).text, "html.parser")
    return str(page.select_one("[name=csrf_token]")["value"])


def sign_in(client: FlaskClient, email: str = "bo@acme.test", password: str = PASSWORD, **form: str) -> TestResponse:
    data = {"email": email, "password": password, "csrf_token": csrf_token(client), **form}
    return client.post("/login", data=data)


def test_the_right_password_leads_to_the_inbox(client: FlaskClient) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, HOME)
    assert client.get("/session").status_code == 204
    assert client.get("/login").location == HOME


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: FlaskClient) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure(sqlite_uri: str, tmp_path: Path) -> None:
    config = load_config(database_url=sqlite_uri, data_dir=tmp_path, public_url="https://chat.example.com")
    app = create_app(config)
    unit_of_work.unsubscribe_all()
    answer = app.test_client().get("/login")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with app.app_context():
        db.engine.dispose()


def test_a_wrong_password_shows_the_form_again_with_the_email_and_without_the_password(client: FlaskClient) -> None:
    answer = sign_in(client, password="not it")
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert sessions.WRONG in page.text
    assert page.select_one("[name=email]")["value"] == "bo@acme.test"
    assert not page.select_one("[name=password]").get("value")
    assert "not it" not in answer.text


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": "bo@acme.test", "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/session").status_code == 401


def test_guessing_is_slowed_down_and_says_for_how_long(client: FlaskClient) -> None:
    for _ in range(3):
        assert sign_in(client, password="guess").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    assert client.get("/session").status_code == 401


def test_signing_out_ends_the_session_on_the_server(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    stolen = client.get_cookie("baton_session")
    assert stolen is not None
    token = csrf_token_of_page(client)

    answer = client.post("/logout", headers={"X-CSRFToken": token})

    assert (answer.status_code, answer.location) == (303, "/login")
    thief = app.test_client()
    thief.set_cookie("baton_session", stolen.value)
    assert thief.get("/session").status_code == 401


def csrf_token_of_page(client: FlaskClient) -> str:
    page = BeautifulSoup(client.get("/inbox").text, "html.parser")
    return str(page.select_one("meta[name=csrf-token]")["content"])


def test_signing_out_needs_the_token_too(client: FlaskClient) -> None:
    sign_in(client)
    assert client.post("/logout").status_code == 400
    assert client.get("/session").status_code == 204


def test_signing_in_again_in_the_same_browser_ends_the_session_before(app: Flask, client: FlaskClient) -> None:
    token = csrf_token(client)
    sign_in(client)
    token = csrf_token_of_page(client)
    form = {"email": "cy@acme.test", "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=form).status_code == 303
    with app.app_context():
        revoked = db.session.execute(select(UserSession.revoked_at).order_by(UserSession.id)).scalars().all()
    assert [each is not None for each in revoked] == [True, False]


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(client: FlaskClient) -> None:
    asked = client.get("/inbox?view=all&q=a+b")
    assert asked.status_code == 302
    assert asked.location == "/login?next=/inbox?view%3Dall%26q%3Da%2Bb"
    form = BeautifulSoup(client.get(asked.location).text, "html.parser")
    wanted = str(form.select_one("[name=next]")["value"])
    assert wanted == "/inbox?view=all&q=a+b"
    assert sign_in(client, next=wanted).location == wanted


def test_a_page_of_htmx_gets_a_401_and_no_redirect(client: FlaskClient) -> None:
    answer = client.get("/inbox/list", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "inbox",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/inbox",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/inbox\r\nSet-Cookie: a=b",
        "/\\/evil.example",
        "/login?next=/login",
        "/logout",
    ],
)
def test_only_a_page_of_ours_comes_next(address: str | None) -> None:
    assert safe_next(address) == HOME


@pytest.mark.parametrize("address", ["/inbox", "/inbox?c=0198-ab&view=mine", "/conversations/0198", "/account"])
def test_a_page_of_ours_is_kept(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize("email", ["\x00", "b" * 9_000, "<script>alert(1)</script>", "", "é" * 200, "\ud83d"])
def test_nonsense_is_the_form_again_and_never_a_fault(client: FlaskClient, email: str) -> None:
    answer = client.post(
        "/login",
        data={"email": email.encode("utf-8", "replace"), "password": "x", "csrf_token": csrf_token(client)},
    )
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.text


def test_a_megabyte_of_password_is_too_large(client: FlaskClient) -> None:
    answer = sign_in(client, password="x" * (1024 * 1024 + 1))
    assert answer.status_code == 413
