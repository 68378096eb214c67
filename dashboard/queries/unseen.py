"""What a user has not seen yet: conversations of theirs that were given to them, or in which the person wrote (P6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from dashboard.models import Assignment, Conversation, Message, Person, QueueEntry, ReadMark
from dashboard.models.enums import AssignmentHow, AuthorKind, MessageKind, Status
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, eligible_clause

MOST = 100
"""More than that is read and counted as that many."""

_c = Conversation.__table__.c
_p = Person.__table__.c
_r = ReadMark.__table__.c
_a = Assignment.__table__.c
_m = Message.__table__.c
_entry = QueueEntry.__table__.alias("entry")  # the eligible clause looks at the queue under its own name
_q = _entry.c
_read = func.coalesce(_r.seq, 0)
_COLUMNS = (_c.public_id, _c.last_seq, _c.epoch, _c.last_text, _c.subject, _p.name, _p.public_id)


@dataclass(frozen=True)
class Unseen:
    """`kind` is assigned (it rings until it is seen), message, or queued; `seq` is the timeline's last number."""

    kind: str
    public_id: str
    seq: int
    epoch: int
    person_name: str
    preview: str


def load_unseen(reader: Reader, viewer: Viewer) -> tuple[Unseen, ...]:
    """What the user's title counts, newest first, in one SELECT.

    Given is what Chat Assignment or somebody else's transfer made theirs, until their read mark lies in the time since:
    the entry that it points to was written under the assignment's epoch or a later one. What a user took by their own
    act is never given; of that, and of all else, what the person wrote behind the mark is new.
    """
    is_given = _is_given(viewer)
    found = reader.execute(
        select(*_COLUMNS, is_given)
        .join_from(Conversation.__table__, Person.__table__, _p.id == _c.person_id)
        .outerjoin(ReadMark.__table__, and_(_r.conversation_id == _c.id, _r.user_id == viewer.user_id))
        .where(_c.assignee_id == viewer.user_id, _c.status.in_((Status.OPEN, Status.PENDING, Status.OVERDUE)))
        .where(_c.last_seq > _read, or_(is_given, _has_news()))
        .order_by(_c.last_activity_at.desc(), _c.id.desc())
        .limit(MOST)
    )
    return tuple(_unseen("assigned" if row[-1] else "message", row) for row in found)


def load_queued_since(reader: Reader, viewer: Viewer, since: datetime) -> tuple[Unseen, ...]:
    """What entered the queue after `since`, waits still, and is the user's to claim: a page that slept missed it."""
    statement: Select[Any] = (
        select(*_COLUMNS)
        .join_from(_entry, Conversation.__table__, _c.id == _q.conversation_id)
        .join(Person.__table__, _p.id == _c.person_id)
        .where(_q.left_at.is_(None), _q.entered_at > since, eligible_clause(viewer))
        .order_by(_q.entered_at.desc())
        .limit(MOST)
    )
    return tuple(_unseen("queued", row) for row in reader.execute(statement))


def _is_given(viewer: Viewer) -> ColumnElement[bool]:
    entry = select(_m.epoch).where(_m.conversation_id == _c.id, _m.seq == _read)
    # Two levels deep it does not correlate by itself.
    mark = entry.correlate(Conversation.__table__, ReadMark.__table__).scalar_subquery()
    return exists(
        select(_a.id).where(
            _a.conversation_id == _c.id,
            _a.until_at.is_(None),
            _a.how.in_((AssignmentHow.AUTO, AssignmentHow.TRANSFER)),
            _a.by_user_id.is_distinct_from(viewer.user_id),
            _a.epoch > func.coalesce(mark, -1),
        )
    )


def _has_news() -> ColumnElement[bool]:
    by_person = and_(_m.author_kind == AuthorKind.PERSON, _m.kind == MessageKind.TEXT)
    return exists(select(_m.id).where(_m.conversation_id == _c.id, _m.seq > _read, by_person))


def _unseen(kind: str, row: Sequence[Any]) -> Unseen:
    public_id, seq, epoch, text, subject, name, person = row[:7]
    return Unseen(kind, public_id, seq, epoch, name or f"Visitor {person[-4:]}", text or subject or "")
