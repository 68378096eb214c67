"""Teams: created and changed by whoever manages teams, in the teamspaces that they are linked to (SPEC 1, N10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from dashboard.models import Role, Team, TeamMember, Teamspace, TeamspaceTeam, User, UserRole
from dashboard.models.enums import RoleType
from dashboard.models.errors import Invalid
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.queries.teams import TeamState, get_team, load_state, member_ids, teamspace_ids_of
from dashboard.services import access
from dashboard.services.belonging import Stale, belonging_changed
from dashboard.services.holding import Held
from dashboard.services.releasing import explain_all, hold_concerned, release
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_m = TeamMember.__table__
_r = Role.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__
_u = User.__table__.c
_ur = UserRole.__table__.c

MAX_NAME = 80
CHANGED = "Somebody else changed this team meanwhile. Nothing was saved; what you chose is kept below."


@dataclass(frozen=True)
class TeamDraft:
    """What a form says of a team; role, members and teamspaces are public ids."""

    name: str
    role: str = ""
    members: frozenset[str] = frozenset()
    teamspaces: frozenset[str] = frozenset()


def create_team(viewer: Viewer, draft: TeamDraft) -> str:
    """A new team; answers its public id. Raises NotPermitted, and Invalid with the fields that are wrong."""
    with name_in_use("team"), unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teams.manage")
        name = clean_team_name(uow, viewer, draft.name, None)
        public_id = new_public_id()
        values = {"public_id": public_id, "workspace_id": viewer.workspace_id, "name": name}
        team_id = uow.conn.execute(insert(Team.__table__).values(values).returning(_t.id)).scalar_one()
        _store(uow, viewer, load_state(uow.conn, team_id), draft)
    return public_id


def change_team(viewer: Viewer, public_id: str, draft: TeamDraft, version: str) -> None:
    """Save a team's form, drawn from the state that `version` names.

    Raises Stale when that is no longer what is stored, Invalid with the fields, NotFound, NotPermitted.
    """
    with name_in_use("team"), unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teams.manage")
        lock = select(_t.id).where(_t.public_id == public_id).with_for_update(key_share=True)
        uow.conn.execute(lock).first()  # one save after the other
        state = get_team(uow.conn, viewer, public_id)
        if state.version != version:
            raise Stale(CHANGED)
        name = clean_team_name(uow, viewer, draft.name, state.id)
        uow.conn.execute(update(Team.__table__).where(_t.id == state.id).values(name=name))
        _store(uow, viewer, state, draft)


def clean_team_name(uow: UnitOfWork, viewer: Viewer, raw: object, team_id: int | None) -> str:
    """A name that no other team in use has; raises Invalid."""
    name = clean_line(raw, "name", limit=MAX_NAME)
    is_other: ColumnElement[bool] = _t.id != (team_id or 0)
    in_use = (_t.workspace_id == viewer.workspace_id) & _t.archived_at.is_(None) & is_other
    if uow.conn.execute(select(_t.id).where(in_use, func.lower(_t.name) == name.lower())).first():
        raise Invalid({"name": f"There is a team called \u201c{name}\u201d already. Choose another name."})
    return name


@contextmanager
def name_in_use(noun: str) -> Iterator[None]:
    """Two who take the same name at the same moment: the second is told, as the check before would have told them."""
    try:
        yield
    except IntegrityError as error:
        if "name_in_use" not in str(error.orig):
            raise
        raise Invalid({"name": f"There is a {noun} of that name already. Choose another name."}) from None


def add_links(uow: UnitOfWork, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert links; one that somebody else made from its other side meanwhile is there already."""
    if rows:
        dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
        uow.conn.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _store(uow: UnitOfWork, viewer: Viewer, state: TeamState, draft: TeamDraft) -> None:
    """Role, members and links as the draft says; what it leaves as it was is not touched."""
    users, spaces = member_ids(uow.conn, state.id), teamspace_ids_of(uow.conn, state.id)
    role_id = _find_role(uow, viewer, draft.role)
    uow.conn.execute(update(Team.__table__).where(_t.id == state.id).values(role_id=role_id))
    _store_members(uow, viewer, state, role_id, draft.members)
    released = _store_teamspaces(uow, viewer, state, draft.teamspaces)
    spaces |= teamspace_ids_of(uow.conn, state.id)
    belonging_changed(uow, users | member_ids(uow.conn, state.id), spaces)
    explain_all(uow, released)


def _find_role(uow: UnitOfWork, viewer: Viewer, public_id: str) -> int | None:
    if not public_id:
        return None
    is_it = (_r.public_id == public_id) & (_r.workspace_id == viewer.workspace_id) & (_r.type == RoleType.TEAM)
    role_id = uow.conn.execute(select(_r.id).where(is_it).with_for_update(read=True, key_share=True)).scalar()
    if role_id is None:
        raise Invalid({"role": "Only a role of Team type can be a team's role. Choose one from the list."})
    return int(role_id)


def _store_members(
    uow: UnitOfWork, viewer: Viewer, state: TeamState, role_id: int | None, wanted: frozenset[str]
) -> None:
    """The form cannot speak of deactivated users, nor of those whom the role makes members: they stay as they are."""
    found = uow.conn.execute(
        select(_u.id, _u.public_id, _u.is_active).where(
            _u.public_id.in_(wanted | state.members), _u.workspace_id == viewer.workspace_id
        )
    ).all()
    by_role = set(uow.conn.execute(select(_ur.user_id).where(_ur.role_id == role_id)).scalars())
    if not wanted <= {row.public_id for row in found if row.is_active}:
        raise Invalid({"members": "Somebody whom you chose is no longer an active user. Look at the members again."})
    kept = {row.public_id for row in found if not row.is_active or row.id in by_role} & state.members
    keys = {row.public_id: row.id for row in found}
    add_links(uow, _m, [{"team_id": state.id, "user_id": keys[each]} for each in sorted(wanted - state.members)])
    gone = [keys[each] for each in state.members - wanted - kept]
    uow.conn.execute(delete(_m).where(_m.c.team_id == state.id, _m.c.user_id.in_(gone)))


def _store_teamspaces(uow: UnitOfWork, viewer: Viewer, state: TeamState, wanted: frozenset[str]) -> dict[int, Held]:
    # Locked against a deletion that is going on: a link to a deleted teamspace would bring it back into sight.
    in_reach = _s.id.in_(viewer.teamspace_ids) & _s.archived_at.is_(None) & _s.public_id.in_(wanted | state.teamspaces)
    locked = select(_s.public_id, _s.id).where(in_reach).order_by(_s.id).with_for_update(read=True, key_share=True)
    keys = {row.public_id: row.id for row in uow.conn.execute(locked)}
    if not wanted <= set(keys):
        raise Invalid({"teamspaces": "One of the teamspaces is gone, or not yours. Look at them again."})
    added = [{"teamspace_id": keys[each], "team_id": state.id} for each in sorted(wanted - state.teamspaces)]
    add_links(uow, _tt, added)
    return unlink(uow, viewer, [state], [keys[each] for each in state.teamspaces - wanted if each in keys])


def unlink(
    uow: UnitOfWork, viewer: Viewer, teams: Sequence[TeamState], teamspace_ids: Sequence[int]
) -> dict[int, Held]:
    """Teams leave teamspaces; what waits for one of them there waits for everyone, or for the others that are named.

    Answers the conversations that were let go; `explain_all` them once the queue was routed.
    """
    if not teams or not teamspace_ids:
        return {}
    ids = [each.id for each in teams]
    held = hold_concerned(uow, ids, teamspace_ids)
    for team in teams:
        release(uow, viewer, team, held, "team_unlinked", "unlinked this teamspace from the team")
    uow.conn.execute(delete(_tt).where(_tt.c.team_id.in_(ids), _tt.c.teamspace_id.in_(teamspace_ids)))
    return held
