"""Conversations let go of a team that leaves their teamspace: what waits for it alone waits for everyone (L10)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select, update

from dashboard.models import Conversation, QueueEligible, QueueEntry, TeamspaceTeam
from dashboard.models.errors import Refused
from dashboard.models.visibility import Viewer
from dashboard.queries.team_deletion import Waiting, load_concerned, load_waiting_for
from dashboard.queries.teams import TeamState
from dashboard.services import receipts
from dashboard.services.events import EligibleChanged
from dashboard.services.holding import Held, find_and_hold, hold
from dashboard.services.ownership import clear_team
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork

_c = Conversation.__table__.c
_e = QueueEligible.__table__.c
_q = QueueEntry.__table__.c
_tt = TeamspaceTeam.__table__.c

BUSY = "A conversation is being given to this team at this moment. Nothing was changed: try again."


def hold_concerned(uow: UnitOfWork, team_ids: Collection[int], teamspace_ids: Collection[int]) -> dict[int, Held]:
    """Lock what is with the teams in these teamspaces, and then the links by which it could get more.

    Conversations come first, as for whoever gives one to a team; what came in between is not waited for, because its
    holder may wait for the links. Raises Refused then.
    """
    held = {key: hold(uow, id=key) for key in sorted(load_concerned(uow.conn, team_ids, teamspace_ids))}
    links = _tt.team_id.in_(team_ids) & _tt.teamspace_id.in_(teamspace_ids)
    uow.conn.execute(select(_tt.team_id).where(links).order_by(_tt.teamspace_id, _tt.team_id).with_for_update()).all()
    for key in sorted(load_concerned(uow.conn, team_ids, teamspace_ids) - held.keys()):
        late = find_and_hold(uow, _c.id == key, skip_locked=True)
        if late is None:
            raise Refused(BUSY)
        held[key] = late
    return held


def release(uow: UnitOfWork, viewer: Viewer, team: TeamState, held: dict[int, Held], code: str, deed: str) -> None:
    """None of the held conversations is with the team any more, or waits for it; Assignees keep what they have.

    `code` and `deed` are the activity's: "Ada deleted the team". Call `explain_all` once the queue was routed.
    """
    spaces = {each.teamspace_id for each in held.values()}
    waiting = {each.conversation_id: each for each in load_waiting_for(uow.conn, team.id, spaces)}
    for key in sorted(load_concerned(uow.conn, [team.id], spaces)):
        each = held[key]
        before = each.scope(uow).to_json()
        if each.team_id == team.id:
            clear_team(uow, each)
        entry = waiting.get(key)
        if entry is not None:
            _wait_without_it(uow, team.id, entry)
            uow.emit(EligibleChanged(each.id, each.teamspace_id, before, entry.widens))
        follows = ": it waits for everyone in the teamspace now." if entry and entry.widens else "."
        sentence = f"{viewer.name} {deed} {team.name}{follows}"
        activity(uow, each, code, sentence, by_user_id=viewer.user_id, team=team.name)


def explain_all(uow: UnitOfWork, held: dict[int, Held]) -> None:
    """Say anew why each still waits: the receipt of before names who may not have it any more (A6)."""
    for teamspace_id in sorted({each.teamspace_id for each in held.values()}):
        receipts.explain_all(uow, teamspace_id, [each for each in held.values() if each.teamspace_id == teamspace_id])


def _wait_without_it(uow: UnitOfWork, team_id: int, waiting: Waiting) -> None:
    """The same stay in the same place, for others."""
    gone = (_e.queue_entry_id == waiting.entry_id) & (_e.team_id == team_id)
    uow.conn.execute(delete(QueueEligible.__table__).where(gone))
    if waiting.widens:
        uow.conn.execute(update(QueueEntry.__table__).where(_q.id == waiting.entry_id).values(is_everyone=True))
