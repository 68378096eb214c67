"""What has no more use goes away by itself, and nothing else does (ADR 0006)."""

from __future__ import annotations

import pytest

from dashboard.models import Event, Outbox, VisitorTicket, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import OutboxState
from dashboard.services import jobs, sweeps, visitors
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene


def finish_all() -> None:
    taken = jobs.take_jobs("a worker")
    with unit_of_work() as uow:
        assert all(jobs.finish(uow, job.id) for job in taken)


def enqueue(key: str) -> None:
    with unit_of_work() as uow:
        jobs.enqueue(uow, "one", "answer", {}, idempotency_key=key)


def test_events_go_after_a_day_but_the_newest_whose_number_the_next_must_be_above(scene: Scene) -> None:
    scene.claimed_by("bo")
    newest = max(row.id for row in scene.rows(Event))
    scene.clock.forward(hours=23)
    before = len(scene.events())
    sweeps.tidy()
    assert len(scene.events()) == before
    scene.clock.forward(hours=2)
    sweeps.tidy()
    assert [row.id for row in scene.rows(Event)] == [newest]
    scene.write("ravi", "Hello")
    assert min(row.id for row in scene.rows(Event)[1:]) > newest


def test_more_than_a_part_goes_in_one_sweep(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "PART", 2)
    scene.claimed_by("bo")
    assert len(scene.events()) > 4
    scene.clock.forward(hours=25)
    sweeps.tidy()
    assert len(scene.events()) == 1


def test_finished_jobs_go_after_a_day_and_unfinished_ones_stay_in_their_order(scene: Scene) -> None:
    enqueue("done")
    finish_all()
    enqueue("waits")
    scene.clock.forward(hours=25)
    enqueue("later")
    sweeps.tidy()
    rows = scene.rows(Outbox)
    assert [(row.idempotency_key, row.state) for row in rows] == [
        ("waits", OutboxState.PENDING),
        ("later", OutboxState.PENDING),
    ]
    assert rows[0].seq < rows[1].seq
    assert [job.idempotency_key for job in jobs.take_jobs("a worker")] == ["waits"]


def test_late_tickets_go_and_valid_ones_stay(scene: Scene) -> None:
    visitor = visitors.get_visitor(db.session, visitors.open_session(scene.channel, scene.support), scene.channel)
    visitors.issue_ticket(visitor)
    scene.clock.forward(seconds=31)
    sweeps.tidy()
    assert scene.rows(VisitorTicket) == []
    visitors.issue_ticket(visitor)
    sweeps.tidy()
    assert [row.expires_at > utcnow() for row in scene.rows(VisitorTicket)] == [True]
