"""What is looked after by itself, whoever caused it: each sweep reads first, and writes only when there is work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, delete, func, or_, select

from dashboard.models import Conversation, Event, Outbox, Presence, QueueEntry, Teamspace, Timer, VisitorTicket, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import ConversationKind, OutboxState, Status
from dashboard.queries.candidates import has_work
from dashboard.services import assignment, availability, closing, idle, receipts, returning, sessions
from dashboard.services.unit_of_work import unit_of_work

_conversation = Conversation.__table__.c
_event = Event.__table__.c
_entry = QueueEntry.__table__.c
_outbox = Outbox.__table__.c
_presence = Presence.__table__.c
_ticket = VisitorTicket.__table__.c
_space = Teamspace.__table__.c
_timer = Timer.__table__.c

KEPT = timedelta(days=1)
"""How long events and finished jobs stay, for those who look for the cause of something."""

PART = 1000
"""Rows that one transaction deletes."""


def has_due_jobs() -> bool:
    """Whether an outbox row waits for somebody to take it."""
    now = utcnow()
    is_due = or_(
        and_(_outbox.state == OutboxState.PENDING, _outbox.next_at <= now),
        and_(_outbox.state == OutboxState.SENDING, _outbox.lease_until < now),
    )
    return _finds(select(_outbox.id).where(is_due))


def has_due_timers() -> bool:
    """Whether a timer rings."""
    now = utcnow()
    is_free = or_(_timer.lease_until.is_(None), _timer.lease_until < now)
    return _finds(select(_timer.id).where(_timer.due_at <= now, is_free))


def route_waiting() -> int:
    """Route every teamspace in which somebody waits while anybody is there (A4); answers how many were assigned."""
    ids = [each for each in _find_waiting() if has_work(db.session, each, utcnow())]
    db.session.close()
    return sum(assignment.drain(teamspace_id) for teamspace_id in ids)


def explain_waiting() -> int:
    """Keep the reasons of those who wait true (A6); answers how many are other ones now."""
    ids = _find_waiting()
    db.session.close()
    return sum(receipts.explain_again(teamspace_id) for teamspace_id in ids)


def mark_overdue() -> None:
    """Turn Open chats Overdue whose person has waited for the teamspace's minutes (L6)."""
    late = [
        (teamspace_id, utcnow() - timedelta(minutes=minutes))
        for teamspace_id, minutes in db.session.execute(
            select(_space.id, _space.overdue_minutes).where(
                _space.overdue_minutes.is_not(None), _space.archived_at.is_(None)
            )
        )
    ]
    ids: list[int] = []
    for teamspace_id, before in late:
        is_late = (_conversation.teamspace_id == teamspace_id, _conversation.waiting_since <= before)
        is_open_chat = (_conversation.kind == ConversationKind.CHAT, _conversation.status == Status.OPEN)
        ids += db.session.execute(select(_conversation.id).where(*is_late, *is_open_chat)).scalars()
    db.session.close()
    for conversation_id in ids:
        closing.mark_overdue(conversation_id)


def expire_presence(*, spares_lost: bool = False) -> None:
    """End the leases that nobody renewed (P2); what `spares_lost` leaves, a server that has run for a while ends.

    Who dropped out keeps no chat in which the person writes only now either (P3).
    """
    if _finds(select(_presence.connection_id).where(_presence.lease_until <= utcnow())):
        availability.expire_leases(spares_lost=spares_lost)
    returning.return_written_later()


def end_idle_sessions() -> None:
    """Sign out whoever was idle for the workspace's minutes (P5)."""
    idle.end_idle()


def tidy() -> None:
    """Delete what has no more use: every page and process has long seen the events of yesterday (ADR 0006)."""
    with unit_of_work() as uow:
        sessions.tidy_sessions(uow)
    now = utcnow()
    yesterday = now - KEPT
    _delete_in_parts(_ticket.ticket_hash, _ticket.expires_at <= now)
    # The newest event stays: its id is the one that the next must be above, also where the table counts its rows.
    newest = select(func.max(_event.id)).scalar_subquery()
    _delete_in_parts(_event.id, and_(_event.at < yesterday, _event.id < newest))
    _delete_in_parts(_outbox.id, and_(_outbox.state == OutboxState.SENT, _outbox.created_at < yesterday))


def _find_waiting() -> list[int]:
    """The teamspaces in which somebody waits."""
    return sorted(db.session.execute(select(_entry.teamspace_id).where(_entry.left_at.is_(None)).distinct()).scalars())


def _delete_in_parts(key: Column[Any], is_over: ColumnElement[bool]) -> None:
    """A few rows per transaction: nobody may wait for a day's work at once."""
    gone = PART
    while gone == PART:
        with unit_of_work() as uow:
            some = select(key).where(is_over).order_by(key).limit(PART)
            gone = uow.conn.execute(delete(key.table).where(key.in_(some))).rowcount


def _finds(statement: object) -> bool:
    found = db.session.execute(statement.limit(1)).first() is not None  # type: ignore[attr-defined]
    db.session.close()
    return found
