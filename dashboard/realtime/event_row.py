"""What a committed event looks like to the readers of the `event` table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection


class EventRow(NamedTuple):
    """One row of `event`; `conversation_id` is None for what concerns no single conversation."""

    id: int
    conversation_id: int | None
    teamspace_id: int | None
    kind: str
    data: dict[str, Any]
    at: datetime


Frame = tuple[Iterable[str], str]
"""The audience's keys (`user:<id>`, `person:<id>`) and the text that all of them get."""

Render = Callable[[Connection, list[EventRow]], list[Frame]]
"""Turns the events of one conversation, in order of id, into frames; reads through the connection given."""
