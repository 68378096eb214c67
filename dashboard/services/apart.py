"""Heavy work beside the server's own loop, in small pools of threads, so that nobody else waits (DESIGN 6)."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import gevent.monkey

R = TypeVar("R")


def run_apart(purpose: str, work: Callable[[], R]) -> R:
    """What `work` answers or raises; under gevent in the one thread of this purpose, and others go on meanwhile.

    It must not touch the database, nor import: what it needs is there before.
    """
    if not gevent.monkey.is_module_patched("socket"):
        return work()
    result, error = _pool(os.getpid(), purpose).apply(_caught, (work,))
    if error is not None:
        raise error
    found: R = result
    return found


def _caught(work: Callable[[], R]) -> tuple[R | None, Exception | None]:
    # An error that leaves a thread of the pool is written to stderr besides.
    try:
        return work(), None
    except Exception as error:
        return None, error


@cache
def _pool(_process: int, _purpose: str) -> Any:
    # Made at the first use, which is after the fork: threads do not survive one.
    from gevent.threadpool import ThreadPool

    return ThreadPool(1)
