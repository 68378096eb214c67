"""What one user may give another: roles within their own permissions, and links within their own reach (SPEC 1, M1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from dashboard.models import Role, Team, Teamspace, TeamspaceTeam, User, UserRole
from dashboard.models.errors import Invalid, NotPermitted
from dashboard.models.visibility import Viewer
from dashboard.queries.users import RoleOption, load_role_options
from dashboard.services.unit_of_work import UnitOfWork

_r = Role.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c
_u = User.__table__.c
_ur = UserRole.__table__.c

LAST_ADMIN = "Somebody has to be admin, and nobody else is one. Make somebody else an admin first."


@dataclass(frozen=True)
class Grants:
    """Roles, listed teams and direct teamspaces, as public ids."""

    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    teamspaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Keys:
    """The same as sequential ids."""

    roles: list[int]
    teams: list[int]
    teamspaces: list[int]


def resolve(uow: UnitOfWork, viewer: Viewer, wanted: Grants, before: Grants) -> Keys:
    """The keys of what is wanted, if the viewer may make this change.

    Raises Invalid for no role and for what is gone, NotPermitted for what is beyond the viewer.
    """
    return Keys(
        _resolve_roles(uow, viewer, wanted.roles, before.roles),
        _resolve_teams(uow, viewer, wanted.teams, before.teams),
        _resolve_teamspaces(uow, viewer, wanted.teamspaces, before.teamspaces),
    )


def is_beyond(viewer: Viewer, options: list[RoleOption], roles: frozenset[str]) -> bool:
    """Whether these roles hold a permission that the viewer lacks: then they may neither give, take nor change them."""
    permissions = frozenset(each for role in options if role.public_id in roles for each in role.permissions)
    is_admin = any(role.is_builtin for role in options if role.public_id in roles)
    return not permissions <= viewer.permissions or (is_admin and not viewer.is_admin)


def refuse_last_admin(uow: UnitOfWork, user_id: int) -> None:
    """Refuse to take the built-in role from its last active holder; two who try at once do so one after the other."""
    role_id = uow.conn.execute(select(_r.id).where(_r.is_builtin).with_for_update()).scalar()
    others = (
        select(func.count())
        .select_from(UserRole.__table__)
        .join(User.__table__, _u.id == _ur.user_id)
        .where(_ur.role_id == role_id, _u.is_active, _u.id != user_id)
    )
    if not uow.conn.execute(others).scalar_one():
        raise Invalid({"roles": LAST_ADMIN})


def _resolve_roles(uow: UnitOfWork, viewer: Viewer, wanted: frozenset[str], before: frozenset[str]) -> list[int]:
    if not wanted:
        raise Invalid({"roles": "A user has at least one role."})
    # Locked against a deletion that is going on.
    found = (_r.workspace_id == viewer.workspace_id) & _r.public_id.in_(wanted)
    uow.conn.execute(select(_r.id).where(found).order_by(_r.id).with_for_update(read=True, key_share=True)).all()
    options = load_role_options(uow.conn, viewer.workspace_id)
    if not wanted <= {each.public_id for each in options}:
        raise Invalid({"roles": "One of the roles is gone. Look at them again."})
    if is_beyond(viewer, options, wanted ^ before):
        raise NotPermitted("You can only give or take roles that may do no more than you.")
    return [each.id for each in options if each.public_id in wanted]


def _resolve_teams(uow: UnitOfWork, viewer: Viewer, wanted: frozenset[str], before: frozenset[str]) -> list[int]:
    in_use = (_t.workspace_id == viewer.workspace_id) & _t.archived_at.is_(None) & _t.public_id.in_(wanted | before)
    rows = uow.conn.execute(
        select(_t.id, _t.public_id).where(in_use).order_by(_t.id).with_for_update(read=True, key_share=True)
    ).all()
    if not wanted <= {row.public_id for row in rows}:
        raise Invalid({"teams": "One of the teams is gone. Look at them again."})
    changed = [row.id for row in rows if row.public_id in wanted ^ before]
    beyond = select(_tt.team_id).where(_tt.team_id.in_(changed), _tt.teamspace_id.not_in(viewer.teamspace_ids))
    if uow.conn.execute(beyond.limit(1)).first():
        raise NotPermitted("One of these teams works in teamspaces that you are not linked to. An admin can do it.")
    return [row.id for row in rows if row.public_id in wanted]


def _resolve_teamspaces(uow: UnitOfWork, viewer: Viewer, wanted: frozenset[str], before: frozenset[str]) -> list[int]:
    in_use = (_s.workspace_id == viewer.workspace_id) & _s.archived_at.is_(None) & _s.public_id.in_(wanted | before)
    rows = uow.conn.execute(
        select(_s.id, _s.public_id).where(in_use).order_by(_s.id).with_for_update(read=True, key_share=True)
    ).all()
    if not wanted <= {row.public_id for row in rows}:
        raise Invalid({"teamspaces": "One of the teamspaces is gone. Look at them again."})
    if any(row.id not in viewer.teamspace_ids for row in rows if row.public_id in wanted ^ before):
        raise NotPermitted("You can only link users to teamspaces that you are linked to yourself.")
    return [row.id for row in rows if row.public_id in wanted]
