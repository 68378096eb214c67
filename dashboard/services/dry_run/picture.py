"""The picture of a dry run as numbers: bars per agent and a strip of waits; colours are the stylesheet's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from dashboard.services.dry_run.report import Getting, Report, words_for

FULL = 100.0
FEW = 30
"""Fewer columns than that do not grow fat."""
LEAST = 1.5
"""A wait of nothing still shows, as a thin line."""


@dataclass(frozen=True)
class Bars:
    """One agent: lengths in per cent of the longest."""

    name: str
    then: int
    now: int
    then_length: float
    now_length: float


@dataclass(frozen=True)
class Column:
    """One handoff of the strip: waits in per cent of the longest; None is what nobody got."""

    then: float | None
    now: float | None


@dataclass(frozen=True)
class Picture:
    """`longest` is the wait that fills the strip's height, `width` how many columns fill its width."""

    bars: tuple[Bars, ...]
    columns: tuple[Column, ...]
    longest: str

    @property
    def width(self) -> int:
        return max(len(self.columns), FEW)


def draw(report: Report) -> Picture:
    most = max((max(each.then, each.now) for each in report.shares), default=0) or 1
    bars = tuple(
        Bars(each.name, each.then, each.now, FULL * each.then / most, FULL * each.now / most) for each in report.shares
    )
    longest = max(report.then.longest or timedelta(), report.now.longest or timedelta())
    columns = tuple(Column(_height(line.then, longest), _height(line.now, longest)) for line in report.lines)
    return Picture(bars, columns, words_for(longest))


def _height(getting: Getting, longest: timedelta) -> float | None:
    """By the square root, so that a wait of seconds is seen beside one of an hour."""
    if getting.wait is None:
        return None
    share = getting.wait / longest if longest else 0.0
    return max(LEAST, FULL * math.sqrt(share))
