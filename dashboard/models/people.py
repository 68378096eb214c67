"""What colleagues add to people and conversations: tags and notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import Key, PublicId, db


class Tag(db.Model):  # type: ignore[name-defined, misc]
    """A word of a teamspace for its people and conversations."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("teamspace_id", "name"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))


class PersonTag(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "person_tag"
    __table_args__ = (Index(None, "tag_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)


class ConversationTag(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "conversation_tag"
    __table_args__ = (Index(None, "tag_id"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)


class PersonNote(db.Model):  # type: ignore[name-defined, misc]
    """Something to remember of a person, whatever the conversation; only colleagues see it."""

    __tablename__ = "person_note"
    __table_args__ = (Index(None, "person_id", "id"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
