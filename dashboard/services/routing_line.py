"""Routers of one process wait here for each other, before they take a connection, and many become one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Line:
    """Who routes a teamspace in this process; the numbers count those who began and those who came to an end."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: int = 0
    done: int = 0


_lines: dict[int, Line] = {}


@contextmanager
def stand_in_line(teamspace_id: int) -> Iterator[bool]:
    """Wait until nobody else in this process routes the teamspace; holds no connection meanwhile.

    Answers whether there is anything left to do: somebody who began after this one came has seen all that this one
    has committed. One that failed has seen nothing.
    """
    line = _lines.setdefault(teamspace_id, Line())
    came_after = line.begun
    with line.lock:
        if line.done > came_after:
            yield False
            return
        line.begun = number = line.begun + 1
        yield True
        line.done = number
