"""Back to the queue: an open conversation whose Assignee is gone, or may no longer have it (SPEC 2, L10, A5)."""

from __future__ import annotations

from sqlalchemy import Row, select

from dashboard.models import Conversation, db
from dashboard.models.enums import Handler, Status
from dashboard.models.membership import Reader, load_viewers
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, can_manage
from dashboard.services import assignment
from dashboard.services.events import ConversationReturned, QueueMoved
from dashboard.services.holding import Held, find_and_hold
from dashboard.services.ownership import COUNTED, Owner, change_owner
from dashboard.services.queueing import enter_queue, returning_set
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_c = Conversation.__table__.c

ORPHANED = "Back in the queue: its Assignee may no longer have it."


def return_to_queue(uow: UnitOfWork, held: Held, sentence: str, *, excluded_user_id: int | None = None) -> None:
    """Clear the Assignee, keep the team and the place of the handoff's request, and route it (A4, A5).

    `sentence` is the note in the timeline. A message that waits for its answer keeps waiting.
    """
    before, former = held.scope(uow).to_json(), held.assignee_id
    eligible = returning_set(uow, held)
    change_owner(uow, held, Owner(Handler.QUEUE, Status.PENDING, team_id=held.team_id))
    enter_queue(uow, held, eligible, excluded_user_id=excluded_user_id)
    activity(uow, held, "returned", sentence, user_id=former)
    uow.emit(ConversationReturned(held.id, held.teamspace_id, before, held.epoch))
    uow.emit(QueueMoved(None, held.teamspace_id))
    assignment.route_now_and_after(uow, held.teamspace_id)
    assignment.explain(uow, held)


def return_if_orphaned(uow: UnitOfWork, held: Held) -> bool:
    """Return it when its Assignee is deactivated, or no role of theirs reaches it any more."""
    if held.assignee_id is None or held.status not in COUNTED:
        return False
    assignee = load_viewer(uow.conn, held.assignee_id)
    if assignee is not None and can_manage(assignee, held.scope(uow)):
        return False
    return_to_queue(uow, held, ORPHANED)
    return True


def return_orphans() -> int:
    """Return every open conversation whose Assignee may no longer have it; answers how many.

    Call it after roles, teams or users changed. Each is a transaction of its own: locks are taken conversation by
    conversation, and what a dying process leaves is found by the sweep.
    """
    ids = _find_orphans(db.session)
    db.session.close()
    count = 0
    for conversation_id in ids:
        with unit_of_work() as uow:
            held = find_and_hold(uow, _c.id == conversation_id)
            count += held is not None and return_if_orphaned(uow, held)
    return count


def _find_orphans(reader: Reader) -> list[int]:
    """In two steps, because nearly always there is none: whose kinds of conversations, then the conversations."""
    columns = (_c.assignee_id, _c.teamspace_id, _c.kind, _c.team_id)
    is_open = _c.assignee_id.is_not(None) & _c.status.in_(COUNTED)
    groups = reader.execute(select(*columns).where(is_open).distinct()).all()
    viewers = load_viewers(reader, {row.assignee_id for row in groups}) if groups else {}
    ids: list[int] = []
    for row in groups:
        viewer = viewers.get(row.assignee_id)
        if viewer is None or not can_manage(viewer, _as_scope(row)):
            team = _c.team_id.is_not_distinct_from(row.team_id)
            same = (_c.assignee_id == row.assignee_id) & (_c.teamspace_id == row.teamspace_id) & (_c.kind == row.kind)
            ids.extend(reader.execute(select(_c.id).where(is_open, same, team)).scalars())
    return sorted(ids)


def _as_scope(row: Row[tuple[int, int, object, int]]) -> Scope:
    return Scope(
        conversation_id=0, handler=Handler.LIVE_AGENT, status=Status.OPEN,
        kind=row.kind, teamspace_id=row.teamspace_id, assignee_id=row.assignee_id, team_id=row.team_id,
    )  # fmt: skip
