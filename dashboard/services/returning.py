"""Back to the queue: an open conversation whose Assignee is gone, or may no longer have it (SPEC 2, L10, A5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select

from dashboard.models import AvailabilityChange, Conversation, Handoff, Presence, Teamspace, User, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import AvailabilityRecord, ConversationKind, Handler, Status
from dashboard.models.errors import Refused
from dashboard.models.membership import Reader, load_viewers
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, Viewer, can_manage
from dashboard.services import assignment
from dashboard.services.access import Action, can, hold_for, refuse
from dashboard.services.events import ConversationReturned, QueueMoved
from dashboard.services.holding import Held, find_and_hold
from dashboard.services.ownership import COUNTED, Owner, change_owner
from dashboard.services.presence import is_present
from dashboard.services.queueing import enter_queue, returning_set
from dashboard.services.text import clean_text
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_a = AvailabilityChange.__table__.c
_c = Conversation.__table__.c
_h = Handoff.__table__.c
_p = Presence.__table__.c
_s = Teamspace.__table__.c
_u = User.__table__.c

ORPHANED = "Back in the queue: its Assignee may no longer have it."
DROPPED_OUT = "Back in the queue: {name} is no longer connected, and the person waits for an answer."


def return_conversation(viewer: Viewer, public_id: str, note: object = None, epoch: int | None = None) -> None:
    """The Assignee gives it back to the queue (P4); they are not picked for it, but see it and may claim it (A5).

    Needs no permission to transfer. Raises OwnershipChanged for whoever lost it meanwhile, Refused when it is done.
    """
    words = clean_text(note or "", "note", limit=1_000, required=False)
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        held.require_epoch(uow, epoch)
        if not can(viewer, Action.RETURN, scope):
            refuse(uow, viewer, held, scope, "Only the Assignee returns a conversation to the queue.")
        if held.status not in COUNTED:
            raise Refused("It is resolved or closed by now, so nobody waits. Nothing was changed.")
        sentence = f"{viewer.name} returned it to the queue" + (f": “{words}”" if words else ".")
        return_to_queue(uow, held, sentence, excluded_user_id=viewer.user_id, note=words or None)


def return_to_queue(
    uow: UnitOfWork, held: Held, sentence: str, *, excluded_user_id: int | None = None, note: str | None = None
) -> None:
    """Clear the Assignee, keep the team and the place of the handoff's request, and route it (A4, A5).

    `sentence` is the line in the timeline. A message that waits for its answer keeps waiting. Whoever is excluded from
    being picked belongs to the eligible set all the same.
    """
    before, former = held.scope(uow).to_json(), held.assignee_id
    eligible = returning_set(uow, held)
    if excluded_user_id is not None and not eligible.is_everyone:
        eligible = replace(eligible, user_ids=eligible.user_ids | {excluded_user_id})
    change_owner(uow, held, Owner(Handler.QUEUE, Status.PENDING, team_id=held.team_id))
    enter_queue(uow, held, eligible, excluded_user_id=excluded_user_id)
    activity(uow, held, "returned", sentence, user_id=former, note=note)
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


def return_unanswered(user_id: int, held_since: datetime | None = None) -> int:
    """Return the chats of a user who is not there in which the person waits for an answer, where that is set (P3).

    With `held_since` only those that were theirs by then. Oldest request first, each in a transaction of its own,
    which looks again: a reply that came first keeps the chat. Nobody is excluded: back again, they may get it like
    anybody else. Answers how many went.
    """
    if is_present(db.session, user_id, utcnow()):
        return 0
    is_theirs = _is_unanswered() & (_c.assignee_id == user_id)
    if held_since is not None:
        is_theirs &= _c.owner_since <= held_since
    ids, name = _find_unanswered(db.session, user_id, is_theirs)
    db.session.close()
    count = 0
    for conversation_id in ids:
        with unit_of_work() as uow:
            held = find_and_hold(uow, (_c.id == conversation_id) & is_theirs)
            if held is not None and not is_present(uow.conn, user_id, uow.now):
                return_to_queue(uow, held, DROPPED_OUT.format(name=name))
                count += 1
    return count


def return_written_later() -> int:
    """Return the chats whose person wrote only after their Assignee had dropped out (P3); answers how many.

    What somebody was given, or claimed by a program, while they were gone, stays: no lease of theirs ended under it.
    """
    gone = db.session.execute(_GONE).all()
    db.session.close()
    return sum(return_unanswered(row.assignee_id, row.at) for row in gone)


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


def _find_unanswered(reader: Reader, user_id: int, is_theirs: ColumnElement[bool]) -> tuple[list[int], str]:
    chats = select(_c.id).join(Handoff.__table__, _h.id == _c.handoff_id).where(is_theirs)
    ids = list(reader.execute(chats.order_by(_h.requested_at, _c.id)).scalars())
    return ids, str(reader.execute(select(_u.name).where(_u.id == user_id)).scalar())


def _is_unanswered() -> ColumnElement[bool]:
    is_set = _c.teamspace_id.in_(select(_s.id).where(_s.returns_when_absent))
    is_open = (_c.kind == ConversationKind.CHAT) & _c.status.in_(COUNTED)
    return and_(_c.assignee_id.is_not(None), is_open, _c.waiting_since.is_not(None), is_set)


def _gone() -> Select[tuple[int, datetime]]:
    """Assignees of unanswered chats that were theirs when their last lease ended, and when that was.

    As long as a lease of theirs is kept, running or lost with its server, they have not dropped out (ADR 0013).
    """
    seen = _a.state.in_((AvailabilityRecord.PRESENT, AvailabilityRecord.ABSENT))
    last = select(func.max(_a.id)).where(_a.user_id == _c.assignee_id, seen)
    ended = (_a.id == last.correlate(Conversation.__table__).scalar_subquery()) & (
        _a.state == AvailabilityRecord.ABSENT
    )
    has_lease = exists(select(_p.connection_id).where(_p.user_id == _c.assignee_id))
    was_theirs = _c.owner_since <= _a.at
    found = select(_c.assignee_id, _a.at).join_from(Conversation.__table__, AvailabilityChange.__table__, ended)
    return found.where(_is_unanswered(), was_theirs, ~has_lease).distinct().order_by(_c.assignee_id)


_GONE = _gone()


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
