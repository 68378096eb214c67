"""The one clock: every stored time comes from `utcnow`, and tests may set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


def _system_clock() -> datetime:
    return datetime.now(UTC)


_clock: Callable[[], datetime] = _system_clock


def utcnow() -> datetime:
    """The current moment, aware, in UTC, with microseconds."""
    return _clock()


def set_clock(clock: Callable[[], datetime] | None) -> None:
    """Replace the clock (tests); None brings the system's back."""
    global _clock
    _clock = clock or _system_clock


def to_rfc3339(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with six decimals and `Z` (SPEC 14)."""
    if moment is None:
        return None
    # A page has a hundred of them, and isoformat takes less than half of strftime's time.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
