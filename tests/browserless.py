"""The page's script in Python: signed-in clients, and the rules by which a page takes frames in."""

from __future__ import annotations

import re
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from dashboard.models import UserSession
from dashboard.models.clock import utcnow
from dashboard.models.ids import new_public_id
from dashboard.services.secrets import digest, new_token
from dashboard.services.unit_of_work import unit_of_work

HEADER = re.compile(
    r"^<!--c=(?P<c>\S+) event=(?P<event>\d+) seq=(?P<seq>\d+) prev=(?P<prev>\d+)"
    r"(?: what=(?P<what>\S*))?(?: to=(?P<to>\S*))?(?: from=(?P<former>\S*))?-->"
)
YEARS = 3650


def sign_in(app: Flask, user_id: int) -> FlaskClient:
    """A browser of this user; forms are sent as the page's scripts send them."""
    raw = new_token()
    now = utcnow()
    with app.app_context(), unit_of_work() as uow:
        values = {
            "public_id": new_public_id(),
            "token_hash": digest(raw),
            "user_id": user_id,
            "created_at": now,
            "last_seen_at": now,
            "last_input_at": now,
            "expires_at": now + timedelta(days=YEARS),
        }
        uow.conn.execute(insert(UserSession.__table__).values(values))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = raw
        session["_fresh"] = True
    return client


def send(client: FlaskClient, method: str, path: str, **options: Any) -> TestResponse:
    """A request in a context of its own: inside the test's, `g` and with it the signed-in user would be shared."""
    return Context().run(partial(client.open, path, method=method, **options))


@dataclass(frozen=True)
class Header:
    """What the comment at the head of a frame says."""

    c: str
    event: int
    seq: int
    prev: int
    what: tuple[str, ...]
    to: tuple[str, ...]
    former: str | None

    @classmethod
    def of(cls, text: str) -> Header:
        found = HEADER.match(text)
        assert found, text[:200]
        return cls(
            c=found["c"],
            event=int(found["event"]),
            seq=int(found["seq"]),
            prev=int(found["prev"]),
            what=tuple((found["what"] or "").split(",")) if found["what"] else (),
            to=tuple((found["to"] or "").split(",")) if found["to"] else (),
            former=found["former"],
        )


@dataclass
class OpenPage:
    """One conversation open in one browser."""

    client: FlaskClient
    chat: str
    soup: BeautifulSoup = field(init=False)
    event: int = 0
    seq: int = 0
    is_gone: bool = False

    def __post_init__(self) -> None:
        self.load()

    def load(self) -> None:
        answer = self.fetch(f"/conversations/{self.chat}")
        self.is_gone = answer.status_code == 404
        assert self.is_gone or answer.status_code == 200, answer.text
        self.soup = BeautifulSoup("" if self.is_gone else answer.text, "html.parser")
        pane = self.soup.find(id=f"thread-{self.chat}")
        if isinstance(pane, Tag):
            self.event, self.seq = int(str(pane["data-event"])), int(str(pane["data-seq"]))

    def fetch(self, path: str) -> TestResponse:
        return send(self.client, "GET", path, headers={"HX-Request": "true"})

    def take(self, text: str) -> None:
        """A frame: dropped when it is known, fetched around when there is a gap, else applied."""
        header = Header.of(text)
        if header.c != self.chat or header.event <= self.event or self.is_gone:
            return
        if "gone" in header.what:
            self.is_gone = True
            return
        if header.prev > self.seq:
            self.catch_up()
            return
        self._apply(text)
        self.event = header.event
        self.seq = max(self.seq, header.seq)

    def catch_up(self) -> None:
        answer = self.fetch(f"/conversations/{self.chat}/messages?after={self.seq}")
        if answer.status_code == 404:
            self.is_gone = True
            return
        self._apply(answer.text)
        header = Header.of(answer.text)
        self.event, self.seq = max(self.event, header.event), max(self.seq, header.seq)

    def fetch_side(self) -> None:
        """What a fragment with `hx-trigger=load` asks for."""
        side = self.soup.find(id=f"side-{self.chat}")
        if isinstance(side, Tag) and side.has_attr("hx-get"):
            answer = self.fetch(str(side["hx-get"]))
            assert answer.status_code == 200, answer.text
            self._apply(answer.text)

    def fetch_why(self) -> None:
        """Why it still waits, which a page reads again whenever a queue has moved."""
        head = self.soup.find(id=f"head-{self.chat}")
        old = self.soup.find(id=f"why-{self.chat}")
        if isinstance(head, Tag) and head.get("data-handler") == "queue" and isinstance(old, Tag):
            answer = self.fetch(f"/conversations/{self.chat}/why")
            assert answer.status_code == 200, answer.text
            old.replace_with(BeautifulSoup(answer.text, "html.parser").find(id=f"why-{self.chat}"))  # type: ignore[arg-type]

    def _apply(self, text: str) -> None:
        for part in BeautifulSoup(text, "html.parser").find_all(recursive=False):
            self._swap(part)

    def _swap(self, part: Tag) -> None:
        how = str(part["hx-swap-oob"])
        if how.startswith("beforeend:#"):
            target = self.soup.find(id=how.removeprefix("beforeend:#"))
            if isinstance(target, Tag):
                known = {entry.get("id") for entry in target.find_all(recursive=False)}
                for entry in [each for each in part.find_all(recursive=False) if each.get("id") not in known]:
                    target.append(entry.extract())
            return
        target = self.soup.find(id=part["id"])
        if isinstance(target, Tag):
            del part["hx-swap-oob"]
            target.replace_with(part)

    def parts(self) -> dict[str, str]:
        """The parts that change, as text that can be compared."""
        names = [f"{kind}-{self.chat}" for kind in ("head", "m", "suggestions", "actions", "details")]
        return {name: _plain(self.soup.find(id=name)) for name in names}


def _plain(part: object) -> str:
    assert isinstance(part, Tag)
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", str(part))).strip()
