"""Workspace, users, roles, teams and teamspaces, and the links between them (SPEC 1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, JsonList, Key, PublicId, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import Availability, AvailabilityRecord, Method, Plan, RoleType

_IN_USE = text("archived_at IS NULL")
"""A name is free again once its team or teamspace is deleted; the row stays, because the past names it (L10)."""


class Workspace(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "workspace"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(120))
    plan: Mapped[Plan] = mapped_column(EnumText(Plan), default=Plan.ENTERPRISE)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    idle_logout_minutes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class User(db.Model):  # type: ignore[name-defined, misc]
    """Someone who signs in; availability is what they declare, presence is a lease (P1, P2)."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    alias: Mapped[str | None] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    languages: Mapped[JsonList]
    is_active: Mapped[bool] = mapped_column(default=True)
    availability: Mapped[Availability] = mapped_column(EnumText(Availability), default=Availability.AWAY)
    online_since: Mapped[datetime | None]
    """Since when they are online and present without a break: the order of Round robin (A1). It outlives a server
    that stops, and is empty once they go Away, sign out or drop out."""
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class AvailabilityChange(db.Model):  # type: ignore[name-defined, misc]
    """Append only: what users declared and when their connections came and went."""

    __tablename__ = "availability_change"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[AvailabilityRecord] = mapped_column(EnumText(AvailabilityRecord))
    at: Mapped[datetime]


class Presence(db.Model):  # type: ignore[name-defined, misc]
    """A lease per live connection, renewed by the process that holds it."""

    __tablename__ = "presence"
    __table_args__ = (Index(None, "user_id", "lease_until"), Index(None, "process_id"))

    connection_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    session_id: Mapped[int | None]
    process_id: Mapped[str] = mapped_column(String(36))
    lease_until: Mapped[datetime]
    left_at: Mapped[datetime | None]
    """When the connection ended; a lease that runs out without it lost its server, not its user."""


class Role(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(80))
    type: Mapped[RoleType] = mapped_column(EnumText(RoleType))
    is_builtin: Mapped[bool] = mapped_column(default=False)


class RolePermission(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "role_permission"

    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(40), primary_key=True)


class UserRole(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "user_role"
    __table_args__ = (Index(None, "role_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)


class Team(db.Model):  # type: ignore[name-defined, misc]
    """Listed users plus everyone with the team's role."""

    __tablename__ = "team"
    __table_args__ = (
        Index(
            "uq_team_name_in_use", "workspace_id", "name", unique=True,
            sqlite_where=_IN_USE, postgresql_where=_IN_USE,
        ),
    )  # fmt: skip

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(80))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    archived_at: Mapped[datetime | None]


class TeamMember(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "team_member"
    __table_args__ = (Index(None, "user_id"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)


class Teamspace(db.Model):  # type: ignore[name-defined, misc]
    """Settings of one brand or department: nothing crosses teamspaces but users and linked teams."""

    __tablename__ = "teamspace"
    __table_args__ = (
        Index(
            "uq_teamspace_name_in_use", "workspace_id", "name", unique=True,
            sqlite_where=_IN_USE, postgresql_where=_IN_USE,
        ),
    )  # fmt: skip

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(80))
    method: Mapped[Method] = mapped_column(EnumText(Method), default=Method.BALANCED)
    auto_limit: Mapped[int] = mapped_column(default=10)
    turn_at: Mapped[datetime | None]
    turn_user_id: Mapped[int | None]
    """With turn_at, Round robin's place: whose turn was last, and since when they were online then (A1)."""
    returns_when_absent: Mapped[bool] = mapped_column(default=False)
    """Whether chats that wait for an answer go back to the queue when their Assignee drops out (P3)."""
    overdue_minutes: Mapped[int | None]
    autoclose_hours: Mapped[int] = mapped_column(default=24)
    feedback_minutes: Mapped[int] = mapped_column(default=10)
    default_ai_agent_id: Mapped[int | None] = mapped_column(
        ForeignKey("ai_agent.id", use_alter=True, name="fk_teamspace_default_ai_agent_id")
    )
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    offers_transfers: Mapped[bool] = mapped_column(default=False)
    """Whether a transfer to a user waits until that user accepts it (T5)."""
    archived_at: Mapped[datetime | None]


class TeamspaceUser(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "teamspace_user"
    __table_args__ = (Index(None, "user_id"),)

    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)


class TeamspaceTeam(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "teamspace_team"
    __table_args__ = (Index(None, "team_id"),)

    teamspace_id: Mapped[int] = mapped_column(ForeignKey("teamspace.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)


class Setting(db.Model):  # type: ignore[name-defined, misc]
    """Values that the installation makes for itself once, such as its secret key."""

    __tablename__ = "installation_setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(400))
