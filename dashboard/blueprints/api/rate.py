"""The one limit of the API: so many requests a second for each token, counted in each process (SPEC 14)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.models.errors import TooManyRequests

MAX_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    seen: float


class RateLimit:
    """A token bucket per key: it holds `burst` requests and is filled by `rate` a second."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def spend(self, key: str) -> None:
        """Take one request from the key's bucket; raises TooManyRequests when it is empty."""
        now = self._clock()
        bucket = self._buckets.get(key) or self._new(key, now)
        bucket.left = min(self.burst, bucket.left + (now - bucket.seen) * self.rate)
        bucket.seen = now
        if bucket.left < 1:
            raise TooManyRequests(max(1, math.ceil((1 - bucket.left) / self.rate)))
        bucket.left -= 1

    def _new(self, key: str, now: float) -> _Bucket:
        if len(self._buckets) >= MAX_BUCKETS:
            full_after = self.burst / self.rate
            self._buckets = {k: b for k, b in self._buckets.items() if now - b.seen < full_after}
        bucket = self._buckets[key] = _Bucket(left=float(self.burst), seen=now)
        return bucket
