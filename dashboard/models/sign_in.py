"""How users come in: sign-ins, personal tokens, invitations, and the failures that are counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import JsonList, Key, PublicId, db


class UserSession(db.Model):  # type: ignore[name-defined, misc]
    """A browser's sign-in: a random 256-bit token, stored hashed, revocable at any time."""

    __tablename__ = "user_session"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    last_input_at: Mapped[datetime]
    """The last time somebody touched the page: what the page asks for by itself does not count (P5)."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiToken(db.Model):  # type: ignore[name-defined, misc]
    """A personal token of the API: it is its user."""

    __tablename__ = "api_token"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(db.Model):  # type: ignore[name-defined, misc]
    """A link that makes its one user, once, until it expires; the token is stored hashed."""

    __tablename__ = "invitation"
    __table_args__ = (Index(None, "workspace_id", "email"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    role_ids: Mapped[JsonList]
    team_ids: Mapped[JsonList]
    teamspace_ids: Mapped[JsonList]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(db.Model):  # type: ignore[name-defined, misc]
    """Failed sign-ins, counted in the database so that every process sees them."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
