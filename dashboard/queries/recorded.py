"""What a dry run replays, as frozen dataclasses: who was there when, what waited, who had it and for how long (A7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.models.enums import AssignmentHow, AvailabilityRecord


@dataclass(frozen=True)
class Agent:
    """A live agent of the teamspace by today's memberships, and since when they stand in Round robin's ring now."""

    user_id: int
    public_id: str
    name: str
    in_ring_since: datetime | None = None


@dataclass(frozen=True)
class Change:
    """One line of the record of availability."""

    user_id: int
    state: AvailabilityRecord
    at: datetime


@dataclass(frozen=True)
class Stay:
    """One stay in the queue; `eligible` None means everyone, `left_at` None that it waits still."""

    entry_id: int
    queued_at: datetime
    entered_at: datetime
    left_at: datetime | None
    eligible: frozenset[int] | None = None
    excluded_user_id: int | None = None

    @property
    def starts_at(self) -> datetime:
        return self.entered_at


@dataclass(frozen=True)
class Hold:
    """One user's time with a conversation. `turns` are the moments in it at which it began or ceased to count (A2).

    `was_routed`: Chat Assignment picked them; a ticket may name its Assignee.
    """

    user_id: int
    name: str
    how: AssignmentHow
    from_at: datetime
    until_at: datetime | None
    turns: tuple[tuple[datetime, bool], ...] = ()
    is_chat: bool = True
    was_routed: bool = False

    @property
    def starts_at(self) -> datetime:
        return self.from_at


Segment = Stay | Hold


@dataclass(frozen=True)
class Episode:
    """One handoff that waited in the queue, from its request on, in order."""

    handoff_id: int
    conversation: str
    person: str
    requested_at: datetime
    segments: tuple[Segment, ...]

    @property
    def first_hold(self) -> Hold | None:
        return next((each for each in self.segments if isinstance(each, Hold)), None)


@dataclass(frozen=True)
class Turn:
    """Whose turn was last in Round robin when the replay begins."""

    user_id: int
    at: datetime


@dataclass(frozen=True)
class History:
    """The last handoffs of a teamspace, oldest first, and everything that filled their agents' slots beside them.

    `earlier` are older ones that still waited, or waited again, while these came: what is left of them from then on.
    `left_out` counts the handoffs that came before anybody's availability was recorded.
    """

    now: datetime
    agents: tuple[Agent, ...] = ()
    changes: tuple[Change, ...] = ()
    episodes: tuple[Episode, ...] = ()
    earlier: tuple[Episode, ...] = ()
    beside: tuple[Hold, ...] = ()
    last_assigned: Mapping[int, datetime] = field(default_factory=dict)
    turn: Turn | None = None
    left_out: int = 0
