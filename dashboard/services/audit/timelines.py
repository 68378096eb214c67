"""What was said, by whom and under which epoch; and whether somebody still waits for an answer (L3, L4)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, case, func, or_, select

from dashboard.models import Assignment, Conversation, Handoff, Message
from dashboard.models.enums import AuthorKind, ConversationKind, Handler, MessageKind, Status

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_h = Handoff.__table__.c
_m = Message.__table__.c

_is_chat = _c.kind == ConversationKind.CHAT


def timelines(conn: Connection) -> Iterator[str]:
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


def authors(conn: Connection) -> Iterator[str]:
    """L3: who wrote to a person had the conversation in the epoch of the message, or opened the ticket with it."""
    in_time = and_(_a.conversation_id == _m.conversation_id, _a.epoch <= _m.epoch)
    owner = select(_a.user_id).where(in_time).order_by(_a.epoch.desc()).limit(1)
    owner_then = owner.correlate(Message.__table__).scalar_subquery()
    said = and_(_m.author_kind == AuthorKind.LIVE_AGENT, _m.kind == MessageKind.TEXT, _m.public_seq.is_not(None))
    rows = select(_c.public_id, _m.seq).join(Conversation.__table__, _c.id == _m.conversation_id)
    said = and_(said, or_(_is_chat, _m.seq > 1))
    for row in conn.execute(rows.where(said, func.coalesce(owner_then, 0) != _m.user_id)):
        yield f"L3: message {row.seq} of {row.public_id} was sent by a user who did not have the conversation."


def message_epochs(conn: Connection) -> Iterator[str]:
    """L3: entries are written under the epoch of their moment, and no AI agent speaks in a live agent's."""
    before = func.max(_m.epoch).over(partition_by=_m.conversation_id, order_by=_m.seq, rows=(None, -1))
    numbered = select(_m.conversation_id, _m.seq, _m.epoch, before.label("before")).subquery()
    got = numbered.c
    foreign = or_(got.epoch > _c.epoch, got.epoch < got.before)
    rows = select(_c.public_id, _c.epoch, got.seq, got.epoch.label("written")).join(
        numbered, got.conversation_id == _c.id
    )
    for row in conn.execute(rows.where(foreign)):
        yield f"L3: entry {row.seq} of {row.public_id} is of the foreign epoch {row.written}."
    owned = and_(_a.conversation_id == _m.conversation_id, _a.epoch == _m.epoch)
    spoke = and_(_m.author_kind == AuthorKind.AI_AGENT, _m.public_seq.is_not(None))
    spoken = select(_c.public_id, _m.seq).join(Conversation.__table__, _c.id == _m.conversation_id)
    for row in conn.execute(spoken.join(Assignment.__table__, owned).where(spoke)):
        yield f"L3: in message {row.seq} of {row.public_id} the AI agent spoke while a live agent had the chat."


def waits(conn: Connection) -> Iterator[str]:
    """waiting_since of a chat with people: the handoff's request until somebody answers, then the oldest unanswered."""
    firsts = select(_a.handoff_id, func.min(_a.epoch).label("epoch")).group_by(_a.handoff_id).subquery()
    by_us = _m.author_kind.in_([AuthorKind.LIVE_AGENT, AuthorKind.INTEGRATION])
    is_reply = and_(by_us, _m.kind == MessageKind.TEXT, _m.public_seq.is_not(None))
    replies = select(func.max(_m.seq)).where(_m.conversation_id == _c.id, _m.epoch >= firsts.c.epoch, is_reply)
    answered = replies.correlate(Conversation.__table__, firsts).scalar_subquery().label("answered")
    chats = (
        select(_c.id, _c.public_id, _c.waiting_since, _h.requested_at, answered)
        .join(Handoff.__table__, _h.id == _c.handoff_id)
        .outerjoin(firsts, firsts.c.handoff_id == _c.handoff_id)
        .where(_is_chat, _c.handler.in_([Handler.QUEUE, Handler.LIVE_AGENT]))
        .subquery()
    )
    asked = select(func.min(_m.created_at)).where(
        _m.conversation_id == chats.c.id, _m.seq > chats.c.answered, _m.author_kind == AuthorKind.PERSON
    )
    truly = case((chats.c.answered.is_(None), chats.c.requested_at), else_=asked.scalar_subquery())
    rows = select(chats.c.public_id, chats.c.waiting_since, truly.label("truly"))
    for row in conn.execute(rows.where(chats.c.waiting_since.is_distinct_from(truly))):
        yield f"Waiting: the person of {row.public_id} waits since {row.truly}; it says {row.waiting_since}."
    over = and_(_c.status == Status.CLOSED, _c.waiting_since.is_not(None))
    for public_id in conn.execute(select(_c.public_id).where(over)).scalars():
        yield f"Waiting: ticket {public_id} is closed and yet waits for an answer."
