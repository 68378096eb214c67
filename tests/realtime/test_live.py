"""The page's socket on whole server processes: who may open it, what it makes of its user, and when it ends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import Conversation, Presence, User, db
from dashboard.services import accounts, demo, messaging, sessions, unit_of_work
from dashboard.services.faq_answerer import FaqAnswerer
from tests.raw_socket import CLOSE, RawWebSocket
from tests.server_harness import ServerProcess

SECRET = "a secret of the tests, forty characters."
PASSWORD = "a-fine-password"
ADA = "ada@acme.test"


@dataclass
class Shop:
    """The demo on a database of its own: an app in this process, which is one more writer, and servers."""

    app: Flask
    env: dict[str, str]
    servers: list[ServerProcess] = field(default_factory=list)

    def start(self) -> ServerProcess:
        server = ServerProcess(env=self.env)
        self.servers.append(server)
        return server

    def token(self, email: str = ADA) -> dict[str, str]:
        with self.app.app_context():
            return {"Authorization": f"Bearer {accounts.create_token(email)}"}

    def user_id(self, email: str = ADA) -> int:
        return int(self.value(select(User.__table__.c.id).where(User.__table__.c.email == email)))

    def present(self) -> int:
        return int(self.value(select(func.count()).select_from(Presence.__table__)))

    def value(self, statement: Any) -> Any:
        with self.app.app_context(), db.engine.connect() as conn:
            return conn.execute(statement).scalar()


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[[str], Shop]]:
    opened: list[Shop] = []

    def build(uri: str) -> Shop:
        app = create_app(load_config(database_url=uri, data_dir=tmp_path, secret_key=SECRET))
        with app.app_context():
            demo.load(FaqAnswerer(0), PASSWORD, with_history=False)
        env = {"BATON_DATABASE_URL": uri, "BATON_DATA_DIR": str(tmp_path), "BATON_SECRET_KEY": SECRET}
        opened.append(Shop(app, env))
        return opened[-1]

    yield build
    unit_of_work.unsubscribe_all()
    for shop in opened:
        for server in shop.servers:
            server.close()
        with shop.app.app_context():
            db.engine.dispose()


@pytest.fixture
def shop(open_shop: Callable[[str], Shop], database_uri: str) -> Shop:
    return open_shop(database_uri)


def sign_in(server: ServerProcess, email: str = ADA) -> dict[str, str]:
    """The headers of the user's own page."""
    with httpx.Client(base_url=server.url) as browser:
        field = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/login").text)
        assert field is not None
        answer = browser.post("/login", data={"email": email, "password": PASSWORD, "csrf_token": field[1]})
        assert answer.status_code == 303
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return {"Cookie": cookies, "Origin": server.url}


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"


def next_text(page: RawWebSocket, part: str) -> str:
    """The next frame that contains `part`; fails when the socket ends or is silent for ten seconds."""
    while True:
        frame = page.receive()
        assert frame is not None
        assert frame.opcode != CLOSE, f"closed with {frame.code}"
        if part in frame.text:
            return frame.text


def start_chat(server: ServerProcess, key: dict[str, str], client_id: str, said: str = "Hello there") -> str:
    body = {"person": {"external_id": "pia"}, "text": said, "client_id": client_id}
    answer = httpx.post(f"{server.url}/api/v1/conversations", json=body, headers=key)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


def channel_key(shop: Shop) -> dict[str, str]:
    with shop.app.app_context():
        return {"Authorization": f"Bearer {accounts.teamspace_secret('Support', SECRET)}"}


def status(server: ServerProcess, headers: dict[str, str]) -> int:
    with RawWebSocket(server.port, "/live", headers) as page:
        return page.status


def test_the_socket_is_opened_by_ones_own_page_or_a_personal_token_alone(
    open_shop: Callable[[str], Shop], sqlite_uri: str
) -> None:
    shop = open_shop(sqlite_uri)
    server = shop.start()
    page, token = sign_in(server), shop.token()
    elsewhere = {"Origin": "http://elsewhere.test"}
    asked = {
        "own page": page,
        "cookie without origin": {"Cookie": page["Cookie"]},
        "cookie on a foreign page": page | elsewhere,
        "own page, signed out": {"Origin": server.url},
        "token": token,
        "token on our page": token | {"Origin": server.url},
        "token on a foreign page": token | elsewhere,
        "token on no page at all": token | {"Origin": "null"},
        "unknown token": {"Authorization": "Bearer nobody"},
        "another scheme": {"Authorization": "Basic nobody"},
        "teamspace secret": channel_key(shop),
    }
    assert {name: status(server, headers) for name, headers in asked.items()} == {
        "own page": 101,
        "cookie without origin": 403,
        "cookie on a foreign page": 403,
        "own page, signed out": 401,
        "token": 101,
        "token on our page": 101,
        "token on a foreign page": 403,
        "token on no page at all": 403,
        "unknown token": 401,
        "another scheme": 401,
        "teamspace secret": 401,
    }
    assert httpx.get(f"{server.url}/live").status_code == 400
    assert server.errors == []


def test_a_connection_makes_its_user_present_and_the_lease_outlives_it(shop: Shop) -> None:
    server = shop.start()
    with RawWebSocket(server.port, "/live", shop.token()):
        until(lambda: shop.present() == 1)
    until(
        lambda: httpx.get(f"{server.url}/metrics").text.startswith(
            "# TYPE baton_connections gauge\nbaton_connections 0"
        )
    )
    assert shop.present() == 1
    assert server.errors == []


def test_what_one_process_commits_reaches_the_pages_of_another(
    open_shop: Callable[[str], Shop], postgres_uri: str
) -> None:
    shop = open_shop(postgres_uri)
    writer, reader = shop.start(), shop.start()
    with RawWebSocket(reader.port, "/live", shop.token()) as page:
        until(lambda: shop.present() == 1)
        for number in range(5):
            conversation_id = start_chat(writer, channel_key(shop), f"m{number}")
            started = time.monotonic()
            next_text(page, f"c={conversation_id}")
            assert time.monotonic() - started < 1, "it was found by the two-second read, not announced"


def test_what_a_process_commits_and_never_announces_is_found_within_the_tick(
    open_shop: Callable[[str], Shop], postgres_uri: str
) -> None:
    shop = open_shop(postgres_uri)
    server = shop.start()
    conversation_id = start_chat(server, channel_key(shop), "first")
    with RawWebSocket(server.port, "/live", shop.token()) as page:
        until(lambda: shop.present() == 1)
        unit_of_work.unsubscribe_all()  # this process dies between COMMIT and NOTIFY
        with shop.app.app_context():
            chosen = select(Conversation.__table__.c.person_id).where(
                Conversation.__table__.c.public_id == conversation_id
            )
            messaging.receive_message(conversation_id, shop.value(chosen), "Is anybody there?", "silent")
        assert "Is anybody there?" in next_text(page, "Is anybody there?")


def test_a_revoked_sign_in_loses_its_sockets_within_two_seconds_and_no_others(shop: Shop) -> None:
    server = shop.start()
    with (
        RawWebSocket(server.port, "/live", sign_in(server)) as page,
        RawWebSocket(server.port, "/live", sign_in(server, "bo@acme.test")) as other,
    ):
        until(lambda: shop.present() == 2)
        started = time.monotonic()
        with shop.app.app_context():
            sessions.revoke_all(shop.user_id())
        frame = page.receive()
        while frame is not None and frame.opcode != CLOSE:
            frame = page.receive()
        assert frame is not None
        assert frame.code == 4401
        assert time.monotonic() - started < 2.5
        conversation_id = start_chat(server, channel_key(shop), "1", "I want to talk to a human")
        assert next_text(other, f"c={conversation_id}")


def test_idle_sockets_hold_no_database_connections(open_shop: Callable[[str], Shop], postgres_uri: str) -> None:
    shop = open_shop(postgres_uri)
    server, token = shop.start(), shop.token()
    pages = [RawWebSocket(server.port, "/live", token) for _ in range(60)]
    try:
        until(lambda: shop.present() == 60)
        assert httpx.get(f"{server.url}/readyz").status_code == 200
        busy = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert shop.value(text(busy)) == 0
    finally:
        for page in pages:
            page.close()


def test_readiness_ends_with_the_drain_and_people_in_the_queue_do_not_matter(
    open_shop: Callable[[str], Shop], sqlite_uri: str
) -> None:
    shop = open_shop(sqlite_uri)
    server = shop.start()
    start_chat(server, channel_key(shop), "1", "I want to talk to a human")
    with httpx.Client(base_url=server.url) as monitor, RawWebSocket(server.port, "/live", shop.token()):
        assert monitor.get("/readyz").json() == {"ready": True, "obstacles": []}
        assert "baton_queue_length 1" in monitor.get("/metrics").text
        assert monitor.get("/livez").status_code == 200
        server.process.terminate()
        until(lambda: monitor.get("/readyz").status_code == 503, 1)


def test_readiness_names_a_schema_that_is_not_ours(open_shop: Callable[[str], Shop], sqlite_uri: str) -> None:
    shop = open_shop(sqlite_uri)
    server = shop.start()
    with shop.app.app_context(), db.engine.connect().execution_options(write=True) as conn, conn.begin():
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = httpx.get(f"{server.url}/readyz")
    assert answer.status_code == 503
    assert "9999" in answer.json()["obstacles"][0]
