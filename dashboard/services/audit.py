"""Recomputes the invariants over the live database, in one read-only snapshot, and says what is broken (SPEC 2, 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, and_, case, func, or_, select

from dashboard.models import AgentLoad, Assignment, Conversation, Event, Handoff, Message, QueueEntry, db
from dashboard.models.enums import AuthorKind, ConversationKind, Handler, MessageKind, Status
from dashboard.services.events import OwnerEvent
from dashboard.services.ownership import COUNTED

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_e = Event.__table__.c
_h = Handoff.__table__.c
_l = AgentLoad.__table__.c
_m = Message.__table__.c
_q = QueueEntry.__table__.c

Check = Callable[[Connection], Iterator[str]]

AWAY_FROM_AI = (Handler.QUEUE, Handler.LIVE_AGENT, Handler.INTEGRATION)
_is_chat = _c.kind == ConversationKind.CHAT
# A ticket closed in the queue stays there by name only: no status change raises its epoch (L6).
_is_open = _c.status != Status.CLOSED


def audit() -> list[str]:
    """One sentence for each thing that is broken; none when all holds."""
    isolation = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with db.engine.connect().execution_options(**isolation) as conn:
        return [sentence for check in CHECKS for sentence in check(conn)]


def _owners(conn: Connection) -> Iterator[str]:
    """L1, L9: an Assignee exactly with the handler live_agent; tickets are never with an AI agent."""
    with_live_agent = _c.handler == Handler.LIVE_AGENT
    broken = or_(and_(with_live_agent, _c.assignee_id.is_(None)), and_(~with_live_agent, _c.assignee_id.is_not(None)))
    for row in conn.execute(select(_c.public_id, _c.handler, _c.assignee_id).where(broken)):
        yield f"L1: conversation {row.public_id} is with {row.handler} and has the Assignee {row.assignee_id}."
    stray = ~_is_chat & _c.handler.not_in([Handler.LIVE_AGENT, Handler.QUEUE])
    for row in conn.execute(select(_c.public_id, _c.handler).where(stray)):
        yield f"L9: ticket {row.public_id} is with {row.handler}."


def _statuses(conn: Connection) -> Iterator[str]:
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


def _assignments(conn: Connection) -> Iterator[str]:
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


def _epochs(conn: Connection) -> Iterator[str]:
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


def _timelines(conn: Connection) -> Iterator[str]:
    """L4: both numberings run 1, 2, 3 … without gaps up to what the conversation says."""
    counted = (
        select(
            _m.conversation_id,
            func.count().label("n"),
            func.min(_m.seq).label("low"),
            func.max(_m.seq).label("high"),
            func.count(_m.public_seq).label("public_n"),
            func.coalesce(func.min(_m.public_seq), 1).label("public_low"),
            func.coalesce(func.max(_m.public_seq), 0).label("public_high"),
        )
        .group_by(_m.conversation_id)
        .subquery()
    )
    got = counted.c
    joined = select(_c.public_id, _c.last_seq, _c.public_seq, got.n, got.public_n)
    joined = joined.outerjoin(counted, got.conversation_id == _c.id)
    private = or_(got.low != 1, got.high != got.n, func.coalesce(got.n, 0) != _c.last_seq)
    public = or_(got.public_low != 1, got.public_high != got.public_n, func.coalesce(got.public_n, 0) != _c.public_seq)
    for row in conn.execute(joined.where(private)):
        yield f"L4: the timeline of {row.public_id} has {row.n} entries and is numbered up to {row.last_seq}."
    for row in conn.execute(joined.where(public)):
        yield f"L4: the person's view of {row.public_id} has {row.public_n} entries, numbered up to {row.public_seq}."


def _authors(conn: Connection) -> Iterator[str]:
    """L3: who wrote to a person had the conversation in the epoch of the message, or opened the ticket with it."""
    in_time = and_(_a.conversation_id == _m.conversation_id, _a.epoch <= _m.epoch)
    owner = select(_a.user_id).where(in_time).order_by(_a.epoch.desc()).limit(1)
    owner_then = owner.correlate(Message.__table__).scalar_subquery()
    said = and_(_m.author_kind == AuthorKind.LIVE_AGENT, _m.kind == MessageKind.TEXT, _m.public_seq.is_not(None))
    rows = select(_c.public_id, _m.seq).join(Conversation.__table__, _c.id == _m.conversation_id)
    said = and_(said, or_(_is_chat, _m.seq > 1))
    for row in conn.execute(rows.where(said, func.coalesce(owner_then, 0) != _m.user_id)):
        yield f"L3: message {row.seq} of {row.public_id} was sent by a user who did not have the conversation."


def _handoffs(conn: Connection) -> Iterator[str]:
    """An open handoff exactly while a chat is outside its AI agent's hands, and it shows the chat's owner."""
    opened = Handoff.__table__.alias()
    rows = select(_c.public_id, _c.handler, opened.c.id).outerjoin(
        opened, and_(opened.c.conversation_id == _c.id, opened.c.closed_at.is_(None))
    )
    is_away = _is_chat & _c.handler.in_(AWAY_FROM_AI)
    missing = and_(is_away, or_(opened.c.id.is_(None), _c.handoff_id.is_(None), opened.c.id != _c.handoff_id))
    for row in conn.execute(rows.where(or_(missing, and_(~is_away, opened.c.id.is_not(None))))):
        yield f"Handoffs: conversation {row.public_id} is with {row.handler}; its open handoff is {row.id}."
    differs = or_(
        opened.c.status != _c.status,
        # Back in the queue it keeps its last Assignee.
        func.coalesce(opened.c.assignee_id, 0) != func.coalesce(_c.assignee_id, opened.c.assignee_id, 0),
        func.coalesce(opened.c.team_id, 0) != func.coalesce(_c.team_id, 0),
    )
    for row in conn.execute(rows.where(is_away, opened.c.id == _c.handoff_id, differs)):
        yield f"Handoffs: the open handoff {row.id} of {row.public_id} has another owner or status than the chat."


def _queue(conn: Connection) -> Iterator[str]:
    """A waiting queue entry exactly while the handler is the queue and the conversation not closed."""
    waiting = select(_q.conversation_id, _q.teamspace_id).where(_q.left_at.is_(None)).subquery()
    rows = select(_c.public_id, _c.handler).outerjoin(waiting, waiting.c.conversation_id == _c.id)
    queued = and_(_c.handler == Handler.QUEUE, _is_open)
    for row in conn.execute(rows.where(queued, waiting.c.conversation_id.is_(None))):
        yield f"Queue: conversation {row.public_id} waits and has no queue entry."
    for row in conn.execute(rows.where(~queued, waiting.c.conversation_id.is_not(None))):
        yield f"Queue: conversation {row.public_id} is with {row.handler} and still has a queue entry."
    for row in conn.execute(rows.where(queued, waiting.c.teamspace_id != _c.teamspace_id)):
        yield f"Queue: conversation {row.public_id} waits in another teamspace's queue."


def _loads(conn: Connection) -> Iterator[str]:
    """A2: what the load rows say is what users hold."""
    held = (
        select(
            _c.teamspace_id,
            _c.assignee_id.label("user_id"),
            func.sum(case((_is_chat, 1), else_=0)).label("chats"),
            func.sum(case((_is_chat, 0), else_=1)).label("tickets"),
        )
        .where(_c.assignee_id.is_not(None), _c.status.in_(COUNTED))
        .group_by(_c.teamspace_id, _c.assignee_id)
    )
    counted = {(row.teamspace_id, row.user_id): (int(row.chats), int(row.tickets)) for row in conn.execute(held)}
    loads = select(_l.teamspace_id, _l.user_id, _l.open_chats, _l.open_tickets)
    stored = {(space, user): (chats, tickets) for space, user, chats, tickets in conn.execute(loads)}
    for key in sorted(counted.keys() | stored.keys()):
        is_so, says = counted.get(key, (0, 0)), stored.get(key, (0, 0))
        if is_so != says:
            yield f"Loads: user {key[1]} in teamspace {key[0]} has {is_so} chats and tickets; the load says {says}."


CHECKS: tuple[Check, ...] = (
    _owners,
    _statuses,
    _assignments,
    _epochs,
    _timelines,
    _authors,
    _handoffs,
    _queue,
    _loads,
)
