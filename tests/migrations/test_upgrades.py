"""Every schema that an installation may stand on is brought to this version's, with what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, insert, inspect, select, text

from dashboard.models import User
from dashboard.models.clock import utcnow
from migrations import known_revisions, runner
from tests.databases import Postgres
from tests.migrations.test_schema import connect, drift

OLDER = known_revisions()[:-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def old_uri(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'baton.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    uri = postgres.new_database(is_empty=True)
    yield uri
    postgres.drop(uri)


def fill(conn: Connection) -> None:
    """One row in each table that later versions change, whatever columns this version of it has."""
    tables = MetaData()
    tables.reflect(conn)
    now = utcnow()
    given: dict[str, Any] = {
        "created_at": now, "last_seen_at": now, "last_input_at": now, "expires_at": now, "lease_until": now,
        "owner_since": now, "last_activity_at": now, "requested_at": now, "public_id": "0198", "email": "bo@acme.test",
        "name": "Acme", "plan": "free", "time_zone": "UTC", "languages": [], "allowed_sites": [], "details": {},
        "type": "team", "method": "balanced", "auto_limit": 3, "autoclose_hours": 24, "feedback_minutes": 10,
        "kind": "ticket", "handler": "queue", "availability": "online", "external_id": "priya", "token_hash": "x",
        "process_id": "p", "connection_id": "c", "workspace_id": 1, "teamspace_id": 1, "user_id": 1, "person_id": 1,
        "is_active": True,
    }  # fmt: skip
    for name in (
        "workspace",
        "user_account",
        "team",
        "teamspace",
        "person",
        "conversation",
        "presence",
        "user_session",
    ):
        table = tables.tables[name]
        needed = [column for column in table.columns if not column.nullable and column.name != "id"]
        row = {column.name: given.get(column.name, False if "is_" in column.name else 0) for column in needed}
        conn.execute(insert(table).values(row))


@pytest.mark.parametrize("revision", OLDER)
def test_what_stands_in_an_older_schema_stands_in_this_one(old_uri: str, revision: str) -> None:
    runner.upgrade(old_uri, target=revision)
    with connect(old_uri).begin() as conn:
        fill(conn)

    done = runner.upgrade(old_uri)

    assert (done.before, done.after) == (revision, known_revisions()[-1])
    with connect(old_uri).connect() as conn:
        assert drift(conn) == []
        assert conn.execute(text("SELECT auto_limit FROM teamspace")).scalars().all() == [3]
        assert conn.execute(text("SELECT handler FROM conversation")).scalars().all() == ["queue"]
        assert conn.execute(text("SELECT count(*) FROM user_session WHERE last_input_at IS NULL")).scalar() == 0


def test_who_was_online_before_the_upgrade_has_a_turn_after_it(old_uri: str) -> None:
    runner.upgrade(old_uri, target="0001")
    with connect(old_uri).begin() as conn:
        fill(conn)
        users = MetaData()
        users.reflect(conn, only=["user_account"])
        away = {"id": 2, "public_id": "0199", "email": "cy@acme.test", "availability": "away"}
        table = users.tables["user_account"]
        row = {**conn.execute(table.select()).one()._mapping, **away}
        conn.execute(insert(table).values(row))
    runner.upgrade(old_uri)
    with connect(old_uri).connect() as conn:
        since = select(User.__table__.c.online_since).order_by(User.__table__.c.id)
        first, second = conn.execute(since).scalars()
    assert abs((utcnow() - first).total_seconds()) < 60
    assert second is None


@pytest.mark.parametrize("revision", OLDER)
def test_two_teams_of_one_name_are_refused_as_before(old_uri: str, revision: str) -> None:
    runner.upgrade(old_uri, target=revision)
    runner.upgrade(old_uri)
    with connect(old_uri).connect() as conn:
        indexes = {each["name"]: each for each in inspect(conn).get_indexes("team")}
    assert indexes["uq_team_name_in_use"]["unique"]


def test_the_lists_indexes_still_go_downwards(tmp_path: Path) -> None:
    """A table that is built anew loses that on SQLite, and every page of the inbox would sort."""
    uri = f"sqlite:///{tmp_path / 'baton.db'}"
    runner.upgrade(uri)
    with connect(uri).connect() as conn:
        made = conn.execute(text("SELECT sql FROM sqlite_master WHERE name = 'ix_conversation_inbox'")).scalar_one()
    assert "last_activity_at DESC, id DESC" in made
