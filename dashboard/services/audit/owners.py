"""Who has a conversation, and since when: the row, its status, its assignment records and its events (L1, L2, L6)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, or_, select

from dashboard.models import Assignment, Conversation, Event, Handoff, QueueEntry
from dashboard.models.enums import ConversationKind, Handler, Status
from dashboard.services.events import OwnerEvent

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_e = Event.__table__.c
_h = Handoff.__table__.c
_q = QueueEntry.__table__.c

_is_chat = _c.kind == ConversationKind.CHAT
# A ticket closed in the queue stays there by name only: no status change raises its epoch (L6).
_is_open = _c.status != Status.CLOSED


def owners(conn: Connection) -> Iterator[str]:
    """L1, L9: an Assignee exactly with the handler live_agent; tickets are never with an AI agent."""
    with_live_agent = _c.handler == Handler.LIVE_AGENT
    broken = or_(and_(with_live_agent, _c.assignee_id.is_(None)), and_(~with_live_agent, _c.assignee_id.is_not(None)))
    for row in conn.execute(select(_c.public_id, _c.handler, _c.assignee_id).where(broken)):
        yield f"L1: conversation {row.public_id} is with {row.handler} and has the Assignee {row.assignee_id}."
    stray = ~_is_chat & _c.handler.not_in([Handler.LIVE_AGENT, Handler.QUEUE])
    for row in conn.execute(select(_c.public_id, _c.handler).where(stray)):
        yield f"L9: ticket {row.public_id} is with {row.handler}."


def statuses(conn: Connection) -> Iterator[str]:
    """L6: none with the AI agent or outside, Pending in the queue, one of the five otherwise."""
    free = _is_chat & _c.handler.in_([Handler.AI_AGENT, Handler.EXTERNAL])
    broken = or_(
        and_(free, _c.status.is_not(None)),
        and_(~free, _c.status.is_(None)),
        and_(_c.handler == Handler.QUEUE, _c.status != Status.PENDING, _is_open),
    )
    for row in conn.execute(select(_c.public_id, _c.handler, _c.status).where(broken)):
        yield f"L6: conversation {row.public_id} is with {row.handler} and has the status {row.status}."
    waits = and_(_c.handler == Handler.AI_AGENT, _c.waiting_since.is_not(None))
    for public_id in conn.execute(select(_c.public_id).where(waits)).scalars():
        yield f"L6: conversation {public_id} is with the AI agent and yet waits for a person."


def assignments(conn: Connection) -> Iterator[str]:
    """L2: the open assignment record is the Assignee's, and records follow one another."""
    current = select(_a.conversation_id, _a.user_id).where(_a.until_at.is_(None)).subquery()
    joined = select(_c.public_id, _c.assignee_id, current.c.user_id).outerjoin(
        current, current.c.conversation_id == _c.id
    )
    differs = func.coalesce(_c.assignee_id, 0) != func.coalesce(current.c.user_id, 0)
    for row in conn.execute(joined.where(differs)):
        yield f"L2: conversation {row.public_id} has the Assignee {row.assignee_id}, its record says {row.user_id}."
    other = Assignment.__table__.alias()
    overlaps = and_(
        other.c.conversation_id == _a.conversation_id,
        other.c.id > _a.id,
        or_(_a.until_at.is_(None), other.c.from_at < _a.until_at, other.c.epoch <= _a.epoch),
    )
    pairs = select(_c.public_id, _a.id, other.c.id.label("later")).join(
        Assignment.__table__, _a.conversation_id == _c.id
    )
    for row in conn.execute(pairs.join(other, overlaps)):
        yield f"L2: the assignments {row.id} and {row.later} of conversation {row.public_id} overlap."
    early = select(_c.public_id, _a.epoch).join(Assignment.__table__, _a.conversation_id == _c.id)
    for row in conn.execute(early.where(_a.epoch > _c.epoch)):
        yield f"L2: conversation {row.public_id} has an assignment of the epoch {row.epoch}, which never was."


def epochs(conn: Connection) -> Iterator[str]:
    """L2: each change of handler or Assignee has its event, one epoch after the other."""
    kinds = [kind.__name__ for kind in OwnerEvent.__subclasses__()]
    epoch = _e.data["epoch"].as_integer()
    counted = (
        select(_e.conversation_id, func.count().label("n"), func.min(epoch).label("low"), func.max(epoch).label("high"))
        .where(_e.kind.in_(kinds))
        .group_by(_e.conversation_id)
        .subquery()
    )
    joined = select(_c.public_id, _c.epoch, counted.c.n, counted.c.high).join(
        counted, counted.c.conversation_id == _c.id
    )
    broken = or_(counted.c.high != _c.epoch, counted.c.n != counted.c.high - counted.c.low + 1)
    for row in conn.execute(joined.where(broken)):
        yield f"L2: conversation {row.public_id} is at epoch {row.epoch}; {row.n} events lead up to {row.high}."


def since(conn: Connection) -> Iterator[str]:
    """L8: the moment that a loser is told is the one at which the owner got it."""
    held = select(_c.public_id, _c.owner_since, _a.from_at.label("at")).join(
        Assignment.__table__, and_(_a.conversation_id == _c.id, _a.until_at.is_(None))
    )
    queued = select(_c.public_id, _c.owner_since, _q.entered_at.label("at")).join(
        QueueEntry.__table__, and_(_q.conversation_id == _c.id, _q.left_at.is_(None))
    )
    back = select(_c.public_id, _c.owner_since, func.coalesce(_h.closed_at, _c.created_at).label("at")).outerjoin(
        Handoff.__table__, _h.id == _c.handoff_id
    )
    cases = (
        held.where(_c.owner_since != _a.from_at),
        queued.where(_c.owner_since != _q.entered_at),
        back.where(_c.handler == Handler.AI_AGENT, _c.owner_since != func.coalesce(_h.closed_at, _c.created_at)),
    )
    for rows in cases:
        for row in conn.execute(rows):
            yield f"L8: the owner of {row.public_id} has it since {row.at}; it says {row.owner_since}."
