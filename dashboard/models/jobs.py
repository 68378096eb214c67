"""Rows behind everything that happens later: events, the outbox and timers (DESIGN 7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, JsonDict, Key, db
from dashboard.models.enums import OutboxState


class Event(db.Model):  # type: ignore[name-defined, misc]
    """One row per committed change; the bus only wakes its readers."""

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "conversation_id", "id"),
        {"sqlite_autoincrement": True},  # old rows are deleted, and no id may ever come back
    )

    id: Mapped[Key]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    teamspace_id: Mapped[int | None] = mapped_column(ForeignKey("teamspace.id"))
    kind: Mapped[str] = mapped_column(String(60))
    data: Mapped[JsonDict]
    at: Mapped[datetime]


class Outbox(db.Model):  # type: ignore[name-defined, misc]
    """A call to the outside, made after the commit that asked for it, strictly by seq in its stream."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        Index(None, "state", "next_at"),
    )

    id: Mapped[Key]
    stream: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[JsonDict]
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[OutboxState] = mapped_column(EnumText(OutboxState), default=OutboxState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int | None]
    next_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(36))
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class Timer(db.Model):  # type: ignore[name-defined, misc]
    """Something due at a time; its key is unique, so that setting it again moves it."""

    __tablename__ = "timer"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime]
    payload: Mapped[JsonDict]
    lease_until: Mapped[datetime | None]
