"""Who belongs to what: permissions of users, members of teams, live agents of teamspaces (SPEC 1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, select, union
from sqlalchemy.orm import Session, scoped_session

from dashboard.models.permissions import ALL_PERMISSIONS
from dashboard.models.visibility import Viewer
from dashboard.models.workspace import (
    Role,
    RolePermission,
    Team,
    TeamMember,
    Teamspace,
    TeamspaceTeam,
    TeamspaceUser,
    User,
    UserRole,
)

Reader = Connection | Session | scoped_session[Any]

_user = User.__table__.c
_role = Role.__table__.c
_permission = RolePermission.__table__.c
_user_role = UserRole.__table__.c
_team = Team.__table__.c
_member = TeamMember.__table__.c
_tt = TeamspaceTeam.__table__.c
_tu = TeamspaceUser.__table__.c
_space = Teamspace.__table__.c

LIVE_AGENT_PERMISSION = "livechats.assigned"


def members_select() -> Select[int, int]:
    """(team_id, user_id): listed users plus everyone with the team's role."""
    listed = select(_member.team_id, _member.user_id)
    by_role = select(_team.id.label("team_id"), _user_role.user_id).where(_user_role.role_id == _team.role_id)
    members = union(listed, by_role).subquery("members")
    return select(members.c.team_id, members.c.user_id)


def permitted_select(permission: str) -> Select[int]:
    """Ids of the active users who hold `permission` through any role; the built-in role holds all."""
    holds = select(_permission.role_id).where(_permission.permission == permission)
    return (
        select(_user.id)
        .where(_user.is_active)
        .where(
            _user.id.in_(
                select(_user_role.user_id)
                .join(Role.__table__, _role.id == _user_role.role_id)
                .where(_role.is_builtin | _role.id.in_(holds))
            )
        )
    )


def live_agents_select(teamspace_id: int | BindParameter[int]) -> Select[int]:
    """Ids of the live agents of a teamspace: those in its teams."""
    members = members_select().subquery("m")
    in_teams = select(members.c.user_id).join(TeamspaceTeam.__table__, _tt.team_id == members.c.team_id)
    return permitted_select(LIVE_AGENT_PERMISSION).where(_user.id.in_(in_teams.where(_tt.teamspace_id == teamspace_id)))


def teamspaces_in_use() -> Select[int]:
    """Ids of the teamspaces that are not deleted: what an admin is linked to."""
    return select(_space.id).where(_space.archived_at.is_(None))


def load_viewers(reader: Reader, user_ids: Collection[int]) -> dict[int, Viewer]:
    """Viewers of the active users among `user_ids`, in five SELECTs whatever their number."""
    users = reader.execute(select(User.__table__).where(_user.id.in_(user_ids), _user.is_active)).all()
    permissions, admins = _permissions(reader, user_ids)
    teams, mates = _teams(reader, user_ids)
    linked = _group(reader.execute(select(_tt.team_id, _tt.teamspace_id)))
    direct = _group(reader.execute(select(_tu.user_id, _tu.teamspace_id).where(_tu.user_id.in_(user_ids))))
    every = frozenset(reader.execute(teamspaces_in_use()).scalars()) if admins else frozenset()
    viewers = {}
    for user in users:
        by_team = frozenset(space for team in teams[user.id] for space in linked[team])
        is_agent = LIVE_AGENT_PERMISSION in permissions[user.id]
        viewers[user.id] = Viewer(
            user_id=user.id,
            public_id=user.public_id,
            name=user.name,
            alias=user.alias,
            email=user.email,
            workspace_id=user.workspace_id,
            permissions=frozenset(permissions[user.id]),
            team_ids=frozenset(teams[user.id]),
            team_mate_ids=frozenset(mate for team in teams[user.id] for mate in mates[team]),
            teamspace_ids=every if user.id in admins else by_team | direct[user.id],
            agent_teamspace_ids=by_team if is_agent else frozenset(),
            is_admin=user.id in admins,
        )
    return viewers


def _permissions(reader: Reader, user_ids: Collection[int]) -> tuple[defaultdict[int, set[str]], set[int]]:
    rows = reader.execute(
        select(_user_role.user_id, _role.is_builtin, _permission.permission)
        .join(Role.__table__, _role.id == _user_role.role_id)
        .outerjoin(RolePermission.__table__, _permission.role_id == _role.id)
        .where(_user_role.user_id.in_(user_ids))
    )
    permissions: defaultdict[int, set[str]] = defaultdict(set)
    admins: set[int] = set()
    for user_id, is_builtin, permission in rows:
        if is_builtin:
            admins.add(user_id)
            permissions[user_id] |= ALL_PERMISSIONS
        elif permission:
            permissions[user_id].add(permission)
    return permissions, admins


def _teams(
    reader: Reader, user_ids: Collection[int]
) -> tuple[defaultdict[int, frozenset[int]], defaultdict[int, frozenset[int]]]:
    mates = _group(reader.execute(members_select()))
    teams: defaultdict[int, set[int]] = defaultdict(set)
    for team_id, members in mates.items():
        for user_id in members & set(user_ids):
            teams[user_id].add(team_id)
    frozen: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    frozen.update({user_id: frozenset(ids) for user_id, ids in teams.items()})
    return frozen, mates


def _group(pairs: Iterable[tuple[int, int]]) -> defaultdict[int, frozenset[int]]:
    grouped: defaultdict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        grouped[key].add(value)
    frozen: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    frozen.update({key: frozenset(values) for key, values in grouped.items()})
    return frozen
