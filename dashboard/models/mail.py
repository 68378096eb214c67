"""Mail of tickets: the mailboxes of a teamspace, and which mail became which message (T8, L9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, JsonDict, Key, PublicId, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import MailDirection


class Mailbox(db.Model):  # type: ignore[name-defined, misc]
    """An address that a teamspace writes from and reads; passwords stand only in `secrets`, encrypted."""

    __tablename__ = "mailbox"
    __table_args__ = (Index(None, "teamspace_id"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"))
    address: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    outgoing: Mapped[JsonDict]
    incoming: Mapped[JsonDict]
    secrets: Mapped[str | None] = mapped_column(Text)
    hook_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    position: Mapped[JsonDict]
    """How far the incoming mail was read: the folder's uidvalidity and the last uid."""
    last_error: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class MailMessage(db.Model):  # type: ignore[name-defined, misc]
    """One mail in or out by its Message-ID: what answers it finds its ticket, and what comes twice is known."""

    __tablename__ = "mail_message"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "header_hash"),
        Index(None, "header_hash"),
        Index(None, "conversation_id", "id"),
    )

    id: Mapped[Key]
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    direction: Mapped[MailDirection] = mapped_column(EnumText(MailDirection))
    header_id: Mapped[str] = mapped_column(String(998))
    header_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
