"""What a dry run shows: who got what then and who would get it now, the waits, and what could not be routed (A7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from dashboard.models.enums import AssignmentHow, Method
from dashboard.queries.recorded import Episode, History, Hold, Stay
from dashboard.services.dry_run.floor import Settings
from dashboard.services.dry_run.replay import Fate

HOW_WORDS = {AssignmentHow.CLAIM: "claimed", AssignmentHow.TAKEOVER: "took over", AssignmentHow.TRANSFER: "transferred"}

NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Getting:
    """Who gets a handoff first and after which wait; without a name, `words` say what becomes of it."""

    words: str
    user_id: int | None = None
    name: str | None = None
    wait: timedelta | None = None

    @property
    def wait_words(self) -> str:
        return words_for(self.wait) if self.wait is not None else NONE


@dataclass(frozen=True)
class Line:
    """One handoff in the table."""

    at: datetime
    person: str
    conversation: str
    then: Getting
    now: Getting

    @property
    def is_other(self) -> bool:
        return self.then.user_id != self.now.user_id


@dataclass(frozen=True)
class Waits:
    """Of those that were assigned."""

    count: int
    median: timedelta | None
    longest: timedelta | None

    @property
    def median_words(self) -> str:
        return words_for(self.median) if self.median is not None else NONE

    @property
    def longest_words(self) -> str:
        return words_for(self.longest) if self.longest is not None else NONE


@dataclass(frozen=True)
class Share:
    """How many of the handoffs came to one agent first."""

    name: str
    then: int
    now: int


@dataclass(frozen=True)
class Report:
    settings: Settings
    lines: tuple[Line, ...]
    then: Waits
    now: Waits
    shares: tuple[Share, ...]
    left_out: int

    @property
    def moved(self) -> int:
        return sum(line.is_other and line.now.user_id is not None for line in self.lines)

    @property
    def is_voluntary(self) -> bool:
        return self.settings.method is Method.VOLUNTARY

    @property
    def unrouted(self) -> int:
        return sum(line.now.user_id is None for line in self.lines)

    @property
    def unrouted_then(self) -> int:
        return sum(line.then.user_id is None for line in self.lines)


def make_report(history: History, settings: Settings, fates: Sequence[Fate]) -> Report:
    names = {each.user_id: each.name for each in history.agents}
    for episode in history.episodes:
        names |= {each.user_id: each.name for each in episode.segments if isinstance(each, Hold)}
    lines = tuple(
        Line(
            each.episode.requested_at, each.episode.person, each.episode.conversation,
            _then(each.episode), _now(each, settings, names),
        )
        for each in fates
    )  # fmt: skip
    then, now = [line.then for line in lines], [line.now for line in lines]
    return Report(settings, lines, _waits(then), _waits(now), _shares(names, then, now), history.left_out)


def words_for(wait: timedelta) -> str:
    """`at once`, `45 s`, `2 min 14 s`, `1 h 5 min`, `2 d 3 h`."""
    seconds = round(wait.total_seconds())
    if seconds < 1:
        return "at once"
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    first = next(index for index, (_, size) in enumerate(units) if seconds >= size)
    name, size = units[first]
    words = f"{seconds // size} {name}"
    if first + 1 < len(units) and (rest := seconds % size // units[first + 1][1]):
        words += f" {rest} {units[first + 1][0]}"
    return words


def _then(episode: Episode) -> Getting:
    hold = episode.first_hold
    if hold is not None:
        return Getting(HOW_WORDS.get(hold.how, ""), hold.user_id, hold.name, hold.from_at - episode.requested_at)
    is_waiting = any(isinstance(each, Stay) and each.left_at is None for each in episode.segments)
    return Getting("still waiting" if is_waiting else "closed while it waited")


def _now(fate: Fate, settings: Settings, names: Mapping[int, str]) -> Getting:
    if fate.at is not None and fate.user_id is not None:
        how = HOW_WORDS.get(fate.how, "") if fate.how else ""
        return Getting(how, fate.user_id, names[fate.user_id], fate.at - fate.episode.requested_at)
    return Getting(_why_not(fate, settings, names))


def _why_not(fate: Fate, settings: Settings, names: Mapping[int, str]) -> str:
    if settings.method is Method.VOLUNTARY:
        present = ", ".join(sorted(names[each] for each in fate.present_ids)) or "nobody"
        return f"Waits for a claim. Online then: {present}."
    ending = " It was closed while it waited." if fate.was_closed else ""
    if fate.met_limit:
        return f"Could not be routed: everybody online was at the limit of {settings.limit}.{ending}"
    return f"Could not be routed: nobody who may have it was online.{ending}"


def _waits(gettings: Sequence[Getting]) -> Waits:
    waits = [each.wait for each in gettings if each.wait is not None]
    if not waits:
        return Waits(0, None, None)
    middle = timedelta(seconds=median(each.total_seconds() for each in waits))
    return Waits(len(waits), middle, max(waits))


def _shares(names: Mapping[int, str], then: Sequence[Getting], now: Sequence[Getting]) -> tuple[Share, ...]:
    """Everybody who is an agent today, or got one then."""
    before, after = (Counter(each.user_id for each in gettings) for gettings in (then, now))
    order = sorted(names, key=lambda user_id: (names[user_id], user_id))
    return tuple(Share(names[each], before[each], after[each]) for each in order)
