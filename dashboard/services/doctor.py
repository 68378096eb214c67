"""Looks whether an installation can work, and says what to do where it cannot; changes nothing but a row of its own."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import SQLAlchemyError

from dashboard.models import Workspace, db
from dashboard.models.errors import Refused
from dashboard.services.installation import try_write
from dashboard.services.unit_of_work import unit_of_work
from migrations import head, known_revisions

PYTHON = (3, 11)
SQLITE = (3, 35, 0)
"""RETURNING, which every numbered message needs."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    is_fine: bool
    sentence: str


def current_schema(conn: Connection) -> str | None:
    """The revision that the database is at; None when it is empty."""
    try:
        revision: str | None = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return None
    return revision


def require_schema() -> None:
    """Raise Refused unless the database has this version's schema."""
    with db.engine.connect() as conn:
        revision = current_schema(conn)
    if revision is None:
        raise Refused("The database is empty: run `baton migrate` first.")
    if revision not in known_revisions():
        raise Refused(f"The database has the schema {revision} of a newer Baton; this one knows {head()}.")
    if revision != head():
        raise Refused(f"The database has the schema {revision}, this version needs {head()}: run `baton migrate`.")


def examine(data_dir: Path, redis_url: str | None = None) -> list[Finding]:
    """Everything that can be looked at, best first."""
    checks: list[Callable[[], Iterator[Finding]]] = [
        _python,
        lambda: _folder(data_dir),
        _database,
        lambda: _redis(redis_url),
    ]
    return [finding for check in checks for finding in check()]


def can_write() -> bool:
    """Whether the database takes a write now."""
    try:
        with unit_of_work() as uow:
            try_write(uow.conn)
    except SQLAlchemyError:
        return False
    return True


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= PYTHON, f"Python {version}")
    if db.engine.dialect.name == "sqlite":
        yield Finding(
            sqlite3.sqlite_version_info >= SQLITE, f"SQLite {sqlite3.sqlite_version}, 3.35 or later is needed"
        )


def _folder(data_dir: Path) -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    is_writable = data_dir.is_dir() and os.access(data_dir, os.W_OK)
    yield Finding(is_writable, f"Data folder {data_dir} {'is writable' if is_writable else 'cannot be written to'}")
    key = data_dir / "secret_key"
    if key.exists():
        is_private = key.stat().st_mode & 0o077 == 0
        others = "only its owner reads it" if is_private else "others can read it: chmod 600 it"
        yield Finding(is_private, f"Generated key {key}: {others}")


def _database() -> Iterator[Finding]:
    shown = db.engine.url.render_as_string(hide_password=True)
    try:
        with db.engine.connect() as conn:
            revision = current_schema(conn)
    except SQLAlchemyError as error:
        yield Finding(False, f"Database {shown} cannot be reached: {error.__cause__ or error}")
        return
    yield Finding(revision == head(), f"Database {shown} is at schema {revision or 'none'}, this version's is {head()}")
    if revision == head():
        is_writable = can_write()
        yield Finding(is_writable, f"The database {'takes writes' if is_writable else 'does not take writes'}")
        workspace = db.session.execute(select(Workspace.name)).scalar()
        missing = "no workspace yet: run `baton create-admin` or `baton demo`"
        yield Finding(workspace is not None, f"Workspace {workspace}" if workspace else f"There is {missing}")


def _redis(url: str | None) -> Iterator[Finding]:
    if url is None:
        return
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError as error:
        yield Finding(False, f"Redis cannot be reached: {error}")
    else:
        yield Finding(True, "Redis answers")
