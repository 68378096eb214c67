"""Conversations, their timeline, handoffs and the record of who had them (SPEC 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, JsonDict, Key, PublicId, db
from dashboard.models.enums import (
    AssignmentHow,
    AuthorKind,
    ConversationKind,
    Destination,
    Handler,
    HandoffMode,
    HandoffSource,
    MessageKind,
    Status,
    SuggestionState,
)


class Conversation(db.Model):  # type: ignore[name-defined, misc]
    """One row, one handler; `epoch` counts the changes of handler or Assignee (L1, L2)."""

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("(assignee_id IS NOT NULL) = (handler = 'live_agent')", name="assignee_iff_live_agent"),
        CheckConstraint("kind = 'ticket' OR ai_agent_id IS NOT NULL", name="chat_has_ai_agent"),
        Index(
            "uq_conversation_live_chat",
            "person_id",
            "channel_id",
            unique=True,
            sqlite_where=text("kind = 'chat' AND handler <> 'external'"),
            postgresql_where=text("kind = 'chat' AND handler <> 'external'"),
        ),
        Index(None, "person_id"),
        Index("ix_conversation_inbox", "teamspace_id", text("last_activity_at DESC"), text("id DESC")),
        Index("ix_conversation_status", "teamspace_id", "status", text("last_activity_at DESC"), text("id DESC")),
        Index("ix_conversation_handler", "teamspace_id", "handler", text("last_activity_at DESC"), text("id DESC")),
        Index("ix_conversation_assignee", "assignee_id", "status", text("last_activity_at DESC"), text("id DESC")),
        Index("ix_conversation_team", "team_id", "status", text("last_activity_at DESC"), text("id DESC")),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    kind: Mapped[ConversationKind] = mapped_column(EnumText(ConversationKind))
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"))
    ai_agent_id: Mapped[int | None] = mapped_column(ForeignKey("ai_agent.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    """The closed ticket or the chat that this ticket came from (L9)."""
    continued_in_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    """The chat that goes on where this one ended, because two records of a person were merged."""
    subject: Mapped[str | None] = mapped_column(String(200))
    handler: Mapped[Handler] = mapped_column(EnumText(Handler))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    status: Mapped[Status | None] = mapped_column(EnumText(Status))
    epoch: Mapped[int] = mapped_column(default=0)
    owner_since: Mapped[datetime]
    last_seq: Mapped[int] = mapped_column(default=0)
    public_seq: Mapped[int] = mapped_column(default=0)
    last_activity_at: Mapped[datetime]
    last_text: Mapped[str | None] = mapped_column(String(160))
    waiting_since: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(8))
    is_language_corrected: Mapped[bool] = mapped_column(default=False)
    handoff_id: Mapped[int | None] = mapped_column(
        ForeignKey("handoff.id", use_alter=True, name="fk_conversation_handoff_id")
    )
    workflow_version_id: Mapped[int | None] = mapped_column(ForeignKey("workflow_version.id"))
    flow_state: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]


class Message(db.Model):  # type: ignore[name-defined, misc]
    """The timeline: messages, notes and activity, numbered without gaps (L4). Raw text is stored."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "public_seq"),
        UniqueConstraint("conversation_id", "author_key", "client_id"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    public_seq: Mapped[int | None]
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind))
    author_key: Mapped[str] = mapped_column(String(60))
    author_kind: Mapped[AuthorKind] = mapped_column(EnumText(AuthorKind))
    author_name: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    alias: Mapped[str | None] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    data: Mapped[JsonDict]
    client_id: Mapped[str | None] = mapped_column(String(80))
    epoch: Mapped[int]
    created_at: Mapped[datetime]


class Suggestion(db.Model):  # type: ignore[name-defined, misc]
    """What an AI agent had to say too late: private, for the new owner, outside the timeline (L3)."""

    __tablename__ = "suggestion"
    __table_args__ = (Index(None, "conversation_id", "state"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    body: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(String(120))
    state: Mapped[SuggestionState] = mapped_column(EnumText(SuggestionState), default=SuggestionState.OPEN)
    source_key: Mapped[str] = mapped_column(String(80), unique=True)
    epoch: Mapped[int]
    created_at: Mapped[datetime]


class Handoff(db.Model):  # type: ignore[name-defined, misc]
    """One episode outside the AI agent's hands; it keeps its last Assignee and team (6a)."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "conversation_id", "id"),
        Index(None, "assignee_id"),
        Index(None, "team_id"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id"))
    status: Mapped[Status] = mapped_column(EnumText(Status))
    source: Mapped[HandoffSource] = mapped_column(EnumText(HandoffSource))
    destination: Mapped[Destination] = mapped_column(EnumText(Destination))
    mode: Mapped[HandoffMode] = mapped_column(EnumText(HandoffMode))
    reason: Mapped[str] = mapped_column(String(400))
    packet: Mapped[JsonDict]
    variables: Mapped[JsonDict]
    targets: Mapped[JsonDict]
    node_key: Mapped[str | None] = mapped_column(String(80))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    requested_at: Mapped[datetime]
    assigned_at: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
    rating: Mapped[int | None]
    rating_comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None]
    external_ref: Mapped[str | None] = mapped_column(String(200))


class Assignment(db.Model):  # type: ignore[name-defined, misc]
    """Who had a conversation, from when until when: a change closes one row and opens the next."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(None, "conversation_id", "id"),
        Index(None, "user_id", "until_at"),
        Index(
            "uq_assignment_current",
            "conversation_id",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    how: Mapped[AssignmentHow] = mapped_column(EnumText(AssignmentHow))
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None] = mapped_column(Text)
    epoch: Mapped[int]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class ReadMark(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "read_mark"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int]


class Draft(db.Model):  # type: ignore[name-defined, misc]
    """What a user has typed and not sent, per conversation (N4)."""

    __tablename__ = "draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    is_note: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
