"""What Alembic runs: on the runner's connection, or, for `flask db revision`, on one of its own."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from dashboard.config import load_config
from dashboard.models import db
from migrations.comparing import include_name, include_object, render_item
from migrations.runner import locked, migration_engine


def run(connection: Connection) -> None:
    """Run the revisions that were asked for in the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=db.metadatas[None],
        include_name=include_name,
        include_object=include_object if connection.dialect.name == "sqlite" else None,
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
