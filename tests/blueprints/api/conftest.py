"""A named cast behind API v1: two teamspaces, their users with tokens, and clients that speak with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.config import Config, load_config
from dashboard.models import ApiToken, Team, Teamspace, User, db
from dashboard.models.clock import set_clock
from dashboard.models.enums import ChannelKind
from dashboard.models.ids import new_public_id
from dashboard.services import availability, minds, setup, unit_of_work
from dashboard.services.secrets import digest
from dashboard.services.setup import ADMIN, LIVE_AGENT, MANAGER
from dashboard.services.unit_of_work import UnitOfWork
from tests.world import TREE

SECRET = "a secret of the tests, forty characters."
SPACES = ("Support", "Wholesale")
TEAMS = ("Front line", "Returns", "Traders")
USERS = (
    ("ada", "Ada Alvarez", ADMIN, None),
    ("bo", "Bo Becker", LIVE_AGENT, "Front line"),
    ("cy", "Cy Chen", LIVE_AGENT, "Front line"),
    ("eli", "Eli Estrada", LIVE_AGENT, "Returns"),
    ("flo", "Flo Fischer", LIVE_AGENT, "Traders"),
    ("di", "Di Dogan", MANAGER, None),
)
_s = Teamspace.__table__.c
_u = User.__table__.c


@dataclass
class Caller:
    """One token, and the calls that it makes."""

    client: FlaskClient
    token: str | None

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            options["json"] = body
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, query_string=query)

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.call("POST", path, body)

    def put(self, path: str, **body: Any) -> TestResponse:
        return self.call("PUT", path, body)


@dataclass
class Cast:
    """Everybody by first name; `ids` are sequential, `public_ids` what the API shows."""

    app: Flask
    ids: dict[str, int] = field(default_factory=dict)
    public_ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Caller:
        return Caller(self.app.test_client(), f"token-of-{name}")

    @property
    def nobody(self) -> Caller:
        return Caller(self.app.test_client(), None)

    def is_there(self, name: str) -> None:
        """A live connection of the user begins."""
        with self.app.app_context():
            availability.connect(self.ids[name], new_public_id(), "tests")

    def change(self, model: Any, name: str, **values: Any) -> None:
        with self.app.app_context(), unit_of_work.unit_of_work() as uow:
            table = model.__table__
            uow.conn.execute(update(table).where(table.c.id == self.ids[name]).values(values))


@pytest.fixture
def config(sqlite_uri: str, tmp_path: Path) -> Config:
    return load_config(database_url=sqlite_uri, data_dir=tmp_path, secret_key=SECRET, synchronous="NORMAL")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Acme Outdoor: Support with Bo and Cy (Front line), Eli (Returns), manager Di, admin Ada; Wholesale with Flo."""
    cast = Cast(app)
    with app.app_context():
        with unit_of_work.unit_of_work() as uow:
            _build(uow, cast)
        cast.public_ids = {name: _public_id(name, key) for name, key in cast.ids.items()}
        db.session.remove()
    return cast


def _build(uow: UnitOfWork, cast: Cast) -> None:
    bench = setup.add_workspace(uow, "Acme Outdoor")
    ids = cast.ids
    for name, teams in (("Support", ["Front line", "Returns"]), ("Wholesale", ["Traders"])):
        ids[name] = setup.add_teamspace(uow, bench.workspace_id, name)
        for team in teams:
            ids[team] = setup.add_team(uow, bench.workspace_id, team, [ids[name]])
        agent_id = setup.add_ai_agent(uow, ids[name], f"{name} AI", ["en", "es"], TREE)
        setup.add_channel(uow, ids[name], agent_id, ChannelKind.API, "API")
        secret_hash = digest(f"token-of-{name}")
        uow.conn.execute(update(Teamspace.__table__).where(_s.id == ids[name]).values(secret_hash=secret_hash))
    for first, name, role, team in USERS:
        teams = [ids[team]] if team else []
        direct = [ids["Support"]] if first == "di" else []
        ids[first] = setup.add_user(
            uow,
            bench.workspace_id,
            f"{first}@acme.test",
            name,
            roles=[bench.roles[role]],
            teams=teams,
            teamspaces=direct,
        )
        token = {"user_id": ids[first], "token_hash": digest(f"token-of-{first}"), "created_at": uow.now}
        uow.conn.execute(insert(ApiToken.__table__).values(token))
    uow.conn.execute(update(User.__table__).where(_u.id == ids["bo"]).values(alias="Bobby"))


def _public_id(name: str, key: int) -> str:
    model = Teamspace if name in SPACES else Team if name in TEAMS else User
    table = model.__table__
    return str(db.session.execute(select(table.c.public_id).where(table.c.id == key)).scalar_one())
