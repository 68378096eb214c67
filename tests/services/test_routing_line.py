"""A burst of routers: one at a time in a process, and none that nothing is left for (A4; ADR 0005)."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from flask import Flask

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.enums import Method
from dashboard.queries.candidates import has_work
from dashboard.services import assignment, returning, routing_line
from tests.factories import Scene
from tests.services.test_concurrency import at_once


class CountedLock:
    """A lock that tells who comes to it, before they wait."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.came.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@pytest.fixture
def lock(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> CountedLock:
    counted = CountedLock()
    line = routing_line.Line(lock=counted)  # type: ignore[arg-type]
    monkeypatch.setattr(routing_line, "_lines", {scene.support: line})
    return counted


def test_all_who_come_while_one_routes_are_served_by_the_next(
    app: Flask, scene: Scene, lock: CountedLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy: list[int] = []

    def wait_for_the_others(_teamspace_id: int) -> int:
        busy.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        for _ in range(12 if len(busy) == 1 else 0):
            assert lock.came.acquire(timeout=30)
        busy[-1] = max(busy[-1], db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return 7

    monkeypatch.setattr(assignment, "_drain", wait_for_the_others)
    done = at_once(app, [partial(assignment.drain, scene.support)] * 12)
    assert sorted(done) == [0] * 10 + [7, 7]
    assert busy == [0, 0], "who waits holds no connection"


def test_one_that_failed_serves_nobody(
    app: Flask, scene: Scene, lock: CountedLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([RuntimeError("the database is gone"), RuntimeError("it still is")])
    calls: list[int] = []

    def fail_twice(_teamspace_id: int) -> int:
        for _ in range(0 if calls else 4):
            assert lock.came.acquire(timeout=30)
        calls.append(1)
        if (failure := next(failures, None)) is not None:
            raise failure
        return 7

    def drain() -> str | int:
        try:
            return assignment.drain(scene.support)
        except RuntimeError as error:
            return str(error)

    monkeypatch.setattr(assignment, "_drain", fail_twice)
    assert sorted(map(str, at_once(app, [drain] * 4))) == ["0", "7", "it still is", "the database is gone"]


def test_there_is_nothing_to_route_in_a_full_house_for_strangers_and_where_agents_claim(scene: Scene) -> None:
    def is_there() -> bool:
        db.session.close()
        return has_work(db.session, scene.support, utcnow())

    scene.configure(auto_limit=1, method=Method.VOLUNTARY)
    scene.ask_for_human("pia")
    scene.online("fay")
    assert not is_there(), "Fay is of another teamspace"
    scene.online("bo")
    assert is_there()
    assert not assignment._is_there_work(scene.support), "nothing is automatic"
    scene.configure(method=Method.BALANCED)
    assert assignment._is_there_work(scene.support)
    assert assignment.drain(scene.support) == 1
    scene.ask_for_human("ravi")
    assert not is_there(), "Bo has as many as are allowed"
    scene.configure(method=Method.VOLUNTARY)
    ticket = scene.ticket("cy", assignee="cy")
    returning.return_conversation(scene.viewer("cy"), ticket)
    assert is_there(), "tickets know no limit"
