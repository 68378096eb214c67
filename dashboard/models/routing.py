"""The queue, the agents' loads and the receipts of every routing decision (SPEC 4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, JsonDict, Key, db
from dashboard.models.enums import Method


class QueueEntry(db.Model):  # type: ignore[name-defined, misc]
    """A stay in the queue; it ends with `left_at` and is kept, so that L8 knows who was eligible."""

    __tablename__ = "queue_entry"
    __table_args__ = (
        Index(
            "uq_queue_entry_waiting",
            "conversation_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "ix_queue_entry_order",
            "teamspace_id",
            "queued_at",
            "id",
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(None, "handoff_id"),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"))
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"))
    queued_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    is_everyone: Mapped[bool]
    excluded_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class QueueEligible(db.Model):  # type: ignore[name-defined, misc]
    """One user or team of an entry's eligible set; none are listed when it is everyone."""

    __tablename__ = "queue_eligible"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="user_or_team"),
        Index(None, "queue_entry_id"),
        Index(None, "user_id"),
        Index(None, "team_id"),
    )

    id: Mapped[Key]
    queue_entry_id: Mapped[int] = mapped_column(ForeignKey("queue_entry.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))


class AgentLoad(db.Model):  # type: ignore[name-defined, misc]
    """How much of a teamspace a user holds: the row that automatic assignment locks (A2)."""

    __tablename__ = "agent_load"
    __table_args__ = (CheckConstraint("open_chats >= 0 AND open_tickets >= 0", name="not_negative"),)

    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    open_chats: Mapped[int] = mapped_column(default=0)
    open_tickets: Mapped[int] = mapped_column(default=0)
    last_assigned_at: Mapped[datetime | None]


class RoutingReceipt(db.Model):  # type: ignore[name-defined, misc]
    """One decision: the candidates, and why each was taken or skipped (A6)."""

    __tablename__ = "routing_receipt"
    __table_args__ = (Index(None, "conversation_id", "id"),)

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"))
    at: Mapped[datetime]
    method: Mapped[Method] = mapped_column(EnumText(Method))
    chosen_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    data: Mapped[JsonDict]
