"""Statuses, closing and handing back to the AI agent (SPEC 7, L6)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from dashboard.models import Conversation, Handoff, Teamspace, User
from dashboard.models.enums import Handler, Status
from dashboard.models.errors import Invalid, NotPermitted, Refused
from dashboard.models.visibility import Scope, Viewer
from dashboard.services import assignment, flow, jobs
from dashboard.services.access import Action, can, hold_for, manages_all, refuse
from dashboard.services.events import ConversationHandedBack, QueueMoved, StatusChanged
from dashboard.services.holding import Held, find_and_hold
from dashboard.services.ownership import COUNTED, Owner, change_owner, leave_queue, set_counted_status
from dashboard.services.reopening import autoclose_key
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.services.voiding import void_offer
from dashboard.workflow import inputs

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_s = Teamspace.__table__.c
_u = User.__table__.c

CLOSED = "closed"
CLOSED_IN_QUEUE = "closed_in_queue"


def set_status(viewer: Viewer, public_id: str, status: object, epoch: int | None = None) -> None:
    """The Assignee sets the status; the same again changes nothing.

    Raises Invalid for an unknown status, NotPermitted for others, OwnershipChanged for who lost a race,
    Refused for what a queued or closed conversation does not take.
    """
    wanted = parse_status(status)
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        if _is_repeated(uow, held, viewer, wanted):
            return
        held.require_epoch(uow, epoch)
        _authorise(uow, viewer, held, scope, wanted)
        if wanted is not Status.CLOSED:
            _change_status(uow, held, wanted, viewer)
        elif held.is_chat:
            close_chat(uow, held, scope, viewer)
        else:
            _close_ticket(uow, held, viewer)


def parse_status(status: object) -> Status:
    try:
        return Status(str(status))
    except ValueError:
        raise Invalid({"status": "It is open, pending, overdue, resolved or closed."}) from None


def close_chat(uow: UnitOfWork, held: Held, scope: Scope, by: Viewer | None) -> None:
    """Hand a chat back to its AI agent, whose flow goes on under the new epoch (C1, C2); by None is the system."""
    was_queued = held.handler is Handler.QUEUE
    handoff = uow.conn.execute(select(_h.node_key, _h.variables).where(_h.id == held.handoff_id)).one()
    outcome = CLOSED_IN_QUEUE if was_queued else CLOSED
    uow.conn.execute(
        update(Handoff.__table__)
        .where(_h.id == held.handoff_id)
        .values(status=Status.CLOSED, closed_at=uow.now, outcome=outcome)
    )
    jobs.cancel_timer(uow, autoclose_key(held))
    left = by.shown_name if by else _find_shown_name(uow, held.assignee_id)
    change_owner(uow, held, Owner(Handler.AI_AGENT, None))
    held.write(uow, waiting_since=None)
    who = by.name if by else "Baton"
    activity(uow, held, "closed", f"{who} closed the chat.", user_id=by.user_id if by else None)
    if left and not was_queued:
        activity(uow, held, "left", f"{left} left the conversation.", is_public=True, name=left)
    uow.emit(ConversationHandedBack(held.id, held.teamspace_id, scope.to_json(), held.epoch))
    if was_queued:
        uow.emit(QueueMoved(None, held.teamspace_id))
        activity(uow, held, "not_joined", "Nobody could join. The AI agent is here for you.", is_public=True)
        flow.step(uow, held, inputs.HandedBack(left, outcome))
    else:
        closed = inputs.ClosedByLiveAgent(handoff.node_key, handoff.variables, left, outcome)
        flow.step(uow, held, closed)
    assignment.route_now_and_after(uow, held.teamspace_id)


def _find_shown_name(uow: UnitOfWork, user_id: int | None) -> str | None:
    """What the person knows this user by; None without one."""
    shown = func.coalesce(func.nullif(_u.alias, ""), _u.name)
    name: str | None = uow.conn.execute(select(shown).where(_u.id == user_id)).scalar()
    return name


def close_resolved(timer: jobs.DueTimer) -> None:
    """A resolved conversation closes by itself (L6)."""
    with unit_of_work() as uow:
        held = find_and_hold(uow, _c.id == timer.payload["conversation_id"])
        if not jobs.consume_timer(uow, timer.id) or held is None or held.status is not Status.RESOLVED:
            return
        close_by_itself(uow, held)


def close_by_itself(uow: UnitOfWork, held: Held) -> None:
    """Close a conversation of people without anybody's doing."""
    if held.is_chat:
        close_chat(uow, held, held.scope(uow), None)
    else:
        _close_ticket(uow, held, None)


def mark_overdue(conversation_id: int) -> None:
    """Open becomes Overdue when the person has waited for the teamspace's minutes (L6)."""
    with unit_of_work() as uow:
        held = find_and_hold(uow, _c.id == conversation_id)
        if held is None or not held.is_chat or held.status is not Status.OPEN or held.waiting_since is None:
            return
        minutes = uow.conn.execute(select(_s.overdue_minutes).where(_s.id == held.teamspace_id)).scalar()
        if minutes is None or held.waiting_since > uow.now - timedelta(minutes=minutes):
            return
        set_counted_status(uow, held, Status.OVERDUE)
        activity(uow, held, "overdue", f"Waiting for more than {minutes} minutes: overdue.")
        uow.emit(StatusChanged(held.id, held.teamspace_id, Status.OVERDUE.value))


def _is_repeated(uow: UnitOfWork, held: Held, viewer: Viewer, wanted: Status) -> bool:
    if held.assignee_id == viewer.user_id:
        return held.status is wanted
    if wanted is not Status.CLOSED or held.handler is not Handler.AI_AGENT or held.handoff_id is None:
        return False
    last = uow.conn.execute(select(_h.assignee_id, _h.outcome).where(_h.id == held.handoff_id)).one()
    if last.outcome == CLOSED_IN_QUEUE:
        return manages_all(viewer, held.scope(uow))
    return (last.outcome, last.assignee_id) == (CLOSED, viewer.user_id)


def _authorise(uow: UnitOfWork, viewer: Viewer, held: Held, scope: Scope, wanted: Status) -> None:
    if held.handler is Handler.QUEUE and can(viewer, Action.CLOSE_QUEUED, scope):
        if wanted is not Status.CLOSED:
            raise Refused("A queued conversation stays Pending; it can only be closed.")
    elif not can(viewer, Action.SET_STATUS, scope):
        sentence = "Only the Assignee sets the status; take the conversation over first."
        if held.assignee_id == viewer.user_id:
            raise NotPermitted(sentence)
        refuse(uow, viewer, held, scope, sentence)
    elif held.status is Status.CLOSED:
        raise Refused("This ticket is closed for good.")


def _change_status(uow: UnitOfWork, held: Held, wanted: Status, viewer: Viewer) -> None:
    was_counted = held.status in COUNTED
    set_counted_status(uow, held, wanted)
    if wanted is Status.RESOLVED:
        hours = uow.conn.execute(select(_s.autoclose_hours).where(_s.id == held.teamspace_id)).scalar_one()
        due_at = uow.now + timedelta(hours=hours)
        jobs.set_timer(uow, autoclose_key(held), "autoclose", due_at, {"conversation_id": held.id})
    else:
        jobs.cancel_timer(uow, autoclose_key(held))
    activity(uow, held, "status", f"{viewer.name} set the status to {wanted.value.capitalize()}.", status=wanted.value)
    uow.emit(StatusChanged(held.id, held.teamspace_id, wanted.value))
    if was_counted and wanted is Status.RESOLVED:
        assignment.route_now_and_after(uow, held.teamspace_id)


def _close_ticket(uow: UnitOfWork, held: Held, by: Viewer | None) -> None:
    """Closed for good; it keeps its Assignee, or leaves the queue without one (L9)."""
    if held.status is Status.CLOSED:
        return
    if held.handler is Handler.QUEUE:
        leave_queue(uow, held)
        uow.emit(QueueMoved(None, held.teamspace_id))
    set_counted_status(uow, held, Status.CLOSED)
    void_offer(uow, held, "the ticket is closed")
    jobs.cancel_timer(uow, autoclose_key(held))
    held.write(uow, waiting_since=None)
    activity(uow, held, "closed", f"{by.name if by else 'Baton'} closed the ticket.")
    uow.emit(StatusChanged(held.id, held.teamspace_id, Status.CLOSED.value))
