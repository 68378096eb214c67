"""Whom a ticket names: the Assignee, the teams and the teamspace that they share, behind ids, addresses and names."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select

from dashboard.models import Person, Team, Teamspace, TeamspaceTeam, User
from dashboard.models.errors import NotFound, Refused
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Viewer
from dashboard.services.ticket_people import KnownPerson, NewPerson, Recipient
from dashboard.services.unit_of_work import UnitOfWork

NO_ASSIGNEE = "There is no such Assignee."

_p = Person.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c
_u = User.__table__.c


def find_assignee(uow: UnitOfWork, reference: str | None) -> Viewer | None:
    """The user, or None when nobody is named or the named one is gone (T8); raises NotFound for an unknown one."""
    if reference is None:
        return None
    user_id = uow.conn.execute(
        select(_u.id).where(or_(_u.public_id == reference, _u.email == reference.lower()))
    ).scalar()
    if user_id is None:
        raise NotFound(NO_ASSIGNEE)
    return load_viewer(uow.conn, user_id)


def find_teams(uow: UnitOfWork, workspace_id: int, references: tuple[str, ...]) -> frozenset[int]:
    """Keys of the teams behind ids or names; raises NotFound for an unknown one."""
    found = set()
    for reference in references:
        is_it: ColumnElement[bool] = or_(_t.public_id == reference, _t.name == reference)
        in_use = select(_t.id).where(_t.workspace_id == workspace_id, is_it, _t.archived_at.is_(None))
        team_id = uow.conn.execute(in_use.with_for_update(read=True, key_share=True)).scalar()
        if team_id is None:
            raise NotFound("There is no such team.")
        found.add(int(team_id))
    return frozenset(found)


def choose_teamspace(
    uow: UnitOfWork,
    viewer: Viewer,
    person: Recipient,
    assignee: Viewer | None,
    team_ids: frozenset[int],
    named: str | None,
) -> int:
    """The one that all of them share; `named` (id or name), else where the person is known, decides between several."""
    shared = viewer.teamspace_ids & (assignee.teamspace_ids if assignee else viewer.teamspace_ids)
    shared = frozenset(each for each in shared if team_ids <= linked_teams(uow, each))
    if named is not None:
        shared &= set(uow.conn.execute(select(_s.id).where(or_(_s.public_id == named, _s.name == named))).scalars())
    if len(shared) > 1:
        shared = _where_known(uow, shared, person) or shared
    if not shared:
        raise NotFound("There is no teamspace that you share with the Assignee and the teams.")
    if len(shared) > 1:
        raise Refused("Name the teamspace: you, the Assignee and the teams share several.")
    return next(iter(shared))


def linked_teams(uow: UnitOfWork, teamspace_id: int) -> frozenset[int]:
    """Keys of the teams of a teamspace."""
    return frozenset(uow.conn.execute(select(_tt.team_id).where(_tt.teamspace_id == teamspace_id)).scalars())


def _where_known(uow: UnitOfWork, teamspace_ids: frozenset[int], person: Recipient) -> frozenset[int]:
    if isinstance(person, NewPerson):
        return frozenset()
    is_them = (
        _p.public_id == person.public_id if isinstance(person, KnownPerson) else _p.external_id == person.external_id
    )
    known: Select[int] = select(_p.teamspace_id).where(_p.teamspace_id.in_(teamspace_ids), is_them)
    return frozenset(uow.conn.execute(known).scalars())
