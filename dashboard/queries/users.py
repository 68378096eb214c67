"""Users as their settings show them: the list with invitations, and one user as their form was rendered (N10)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select

from dashboard.models import (
    Conversation,
    Invitation,
    Presence,
    Role,
    RolePermission,
    Team,
    TeamMember,
    Teamspace,
    TeamspaceUser,
    User,
    UserRole,
    UserSession,
)
from dashboard.models.enums import Availability, Status
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader, members_select
from dashboard.models.permissions import ALL_PERMISSIONS
from dashboard.queries.teams import version_of

_c = Conversation.__table__.c
_i = Invitation.__table__.c
_m = TeamMember.__table__.c
_p = Presence.__table__.c
_r = Role.__table__.c
_rp = RolePermission.__table__.c
_s = Teamspace.__table__.c
_se = UserSession.__table__.c
_t = Team.__table__.c
_tu = TeamspaceUser.__table__.c
_u = User.__table__.c
_ur = UserRole.__table__.c

OPEN = (Status.OPEN, Status.PENDING, Status.OVERDUE)


@dataclass(frozen=True)
class UserRow:
    """A user in the list; `availability` is online only for who is declared so and present."""

    public_id: str
    name: str
    email: str
    availability: str
    is_active: bool
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    last_seen_at: datetime | None


@dataclass(frozen=True)
class InvitationRow:
    """An invitation that nobody has followed or taken back."""

    public_id: str
    name: str
    email: str
    roles: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True)
class RoleOption:
    """A role to give, with what it lets its holders do."""

    id: int
    public_id: str
    name: str
    is_builtin: bool
    permissions: frozenset[str]


@dataclass(frozen=True)
class UserState:
    """What is stored of a user, as public ids. `version` names exactly this state, so that no save passes over it."""

    id: int
    public_id: str
    name: str
    alias: str
    email: str
    is_active: bool
    roles: frozenset[str]
    teams: frozenset[str]
    teamspaces: frozenset[str]

    @property
    def version(self) -> str:
        parts = sorted(self.roles), sorted(self.teams), sorted(self.teamspaces)
        return version_of(self.name, self.alias, self.is_active, *parts)


def load_users(reader: Reader, workspace_id: int, now: datetime, *, words: str = "", state: str = "") -> list[UserRow]:
    """The users whose name or e-mail has all the `words`; `state` is active, deactivated or nothing for both."""
    present = exists(select(_p.connection_id).where(_p.user_id == _u.id, _p.lease_until > now)).label("is_present")
    seen = select(func.max(_se.last_seen_at)).where(_se.user_id == _u.id).scalar_subquery().label("seen")
    chosen: Select[Any] = (
        select(_u.id, _u.public_id, _u.name, _u.email, _u.availability, _u.is_active, present, seen)
        .where(_u.workspace_id == workspace_id)
        .order_by(_u.is_active.desc(), func.lower(_u.name), _u.id)
    )
    for word in words.lower().split():
        chosen = chosen.where(func.lower(_u.name + " " + _u.email).contains(word, autoescape=True))
    if state in ("active", "deactivated"):
        chosen = chosen.where(_u.is_active == (state == "active"))
    roles, teams = _names_of_roles(reader), _names_of_teams(reader)
    return [
        UserRow(
            row.public_id, row.name, row.email,
            "online" if row.availability is Availability.ONLINE and row.is_present else "away",
            row.is_active, tuple(roles[row.id]), tuple(teams[row.id]), row.seen,
        )
        for row in reader.execute(chosen).all()
    ]  # fmt: skip


def load_invitations(reader: Reader, workspace_id: int, now: datetime) -> list[InvitationRow]:
    """The newest first."""
    waiting = _i.accepted_at.is_(None) & _i.revoked_at.is_(None) & (_i.workspace_id == workspace_id)
    names = {each.id: each.name for each in load_role_options(reader, workspace_id)}
    rows = reader.execute(select(Invitation.__table__).where(waiting).order_by(_i.id.desc())).all()
    return [
        InvitationRow(
            row.public_id, row.name, row.email, tuple(names[key] for key in row.role_ids if key in names),
            row.created_at, row.expires_at, row.expires_at <= now,
        )
        for row in rows
    ]  # fmt: skip


def load_role_options(reader: Reader, workspace_id: int) -> list[RoleOption]:
    """Every role, the built-in one first."""
    permissions: defaultdict[int, set[str]] = defaultdict(set)
    for role_id, permission in reader.execute(select(_rp.role_id, _rp.permission)):
        permissions[role_id].add(permission)
    mine = select(_r.id, _r.public_id, _r.name, _r.is_builtin).where(_r.workspace_id == workspace_id)
    return [
        RoleOption(
            row.id, row.public_id, row.name, row.is_builtin,
            ALL_PERMISSIONS if row.is_builtin else frozenset(permissions[row.id]),
        )
        for row in reader.execute(mine.order_by(_r.is_builtin.desc(), _r.name))
    ]  # fmt: skip


def get_user(reader: Reader, workspace_id: int, public_id: str) -> UserState:
    """A user, deactivated ones too; raises NotFound."""
    row = None
    if is_public_id(public_id):
        is_them = (_u.public_id == public_id) & (_u.workspace_id == workspace_id)
        row = reader.execute(select(_u.id, _u.name, _u.alias, _u.email, _u.is_active).where(is_them)).one_or_none()
    if row is None:
        raise NotFound
    roles = select(_r.public_id).join(UserRole.__table__, _ur.role_id == _r.id).where(_ur.user_id == row.id)
    teams = select(_t.public_id).join(TeamMember.__table__, _m.team_id == _t.id).where(_m.user_id == row.id)
    spaces = select(_s.public_id).join(TeamspaceUser.__table__, _tu.teamspace_id == _s.id).where(_tu.user_id == row.id)
    found = [frozenset(reader.execute(each).scalars()) for each in (roles, teams, spaces)]
    return UserState(row.id, public_id, row.name, row.alias or "", row.email, row.is_active, *found)


def count_open(reader: Reader, user_id: int) -> int:
    """How many conversations return to the queue when this user is deactivated (L10)."""
    mine = select(func.count()).where(_c.assignee_id == user_id, _c.status.in_(OPEN))
    return int(reader.execute(mine).scalar_one())


def _names_of_roles(reader: Reader) -> defaultdict[int, list[str]]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    held = select(_ur.user_id, _r.name).join(Role.__table__, _r.id == _ur.role_id)
    for user_id, name in reader.execute(held.order_by(_r.is_builtin.desc(), _r.name)):
        names[user_id].append(name)
    return names


def _names_of_teams(reader: Reader) -> defaultdict[int, list[str]]:
    members = members_select().subquery("m")
    names: defaultdict[int, list[str]] = defaultdict(list)
    mine = select(members.c.user_id, _t.name).join(Team.__table__, _t.id == members.c.team_id)
    for user_id, name in reader.execute(mine.where(_t.archived_at.is_(None)).order_by(_t.name)):
        names[user_id].append(name)
    return names
