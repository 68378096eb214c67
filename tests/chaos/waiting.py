"""Waiting for a fact of the database or of a server, without guessing how long it takes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], *, timeout: float = 20.0, every: float = 0.05) -> T:
    """The first true answer of `look`; fails with its last one when there is none in `timeout` seconds."""
    pause = threading.Event()
    last = look()
    for _ in range(int(timeout / every)):
        if last:
            return last
        pause.wait(every)
        last = look()
    raise AssertionError(f"it did not come true in {timeout} s: {last!r}")
