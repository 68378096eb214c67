"""The transaction of every verb: all of it or nothing, and whoever is told hears it after the commit (DESIGN 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from sqlalchemy import Connection, insert, select

from dashboard.models import Event, Setting, db
from dashboard.models.engine import WriteOutsideUnitOfWork
from dashboard.services import (
    assignment,
    availability,
    closing,
    flow,
    giving,
    handoff,
    messaging,
    ownership,
    queueing,
    timeline,
    transfers,
)
from dashboard.services import (
    unit_of_work as module,
)
from dashboard.services.events import AvailabilityChanged
from dashboard.services.unit_of_work import UnitOfWork, subscribe, unit_of_work
from tests.factories import HUMAN, QUESTION, Scene

_row = Setting.__table__


class Fault(Exception):
    """Planted."""


def keep(uow: UnitOfWork, name: str) -> None:
    uow.conn.execute(insert(_row).values(name=name, value="x"))


def write(*others: Callable[[UnitOfWork], object]) -> None:
    """A small verb: a row, an event, and whatever else."""
    with unit_of_work() as uow:
        keep(uow, "a")
        uow.emit(AvailabilityChanged(None, None, 1))
        for other in others:
            other(uow)


def kept(scene: Scene) -> list[str]:
    return [row.name for row in scene.rows(Setting)]


@pytest.fixture
def forget_subscribers(scene: Scene) -> Iterator[None]:
    before, after = list(module._before), list(module._after)
    yield
    module._before[:], module._after[:] = before, after


def test_an_exception_undoes_everything_and_tells_nobody(scene: Scene, forget_subscribers: None) -> None:
    heard: list[object] = []
    subscribe(after_commit=heard.append)
    with pytest.raises(Fault):
        write(lambda uow: uow.after_commit(heard.append, "later"), failing("at the end"))
    assert (kept(scene), heard, scene.rows(Event)) == ([], [], [])


def test_events_are_rows_before_the_commit_and_heard_after_it(scene: Scene, forget_subscribers: None) -> None:
    order: list[tuple[str, object]] = []

    def before(conn: Connection, ids: list[int]) -> None:
        order.append(("before", conn.execute(select(Event.__table__.c.kind)).scalars().all()))

    def after(ids: list[int]) -> None:
        order.append(("after", ids))

    subscribe(before_commit=before, after_commit=after)
    with unit_of_work() as uow:
        uow.emit(AvailabilityChanged(None, None, 1))
        uow.emit(AvailabilityChanged(None, None, 2))
        uow.after_commit(order.append, ("later", 1))
        uow.after_commit(order.append, ("later", 1))
    ids = [row.id for row in scene.rows(Event)]
    assert order == [("before", ["AvailabilityChanged"] * 2), ("after", ids), ("later", 1)]


def test_a_failing_listener_is_logged_and_undoes_nothing(
    scene: Scene, forget_subscribers: None, logged_errors: list[str]
) -> None:
    subscribe(after_commit=failing("listening"))
    write(lambda uow: uow.after_commit(failing("later")))
    assert kept(scene) == ["a"]
    assert len(logged_errors) == 2
    logged_errors.clear()


def test_a_listener_inside_the_transaction_that_fails_undoes_it(scene: Scene, forget_subscribers: None) -> None:
    subscribe(before_commit=failing("listening"))
    with pytest.raises(Fault):
        write()
    assert kept(scene) == []


def test_a_verb_inside_a_verb_is_a_mistake_that_is_seen_at_once(scene: Scene) -> None:
    with pytest.raises(RuntimeError), unit_of_work(), unit_of_work():
        pass
    with unit_of_work() as uow:
        keep(uow, "a")
    assert kept(scene) == ["a"]


def test_a_write_outside_is_refused_and_a_read_before_does_not_hide_the_commit(scene: Scene) -> None:
    assert db.session.execute(select(_row)).all() == []
    with unit_of_work() as uow:
        keep(uow, "a")
    assert len(db.session.execute(select(_row)).all()) == 1
    with pytest.raises(WriteOutsideUnitOfWork):
        db.session.execute(insert(_row).values(name="b", value="x"))
    db.session.close()


def test_the_orm_writes_in_the_same_transaction(scene: Scene) -> None:
    with unit_of_work() as uow:
        uow.session.add(Setting(name="orm", value="x"))
        keep(uow, "core")
    assert sorted(kept(scene)) == ["core", "orm"]


STEPS: list[tuple[ModuleType, str]] = [
    (ownership, "_compare_and_set"),
    (ownership, "_shift_loads"),
    (ownership, "leave_queue"),
    (ownership, "_open_assignment"),
    (ownership, "_mirror_on_handoff"),
    (timeline, "_take_numbers"),
    (transfers, "joined"),
    (giving, "activity"),
    (giving, "joined"),
    (transfers, "enter_queue"),
    (transfers, "open_handoff"),
    (transfers, "post_reply"),
    (handoff, "open_handoff"),
    (handoff, "enter_queue"),
    (handoff, "build_packet"),
    (queueing, "_requested_at"),
    (closing, "activity"),
    (flow, "advance"),
    (flow, "_apply"),
    (assignment, "route"),
    (assignment, "store_receipt"),
    (messaging, "append"),
    (module, "_store_events"),
]
"""Where a fault is planted: every step that some verb takes."""


def verbs(scene: Scene) -> dict[str, Callable[[], object]]:
    """One call of each verb that changes an owner or writes to the person, ready to be made."""
    queued, talking = scene.ask_for_human("queued"), scene.write("talking", QUESTION).conversation_public_id
    theirs = scene.claimed_by("eli")
    scene.person("new")
    return {
        "hand off": lambda: scene.write("new", HUMAN),
        "claim": lambda: scene.claim("bo", queued),
        "take over": lambda: scene.take_over("ada", theirs),
        "take over from the AI agent": lambda: scene.take_over("ada", talking),
        "transfer to a user": lambda: scene.give("eli", theirs, "bo"),
        "transfer to a team": lambda: scene.give("eli", theirs, "Front line"),
        "close": lambda: scene.set_status("eli", theirs, "closed"),
        "reply": lambda: scene.reply("eli", theirs, "Hello"),
        "come online": lambda: scene.present("gus"),
    }


def snapshot(scene: Scene) -> dict[str, list[str]]:
    """Every row of every table."""
    db.session.close()
    tables = db.metadatas[None].sorted_tables
    rows = {table.name: [tuple(row) for row in db.session.execute(select(table)).all()] for table in tables}
    db.session.close()
    return {name: sorted(map(repr, content)) for name, content in rows.items()}


def test_a_fault_at_any_step_of_any_verb_leaves_nothing_behind(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = verbs(scene)
    availability.set_availability(scene.users["gus"], "online")
    before = snapshot(scene)
    hit: dict[str, set[str]] = {name: set() for name in calls}
    for place, step in STEPS:
        for name, call in calls.items():
            with monkeypatch.context() as planted:
                # Whoever does not pass that step fails at the last one, so that every call may be made again.
                planted.setattr(module, "_store_events", failing("_store_events"))
                planted.setattr(place, step, failing(step))
                with pytest.raises(Fault) as fault:
                    call()
                hit[name].add(str(fault.value))
        assert snapshot(scene) == before, f"something was left behind by a fault in {step}"
    assert all(len(steps) >= 3 for steps in hit.values()), hit
    assert set.union(*hit.values()) == {step for _, step in STEPS}
    for call in (calls["hand off"], calls["come online"], calls["close"]):
        call()
    assert snapshot(scene) != before


def failing(step: str) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise Fault(step)

    return fail
