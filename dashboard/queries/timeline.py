"""Windows of a conversation's timeline as colleagues see it: messages, notes, activity, packets, suggestions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from dashboard.models import AIAgent, Conversation, Handoff, Message, Suggestion, User
from dashboard.models.enums import AuthorKind, MessageKind, SuggestionState
from dashboard.models.membership import Reader

WINDOW = 50

_m = Message.__table__.c
_u = User.__table__.c
_h = Handoff.__table__.c
_s = Suggestion.__table__.c

ICONS: dict[str, tuple[str, str]] = {
    "handed_off": ("hourglass", "h-queue"),
    "handoff_unavailable": ("hourglass", "h-queue"),
    "handoff_ignored": ("info", ""),
    "returned": ("undo-2", "h-queue"),
    "joined": ("user-check", "h-live_agent"),
    "assigned": ("user-check", "h-live_agent"),
    "transferred": ("arrow-left-right", "h-live_agent"),
    "left": ("arrow-right", "h-ai_agent"),
    "not_joined": ("arrow-right", "h-ai_agent"),
    "closed": ("circle-check", "h-ai_agent"),
    "status": ("tag", ""),
    "reopened": ("undo-2", ""),
    "overdue": ("timer", "h-queue"),
    "rated": ("star", "h-queue"),
    "language": ("languages", ""),
    "ticket_created": ("ticket", ""),
    "email_left": ("mail", ""),
    "linked": ("ticket", ""),
    "continued": ("ticket", ""),
    "mail_failed": ("circle-alert", "h-queue"),
    "mail_automatic": ("mail", ""),
    "offered": ("hourglass", ""),
    "offer_declined": ("ban", ""),
    "offer_withdrawn": ("undo-2", ""),
    "offer_expired": ("timer", ""),
    "offer_accepted": ("check", ""),
    "offer_voided": ("ban", ""),
    "mail_files": ("mail", ""),
    "merged": ("merge", ""),
    "banned": ("ban", ""),
    "tagged": ("tags", ""),
    "untagged": ("tags", ""),
}
"""Icon and colour of an activity line by its code; the same per handler as on rows."""

_BEGINS_HANDOFF = ("handed_off",)


@dataclass(frozen=True, slots=True)
class Packet:
    """What the live agent gets on top of the thread (H8)."""

    public_id: str
    ai_agent: str | None
    why: str
    words: str
    asked: tuple[str, ...]
    tried: tuple[str, ...]
    language: str | None
    variables: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One entry; `author` is the user's public id, or the kind of author."""

    public_id: str
    seq: int
    public_seq: int | None
    kind: MessageKind
    author_kind: AuthorKind
    author_name: str
    alias: str | None
    body: str
    data: dict[str, Any]
    client_id: str | None
    created_at: datetime
    user_id: str | None
    packet: Packet | None = None

    @property
    def author(self) -> str:
        return self.user_id or self.author_kind.value

    @property
    def is_private(self) -> bool:
        return self.public_seq is None

    @property
    def offers(self) -> list[str]:
        return [str(each) for each in self.data.get("quick_replies") or ()]

    @property
    def icon(self) -> str:
        return ICONS.get(str(self.data.get("code")), ("info", ""))[0]

    @property
    def tone(self) -> str:
        return ICONS.get(str(self.data.get("code")), ("info", ""))[1]


@dataclass(frozen=True, slots=True)
class SuggestionItem:
    public_id: str
    body: str
    author_name: str
    created_at: datetime


_ITEMS: Select[Any] = select(
    _m.public_id, _m.seq, _m.public_seq, _m.kind, _m.author_kind, _m.author_name, _m.alias, _m.body, _m.data,
    _m.client_id, _m.created_at, _u.public_id,
).outerjoin_from(Message.__table__, User.__table__, _u.id == _m.user_id)  # fmt: skip
_BETWEEN = _ITEMS.where(
    _m.conversation_id == bindparam("conversation"), _m.seq > bindparam("after"), _m.seq <= bindparam("upto")
).order_by(_m.seq)


def load_newest(reader: Reader, conversation_id: int, limit: int = WINDOW) -> list[TimelineItem]:
    """The newest entries, oldest first."""
    return _load_backwards(reader, conversation_id, _m.seq > 0, limit)


def load_before(reader: Reader, conversation_id: int, seq: int, limit: int = WINDOW) -> list[TimelineItem]:
    """The entries just before `seq`, oldest first."""
    return _load_backwards(reader, conversation_id, _m.seq < seq, limit)


def load_between(reader: Reader, conversation_id: int, after: int, upto: int) -> list[TimelineItem]:
    """The entries with after < seq <= upto, oldest first."""
    rows = reader.execute(_BETWEEN, {"conversation": conversation_id, "after": after, "upto": upto})
    return _with_packets(reader, conversation_id, [TimelineItem(*row) for row in rows])


def load_suggestions(reader: Reader, conversation_id: int) -> list[SuggestionItem]:
    """The open suggestions, oldest first."""
    rows = reader.execute(
        select(_s.public_id, _s.body, _s.author_name, _s.created_at)
        .where(_s.conversation_id == conversation_id, _s.state == SuggestionState.OPEN)
        .order_by(_s.id)
    )
    return [SuggestionItem(*row) for row in rows]


def _load_backwards(
    reader: Reader, conversation_id: int, clause: ColumnElement[bool], limit: int
) -> list[TimelineItem]:
    window = _ITEMS.where(_m.conversation_id == conversation_id, clause).order_by(_m.seq.desc()).limit(limit)
    return _with_packets(reader, conversation_id, [TimelineItem(*row) for row in reader.execute(window)][::-1])


def _with_packets(reader: Reader, conversation_id: int, items: list[TimelineItem]) -> list[TimelineItem]:
    """Lay each handoff's packet under the line that began it: both were written at the same moment."""
    begun = {item.created_at: item.seq for item in reversed(items) if item.data.get("code") in _BEGINS_HANDOFF}
    if not begun:
        return items
    packets = _load_packets(reader, conversation_id, list(begun))
    by_seq = {begun[at]: packet for at, packet in packets.items()}
    return [replace(item, packet=by_seq[item.seq]) if item.seq in by_seq else item for item in items]


def _load_packets(reader: Reader, conversation_id: int, moments: list[datetime]) -> dict[datetime, Packet]:
    c, ai = Conversation.__table__.c, AIAgent.__table__.c
    rows = reader.execute(
        select(_h.requested_at, _h.public_id, _h.reason, _h.packet, ai.name)
        .join_from(Handoff.__table__, Conversation.__table__, c.id == _h.conversation_id)
        .outerjoin(AIAgent.__table__, ai.id == c.ai_agent_id)
        .where(_h.conversation_id == conversation_id, _h.requested_at.in_(moments))
    )
    return {row.requested_at: _packet(row) for row in rows}


def _packet(row: Any) -> Packet:
    packet = row.packet or {}
    return Packet(
        public_id=row.public_id,
        ai_agent=row.name,
        why=str(packet.get("reason") or row.reason),
        words=str(packet.get("words") or ""),
        asked=tuple(str(line) for line in packet.get("asked") or ()),
        tried=tuple(str(line) for line in packet.get("tried") or ()),
        language=packet.get("language"),
        variables=tuple((str(name), str(value)) for name, value in (packet.get("variables") or {}).items()),
    )
