"""A shop with a webchat channel, and visitors who speak to it as the frame does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import Channel, Conversation, Person, VisitorToken, db
from dashboard.models.clock import set_clock
from dashboard.models.enums import ChannelKind
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import access, minds, unit_of_work
from dashboard.services.secrets import digest
from tests.world import World, build_world

SECRET = "a secret of the tests, forty characters."
GREETING = "Hello! I am Trail. How can I help?"


@dataclass
class Visitor:
    """Somebody in front of the frame; `token` None has no key yet."""

    app: Flask
    channel: str
    token: str | None = None
    address: str = "203.0.113.5"

    def open(self) -> Visitor:
        answer = self.post("session")
        assert answer.status_code == 201, answer.text
        self.token = answer.get_json()["token"]
        return self

    def say(self, text: Any, client_id: Any = None) -> TestResponse:
        return self.post("messages", text=text, client_id=client_id or new_public_id())

    def read(self, after: int = 0, **query: Any) -> dict[str, Any]:
        answer = self.get("messages", after=after, **query)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, query_string=query)

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.send(path, json.dumps(body, ensure_ascii=False).encode())

    def send(self, path: str, raw: str | bytes, content_type: str = "application/json") -> TestResponse:
        return self.call("POST", path, data=raw, content_type=content_type)

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        client = self.app.test_client(use_cookies=False)
        return client.open(
            f"/webchat/{self.channel}/{path}",
            method=method,
            headers=headers,
            environ_base={"REMOTE_ADDR": self.address},
            **options,
        )


@dataclass
class Shop:
    """One teamspace with two live agents, its AI agent Trail, and a webchat."""

    app: Flask
    world: World
    channel: str

    def visitor(self, address: str = "203.0.113.5") -> Visitor:
        return Visitor(self.app, self.channel, address=address).open()

    def agent(self, number: int = 0) -> Viewer:
        return access.get_viewer(db.session, self.world.agent_ids[number])

    def change(self, **columns: Any) -> None:
        """Change the channel."""
        self._update(Channel, Channel.public_id == self.channel, columns)

    def change_person(self, visitor: Visitor, **columns: Any) -> None:
        self._update(Person, Person.id == self.person_id(visitor), columns)

    def person_id(self, visitor: Visitor) -> int:
        token = VisitorToken.__table__.c
        with self.app.app_context():
            found = select(token.person_id).where(token.token_hash == digest(visitor.token or ""))
            return int(db.session.execute(found).scalar_one())

    def chat_of(self, visitor: Visitor) -> str:
        with self.app.app_context():
            mine = select(Conversation.public_id).where(Conversation.person_id == self.person_id(visitor))
            return str(db.session.execute(mine.order_by(Conversation.id.desc())).scalars().first())

    def _update(self, model: Any, clause: Any, columns: dict[str, Any]) -> None:
        with self.app.app_context(), unit_of_work.unit_of_work() as uow:
            uow.conn.execute(update(model.__table__).where(clause).values(columns))


@pytest.fixture
def open_shop(sqlite_uri: str, tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Build the shop with these settings."""
    apps: list[Flask] = []

    def build(**settings: Any) -> Shop:
        app = create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path, secret_key=SECRET, **settings))
        apps.append(app)
        with app.app_context():
            world = build_world(agents=2, persons=0)
            channel = _add_channel(world)
        return Shop(app, world, channel)

    yield build
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()


def _add_channel(world: World) -> str:
    public_id = new_public_id()
    with unit_of_work.unit_of_work() as uow:
        uow.conn.execute(
            insert(Channel.__table__).values(
                public_id=public_id,
                teamspace_id=world.teamspace_id,
                ai_agent_id=world.ai_agent_id,
                kind=ChannelKind.WEBCHAT,
                name="acme.test",
                color="#2f6f4f",
                greeting=GREETING,
                allowed_sites=["https://shop.acme.test", "https://*.acme.example:8443"],
            )
        )
    return public_id
