"""Undo: for ten seconds a transfer can be taken back by its sender, as long as its new owner has not written (T3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from dashboard.models import Assignment, Message
from dashboard.models.enums import AssignmentHow, Handler, MessageKind, Status
from dashboard.models.errors import OwnershipChanged, Refused
from dashboard.models.visibility import Scope, Viewer
from dashboard.services import assignment
from dashboard.services.access import Action, can, hold_for
from dashboard.services.events import QueueMoved, TransferUndone
from dashboard.services.giving import require_not_closed
from dashboard.services.holding import Held
from dashboard.services.ownership import COUNTED, Owner, change_owner
from dashboard.services.timeline import activity, joined
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_a = Assignment.__table__.c
_m = Message.__table__.c

WINDOW = timedelta(seconds=10)
TOO_LATE = "It is too late to undo this transfer. You can take the conversation over."


@dataclass(frozen=True)
class Transfer:
    """The latest transfer as its line in the timeline tells: by whom, to whom, and how the conversation was before."""

    seq: int
    epoch: int
    by_user_id: int
    to: str
    was_status: str
    was_team_id: int | None


def undo_transfer(viewer: Viewer, public_id: str) -> None:
    """Give the conversation back to who transferred it; again, it changes nothing.

    Raises Refused when the ten seconds are over or nothing was transferred by the viewer, OwnershipChanged when the
    conversation moved on or its new owner has written, NotFound for a stranger.
    """
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        if held.assignee_id == viewer.user_id and _is_undone(uow, held):
            return
        transfer = _find_transfer(uow, held)
        if transfer is None or transfer.by_user_id != viewer.user_id:
            raise Refused(TOO_LATE)
        if not _still_is(uow, held, transfer) or _has_answered(uow, held, transfer):
            raise OwnershipChanged(held.ownership(uow))
        _require_able(viewer, scope)
        require_not_closed(held)
        _take_back(uow, held, viewer, scope, transfer)


def _find_transfer(uow: UnitOfWork, held: Held) -> Transfer | None:
    """The latest one that is young enough."""
    lines = select(_m.seq, _m.epoch, _m.data).where(
        _m.conversation_id == held.id, _m.kind == MessageKind.ACTIVITY, _m.created_at >= uow.now - WINDOW
    )
    for row in uow.conn.execute(lines.order_by(_m.seq.desc())):
        if row.data.get("code") == "transferred":
            was = row.data.get("was", {})
            by, to = row.data["by_user_id"], row.data["to"]
            return Transfer(row.seq, row.epoch, by, to, was.get("status", Status.OPEN), was.get("team_id"))
    return None


def _still_is(uow: UnitOfWork, held: Held, transfer: Transfer) -> bool:
    """Whether nothing but Chat Assignment, for a transfer to a team, has moved it since."""
    if held.epoch == transfer.epoch:
        return True
    how = select(_a.how).where(_a.conversation_id == held.id, _a.until_at.is_(None))
    return held.epoch == transfer.epoch + 1 and uow.conn.execute(how).scalar() is AssignmentHow.AUTO


def _has_answered(uow: UnitOfWork, held: Held, transfer: Transfer) -> bool:
    written = select(_m.id).where(
        _m.conversation_id == held.id, _m.seq > transfer.seq, _m.user_id == held.assignee_id,
        _m.kind.in_((MessageKind.TEXT, MessageKind.NOTE)),
    )  # fmt: skip
    return held.assignee_id is not None and uow.conn.execute(written.limit(1)).first() is not None


def _is_undone(uow: UnitOfWork, held: Held) -> bool:
    how = select(_a.how).where(_a.conversation_id == held.id, _a.until_at.is_(None))
    return uow.conn.execute(how).scalar() is AssignmentHow.UNDO


def _require_able(viewer: Viewer, scope: Scope) -> None:
    """Roles may have changed within the ten seconds."""
    again = replace(scope, handler=Handler.LIVE_AGENT, assignee_id=viewer.user_id)
    if not can(viewer, Action.TRANSFER, again):
        raise Refused("Your role no longer allows this.")


def _take_back(uow: UnitOfWork, held: Held, viewer: Viewer, scope: Scope, transfer: Transfer) -> None:
    was_queued = held.handler is Handler.QUEUE
    before = Status(transfer.was_status)
    status = before if before in COUNTED else Status.OPEN
    how = AssignmentHow.UNDO
    owner = Owner(Handler.LIVE_AGENT, status, viewer.user_id, transfer.was_team_id, how, viewer.user_id)
    change_owner(uow, held, owner)
    activity(uow, held, "undone", f"{viewer.name} took the transfer to {transfer.to} back.", by_user_id=viewer.user_id)
    joined(uow, held, viewer.user_id, viewer.shown_name, how)
    uow.emit(TransferUndone(held.id, held.teamspace_id, scope.to_json(), held.epoch, viewer.user_id))
    if was_queued:
        uow.emit(QueueMoved(None, held.teamspace_id))
    assignment.route_now_and_after(uow, held.teamspace_id)
