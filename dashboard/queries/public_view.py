"""A conversation as its person sees it: messages and public activity in their own numbering (L4), and what goes on.

The one place that builds it, for the webchat's frames and requests and for programs that speak for a channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

from sqlalchemy import Row, Select, func, select

from dashboard.models import AIAgent, Conversation, Event, Message, Outbox, User
from dashboard.models.clock import to_rfc3339
from dashboard.models.enums import AuthorKind, Handler, MessageKind, OutboxState
from dashboard.models.membership import Reader
from dashboard.queries.public_queue import QueueState, queue_state, queue_states

MAX_ITEMS = 200

_c = Conversation.__table__.c
_m = Message.__table__.c
_o = Outbox.__table__.c
_UNDER_WAY = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)


class Author(TypedDict):
    """`kind` is person, ai_agent, live_agent, system or integration; `name` is the alias where there is one."""

    kind: str
    name: str


class PublicItem(TypedDict):
    """One message or public activity line; `seq` is the person's number, 1, 2, 3 … without gaps."""

    id: str
    seq: int
    kind: str
    author: Author
    text: str
    client_id: str | None
    created_at: str | None
    data: NotRequired[dict[str, Any]]


class PublicState(TypedDict):
    """Who answers now, and what is shown beside the timeline.

    `queue` is None unless they wait; `is_rating_asked` until the stars are given, skipped or timed out (C3).
    """

    handler: str
    ai_agent: str | None
    assignee: str | None
    language: str | None
    last_seq: int
    is_answering: bool
    queue: QueueState | None
    is_rating_asked: bool


class PublicFrame(TypedDict):
    """What a page gets, pushed or asked for: the items after `prev` up to `seq`, and the state at `event`."""

    type: Literal["messages"]
    c: str
    event: int
    seq: int
    prev: int
    items: list[PublicItem]
    state: PublicState


def public_frame(reader: Reader, conversation_id: int, public_id: str, after: int) -> PublicFrame:
    """The page's catch-up: at most MAX_ITEMS items after the person's number `after`."""
    event = latest_event_id(reader, conversation_id)  # first: what is read later may only be newer
    items = public_messages(reader, conversation_id, after)
    return PublicFrame(
        type="messages",
        c=public_id,
        event=event,
        seq=items[-1]["seq"] if items else after,
        prev=after,
        items=items,
        state=public_state(reader, conversation_id),
    )


def public_messages(
    reader: Reader, conversation_id: int, after: int = 0, limit: int = MAX_ITEMS, *, upto: int | None = None
) -> list[PublicItem]:
    """At most `limit` items after the person's number `after` (and up to `upto`), oldest first."""
    statement = (
        select(Message.__table__)
        .where(_m.conversation_id == conversation_id, _m.public_seq > after)
        .order_by(_m.public_seq)
        .limit(limit)
    )
    if upto is not None:
        statement = statement.where(_m.public_seq <= upto)
    return [public_item(row) for row in reader.execute(statement)]


def public_item(row: Row[Any]) -> PublicItem:
    """A row of `message` that has a `public_seq`, without anything that only the team may know."""
    item = PublicItem(
        id=row.public_id,
        seq=row.public_seq,
        kind=MessageKind(row.kind).value,
        author={"kind": AuthorKind(row.author_kind).value, "name": row.alias or row.author_name},
        text=row.body,
        client_id=row.client_id,
        created_at=to_rfc3339(row.created_at),
    )
    if data := _public_data(row):
        item["data"] = data
    return item


def public_state(reader: Reader, conversation_id: int) -> PublicState:
    """What the person is shown beside the timeline, in one SELECT, or a few more while they wait."""
    row = reader.execute(
        select(
            _c.handler,
            _c.language,
            _c.public_seq,
            _c.flow_state,
            AIAgent.__table__.c.name.label("ai_agent"),
            func.coalesce(User.__table__.c.alias, User.__table__.c.name).label("assignee"),
        )
        .outerjoin(AIAgent.__table__, AIAgent.__table__.c.id == _c.ai_agent_id)
        .outerjoin(User.__table__, User.__table__.c.id == _c.assignee_id)
        .where(_c.id == conversation_id)
    ).one()
    is_with_ai_agent = row.handler is Handler.AI_AGENT
    return PublicState(
        handler=row.handler.value,
        ai_agent=row.ai_agent,
        assignee=row.assignee,
        language=row.language,
        last_seq=row.public_seq,
        is_answering=is_with_ai_agent and _is_answering(reader, conversation_id),
        queue=queue_state(reader, conversation_id) if row.handler is Handler.QUEUE else None,
        is_rating_asked=is_with_ai_agent and _is_rating_asked(row.flow_state),
    )


@dataclass(frozen=True)
class WaitingPerson:
    """Somebody in the queue, and what they are shown; ids are sequential keys but for `public_id`."""

    conversation_id: int
    public_id: str
    person_id: int
    state: PublicState


def waiting_people(reader: Reader, teamspace_id: int) -> list[WaitingPerson]:
    """Everybody who waits in a teamspace: five SELECTs, however many they are."""
    queues = queue_states(reader, teamspace_id)
    if not queues:
        return []
    name = AIAgent.__table__.c.name.label("ai_agent")
    facts: Select[Any] = (
        select(_c.id, _c.public_id, _c.person_id, _c.language, _c.public_seq, name)
        .outerjoin(AIAgent.__table__, AIAgent.__table__.c.id == _c.ai_agent_id)
        .where(_c.teamspace_id == teamspace_id, _c.handler == Handler.QUEUE)
    )
    return [
        WaitingPerson(row.id, row.public_id, row.person_id, _waiting_state(row, queues[row.id]))
        for row in reader.execute(facts)
        if row.id in queues
    ]


def _waiting_state(row: Row[Any], queue: QueueState) -> PublicState:
    return PublicState(
        handler=Handler.QUEUE.value,
        ai_agent=row.ai_agent,
        assignee=None,
        language=row.language,
        last_seq=row.public_seq,
        is_answering=False,
        queue=queue,
        is_rating_asked=False,
    )


def latest_event_id(reader: Reader, conversation_id: int) -> int:
    """The id of the conversation's newest event: a page drops frames up to it."""
    event = Event.__table__.c
    newest = reader.execute(select(func.max(event.id)).where(event.conversation_id == conversation_id)).scalar()
    return newest or 0


def answer_stream(conversation_id: int) -> str:
    """The outbox stream in which answers of a conversation's AI agent are worked out."""
    return f"answers:{conversation_id}"


def _is_answering(reader: Reader, conversation_id: int) -> bool:
    under_way = select(_o.id).where(_o.stream == answer_stream(conversation_id), _o.state.in_(_UNDER_WAY)).limit(1)
    return reader.execute(under_way).first() is not None


def _is_rating_asked(flow_state: dict[str, Any] | None) -> bool:
    waiting = (flow_state or {}).get("waiting") or {}
    return bool(waiting.get("kind") == "feedback")


def _public_data(row: Row[Any]) -> dict[str, Any]:
    data: dict[str, Any] = row.data or {}
    if row.kind is MessageKind.TEXT:
        return {key: data[key] for key in ("quick_replies", "ask", "comment_question") if data.get(key)}
    return {key: data[key] for key in _ACTIVITY_KEYS if data.get(key) is not None}


_ACTIVITY_KEYS = ("code", "name")
"""The arguments of public activity that a page needs to say it in the person's language; never ids."""
