"""AI agents, their workflow versions and FAQ entries, and the channels that they answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, JsonDict, JsonList, Key, PublicId, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import ChannelKind


class AIAgent(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "ai_agent"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    languages: Mapped[JsonList]
    is_archived: Mapped[bool] = mapped_column(default=False)
    is_handoff_enabled: Mapped[bool] = mapped_column(default=True)
    workflow_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("workflow_version.id", use_alter=True, name="fk_ai_agent_workflow_version_id")
    )


class WorkflowVersion(db.Model):  # type: ignore[name-defined, misc]
    """An immutable tree; a flow session pins the version it started with."""

    __tablename__ = "workflow_version"
    __table_args__ = (UniqueConstraint("ai_agent_id", "number"),)

    id: Mapped[Key]
    ai_agent_id: Mapped[int] = mapped_column(ForeignKey("ai_agent.id"))
    number: Mapped[int]
    tree: Mapped[JsonDict]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class FaqEntry(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "faq_entry"

    id: Mapped[Key]
    ai_agent_id: Mapped[int] = mapped_column(ForeignKey("ai_agent.id"), index=True)
    language: Mapped[str | None] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(Text)
    phrases: Mapped[JsonList]
    answer: Mapped[str] = mapped_column(Text)


class Channel(db.Model):  # type: ignore[name-defined, misc]
    """Where persons write: a webchat on a site, or programs over the API (one per teamspace)."""

    __tablename__ = "channel"
    __table_args__ = (Index(None, "teamspace_id"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"))
    ai_agent_id: Mapped[int] = mapped_column(ForeignKey("ai_agent.id"))
    kind: Mapped[ChannelKind] = mapped_column(EnumText(ChannelKind))
    name: Mapped[str] = mapped_column(String(80))
    color: Mapped[str] = mapped_column(String(7), default="#1f5fbf")
    greeting: Mapped[str | None] = mapped_column(String(400))
    allowed_sites: Mapped[JsonList]
    is_connected: Mapped[bool] = mapped_column(default=True)


class Person(db.Model):  # type: ignore[name-defined, misc]
    """Who writes to us; external_id is the program's or the visitor's own name for them."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("teamspace_id", "external_id"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"))
    external_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    is_banned: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class VisitorToken(db.Model):  # type: ignore[name-defined, misc]
    """A webchat visitor's key to their own conversation, kept hashed (W1)."""

    __tablename__ = "visitor_token"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class VisitorTicket(db.Model):  # type: ignore[name-defined, misc]
    """A one-time ticket that opens a visitor's socket."""

    __tablename__ = "visitor_ticket"

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    visitor_token_id: Mapped[int] = mapped_column(ForeignKey("visitor_token.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
