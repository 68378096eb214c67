"""The migrations make what the models describe, keep what is there, and refuse what they do not know."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Engine, NullPool, String, create_engine, insert, inspect, text

from dashboard.models import Conversation, Message, Person, Role, RolePermission, Teamspace, Workspace, db
from dashboard.models.clock import utcnow
from migrations import known_revisions, runner
from migrations.comparing import include_name, include_object
from migrations.errors import SchemaError
from tests.databases import Postgres

METADATA = db.metadatas[None]
WRITTEN = [("text", "My café parcel"), ("activity", "parcel closed"), ("note", "parcel")]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_uri(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'baton.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    uri = postgres.new_database(is_empty=True)
    yield uri
    postgres.drop(uri)


def connect(uri: str) -> Engine:
    return create_engine(uri, poolclass=NullPool)


def drift(conn: Connection) -> list[Any]:
    options = {"include_name": include_name, "compare_type": True, "target_metadata": METADATA}
    if conn.dialect.name == "sqlite":
        options["include_object"] = include_object
    return list(compare_metadata(MigrationContext.configure(conn, opts=options), METADATA))


def test_the_migrations_make_what_the_models_describe(empty_uri: str) -> None:
    runner.upgrade(empty_uri)
    with connect(empty_uri).connect() as conn:
        assert drift(conn) == []


def test_every_index_and_reference_of_the_models_is_there(empty_uri: str) -> None:
    """What the comparison cannot see on SQLite: partial indexes, descending ones, references in a circle."""
    runner.upgrade(empty_uri)
    with connect(empty_uri).connect() as conn:
        kind = "sqlite_master WHERE type = 'index'" if conn.dialect.name == "sqlite" else "pg_indexes"
        column = "name" if conn.dialect.name == "sqlite" else "indexname"
        found = set(conn.execute(text(f"SELECT {column} FROM {kind}")).scalars())
        wanted = {str(index.name) for table in METADATA.tables.values() for index in table.indexes}
        references = {
            key["name"] for table in METADATA.tables for key in inspect(conn).get_foreign_keys(table) if key["name"]
        }
    assert wanted <= found
    assert {"fk_conversation_handoff_id", "fk_teamspace_default_ai_agent_id"} <= references


def test_a_migrated_database_is_left_alone(empty_uri: str) -> None:
    first = runner.upgrade(empty_uri)
    second = runner.upgrade(empty_uri)
    assert (first.before, first.is_changed) == (None, True)
    assert (second.before, second.is_changed, second.copy) == (known_revisions()[-1], False, None)


def test_a_schema_of_a_newer_version_is_refused_and_untouched(empty_uri: str) -> None:
    runner.upgrade(empty_uri)
    with connect(empty_uri).begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"9999.*newer"):
        runner.upgrade(empty_uri)
    with connect(empty_uri).connect() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def add_rows(uri: str) -> None:
    """A parent with children, and messages to be found."""
    with connect(uri).begin() as conn:
        workspace = add(conn, Workspace, name="Acme")
        role = add(conn, Role, workspace_id=workspace, name="Live agent", type="team")
        conn.execute(insert(RolePermission.__table__).values(role_id=role, permission="livechats.assigned"))
        space = add(conn, Teamspace, workspace_id=workspace, name="Support")
        person = add(conn, Person, teamspace_id=space, external_id="priya", details={})
        moment = {"owner_since": utcnow(), "last_activity_at": utcnow(), "created_at": utcnow()}
        chat = add(conn, Conversation, kind="ticket", teamspace_id=space, person_id=person, handler="queue", **moment)
        for seq, (kind, body) in enumerate(WRITTEN, 1):
            author = {"author_key": "system", "author_kind": "system", "author_name": "Baton"}
            values = {"seq": seq, "kind": kind, "body": body, "epoch": 0, "created_at": utcnow(), "data": {}}
            add(conn, Message, conversation_id=chat, **author, **values)


def add(conn: Connection, model: Any, **values: Any) -> int:
    table = model.__table__
    return int(conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def upgrade_with(monkeypatch: pytest.MonkeyPatch, uri: str, step: Any) -> runner.Migrated:
    """Upgrade to a next revision that does `step`."""
    known = known_revisions()
    monkeypatch.setattr(runner, "known_revisions", lambda: [*known, "9998"])
    monkeypatch.setattr(runner, "head", lambda: "9998")

    def run(config: Any, goal: str) -> None:
        step(config.attributes["connection"])
        command.stamp(config, known[-1])
        config.attributes["connection"].execute(text(f"UPDATE alembic_version SET version_num = '{goal}'"))

    monkeypatch.setattr(runner.command, "upgrade", run)
    return runner.upgrade(uri)


def rebuild_roles(conn: Connection) -> None:
    """What a batch migration does on SQLite: a new parent takes the place of the old one."""
    with Operations(MigrationContext.configure(conn)).batch_alter_table("role", recreate="always") as batch:
        batch.add_column(Column("color", String(7)))


def test_children_survive_the_rebuilding_of_their_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = f"sqlite:///{tmp_path / 'baton.db'}"
    runner.upgrade(uri)
    add_rows(uri)

    done = upgrade_with(monkeypatch, uri, rebuild_roles)

    assert (done.before, done.after) == (known_revisions()[-1], "9998")
    with connect(uri).connect() as conn:
        assert conn.execute(text("SELECT permission FROM role_permission")).scalars().all() == ["livechats.assigned"]


def test_the_file_is_copied_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = f"sqlite:///{tmp_path / 'baton.db'}"
    runner.upgrade(uri)
    add_rows(uri)

    done = upgrade_with(monkeypatch, uri, lambda conn: conn.execute(text("DELETE FROM role_permission")))

    assert done.copy is not None
    assert stat.S_IMODE(done.copy.stat().st_mode) == 0o600
    with sqlite3.connect(done.copy) as copy:
        assert copy.execute("SELECT count(*) FROM role_permission").fetchone() == (1,)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (known_revisions()[-1],)
    copy.close()


def test_a_reference_to_nothing_undoes_the_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = f"sqlite:///{tmp_path / 'baton.db'}"
    runner.upgrade(uri)
    add_rows(uri)
    with pytest.raises(SchemaError, match="teamspace"):
        upgrade_with(monkeypatch, uri, lambda conn: conn.execute(text("DELETE FROM workspace")))
    with connect(uri).connect() as conn:
        assert conn.execute(text("SELECT name FROM workspace")).scalar() == "Acme"
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == known_revisions()[-1]


def test_rows_are_kept_by_a_migration_that_fails_in_the_middle(empty_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    runner.upgrade(empty_uri)
    add_rows(empty_uri)

    def fail_late(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE half_done (id INTEGER)"))
        conn.execute(text("DELETE FROM role_permission"))
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        upgrade_with(monkeypatch, empty_uri, fail_late)
    with connect(empty_uri).connect() as conn:
        assert not inspect(conn).has_table("half_done")
        assert conn.execute(text("SELECT count(*) FROM role_permission")).scalar() == 1


def test_only_one_process_migrates_at_a_time(empty_uri: str) -> None:
    done: list[runner.Migrated] = []
    threads = [threading.Thread(target=lambda: done.append(runner.upgrade(empty_uri))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(one.is_changed for one in done) == [False, False, False, True]


def test_full_text_search_follows_the_messages_on_sqlite(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'baton.db'}"
    runner.upgrade(uri)
    add_rows(uri)

    def found(conn: Connection, words: str) -> list[int]:
        statement = text("SELECT rowid FROM message_fts WHERE message_fts MATCH :words ORDER BY rowid")
        return list(conn.execute(statement, {"words": words}).scalars())

    with connect(uri).begin() as conn:
        assert found(conn, "parcel") == [1, 3]
        assert found(conn, "CAFE") == [1]
        conn.execute(text("UPDATE message SET body = 'erased' WHERE id = 1"))
        conn.execute(text("DELETE FROM message WHERE id = 3"))
        assert found(conn, "parcel") == []
        assert found(conn, "erased") == [1]


def test_full_text_search_has_its_index_on_postgresql(postgres: Postgres) -> None:
    uri = postgres.new_database(is_empty=True)
    runner.upgrade(uri)
    add_rows(uri)
    with connect(uri).begin() as conn:
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        query = "FROM message WHERE to_tsvector('simple', body) @@ to_tsquery('simple', 'parcel')"
        assert conn.execute(text(f"SELECT count(*) {query}")).scalar() == 3
        plan = "\n".join(conn.execute(text(f"EXPLAIN SELECT id {query}")).scalars())
    assert "ix_message_search" in plan
    postgres.drop(uri)
