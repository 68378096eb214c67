"""What a person's page hears: public messages and state as JSON, in their own numbering (L4), nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from dashboard.queries.public_view import PublicItem, PublicState, public_messages, public_state, waiting_people
from dashboard.queries.rows import ConversationRow
from dashboard.realtime.event_row import EventRow, Frame

HIDDEN: Final = frozenset({"SuggestionKept", "SuggestionSettled", "ConversationTagged"})
"""Suggestions stand outside the timeline and are the team's alone, as tags are."""


class PersonFrames:
    """Remembers what was said last to each who waits: a queue that moves elsewhere tells them nothing."""

    def __init__(self) -> None:
        self._told: dict[int, PublicState] = {}

    def render(self, conn: Connection, row: ConversationRow, events: list[EventRow]) -> list[str]:
        """One frame, or none when nothing of it concerns the person."""
        numbers = [event.data["public_seq"] for event in events if event.kind == "MessagePosted"]
        shown = [number for number in numbers if number is not None]
        if not shown and all(event.kind in HIDDEN or event.kind == "MessagePosted" for event in events):
            return []
        prev = min(shown) - 1 if shown else None
        items = public_messages(conn, row.id, prev, upto=max(shown)) if prev is not None else []
        state = public_state(conn, row.id)
        self._remember(row.id, state)
        return [_encode(row.public_id, state, events[-1].id, items, prev)]

    def render_queue(self, conn: Connection, teamspace_id: int, is_connected: Callable[[str], bool]) -> list[Frame]:
        """Places have moved, or somebody came or went: a frame for who waits with an open page and sees it.

        Its event is 0. The id of the queue's own event could be above that of a message that commits later, and the
        page would then take the message for an old one.
        """
        frames: list[Frame] = []
        for each in waiting_people(conn, teamspace_id):
            audience = f"person:{each.person_id}"
            if not is_connected(audience):
                self.forget(each.conversation_id)
            elif self._told.get(each.conversation_id) != each.state:
                self._remember(each.conversation_id, each.state)
                frames.append(([audience], _encode(each.public_id, each.state, 0, [], None)))
        return frames

    def forget(self, conversation_id: int) -> None:
        """Its person has no page here: the next one asks for the state itself, and may hear it anew."""
        self._told.pop(conversation_id, None)

    def _remember(self, conversation_id: int, state: PublicState) -> None:
        if state["queue"] is None:
            self.forget(conversation_id)
        else:
            self._told[conversation_id] = state


def _encode(public_id: str, state: PublicState, event: int, items: list[PublicItem], prev: int | None) -> str:
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
