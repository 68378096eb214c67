"""The visitor's socket on a whole server: tickets that count once, and frames that equal what a page would ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from dashboard.models import User, VisitorTicket
from dashboard.models.clock import utcnow
from dashboard.models.ids import new_public_id
from dashboard.services import messaging, transfers
from dashboard.services.secrets import hash_password
from dashboard.services.unit_of_work import unit_of_work
from tests.blueprints.webchat.conftest import SECRET, Shop
from tests.raw_socket import CLOSE, RawWebSocket
from tests.server_harness import ServerProcess

RESYNC = "<!--resync-->"
PASSWORD = "a-fine-password"


class Page:
    """A frame on a real server: its key, its requests, its socket."""

    def __init__(self, server: ServerProcess, channel: str) -> None:
        self.server = server
        self.http = httpx.Client(base_url=f"{server.url}/webchat/{channel}", trust_env=False)
        self.http.headers["Authorization"] = f"Bearer {self.post('session')['token']}"

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.http.post(f"/{path}", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    def say(self, text: str) -> dict[str, Any]:
        return self.post("messages", text=text, client_id=new_public_id())

    def read(self) -> dict[str, Any]:
        return dict(self.http.get("/messages").json())

    def ticket(self) -> str:
        return str(self.post("ticket")["ticket"])

    def connect(self, ticket: str, origin: str | None = None) -> RawWebSocket:
        return RawWebSocket(self.server.port, f"/webchat/live?ticket={ticket}", {"Origin": origin or self.server.url})

    def listen(self) -> RawWebSocket:
        socket = self.connect(self.ticket())
        assert socket.status == 101
        assert next_text(socket) == RESYNC
        return socket


def next_text(socket: RawWebSocket) -> str:
    frame = socket.receive()
    assert frame is not None
    assert frame.opcode != CLOSE, f"closed with {frame.code}"
    return frame.text


def next_frame(socket: RawWebSocket) -> dict[str, Any]:
    while (text := next_text(socket)).startswith("<!--"):
        pass
    return dict(json.loads(text))


@pytest.fixture
def server(shop: Shop, sqlite_uri: str, tmp_path: Path) -> Iterator[ServerProcess]:
    env = {"BATON_DATABASE_URL": sqlite_uri, "BATON_DATA_DIR": str(tmp_path), "BATON_SECRET_KEY": SECRET}
    with ServerProcess(env=env) as server:
        yield server


@pytest.fixture
def open_page(shop: Shop, server: ServerProcess) -> Iterator[Callable[[], Page]]:
    with ExitStack() as pages:

        def build() -> Page:
            page = Page(server, shop.channel)
            pages.callback(page.http.close)
            return page

        yield build


@pytest.fixture
def pia(open_page: Callable[[], Page]) -> Page:
    return open_page()


def test_a_ticket_opens_one_socket_of_the_own_frame(pia: Page) -> None:
    ticket = pia.ticket()
    answers = {
        "another site": pia.connect(ticket, "http://elsewhere.test"),
        "own frame": pia.connect(ticket),
        "the same ticket again": pia.connect(ticket),
        "no ticket": pia.connect(""),
        "a wrong ticket": pia.connect("nobody"),
    }
    assert {name: socket.status for name, socket in answers.items()} == {
        "another site": 403,
        "own frame": 101,
        "the same ticket again": 401,
        "no ticket": 401,
        "a wrong ticket": 401,
    }
    for socket in answers.values():
        socket.close()


def test_a_ticket_is_too_old_after_30_seconds(shop: Shop, pia: Page) -> None:
    ticket = pia.ticket()
    with shop.app.app_context(), unit_of_work() as uow:
        earlier = utcnow() - timedelta(seconds=1)
        uow.conn.execute(update(VisitorTicket.__table__).values(expires_at=earlier))
    with pia.connect(ticket) as socket:
        assert socket.status == 401


def test_pushed_frames_and_what_a_page_asks_for_are_the_same(shop: Shop, pia: Page) -> None:
    with pia.listen() as socket:
        chat = pia.say("Can I talk to a person, please?")["c"]
        with shop.app.app_context():
            bo = shop.agent()
            transfers.claim(bo, chat)
            messaging.add_note(bo, chat, "A note among colleagues", "note")
            messaging.send_reply(bo, chat, "Hi, how can I help?", "reply")
        items: list[dict[str, Any]] = []
        number = event = 0
        while not items or items[-1]["text"] != "Hi, how can I help?":
            frame = next_frame(socket)
            assert frame["c"] == chat
            assert frame["event"] > event
            assert frame["prev"] == number
            event, number = frame["event"], frame["seq"]
            items += frame["items"]
            state = frame["state"]
    asked = pia.read()
    assert items == asked["items"]
    assert state == asked["state"]
    assert "colleagues" not in json.dumps(items)


def test_nobody_hears_what_another_visitor_hears(pia: Page, open_page: Callable[[], Page]) -> None:
    quinn = open_page()
    with pia.listen() as hers, quinn.listen() as his:
        pia.say("My address is Elm Street 5")
        quinn.say("Good morning")
        assert next_frame(hers)["items"][0]["text"] == "My address is Elm Street 5"
        assert next_frame(his)["items"][0]["text"] == "Good morning"


def test_a_socket_that_closes_leaves_nothing_behind(server: ServerProcess, pia: Page) -> None:
    pia.listen().close()
    with pia.listen() as socket:
        pia.say("Hello")
        assert next_frame(socket)["items"][0]["text"] == "Hello"
    assert server.errors == []


def test_a_live_agent_who_writes_is_seen_writing(shop: Shop, server: ServerProcess, pia: Page) -> None:
    chat = pia.say("Can I talk to a person, please?")["c"]
    with pia.listen() as socket, closing(sign_in(shop, server)) as bo:
        assert bo.post(f"/conversations/{chat}/typing").status_code == 204  # not theirs yet: nobody is told
        with shop.app.app_context():
            transfers.claim(shop.agent(), chat)
        assert bo.post(f"/conversations/{chat}/typing").status_code == 204
        assert bo.post("/conversations/nothing/typing").status_code == 404
        while (frame := next_frame(socket))["type"] != "typing":
            pass
    assert frame == {"type": "typing", "c": chat, "kind": "live_agent", "name": "Agent 0"}


def sign_in(shop: Shop, server: ServerProcess) -> httpx.Client:
    """The first live agent's browser."""
    with shop.app.app_context(), unit_of_work() as uow:
        uow.conn.execute(update(User.__table__).values(password_hash=hash_password(PASSWORD)))
    browser = httpx.Client(base_url=server.url, trust_env=False)
    form = {"email": "agent0@acme.test", "password": PASSWORD}
    assert browser.post("/login", data=form | {"csrf_token": _token(browser, "/login")}).status_code == 303
    browser.headers["X-CSRFToken"] = _token(browser, "/inbox")
    return browser


def _token(browser: httpx.Client, page: str) -> str:
    found = re.search(r'name="csrf[_-]token"[^>]*(?:value|content)="([^"]+)"', browser.get(page).text)
    assert found is not None
    return found[1]
