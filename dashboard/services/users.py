"""Users: changed, deactivated and brought back by whoever manages users and may do as much themselves (SPEC 1, L10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Table, delete, select, update

from dashboard.models import ApiToken, Role, TeamMember, Teamspace, TeamspaceUser, User, UserRole, UserSession
from dashboard.models.errors import NotPermitted, Refused
from dashboard.models.membership import members_select
from dashboard.models.visibility import Viewer
from dashboard.queries.users import UserState, count_open, get_user, load_role_options
from dashboard.services import access, sessions
from dashboard.services.availability import end_presence
from dashboard.services.belonging import Stale, belonging_changed
from dashboard.services.granting import Grants, Keys, is_beyond, refuse_last_admin, resolve
from dashboard.services.teams import add_links
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_r = Role.__table__.c
_s = Teamspace.__table__.c
_u = User.__table__.c

MAX_NAME = 120
CHANGED = "Somebody else changed this user meanwhile. Nothing was saved; what you chose is kept below."


@dataclass(frozen=True)
class UserDraft:
    """What a form says of a user."""

    name: str
    alias: str
    grants: Grants


def grants_of(state: UserState) -> Grants:
    """What a user has now."""
    return Grants(state.roles, state.teams, state.teamspaces)


def change_user(viewer: Viewer, public_id: str, draft: UserDraft, version: str) -> None:
    """Save a user's form, drawn from the state that `version` names; their open pages follow within moments.

    Raises Stale when that is no longer what is stored, Invalid with the fields, NotFound, NotPermitted.
    """
    with unit_of_work() as uow:
        viewer, state = hold_user(uow, viewer, public_id)
        if state.version != version:
            raise Stale(CHANGED)
        name = clean_line(draft.name, "name", limit=MAX_NAME)
        alias = clean_line(draft.alias, "alias", limit=MAX_NAME, required=False)
        keys = resolve(uow, viewer, draft.grants, grants_of(state))
        if state.is_active and _loses_admin(uow, viewer, state, draft.grants):
            refuse_last_admin(uow, state.id)
        uow.conn.execute(update(User.__table__).where(_u.id == state.id).values(name=name, alias=alias or None))
        mates = _find_mates(uow, state.id)
        store_grants(uow, state.id, keys)
        tell_of(uow, state.id, mates)


def deactivate_user(viewer: Viewer, public_id: str, seen: int) -> str:
    """End a user's access at once; open conversations return to the queue, messages stay (L10). Answers the name.

    `seen` is how many open conversations the confirmation named: with more by now it asks again (Refused).
    """
    with unit_of_work() as uow:
        viewer, state = hold_user(uow, viewer, public_id)
        if state.id == viewer.user_id:
            raise Refused("You cannot deactivate yourself. Another admin can.")
        if not state.is_active:
            return state.name
        refuse_last_admin_if_held(uow, viewer, state)
        now_open = count_open(uow.conn, state.id)
        if now_open > seen:
            raise Refused(f"{state.name} has {now_open} open conversations by now. Look again, and confirm.")
        uow.conn.execute(update(User.__table__).where(_u.id == state.id).values(is_active=False))
        _end_access(uow, state.id)
        tell_of(uow, state.id)
    return state.name


def reactivate_user(viewer: Viewer, public_id: str) -> str:
    """Let a deactivated user sign in again, with the roles and teams of before; answers the name."""
    with unit_of_work() as uow:
        viewer, state = hold_user(uow, viewer, public_id)
        uow.conn.execute(update(User.__table__).where(_u.id == state.id).values(is_active=True))
        tell_of(uow, state.id)
    return state.name


def sign_out_everywhere(viewer: Viewer, public_id: str) -> str:
    """End every sign-in of a user; personal tokens stay. Answers the name."""
    with unit_of_work() as uow:
        viewer, state = hold_user(uow, viewer, public_id)
        sessions.revoke_within(uow, UserSession.__table__.c.user_id == state.id)
    return state.name


def hold_user(uow: UnitOfWork, viewer: Viewer, public_id: str) -> tuple[Viewer, UserState]:
    """Lock a user whom the viewer may change: one who may do no more than they."""
    viewer = access.authorise(uow, viewer.user_id, "users.manage")
    uow.conn.execute(select(_u.id).where(_u.public_id == public_id).with_for_update()).first()
    state = get_user(uow.conn, viewer.workspace_id, public_id)
    if is_beyond(viewer, load_role_options(uow.conn, viewer.workspace_id), state.roles):
        raise NotPermitted(f"{state.name} may do more than you. An admin can change them.")
    return viewer, state


def store_grants(uow: UnitOfWork, user_id: int, keys: Keys) -> None:
    """Make the user's roles, listed teams and direct teamspaces exactly these."""
    for table, column, wanted in (
        (UserRole.__table__, "role_id", keys.roles),
        (TeamMember.__table__, "team_id", keys.teams),
        (TeamspaceUser.__table__, "teamspace_id", keys.teamspaces),
    ):
        _store(uow, table, column, user_id, wanted)


def tell_of(uow: UnitOfWork, user_id: int, mates: Iterable[int] = ()) -> None:
    """What follows when a user's reach may be another now, and that of who is or was (`mates`) in a team with them."""
    spaces = uow.conn.execute(select(_s.id).where(_s.archived_at.is_(None))).scalars().all()
    belonging_changed(uow, {user_id, *mates, *_find_mates(uow, user_id)}, spaces)


def refuse_last_admin_if_held(uow: UnitOfWork, viewer: Viewer, state: UserState) -> None:
    """Refuse when this user is the last who is admin."""
    if _loses_admin(uow, viewer, state, Grants()):
        refuse_last_admin(uow, state.id)


def _loses_admin(uow: UnitOfWork, viewer: Viewer, state: UserState, wanted: Grants) -> bool:
    builtin = select(_r.public_id).where(_r.workspace_id == viewer.workspace_id, _r.is_builtin)
    admin = uow.conn.execute(builtin).scalar()
    return admin in state.roles and admin not in wanted.roles


def _find_mates(uow: UnitOfWork, user_id: int) -> set[int]:
    """Everybody in a team of theirs: those who view their teams' conversations view this user's."""
    mine = members_select().subquery("mine")
    theirs = members_select().subquery("theirs")
    mates = select(theirs.c.user_id).join(mine, mine.c.team_id == theirs.c.team_id).where(mine.c.user_id == user_id)
    return set(uow.conn.execute(mates).scalars())


def _store(uow: UnitOfWork, table: Table, column: str, user_id: int, wanted: list[int]) -> None:
    uow.conn.execute(delete(table).where(table.c.user_id == user_id, table.c[column].not_in(wanted)))
    add_links(uow, table, [{"user_id": user_id, column: key} for key in wanted])


def _end_access(uow: UnitOfWork, user_id: int) -> None:
    sessions.revoke_within(uow, UserSession.__table__.c.user_id == user_id)
    end_presence(uow, user_id, None)  # a program with their token may have held them present
    tokens = ApiToken.__table__
    uow.conn.execute(
        update(tokens).where(tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None)).values(revoked_at=uow.now)
    )
