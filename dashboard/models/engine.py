"""How connections begin: SQLite's pragmas and BEGIN, and the guard against writes outside a unit of work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

BUSY_TIMEOUT_MS = 15_000

_WRITES = ("insert", "update", "delete", "replace")


class WriteOutsideUnitOfWork(RuntimeError):
    """A statement that writes ran on a connection that only reads."""


def prepare(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Attach what every engine of the application needs; call once per engine.

    `synchronous` is SQLite's pragma: NORMAL may lose acknowledged commits at power loss.
    """
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, synchronous)
    event.listen(engine, "before_cursor_execute", _refuse_stray_write)


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late and is never IMMEDIATE: take it over.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        is_write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def _refuse_stray_write(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    head = statement[:10].lstrip().lower()
    if head.startswith(_WRITES) and not connection.get_execution_options().get("write"):
        raise WriteOutsideUnitOfWork(statement[:80])
