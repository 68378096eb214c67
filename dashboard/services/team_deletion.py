"""A team is deleted with its consequences: what waits for it widens, what it had keeps its Assignee (L10)."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from dashboard.models import Team, TeamMember, TeamspaceTeam
from dashboard.models.errors import Refused
from dashboard.models.visibility import Viewer
from dashboard.queries.team_deletion import load_consequences
from dashboard.queries.teams import TeamState, get_team, member_ids, teamspace_ids_of
from dashboard.services import access
from dashboard.services.belonging import Stale, belonging_changed
from dashboard.services.releasing import BUSY, explain_all, hold_concerned, release
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_m = TeamMember.__table__
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__

CHANGED = "The numbers have changed since you looked. Nothing was deleted: look at them again."


def delete_team(viewer: Viewer, public_id: str, seen: str) -> str:
    """Delete a team as long as its consequences are those that `seen` names; answers its name.

    Its row stays, because the past names it. Raises Stale for other numbers, Refused while somebody gives it a
    conversation, NotFound, NotPermitted.
    """
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teams.manage")
        team = get_team(uow.conn, viewer, public_id)
        held = hold_concerned(uow, [team.id], teamspace_ids_of(uow.conn, team.id))
        # Not waited for: who names it in a ticket at this moment may wait for somebody who waits for us.
        lock = select(_t.id).where(_t.id == team.id, _t.archived_at.is_(None)).with_for_update(skip_locked=True)
        if uow.conn.execute(lock).first() is None:
            raise Refused(BUSY)
        now = load_consequences(uow.conn, team)
        if now.seen != seen or now.conversation_ids != held.keys():
            raise Stale(CHANGED)
        release(uow, viewer, team, held, "team_deleted", "deleted the team")
        _archive(uow, team)
        explain_all(uow, held)
    return team.name


def _archive(uow: UnitOfWork, team: TeamState) -> None:
    users, spaces = member_ids(uow.conn, team.id), teamspace_ids_of(uow.conn, team.id)
    uow.conn.execute(delete(_m).where(_m.c.team_id == team.id))
    uow.conn.execute(delete(_tt).where(_tt.c.team_id == team.id))
    uow.conn.execute(update(Team.__table__).where(_t.id == team.id).values(archived_at=uow.now, role_id=None))
    belonging_changed(uow, users, spaces)
