"""Figures, their targets, and the table that is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line: a value with its unit, perhaps the floor's, and the most that it may be (None: only shown)."""

    name: str
    value: float
    unit: str
    target: float | None = None
    aim: float | None = None
    floor: float | None = None
    note: str = ""
    is_strict: bool = False
    """Whether missing it fails the run: ratios and memory do not depend on how busy the machine is, times do."""

    @property
    def judged(self) -> float:
        """What the target is about: the ratio to the floor where there is one, else the value."""
        return self.value / self.floor if self.floor else self.value

    @property
    def is_missed(self) -> bool:
        return self.target is not None and self.judged > self.target

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        if self.is_missed:
            return "MISSED" if self.is_strict else "missed"
        return "ok" if self.aim is None or self.judged > self.aim else "ok, aim reached"


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample that `share` of all are not above."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(figures: Sequence[Figure]) -> str:
    """All figures in columns."""
    rows: list[tuple[str, ...]] = [("", "Baton", "floor", "ratio", "target", "")]
    rows += [_cells(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _cells(figure: Figure) -> tuple[str, ...]:
    is_ratio = figure.floor is not None
    target = "" if figure.target is None else f"≤ {figure.target:g}" + ("x" if is_ratio else f" {figure.unit}")
    if figure.aim is not None:
        target += f" (aim {figure.aim:g})"
    return (
        figure.name,
        _amount(figure.value, figure.unit),
        _amount(figure.floor, figure.unit) if figure.floor is not None else "",
        f"{figure.judged:.2f} x" if is_ratio else "",
        target,
        "  ".join(filter(None, (figure.verdict, figure.note))),
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *middle, last = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in middle), last[0]]
    return "  ".join(cells).rstrip()
