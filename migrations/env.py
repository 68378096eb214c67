"""What Alembic runs: on the runner's connection, or, for `flask db revision`, on one of its own."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.base import EnumText, UTCDateTime
from migrations.runner import locked, migration_engine

SEARCH = ("message_fts", "ix_message_search")
"""Full-text search is made by hand, each database in its own way, and is not in the models."""


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    """Leave out of comparisons what the models do not describe."""
    return type_ not in ("table", "index") or not str(name).startswith(SEARCH)


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database: revisions outlive the models."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=20)"
    return False


def run(connection: Connection) -> None:
    """Run the revisions that were asked for in the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=db.metadatas[None],
        include_name=include_name,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with locked(migration_engine(load_config().database)) as own:
        run(own)
