"""Roles as their settings show them: the list, and one role as its form was rendered (SPEC 6a, M1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from dashboard.models import Role, RolePermission, Team, User, UserRole
from dashboard.models.enums import RoleType
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.permissions import ALL_PERMISSIONS
from dashboard.queries.teams import version_of

_r = Role.__table__.c
_rp = RolePermission.__table__.c
_t = Team.__table__.c
_u = User.__table__.c
_ur = UserRole.__table__.c


@dataclass(frozen=True)
class RoleRow:
    """A role in the list; `holders` counts active users, `teams` are those whose role it is."""

    public_id: str
    name: str
    type: RoleType
    is_builtin: bool
    holders: int
    permissions: int
    teams: tuple[str, ...]


@dataclass(frozen=True)
class RoleState:
    """What is stored of a role. `version` names exactly this state, so that no save passes over it."""

    id: int
    public_id: str
    name: str
    type: RoleType
    is_builtin: bool
    permissions: frozenset[str]

    @property
    def version(self) -> str:
        return version_of(self.name, sorted(self.permissions))


@dataclass(frozen=True)
class RoleUse:
    """Who would notice if the role were gone; names, the active users first."""

    holders: tuple[str, ...]
    teams: tuple[str, ...]


def load_roles(reader: Reader, workspace_id: int) -> list[RoleRow]:
    """Every role, the built-in one first; three SELECTs."""
    held = (
        select(_ur.role_id, func.count().label("count"))
        .join(User.__table__, _u.id == _ur.user_id)
        .where(_u.is_active)
        .group_by(_ur.role_id)
        .subquery("held")
    )
    given = select(_rp.role_id, func.count().label("number")).group_by(_rp.role_id).subquery("given")
    rows = reader.execute(
        select(_r.id, _r.public_id, _r.name, _r.type, _r.is_builtin, held.c.count.label("holders"), given.c.number)
        .outerjoin(held, held.c.role_id == _r.id)
        .outerjoin(given, given.c.role_id == _r.id)
        .where(_r.workspace_id == workspace_id)
        .order_by(_r.is_builtin.desc(), _r.name)
    ).all()
    teams = _team_names(reader)
    return [
        RoleRow(
            row.public_id, row.name, row.type, row.is_builtin, row.holders or 0,
            len(ALL_PERMISSIONS) if row.is_builtin else row.number or 0, tuple(teams.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def get_role(reader: Reader, workspace_id: int, public_id: str) -> RoleState:
    """Raises NotFound."""
    row = None
    if is_public_id(public_id):
        is_it = (_r.public_id == public_id) & (_r.workspace_id == workspace_id)
        row = reader.execute(select(_r.id, _r.name, _r.type, _r.is_builtin).where(is_it)).one_or_none()
    if row is None:
        raise NotFound
    permissions = frozenset(reader.execute(select(_rp.permission).where(_rp.role_id == row.id)).scalars())
    given = ALL_PERMISSIONS if row.is_builtin else permissions
    return RoleState(row.id, public_id, row.name, row.type, row.is_builtin, given)


def load_use(reader: Reader, role_id: int) -> RoleUse:
    """Who holds it, deactivated users among them: a role goes only when nobody does (M1)."""
    holders = (
        select(_u.name)
        .join(UserRole.__table__, _ur.user_id == _u.id)
        .where(_ur.role_id == role_id)
        .order_by(_u.is_active.desc(), _u.name)
    )
    return RoleUse(tuple(reader.execute(holders).scalars()), tuple(_team_names(reader).get(role_id, ())))


def _team_names(reader: Reader) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    of_roles = select(_t.role_id, _t.name).where(_t.role_id.is_not(None), _t.archived_at.is_(None)).order_by(_t.name)
    for role_id, name in reader.execute(of_roles):
        names.setdefault(role_id, []).append(name)
    return names
