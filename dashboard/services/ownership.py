"""The only place that changes who has a conversation: compare-and-set, assignment record, loads, handoff (L1, L2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import AgentLoad, Assignment, Conversation, Handoff, QueueEntry
from dashboard.models.enums import AssignmentHow, Handler, Status
from dashboard.models.errors import OwnershipChanged
from dashboard.services.holding import Held, hold
from dashboard.services.unit_of_work import UnitOfWork
from dashboard.services.voiding import void_offer

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_a = Assignment.__table__.c
_q = QueueEntry.__table__.c
_l = AgentLoad.__table__.c

_OWNED = ("handler", "assignee_id", "team_id", "status", "epoch", "owner_since")
# Built once: a burst of assignments runs them hundreds of times.
_END_ASSIGNMENT = (
    update(Assignment.__table__)
    .where(_a.conversation_id == bindparam("held_id"), _a.until_at.is_(None))
    .values(until_at=bindparam("at"))
)
_BEGIN_ASSIGNMENT = insert(Assignment.__table__)
_LEAVE_QUEUE = (
    update(QueueEntry.__table__)
    .where(_q.conversation_id == bindparam("held_id"), _q.left_at.is_(None))
    .values(left_at=bindparam("at"))
)
_COMPARE_AND_SET = (
    update(Conversation.__table__)
    .where(_c.id == bindparam("held_id"), _c.epoch == bindparam("held_epoch"), _c.handler == bindparam("held_handler"))
    .values({name: bindparam(f"new_{name}") for name in _OWNED})
)

COUNTED = (Status.OPEN, Status.PENDING, Status.OVERDUE)
"""Statuses in which a conversation fills a slot of its Assignee (A2)."""


@dataclass(frozen=True)
class Owner:
    """The next owner. `how`, `by_user_id` and `note` go into the assignment record when it is a user."""

    handler: Handler
    status: Status | None
    user_id: int | None = None
    team_id: int | None = None
    how: AssignmentHow | None = None
    by_user_id: int | None = None
    note: str | None = None


def change_owner(uow: UnitOfWork, held: Held, owner: Owner) -> None:
    """Give the conversation to `owner`: epoch + 1, all its records in step.

    The caller emits the event, with the scope from before. Raises OwnershipChanged when another was faster.
    """
    former, former_status = held.assignee_id, held.status
    _compare_and_set(uow, held, owner)
    _shift_loads(uow, held, former, former_status, owner)
    uow.conn.execute(_END_ASSIGNMENT, {"held_id": held.id, "at": uow.now})
    if owner.user_id is not None:
        _open_assignment(uow, held, owner)
    leave_queue(uow, held)
    _mirror_on_handoff(uow, held, owner)
    if former is not None:
        void_offer(uow, held, "whoever made it no longer has the conversation")


def leave_queue(uow: UnitOfWork, held: Held) -> None:
    """End the stay in the queue, if there is one; the row is kept (L8)."""
    uow.conn.execute(_LEAVE_QUEUE, {"held_id": held.id, "at": uow.now})


def clear_team(uow: UnitOfWork, held: Held) -> None:
    """The conversation loses a team that is deleted; who has it does not change, its records keep the team (L10)."""
    held.write(uow, team_id=None)
    if held.handoff_id is not None:
        open_one = (_h.id == held.handoff_id) & _h.closed_at.is_(None)
        uow.conn.execute(update(Handoff.__table__).where(open_one).values(team_id=None))


def set_counted_status(uow: UnitOfWork, held: Held, status: Status) -> None:
    """Change the status of an assigned conversation without changing its owner; the load follows."""
    counted_before, counts_now = held.status in COUNTED, status in COUNTED
    if held.assignee_id is not None and counted_before != counts_now:
        adjust_load(uow, held, held.assignee_id, 1 if counts_now else -1)
    held.write(uow, status=status)
    if held.handoff_id is not None:
        resolved_at = uow.now if status is Status.RESOLVED else None
        uow.conn.execute(
            update(Handoff.__table__)
            .where(_h.id == held.handoff_id, _h.closed_at.is_(None))
            .values(status=status, resolved_at=resolved_at)
        )


def adjust_load(uow: UnitOfWork, held: Held, user_id: int, change: int, *, is_assignment: bool = False) -> None:
    """Add to what a user holds in the conversation's teamspace; locks that one row."""
    column = "open_chats" if held.is_chat else "open_tickets"
    values: dict[str, Any] = {
        "teamspace_id": held.teamspace_id,
        "user_id": user_id,
        "open_chats": 0,
        "open_tickets": 0,
    }
    values[column] = max(change, 0)
    changes: dict[str, Any] = {column: _l[column] + change}
    if is_assignment:
        values["last_assigned_at"] = changes["last_assigned_at"] = uow.now
    dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(AgentLoad.__table__).values(values)
    uow.conn.execute(statement.on_conflict_do_update(index_elements=[_l.teamspace_id, _l.user_id], set_=changes))


def _compare_and_set(uow: UnitOfWork, held: Held, owner: Owner) -> None:
    values: dict[str, Any] = {
        "handler": owner.handler,
        "assignee_id": owner.user_id,
        "team_id": owner.team_id,
        "status": owner.status,
        "epoch": held.epoch + 1,
        "owner_since": uow.now,
    }
    was = {"held_id": held.id, "held_epoch": held.epoch, "held_handler": held.handler}
    done = uow.conn.execute(_COMPARE_AND_SET, was | {f"new_{name}": value for name, value in values.items()})
    if done.rowcount != 1:
        raise OwnershipChanged(hold(uow, id=held.id).ownership(uow))
    for name, value in values.items():
        setattr(held, name, value)


def _shift_loads(uow: UnitOfWork, held: Held, former: int | None, former_status: Status | None, owner: Owner) -> None:
    changes: dict[int, int] = {}
    if former is not None and former_status in COUNTED:
        changes[former] = -1
    if owner.user_id is not None and owner.status in COUNTED:
        changes[owner.user_id] = changes.get(owner.user_id, 0) + 1
    for user_id in sorted(changes):  # the lock order: conversation, then loads by user id
        adjust_load(uow, held, user_id, changes[user_id], is_assignment=user_id == owner.user_id)


def _open_assignment(uow: UnitOfWork, held: Held, owner: Owner) -> None:
    row = {
        "conversation_id": held.id,
        "handoff_id": held.handoff_id,
        "user_id": owner.user_id,
        "team_id": owner.team_id,
        "how": owner.how,
        "by_user_id": owner.by_user_id,
        "note": owner.note,
        "epoch": held.epoch,
        "from_at": uow.now,
    }
    uow.conn.execute(_BEGIN_ASSIGNMENT, row)


def _mirror_on_handoff(uow: UnitOfWork, held: Held, owner: Owner) -> None:
    """The open handoff shows its team and status, its last Assignee, and when it was first assigned.

    Back in the queue or closed it keeps its last Assignee (6a).
    """
    if held.handoff_id is None or owner.handler is Handler.AI_AGENT:
        return
    values: dict[str, Any] = {"status": owner.status, "team_id": owner.team_id, "resolved_at": None}
    if owner.user_id is not None:
        values |= {"assignee_id": owner.user_id, "assigned_at": func.coalesce(_h.assigned_at, uow.now)}
    uow.conn.execute(update(Handoff.__table__).where(_h.id == held.handoff_id, _h.closed_at.is_(None)).values(values))
