"""Server processes on a database of their own, with programs that speak to them over HTTP and the socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from flask import Flask
from sqlalchemy import insert, select

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import FaqEntry, User, db
from dashboard.services import accounts, minds, unit_of_work
from tests.server_harness import ServerProcess
from tests.world import World, build_world

SECRET = "a secret of the tests, forty characters."


@dataclass
class Installation:
    """A database with a world in it, and the keys to its API."""

    app: Flask
    env: dict[str, str]
    world: World
    channel_secret: str
    tokens: list[str]
    """Personal tokens of the live agents, in the world's order."""
    servers: list[ServerProcess] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)

    def start(self, factory: str = "dashboard.app:create_app", port: int = 0, **env: str) -> ServerProcess:
        server = ServerProcess(factory, {**self.env, **env}, port=port)
        self.servers.append(server)
        return server

    def client(self, server: ServerProcess, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"}
        self.clients.append(httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=20, trust_env=False))
        return self.clients[-1]

    def close(self) -> None:
        for each in (*self.clients, *self.servers):
            each.close()


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Callable[[str], Installation]]:
    """Build an installation on a database with tables; its servers end with the test."""
    built: list[Installation] = []

    def build(database_url: str, **more: str) -> Installation:
        app = create_app(load_config(database_url=database_url, data_dir=tmp_path, secret_key=SECRET))
        with app.app_context():
            world = build_world(agents=4, persons=0)
            secret = accounts.teamspace_secret("Support", SECRET)
            tokens = [accounts.create_token(email) for email in _emails()]
            _add_faq(world)
        env = {
            "BATON_DATABASE_URL": database_url,
            "BATON_DATA_DIR": str(tmp_path),
            "BATON_SECRET_KEY": SECRET,
            "BATON_ANSWER_DELAY": "0",
            **more,
        }
        built.append(Installation(app, env, world, secret, tokens))
        return built[-1]

    yield build
    for installation in built:
        installation.close()
        with installation.app.app_context():
            db.session.remove()
            db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()


def _emails() -> list[str]:
    table = User.__table__.c
    return list(db.session.execute(select(table.email).order_by(table.id)).scalars())


def _add_faq(world: World) -> None:
    with unit_of_work.unit_of_work() as uow:
        uow.conn.execute(
            insert(FaqEntry.__table__).values(
                ai_agent_id=world.ai_agent_id,
                language="en",
                question="How long does delivery take?",
                phrases=["when will my parcel arrive"],
                answer="Delivery takes three working days.",
            )
        )
