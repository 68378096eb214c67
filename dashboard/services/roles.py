"""Roles: what their holders may do, changed by whoever manages roles and holds as much themselves (SPEC 6a, M1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dashboard.models import Role, RolePermission, Team, Teamspace, UserRole
from dashboard.models.enums import RoleType
from dashboard.models.errors import Invalid, NotPermitted, Refused
from dashboard.models.ids import new_public_id
from dashboard.models.permissions import CONVERSATION_PERMISSIONS, PERMISSION_NAMES
from dashboard.models.visibility import Viewer
from dashboard.queries.roles import RoleState, get_role, load_use
from dashboard.services import access
from dashboard.services.belonging import Stale, belonging_changed
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_r = Role.__table__.c
_rp = RolePermission.__table__
_s = Teamspace.__table__.c
_t = Team.__table__.c
_ur = UserRole.__table__.c

MAX_NAME = 80
CHANGED = "Somebody else changed this role meanwhile. Nothing was saved; what you chose is kept below."
BUILT_IN = "The role admin has every permission and cannot be changed or deleted."


@dataclass(frozen=True)
class RoleDraft:
    """What a form says of a role; `permissions` are keys of PERMISSION_NAMES."""

    name: str
    permissions: frozenset[str]


def create_role(viewer: Viewer, type: RoleType, draft: RoleDraft) -> str:
    """A new role of a type that stays; answers its public id. Raises NotPermitted, and Invalid with the fields."""
    try:
        with unit_of_work() as uow:
            viewer = access.authorise(uow, viewer.user_id, "roles.manage")
            name = _clean_name(uow, viewer, draft.name, None)
            _check_permissions(viewer, type, draft.permissions, frozenset())
            values = {"public_id": new_public_id(), "workspace_id": viewer.workspace_id, "name": name, "type": type}
            made = insert(Role.__table__).values(**values, is_builtin=False).returning(_r.id, _r.public_id)
            role_id, public_id = uow.conn.execute(made).one()
            _store_permissions(uow, role_id, draft.permissions)
    except IntegrityError as error:
        raise _taken(error) from None
    return str(public_id)


def change_role(viewer: Viewer, public_id: str, draft: RoleDraft, version: str) -> None:
    """Save a role's form, drawn from the state that `version` names; its holders' pages follow within moments.

    Raises Stale when that is no longer what is stored, Invalid with the fields, NotFound, NotPermitted.
    """
    try:
        with unit_of_work() as uow:
            viewer, state = _hold(uow, viewer, public_id)
            if state.version != version:
                raise Stale(CHANGED)
            name = _clean_name(uow, viewer, draft.name, state.id)
            _check_permissions(viewer, state.type, draft.permissions, state.permissions)
            uow.conn.execute(update(Role.__table__).where(_r.id == state.id).values(name=name))
            _store_permissions(uow, state.id, draft.permissions)
            _tell_holders(uow, state.id)
    except IntegrityError as error:
        raise _taken(error) from None


def delete_role(viewer: Viewer, public_id: str) -> str:
    """Delete a role that nobody holds; teams whose role it was have none then. Answers its name (M1)."""
    with unit_of_work() as uow:
        viewer, state = _hold(uow, viewer, public_id)
        use = load_use(uow.conn, state.id)
        if use.holders:
            count = len(use.holders)
            who = use.holders[0] if count == 1 else f"{count} users"
            raise Refused(f"{who} still {'has' if count == 1 else 'have'} this role. Give them another one first.")
        uow.conn.execute(update(Team.__table__).where(_t.role_id == state.id).values(role_id=None))
        uow.conn.execute(delete(_rp).where(_rp.c.role_id == state.id))
        uow.conn.execute(delete(Role.__table__).where(_r.id == state.id))
    return state.name


def _hold(uow: UnitOfWork, viewer: Viewer, public_id: str) -> tuple[Viewer, RoleState]:
    """Lock a role that can be changed: whoever gives it to a user meanwhile waits, or is seen."""
    viewer = access.authorise(uow, viewer.user_id, "roles.manage")
    uow.conn.execute(select(_r.id).where(_r.public_id == public_id).with_for_update()).first()
    state = get_role(uow.conn, viewer.workspace_id, public_id)
    if state.is_builtin:
        raise Refused(BUILT_IN)
    return viewer, state


def _clean_name(uow: UnitOfWork, viewer: Viewer, raw: object, role_id: int | None) -> str:
    name = clean_line(raw, "name", limit=MAX_NAME)
    same = (_r.workspace_id == viewer.workspace_id) & (func.lower(_r.name) == name.lower()) & (_r.id != (role_id or 0))
    if uow.conn.execute(select(_r.id).where(same)).first():
        raise Invalid({"name": f"There is a role called \u201c{name}\u201d already. Choose another name."})
    return name


def _check_permissions(viewer: Viewer, type: RoleType, wanted: frozenset[str], before: frozenset[str]) -> None:
    """At least one, only what its type may hold, and nobody gives or takes what they do not have themselves."""
    if not wanted:
        raise Invalid({"permissions": "A role has at least one permission."})
    if not wanted <= set(PERMISSION_NAMES):
        raise Invalid({"permissions": "There is no such permission. Look at the list again."})
    if type is RoleType.TEAM and not wanted <= set(CONVERSATION_PERMISSIONS):
        raise Invalid({"permissions": "A role of Team type holds only permissions for livechats and tickets."})
    beyond = sorted((wanted ^ before) - viewer.permissions)
    if beyond:
        names = ", ".join(f"\u201c{PERMISSION_NAMES[each]}\u201d" for each in beyond)
        raise NotPermitted(f"You can only give or take what you may do yourself, and that is not {names}.")


def _store_permissions(uow: UnitOfWork, role_id: int, permissions: frozenset[str]) -> None:
    uow.conn.execute(delete(_rp).where(_rp.c.role_id == role_id))
    uow.conn.execute(insert(_rp), [{"role_id": role_id, "permission": each} for each in sorted(permissions)])


def _tell_holders(uow: UnitOfWork, role_id: int) -> None:
    holders = uow.conn.execute(select(_ur.user_id).where(_ur.role_id == role_id)).scalars().all()
    spaces = uow.conn.execute(select(_s.id).where(_s.archived_at.is_(None))).scalars().all()
    belonging_changed(uow, holders, spaces)


def _taken(error: IntegrityError) -> Exception:
    """Two who take the same name at the same moment: the second is told."""
    if "name" in str(error.orig):
        return Invalid({"name": "There is a role of that name already. Choose another name."})
    return error
