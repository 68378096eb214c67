"""Bringing a database to this version's schema: one process at a time, all or nothing, never from an unknown schema."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text

from migrations import FOLDER, head, known_revisions
from migrations.errors import SchemaError

LOCK = 7_221_001
"""Of PostgreSQL's advisory locks; SQLite's write lock does the same there."""
WAIT_MS = 60_000


@dataclass(frozen=True)
class Migrated:
    """What `upgrade` did: from which revision (None: an empty database) to which, and where the copy is."""

    before: str | None
    after: str
    copy: Path | None = None

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def upgrade(url: str, *, target: str | None = None) -> Migrated:
    """Migrate the database at `url` to `target`, by default this version's schema; raises SchemaError.

    A SQLite file that holds a schema already is copied beside itself first.
    """
    goal = target or head()
    engine = migration_engine(url)
    with locked(engine) as conn:
        before = current_revision(conn)
        _refuse_unknown(before)
        if before == goal:
            return Migrated(before, goal)
        copy = _copy_file(url, before, goal) if before and conn.dialect.name == "sqlite" else None
        command.upgrade(alembic_config(conn), goal)
        _check_references(conn)
    return Migrated(before, goal, copy)


def alembic_config(conn: Connection) -> AlembicConfig:
    """Alembic's configuration, working on this connection and in its transaction."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config


def current_revision(conn: Connection) -> str | None:
    """The revision of the schema, or None for an empty database."""
    return MigrationContext.configure(conn).get_current_revision()


def migration_engine(url: str) -> Engine:
    """An engine of its own; on SQLite without foreign keys, else a rebuilt table takes its children along."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        path = make_url(url).database
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@contextmanager
def locked(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other migration runs beside; everything in it is committed, or nothing."""
    with engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield conn


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    for pragma in (f"busy_timeout = {WAIT_MS}", "synchronous = FULL", "foreign_keys = OFF"):
        dbapi_connection.execute(f"PRAGMA {pragma}").close()
    _write_ahead(dbapi_connection)


def _write_ahead(dbapi_connection: Any) -> None:
    """Switch to WAL; SQLite does not wait by itself while another process does the same to a new file."""
    deadline = time.monotonic() + WAIT_MS / 1000
    while True:
        try:
            dbapi_connection.execute("PRAGMA journal_mode = WAL").close()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _refuse_unknown(revision: str | None) -> None:
    if revision is not None and revision not in known_revisions():
        raise SchemaError(
            f"The database has the schema {revision}, which this version of Baton ({head()}) does not know: "
            "it was written by a newer one. Nothing was changed. Install that version, or restore an older copy."
        )


def _copy_file(url: str, before: str, goal: str) -> Path | None:
    source = make_url(url).database
    if not source or source == ":memory:":
        return None
    base = Path(f"{source}.{before}-before-{goal}")
    copy = base
    number = 1
    while copy.exists():
        number += 1
        copy = base.with_name(f"{base.name}.{number}")
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    copy.chmod(0o600)
    return copy


def _check_references(conn: Connection) -> None:
    if conn.dialect.name != "sqlite":
        return
    broken = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = sorted({str(row[0]) for row in broken})
        raise SchemaError(f"{len(broken)} rows of {', '.join(tables)} would refer to nothing. Nothing was changed.")
