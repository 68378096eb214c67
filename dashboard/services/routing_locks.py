"""What routing locks: on PostgreSQL one router at a time, and each agent while they are picked (ADR 0005).

SQLite has one writer at a time, so that nothing of it is needed there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, tuple_

from dashboard.models import AgentLoad, Conversation, QueueEntry, User
from dashboard.models.enums import Availability, ConversationKind
from dashboard.queries.candidates import (
    IS_PRESENT,
    Candidate,
    WaitingEntry,
    has_work,
    load_candidates,
    load_eligible,
    load_waiting,
)
from dashboard.services import methods
from dashboard.services.picking import Picking
from dashboard.services.unit_of_work import UnitOfWork

_q = QueueEntry.__table__.c
_c = Conversation.__table__.c
_l = AgentLoad.__table__.c
_u = User.__table__.c

_LOCK_SPACE = 0x6261746F  # keeps our advisory locks apart from those of other programs

# Both rows are locked: the agent's load, and the user, who cannot go Away or drop out while they are picked (A3).
_LOCK_AGENT = (
    select(_l.open_chats, _l.open_tickets, _u.availability, IS_PRESENT.label("is_present"))
    .join(User.__table__, _u.id == _l.user_id)
    .where(_l.teamspace_id == bindparam("teamspace"), _l.user_id == bindparam("user"))
    .with_for_update(skip_locked=True, key_share=True)
)


def may_route_at_once(uow: UnitOfWork, teamspace_id: int) -> bool:
    """On PostgreSQL one transaction at a time decides for a teamspace; who would have to wait leaves it to `drain`.

    Waiting here, with the conversation's lock in hand, could deadlock.
    """
    if uow.conn.dialect.name != "postgresql":
        return True
    return bool(uow.conn.execute(select(func.pg_try_advisory_xact_lock(_LOCK_SPACE, teamspace_id))).scalar())


def wait_for_turn(uow: UnitOfWork, teamspace_id: int) -> Sequence[Candidate] | None:
    """The candidates as they are once it is this transaction's turn; each has the row that stands for their slots."""
    if uow.conn.dialect.name != "postgresql":
        return None
    uow.conn.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, teamspace_id)))
    if not has_work(uow.conn, teamspace_id, uow.now):  # who had the turn before has done it
        return []
    candidates = load_candidates(uow.conn, teamspace_id, uow.now)
    for user_id in sorted(each.user_id for each in candidates if not each.has_load):  # the lock order of loads
        methods.ensure_load(uow.conn, teamspace_id, user_id)
    return candidates


def lock_first(
    uow: UnitOfWork, teamspace_id: int, picking: Picking, entry: WaitingEntry, eligible: frozenset[int] | None
) -> tuple[list[Candidate], Candidate | None]:
    """The free agents in the method's order, and the first of them who can be locked and still is free."""
    order = picking.order(entry, eligible)
    if uow.conn.dialect.name != "postgresql":  # nobody else writes meanwhile
        return order, next(iter(order), None)
    for candidate in order:
        which = {"teamspace": teamspace_id, "user": candidate.user_id, "now": uow.now}
        row = uow.conn.execute(_LOCK_AGENT, which).first()
        if row is None:
            continue
        is_here = row.availability is Availability.ONLINE and bool(row.is_present)
        if is_here and (row.open_chats, row.open_tickets) == (candidate.open_chats, candidate.open_tickets):
            return order, candidate
        picking.correct(candidate.user_id, open_chats=row.open_chats, open_tickets=row.open_tickets, is_here=is_here)
        return lock_first(uow, teamspace_id, picking, entry, eligible)  # what is locked changes no more
    return order, None


def is_unchanged(uow: UnitOfWork, entry: WaitingEntry, eligible: frozenset[int] | None) -> bool:
    """Whether the locked conversation is in this stay still, and waits for the same people as when it was read."""
    if uow.conn.dialect.name != "postgresql":
        return True
    if load_waiting(uow.conn, _q.id == entry.id) != [entry]:
        return False
    return eligible is None or load_eligible(uow.conn, [entry.id])[entry.id] == eligible


def is_overtaken(uow: UnitOfWork, teamspace_id: int, entry: WaitingEntry, seen: set[int]) -> bool:
    """Whether one with an older request has come back to the queue since it was read (A4)."""
    if uow.conn.dialect.name != "postgresql":
        return False
    kind = ConversationKind.CHAT if entry.is_chat else ConversationKind.TICKET
    is_older = tuple_(_q.queued_at, _q.id) < tuple_(entry.queued_at, entry.id)
    waiting = (_q.teamspace_id == teamspace_id) & _q.left_at.is_(None) & (_c.kind == kind) & is_older
    older = select(_q.id).join(Conversation.__table__, _c.id == _q.conversation_id).where(waiting)
    return not seen.issuperset(uow.conn.execute(older).scalars())
