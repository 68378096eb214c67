"""One conversation opened by one user: the newest window of its timeline, their draft and how far they have read."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select

from dashboard.models import Draft, Event, ReadMark
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer
from dashboard.queries.rows import ConversationRow, load_row
from dashboard.queries.timeline import SuggestionItem, TimelineItem, load_newest, load_suggestions

_e = Event.__table__.c
_r = ReadMark.__table__.c
_d = Draft.__table__.c


@dataclass(frozen=True, slots=True)
class DraftText:
    body: str = ""
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """`event` is the newest event that this reading contains: a page drops frames up to it."""

    row: ConversationRow
    messages: list[TimelineItem]
    suggestions: list[SuggestionItem]
    event: int
    read_seq: int
    draft: DraftText = field(default_factory=DraftText)

    @property
    def first_seq(self) -> int:
        return self.messages[0].seq if self.messages else 0

    @property
    def has_older(self) -> bool:
        return self.first_seq > 1


def load_thread(reader: Reader, viewer: Viewer, conversation_id: int) -> Thread:
    """The thread of a conversation that the viewer may see."""
    event = latest_event(reader, conversation_id)
    return Thread(
        row=load_row(reader, conversation_id),
        messages=load_newest(reader, conversation_id),
        suggestions=load_suggestions(reader, conversation_id),
        event=event,
        read_seq=load_read_seq(reader, viewer.user_id, conversation_id),
        draft=load_draft(reader, viewer.user_id, conversation_id),
    )


def latest_event(reader: Reader, conversation_id: int) -> int:
    """The id of the conversation's newest event, 0 before the first."""
    newest = reader.execute(select(func.max(_e.id)).where(_e.conversation_id == conversation_id)).scalar()
    return newest or 0


def load_read_seq(reader: Reader, user_id: int, conversation_id: int) -> int:
    """How far this user has read, 0 when never."""
    mark = reader.execute(select(_r.seq).where(_r.user_id == user_id, _r.conversation_id == conversation_id)).scalar()
    return mark or 0


def load_draft(reader: Reader, user_id: int, conversation_id: int) -> DraftText:
    """What this user has typed and not sent (N4)."""
    found = reader.execute(
        select(_d.body, _d.is_note).where(_d.user_id == user_id, _d.conversation_id == conversation_id)
    ).first()
    return DraftText(found.body, found.is_note) if found else DraftText()
