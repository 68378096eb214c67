"""What teams, turns and absences need."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

IN_USE = sa.text("archived_at IS NULL")


def upgrade() -> None:
    """There is no way down: restore the copy that the migration made."""
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("team", "teamspace"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
            batch_op.drop_constraint(batch_op.f(f"uq_{table}_workspace_id_name"), type_="unique")
            batch_op.create_index(
                f"uq_{table}_name_in_use",
                ["workspace_id", "name"],
                unique=True,
                sqlite_where=IN_USE,
                postgresql_where=IN_USE,
            )
    with op.batch_alter_table("teamspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("turn_user_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("returns_when_absent", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("teamspace", schema=None) as batch_op:
        batch_op.alter_column("returns_when_absent", server_default=None)
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("online_since", sa.DateTime(timezone=True), nullable=True))
    # Since when somebody was online nobody has kept: they join the ring of Round robin together.
    ring = sa.text(
        "UPDATE user_account SET online_since = :now"
        " WHERE is_active AND availability = 'online' AND id IN (SELECT user_id FROM presence)"
    )
    op.execute(ring.bindparams(sa.bindparam("now", datetime.now(UTC), type_=sa.DateTime(timezone=True))))
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_input_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE user_session SET last_input_at = last_seen_at")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.alter_column("last_input_at", existing_type=sa.DateTime(timezone=True), nullable=False)
