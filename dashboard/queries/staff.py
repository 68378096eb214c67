"""Who can be put into a team or linked to a teamspace, and how each stands there: for the settings pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from dashboard.models import Presence, Role, Team, Teamspace, TeamspaceTeam, User, UserRole
from dashboard.models.enums import Availability, RoleType
from dashboard.models.membership import LIVE_AGENT_PERMISSION, Reader, live_agents_select, permitted_select

_p = Presence.__table__.c
_r = Role.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c
_u = User.__table__.c
_ur = UserRole.__table__.c


@dataclass(frozen=True)
class Colleague:
    """An active user; ids are public ones. `availability` is online only for who is declared so and present."""

    public_id: str
    name: str
    email: str
    languages: tuple[str, ...]
    availability: str
    is_live_agent: bool
    roles: tuple[str, ...]
    is_admin: bool


@dataclass(frozen=True)
class Option:
    """Something to choose, by its public id."""

    public_id: str
    name: str


def load_colleagues(reader: Reader, workspace_id: int, now: datetime) -> dict[int, Colleague]:
    """Every active user of the workspace by key, in the order of their names."""
    is_present = exists(select(_p.connection_id).where(_p.user_id == _u.id, _p.lease_until > now))
    is_agent = _u.id.in_(permitted_select(LIVE_AGENT_PERMISSION))
    users = reader.execute(
        select(
            _u.id, _u.public_id, _u.name, _u.email, _u.languages, _u.availability,
            is_present.label("is_present"), is_agent.label("is_agent"),
        )
        .where(_u.workspace_id == workspace_id, _u.is_active)
        .order_by(_u.name, _u.id)
    ).all()  # fmt: skip
    roles, admins = _load_roles(reader)
    return {
        row.id: Colleague(
            row.public_id, row.name, row.email, tuple(row.languages or ()),
            "online" if row.availability is Availability.ONLINE and row.is_present else "away",
            bool(row.is_agent), tuple(roles[row.id]), row.id in admins,
        )
        for row in users
    }  # fmt: skip


def find_languages(reader: Reader, user_id: int) -> tuple[str, ...]:
    """What a user says they speak."""
    return tuple(reader.execute(select(_u.languages).where(_u.id == user_id)).scalar() or ())


def load_team_roles(reader: Reader, workspace_id: int) -> list[Option]:
    """The roles that can be a team's: those of Team type."""
    mine = (_r.workspace_id == workspace_id) & (_r.type == RoleType.TEAM)
    rows = reader.execute(select(_r.public_id, _r.name).where(mine).order_by(_r.name))
    return [Option(row.public_id, row.name) for row in rows]


def load_teamspaces_to_link(reader: Reader, teamspace_ids: frozenset[int]) -> list[Option]:
    """The teamspaces with these keys that are not deleted."""
    in_use = _s.id.in_(teamspace_ids) & _s.archived_at.is_(None)
    rows = reader.execute(select(_s.public_id, _s.name).where(in_use).order_by(_s.name))
    return [Option(row.public_id, row.name) for row in rows]


def load_teams_to_link(reader: Reader, workspace_id: int) -> list[Option]:
    """The teams of the workspace that are not deleted."""
    in_use = (_t.workspace_id == workspace_id) & _t.archived_at.is_(None)
    rows = reader.execute(select(_t.public_id, _t.name).where(in_use).order_by(_t.name))
    return [Option(row.public_id, row.name) for row in rows]


def load_unstaffed(reader: Reader, teamspace_ids: frozenset[int]) -> list[str]:
    """The names of those teamspaces in which nobody is a live agent: handoffs count as "nobody available" (H2)."""
    rows = reader.execute(select(_s.id, _s.name).where(_s.id.in_(teamspace_ids)).order_by(_s.name)).all()
    return [row.name for row in rows if reader.execute(live_agents_select(row.id).limit(1)).first() is None]


def load_links(reader: Reader) -> defaultdict[int, set[int]]:
    """Team key → keys of its teamspaces."""
    links: defaultdict[int, set[int]] = defaultdict(set)
    for team_id, teamspace_id in reader.execute(select(_tt.team_id, _tt.teamspace_id)):
        links[team_id].add(teamspace_id)
    return links


def _load_roles(reader: Reader) -> tuple[defaultdict[int, list[str]], set[int]]:
    roles: defaultdict[int, list[str]] = defaultdict(list)
    admins = set()
    held = select(_ur.user_id, _r.public_id, _r.is_builtin).join(Role.__table__, _r.id == _ur.role_id)
    for user_id, public_id, is_builtin in reader.execute(held.order_by(_r.name)):
        roles[user_id].append(public_id)
        if is_builtin:
            admins.add(user_id)
    return roles, admins
