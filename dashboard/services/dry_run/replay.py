"""The replay: recorded handoffs under other settings, event by event, in the order in which routing works (A4, A7).

What people did by hand (claims, transfers, takeovers, closes) is done again, as long after its cause as it was then.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from dashboard.models.enums import AssignmentHow, Method
from dashboard.queries.recorded import Change, Episode, History, Hold, Stay
from dashboard.services.dry_run.floor import Floor, Settings, Slot

T = TypeVar("T")
Key = tuple[frozenset[int] | None, int | None]
"""An eligible set, and who is left out of it: for equal ones the same agents are free."""


@dataclass
class Fate:
    """What becomes of one handoff: who gets it first and when, or what it met while it waited."""

    episode: Episode
    user_id: int | None = None
    how: AssignmentHow | None = None
    at: datetime | None = None
    met_limit: bool = False
    present_ids: tuple[int, ...] = ()
    was_closed: bool = False


@dataclass
class _Waiting:
    """An episode in the queue, at segment `index` of its record."""

    fate: Fate
    stay: Stay
    index: int
    since: datetime
    excluded: int | None
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.key = (self.stay.eligible, self.excluded)


def replay(history: History, settings: Settings) -> list[Fate]:
    """The fate of every recorded handoff, oldest first, as of `history.now`."""
    run = _Run(history, settings)
    run.to_the_end()
    return run.fates


class _Run:
    def __init__(self, history: History, settings: Settings) -> None:
        self.history, self.method = history, settings.method
        self.floor = Floor(history, settings)
        self.fates = [Fate(each) for each in history.episodes]
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count()
        self._waiting: dict[int, _Waiting] = {}  # by episode
        for change in history.changes:
            self._plan(change.at, self._on_change, change)
        for hold in history.beside:
            self._plan(hold.from_at, self._begin_beside, hold)
        for fate in [*(Fate(each) for each in history.earlier), *self.fates]:
            self._plan(fate.episode.segments[0].starts_at, self._enter_first, fate)

    def to_the_end(self) -> None:
        """Everything of one moment happens, as in one transaction; then it is routed."""
        while self._events:
            moment = self._events[0][0]
            while self._events and self._events[0][0] == moment:
                _, _, action = heapq.heappop(self._events)
                action(moment)
            self._route(moment)

    def _plan(self, at: datetime, action: Callable[[T, datetime], None], what: T) -> None:
        if at <= self.history.now:
            heapq.heappush(self._events, (at, next(self._numbers), lambda moment: action(what, moment)))

    def _on_change(self, change: Change, _at: datetime) -> None:
        self.floor.note(change)

    def _begin_beside(self, hold: Hold, at: datetime) -> None:
        if hold.was_routed:  # a ticket takes its turn as well
            self.floor.take_turn(hold.user_id)
        self._hold(hold, hold.user_id, at, None, lambda _at: None)

    def _enter_first(self, fate: Fate, at: datetime) -> None:
        self._go_on(fate, 0, at, None)

    def _go_on(self, fate: Fate, index: int, at: datetime, former: tuple[int, int] | None) -> None:
        """The next part of the record begins; `former` is who had it then, and who has it here."""
        segments = fate.episode.segments
        if index >= len(segments):
            return
        segment = segments[index]
        if isinstance(segment, Stay):
            excluded = segment.excluded_user_id
            if former is not None and excluded == former[0]:
                excluded = former[1]
            self._wait(_Waiting(fate, segment, index, at, excluded), at)
        else:
            self._give(fate, index, segment.user_id, segment.how, at)

    def _wait(self, waiting: _Waiting, at: datetime) -> None:
        self._waiting[waiting.fate.episode.handoff_id] = waiting
        if not waiting.index:
            waiting.fate.present_ids = tuple(self.floor.who_is_here(*waiting.key))
        left_at = waiting.stay.left_at
        if left_at is not None and not self._was_routed(waiting):
            self._plan(at + (left_at - waiting.stay.entered_at), self._leave_by_hand, waiting)

    def _leave_by_hand(self, waiting: _Waiting, at: datetime) -> None:
        """Somebody claimed it, took it over or closed it then; they do so again, if it waits still."""
        handoff_id = waiting.fate.episode.handoff_id
        if self._waiting.get(handoff_id) is not waiting:
            return
        del self._waiting[handoff_id]
        if _next_hold(waiting) is None:
            waiting.fate.was_closed = True
        self._go_on(waiting.fate, waiting.index + 1, at, None)

    def _give(self, fate: Fate, index: int, user_id: int, how: AssignmentHow, at: datetime) -> None:
        """`user_id` gets it for as long as whoever had it then, and the record goes on from there."""
        hold = fate.episode.segments[index]
        assert isinstance(hold, Hold)
        if fate.at is None:
            fate.user_id, fate.how, fate.at = user_id, how, at
        length = None if hold.until_at is None else hold.until_at - hold.from_at
        self._hold(hold, user_id, at, length, lambda end: self._go_on(fate, index + 1, end, (hold.user_id, user_id)))

    def _hold(
        self, hold: Hold, user_id: int, at: datetime, length: timedelta | None, then: Callable[[datetime], None]
    ) -> None:
        """It fills a slot from `at` on, except between the turns of the record."""
        if length is None and hold.until_at is not None:
            length = hold.until_at - hold.from_at
        slot = Slot(self.floor, hold, user_id, then)
        self.floor.begin(user_id, hold, at)
        for moment, counts in hold.turns:
            self._plan(at + (moment - hold.from_at), slot.turn, counts)
        if length is not None:
            self._plan(at + length, slot.end, None)

    def _route(self, at: datetime) -> None:
        """The oldest first, each to whom the method takes; what nobody may have is passed."""
        if self.method is Method.VOLUNTARY or not self.floor.here:
            return
        hopeless: set[Key] = set()
        for waiting in self._in_order() if self.floor.free else ():
            if waiting.key not in hopeless:
                free = self.floor.who_is_free(*waiting.key)
                if free:
                    self._assign(waiting, self.floor.pick(free), at)
                else:
                    hopeless.add(waiting.key)
        for waiting in self._waiting.values():
            waiting.fate.met_limit = waiting.fate.met_limit or bool(self.floor.who_is_here(*waiting.key))

    def _in_order(self) -> list[_Waiting]:
        return sorted(self._waiting.values(), key=lambda each: (each.stay.queued_at, each.stay.entry_id))

    def _assign(self, waiting: _Waiting, user_id: int, at: datetime) -> None:
        del self._waiting[waiting.fate.episode.handoff_id]
        if _next_hold(waiting) is not None:
            self._give(waiting.fate, waiting.index + 1, user_id, AssignmentHow.AUTO, at)
        else:
            self._give_what_nobody_had(waiting, user_id, at)

    def _give_what_nobody_had(self, waiting: _Waiting, user_id: int, at: datetime) -> None:
        """Then it was closed while it waited, or waits to this day: it is held until that moment."""
        if waiting.fate.at is None:
            waiting.fate.user_id, waiting.fate.how, waiting.fate.at = user_id, AssignmentHow.AUTO, at
        hold = Hold(user_id, "", AssignmentHow.AUTO, at, waiting.stay.left_at and max(at, waiting.stay.left_at))
        self._hold(hold, user_id, at, None, lambda _at: None)

    def _was_routed(self, waiting: _Waiting) -> bool:
        hold = _next_hold(waiting)
        return hold is not None and hold.how is AssignmentHow.AUTO


def _next_hold(waiting: _Waiting) -> Hold | None:
    segments = waiting.fate.episode.segments
    following = segments[waiting.index + 1] if waiting.index + 1 < len(segments) else None
    return following if isinstance(following, Hold) else None
