"""Jobs and timers as rows: strictly in order, leased, done once, never lost (DESIGN 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dashboard.models import Outbox, Timer
from dashboard.models.clock import utcnow
from dashboard.models.enums import OutboxState
from dashboard.services import jobs
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene


def enqueue(stream: str, *keys: str) -> None:
    with unit_of_work() as uow:
        for key in keys:
            jobs.enqueue(uow, stream, "answer", {"n": key}, idempotency_key=key)


def take(owner: str = "a worker") -> list[str]:
    return [job.idempotency_key for job in jobs.take_jobs(owner)]


def finish(scene: Scene, key: str) -> bool:
    [row] = [row for row in scene.rows(Outbox) if row.idempotency_key == key]
    with unit_of_work() as uow:
        return jobs.finish(uow, row.id)


def test_a_stream_is_worked_off_one_by_one_and_streams_side_by_side(scene: Scene) -> None:
    enqueue("one", "a1", "a2")
    enqueue("two", "b1")
    assert take() == ["a1", "b1"]
    assert take("another") == []
    assert finish(scene, "a1")
    assert take() == ["a2"]


def test_done_is_done_once(scene: Scene) -> None:
    enqueue("one", "a1")
    take()
    assert [finish(scene, "a1"), finish(scene, "a1")] == [True, False]
    assert take() == []


def test_the_same_key_is_never_two_jobs(scene: Scene) -> None:
    enqueue("one", "a1")
    with pytest.raises(IntegrityError):
        enqueue("two", "a1")
    assert scene.counts()["Outbox"] == 1


def test_a_lease_that_is_renewed_is_kept_and_one_that_is_not_goes_to_the_next(scene: Scene) -> None:
    enqueue("one", "a1")
    enqueue("two", "b1")
    taken = jobs.take_jobs("a worker")
    scene.clock.forward(seconds=10)
    jobs.renew_leases("a worker", [taken[0].id])
    jobs.renew_leases("an impostor", [taken[1].id])
    scene.clock.forward(seconds=6)
    assert take("another") == [taken[1].idempotency_key]
    assert {row.attempts for row in scene.rows(Outbox)} == {1, 2}


def test_a_dead_process_leases_are_released_at_once(scene: Scene) -> None:
    enqueue("one", "a1")
    enqueue("two", "b1")
    jobs.take_jobs("a worker", limit=1)
    jobs.take_jobs("another", limit=1)
    jobs.release_leases("a worker")
    assert len(take("a third")) == 1
    jobs.release_leases()
    assert len(take("a third")) == 2


def test_a_job_given_back_waits_and_blocks_its_stream(scene: Scene) -> None:
    enqueue("one", "a1", "a2")
    [job] = jobs.take_jobs("a worker")
    jobs.retry_later(job.id, "no route to host" * 500, timedelta(seconds=30))
    assert take() == []
    scene.clock.forward(seconds=31)
    assert take() == ["a1"]
    assert len(scene.rows(Outbox)[0].last_error) == 2_000


def test_giving_back_what_is_done_does_not_undo_it(scene: Scene) -> None:
    enqueue("one", "a1")
    [job] = jobs.take_jobs("a worker")
    finish(scene, "a1")
    jobs.retry_later(job.id, "late", timedelta(0))
    assert scene.rows(Outbox)[0].state is OutboxState.SENT


def test_a_job_of_a_transaction_that_failed_does_not_exist(scene: Scene) -> None:
    def fail() -> None:
        with unit_of_work() as uow:
            jobs.enqueue(uow, "one", "answer", {}, idempotency_key="a1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert take() == []


def test_a_timer_rings_once_when_it_is_due(scene: Scene) -> None:
    with unit_of_work() as uow:
        jobs.set_timer(uow, "tea", "autoclose", uow.now + timedelta(minutes=4), {"cups": 2})
    assert jobs.take_timers() == []
    scene.clock.forward(minutes=4, seconds=1)
    [timer] = jobs.take_timers()
    assert (timer.key, timer.payload) == ("tea", {"cups": 2})
    assert jobs.take_timers() == [], "it is leased"
    with unit_of_work() as uow:
        assert [jobs.consume_timer(uow, timer.id), jobs.consume_timer(uow, timer.id)] == [True, False]
    assert scene.counts()["Timer"] == 0


def test_a_timer_whose_process_died_rings_again(scene: Scene) -> None:
    with unit_of_work() as uow:
        jobs.set_timer(uow, "tea", "autoclose", uow.now, {})
    assert len(jobs.take_timers()) == 1
    scene.clock.forward(seconds=16)
    assert len(jobs.take_timers()) == 1


def test_a_timer_that_was_moved_while_it_rang_is_not_consumed(scene: Scene) -> None:
    with unit_of_work() as uow:
        jobs.set_timer(uow, "tea", "autoclose", uow.now, {})
    [timer] = jobs.take_timers()
    with unit_of_work() as uow:
        jobs.set_timer(uow, "tea", "autoclose", uow.now + timedelta(hours=1), {"again": True})
    with unit_of_work() as uow:
        assert not jobs.consume_timer(uow, timer.id)
    [kept] = scene.rows(Timer)
    assert (kept.payload, kept.due_at > utcnow()) == ({"again": True}, True)
    with unit_of_work() as uow:
        jobs.cancel_timer(uow, "tea")
        jobs.cancel_timer(uow, "tea")
    assert scene.counts()["Timer"] == 0
