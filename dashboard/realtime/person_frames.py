"""What a person's page hears: public messages and state as JSON, in their own numbering (L4), nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, select

from dashboard.models import Conversation, QueueEntry
from dashboard.queries.public_view import PublicItem, public_messages, public_state
from dashboard.queries.rows import ConversationRow
from dashboard.realtime.event_row import EventRow, Frame

HIDDEN: Final = frozenset({"SuggestionKept", "SuggestionSettled"})
"""Suggestions stand outside the timeline and are the team's alone."""

_c = Conversation.__table__.c
_q = QueueEntry.__table__.c


def render_for_person(conn: Connection, row: ConversationRow, events: list[EventRow]) -> list[str]:
    """One frame, or none when nothing of it concerns the person."""
    numbers = [event.data["public_seq"] for event in events if event.kind == "MessagePosted"]
    shown = [number for number in numbers if number is not None]
    if not shown and all(event.kind in HIDDEN or event.kind == "MessagePosted" for event in events):
        return []
    prev = min(shown) - 1 if shown else None
    items = public_messages(conn, row.id, prev, upto=max(shown)) if prev is not None else []
    return [_encode(conn, row.id, row.public_id, events[-1].id, items, prev)]


def render_queue(conn: Connection, teamspace_id: int, is_connected: Callable[[str], bool]) -> list[Frame]:
    """The places in a teamspace's queue have moved: a frame for everybody who waits with an open page.

    Its event is 0. The id of the queue's own event could be above that of a message that commits later, and the page
    would then take the message for an old one.
    """
    waiting = conn.execute(
        select(_c.id, _c.public_id, _c.person_id)
        .join(QueueEntry.__table__, _q.conversation_id == _c.id)
        .where(_q.teamspace_id == teamspace_id, _q.left_at.is_(None))
        .order_by(_q.queued_at, _q.id)
    ).all()
    return [
        ([f"person:{row.person_id}"], _encode(conn, row.id, row.public_id, 0, [], None))
        for row in waiting
        if is_connected(f"person:{row.person_id}")
    ]


def _encode(
    conn: Connection, conversation_id: int, public_id: str, event: int, items: list[PublicItem], prev: int | None
) -> str:
    state = public_state(conn, conversation_id)
    last = items[-1]["seq"] if items else state["last_seq"]
    frame = {
        "type": "messages",
        "c": public_id,
        "event": event,
        "seq": last,
        "prev": last if prev is None else prev,
        "items": items,
        "state": state,
    }
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
