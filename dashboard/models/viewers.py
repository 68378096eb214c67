"""One user as a Viewer: what every request asks first, in two SELECTs that are built once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import String, bindparam, case, cast, literal_column, null, select, union, union_all

from dashboard.models.base import BigId
from dashboard.models.membership import LIVE_AGENT_PERMISSION, Reader, teamspaces_in_use
from dashboard.models.permissions import ALL_PERMISSIONS
from dashboard.models.visibility import Viewer
from dashboard.models.workspace import (
    Role,
    RolePermission,
    Team,
    TeamMember,
    TeamspaceTeam,
    TeamspaceUser,
    User,
    UserRole,
)

_user = User.__table__.c
_role = Role.__table__.c
_permission = RolePermission.__table__.c
_user_role = UserRole.__table__.c
_team = Team.__table__.c
_member = TeamMember.__table__.c
_tt = TeamspaceTeam.__table__.c
_tu = TeamspaceUser.__table__.c

_me = bindparam("me", type_=_user.id.type)
_my_teams = union(
    select(_member.team_id).where(_member.user_id == _me),
    select(_team.id)
    .join_from(Team.__table__, UserRole.__table__, _user_role.role_id == _team.role_id)
    .where(_user_role.user_id == _me),
)


def _facts(what: str, first: Any, second: Any = None, text: Any = None) -> Any:
    """A SELECT of the one shape that all of them need for their UNION."""
    return select(
        literal_column(f"'{what}'").label("what"),
        cast(first, BigId).label("first"),
        cast(null() if second is None else second, BigId).label("second"),
        cast(null() if text is None else text, String).label("text"),
    )


_USER = select(_user.id, _user.public_id, _user.name, _user.alias, _user.email, _user.workspace_id).where(
    _user.id == _me, _user.is_active
)
_FACTS = union_all(
    _facts("permission", case((_role.is_builtin, 1), else_=0), text=_permission.permission)
    .join_from(UserRole.__table__, Role.__table__, _role.id == _user_role.role_id)
    .outerjoin(RolePermission.__table__, _permission.role_id == _role.id)
    .where(_user_role.user_id == _me),
    _facts("mate", _member.team_id, _member.user_id).where(_member.team_id.in_(_my_teams)),
    _facts("mate", _team.id, _user_role.user_id)
    .join_from(Team.__table__, UserRole.__table__, _user_role.role_id == _team.role_id)
    .where(_team.id.in_(_my_teams)),
    _facts("linked", _tt.teamspace_id).where(_tt.team_id.in_(_my_teams)),
    _facts("direct", _tu.teamspace_id).where(_tu.user_id == _me),
)
_SPACES = teamspaces_in_use()


def load_viewer(reader: Reader, user_id: int) -> Viewer | None:
    """The active user with what they may see: the same as `load_viewers` says of one."""
    user = reader.execute(_USER, {"me": user_id}).first()
    if user is None:
        return None
    facts: defaultdict[str, list[Any]] = defaultdict(list)
    for row in reader.execute(_FACTS, {"me": user_id}):
        facts[row.what].append(row)
    is_admin = any(row.first for row in facts["permission"])
    permissions = ALL_PERMISSIONS if is_admin else frozenset(row.text for row in facts["permission"] if row.text)
    by_team = frozenset(row.first for row in facts["linked"])
    direct = frozenset(row.first for row in facts["direct"])
    return Viewer(
        user_id=user.id,
        public_id=user.public_id,
        name=user.name,
        alias=user.alias,
        email=user.email,
        workspace_id=user.workspace_id,
        permissions=permissions,
        team_ids=frozenset(row.first for row in facts["mate"]),
        team_mate_ids=frozenset(row.second for row in facts["mate"]),
        teamspace_ids=frozenset(reader.execute(_SPACES).scalars()) if is_admin else by_team | direct,
        agent_teamspace_ids=by_team if LIVE_AGENT_PERMISSION in permissions else frozenset(),
        is_admin=is_admin,
    )
