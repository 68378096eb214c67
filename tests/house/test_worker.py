"""The jobs: answers are worked out once, however often a process dies; timers ring; sweeps find what was missed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import gevent
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from dashboard.app import create_app, make_worker
from dashboard.config import Config, load_config
from dashboard.models import Conversation, Message, Outbox, Presence, Suggestion, Teamspace, Timer, db
from dashboard.models.clock import set_clock, utcnow
from dashboard.models.enums import Handler, OutboxState, Status
from dashboard.services import availability, closing, jobs, messaging, minds, sweeps, transfers, unit_of_work
from dashboard.services.demo.cast import Cast
from dashboard.services.sealing import Sealer
from dashboard.worker import Tools, Worker
from integrations.fake import FakeAnswerer, FakeMailman, FakePostman
from integrations.port import Answer, Question, Refused, Retryable
from tests.cast import ASKS_FOR_A_PERSON, add_person, bring_online, load_cast, viewer, write

_workers: list[Worker] = []
ASKED = "what is the airspeed of a swallow"


@pytest.fixture
def config(database_uri: str, tmp_path: Path) -> Config:
    return load_config(database_url=database_uri, data_dir=tmp_path, secret_key="a secret of the tests, forty")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    with app.app_context():
        yield app
        while _workers:  # a job that a test left in the middle must not go on in the next one
            _workers.pop()._pool.kill(timeout=5)
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return load_cast()


def worker(app: Flask, answerer: object, owner: str = "one", *, is_alone: bool = False) -> Worker:
    tools = Tools(answerer, lambda _account: FakePostman(), lambda _account: FakeMailman(), Sealer("a key"))  # type: ignore[arg-type]
    _workers.append(Worker(app, tools, owner, is_alone=is_alone))
    return _workers[-1]


def settle(one: Worker, until: Callable[[], bool], seconds: float = 10) -> None:
    """Let the worker take what is due until something is so."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it does not come to that"
        one.take()
        gevent.sleep(0.01)
        db.session.close()


def said(public_id: str) -> list[str]:
    db.session.close()
    rows = select(Message.body).join(Conversation, Conversation.id == Message.conversation_id)
    return list(
        db.session.execute(
            rows.where(Conversation.public_id == public_id, Message.public_seq.is_not(None)).order_by(Message.seq)
        ).scalars()
    )


def states() -> list[OutboxState]:
    db.session.close()
    return list(db.session.execute(select(Outbox.state).order_by(Outbox.id)).scalars())


def conversation(public_id: str) -> Conversation:
    db.session.close()
    return db.session.execute(select(Conversation).where(Conversation.public_id == public_id)).scalar_one()


def later(**duration: float) -> None:
    moment = utcnow() + timedelta(**duration)
    set_clock(lambda: moment)


def test_an_answer_is_worked_out_and_said_once(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)
    answerer = FakeAnswerer([Answer("African or European?")])
    one = worker(app, answerer)
    settle(one, lambda: states() == [OutboxState.SENT])
    assert said(chat)[-1] == "African or European?"
    [question] = answerer.questions
    assert (question.text, question.default_language) == (ASKED, "en")
    assert len(question.entries) >= 16
    assert one.take() == 0


def test_nothing_known_and_a_refusal_lead_to_the_fallback_never_to_silence(app: Flask, cast: Cast) -> None:
    for number, reply in enumerate([None, Refused("no")]):
        chat = write(cast, add_person(cast, f"Person {number}"), ASKED)
        settle(worker(app, FakeAnswerer([reply])), lambda: set(states()) == {OutboxState.SENT})
        assert "other words" in said(chat)[-1]


def test_what_may_work_later_is_tried_again(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)
    answerer = FakeAnswerer([Retryable("busy", after=0), Retryable("busy", after=0), Answer("At last.")])
    settle(worker(app, answerer), lambda: states() == [OutboxState.SENT])
    assert said(chat)[-1] == "At last."
    assert len(answerer.questions) == 3


def test_the_wait_before_another_try_is_kept(app: Flask, cast: Cast) -> None:
    write(cast, add_person(cast), ASKED)
    answerer = FakeAnswerer([Retryable("busy", after=20)], otherwise=Answer("Now."))
    one = worker(app, answerer)
    settle(one, lambda: len(answerer.questions) == 1 and states() == [OutboxState.PENDING])
    assert one.take() == 0
    later(seconds=21)
    settle(one, lambda: states() == [OutboxState.SENT])


def test_after_the_deadline_the_failure_branch_runs_without_asking(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)
    later(seconds=90)
    answerer = FakeAnswerer(otherwise=Answer("Too late."))
    settle(worker(app, answerer), lambda: states() == [OutboxState.SENT])
    assert answerer.questions == []
    assert "other words" in said(chat)[-1]


class Sleeper:
    """Answers after everybody has given up."""

    def answer(self, _question: Question) -> Answer | None:
        gevent.sleep(60)
        return Answer("Too late.")


def test_an_answerer_that_hangs_is_given_up_at_the_deadline(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)
    with unit_of_work.unit_of_work() as uow:
        uow.conn.execute(update(Outbox.__table__).values(deadline_at=uow.now + timedelta(seconds=0.5)))
    settle(worker(app, Sleeper()), lambda: states() == [OutboxState.SENT])
    assert "Too late." not in said(chat)


def test_an_answer_that_comes_after_a_takeover_is_kept_as_a_suggestion(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)

    def somebody_takes_over(_question: Question) -> None:
        transfers.take_over(viewer(cast, "ada"), chat, "Ada here.", "takeover")

    answerer = FakeAnswerer([Answer("African or European?")], before_answer=somebody_takes_over)
    settle(worker(app, answerer), lambda: states() == [OutboxState.SENT])

    assert said(chat)[-1] == "Ada here."
    assert "African or European?" not in said(chat)
    assert db.session.execute(select(Suggestion.body)).scalars().all() == ["African or European?"]


def test_a_job_of_a_dead_process_is_taken_by_another_and_done_once(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)
    assert len(jobs.take_jobs("dead")) == 1
    two = worker(app, FakeAnswerer([Answer("From the second.")]), "two")
    assert two.take() == 0
    later(seconds=16)
    settle(two, lambda: states() == [OutboxState.SENT])
    assert said(chat).count("From the second.") == 1


def test_the_only_process_takes_over_what_was_begun_before_its_start(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKED)
    assert len(jobs.take_jobs("killed")) == 1
    one = worker(app, FakeAnswerer([Answer("After the restart.")]), is_alone=True)
    running = gevent.spawn(one.run)
    deadline = time.monotonic() + 10
    while "After the restart." not in said(chat):
        assert time.monotonic() < deadline
        gevent.sleep(0.02)
    one.stop()
    running.join(2)
    assert running.dead


def test_stopping_leaves_unfinished_jobs_to_the_others_at_once(app: Flask, cast: Cast) -> None:
    write(cast, add_person(cast), ASKED)
    one = worker(app, Sleeper())
    assert one.take() == 1
    gevent.sleep(0.05)
    one.stop()
    assert states() == [OutboxState.PENDING]
    assert len(jobs.take_jobs("other")) == 1


def test_two_answers_of_one_chat_come_in_the_order_of_the_questions(app: Flask, cast: Cast) -> None:
    person = add_person(cast)
    chat = write(cast, person, ASKED)
    write(cast, person, "and of a coconut")
    answerer = FakeAnswerer([Answer("First."), Answer("Second.")])
    settle(worker(app, answerer), lambda: set(states()) == {OutboxState.SENT})
    assert [each for each in said(chat) if each in ("First.", "Second.")] == ["First.", "Second."]


def test_a_bug_in_an_answerer_is_logged_and_tried_again(app: Flask, cast: Cast, logged_errors: list[str]) -> None:
    write(cast, add_person(cast), ASKED)

    def stumble(_question: Question) -> None:
        raise ZeroDivisionError

    one = worker(app, FakeAnswerer(before_answer=stumble))
    settle(one, lambda: bool(logged_errors) and states() == [OutboxState.PENDING])
    logged_errors.clear()
    fine = worker(app, FakeAnswerer(otherwise=Answer("Fine.")))
    assert fine.take() == 0
    later(seconds=31)
    settle(fine, lambda: states() == [OutboxState.SENT])


def test_feedback_that_never_comes_is_given_up(app: Flask, cast: Cast) -> None:
    bring_online(cast, "bo")
    chat = write(cast, add_person(cast), ASKS_FOR_A_PERSON)
    closing.set_status(viewer(cast, "bo"), chat, "closed")
    assert said(chat)[-1].startswith("How was it with Bo")
    one = worker(app, FakeAnswerer())
    one.take()
    assert said(chat)[-1].startswith("How was it with Bo")
    later(minutes=11)
    one.take()
    assert said(chat)[-1].startswith("Trail here again")
    assert db.session.execute(select(func.count()).select_from(Timer)).scalar_one() == 0


def test_a_resolved_chat_closes_by_itself(app: Flask, cast: Cast) -> None:
    bring_online(cast, "bo")
    chat = write(cast, add_person(cast), ASKS_FOR_A_PERSON)
    closing.set_status(viewer(cast, "bo"), chat, "resolved")
    later(hours=25)
    worker(app, FakeAnswerer()).take()
    assert conversation(chat).handler is Handler.AI_AGENT


def test_the_sweep_routes_a_chat_that_was_passed_over(app: Flask, cast: Cast) -> None:
    chat = write(cast, add_person(cast), ASKS_FOR_A_PERSON)
    with unit_of_work.unit_of_work() as uow:
        lease = {"connection_id": "page", "user_id": cast.users["bo"], "process_id": "p"}
        uow.conn.execute(Presence.__table__.insert().values(lease_until=uow.now + timedelta(minutes=1), **lease))
        uow.conn.exec_driver_sql("UPDATE user_account SET availability = 'online' WHERE email = 'bo@acme.test'")
    assert conversation(chat).handler is Handler.QUEUE
    worker(app, FakeAnswerer()).sweep()
    assert conversation(chat).assignee_id == cast.users["bo"]


def test_the_sweep_marks_what_is_overdue(app: Flask, cast: Cast) -> None:
    bring_online(cast, "bo")
    person = add_person(cast)
    chat = write(cast, person, ASKS_FOR_A_PERSON)
    messaging.send_reply(viewer(cast, "bo"), chat, "One moment.", "reply")
    write(cast, person, "Hello?")
    with unit_of_work.unit_of_work() as uow:
        uow.conn.execute(update(Teamspace.__table__).values(overdue_minutes=5))
    sweeps.mark_overdue()
    assert conversation(chat).status is Status.OPEN
    later(minutes=6)
    sweeps.mark_overdue()
    assert conversation(chat).status is Status.OVERDUE


def test_leases_that_ran_out_end_presence(app: Flask, cast: Cast) -> None:
    bring_online(cast, "bo")
    sweeps.expire_presence()
    assert db.session.execute(select(func.count()).select_from(Presence)).scalar_one() == 1
    later(seconds=61)
    sweeps.expire_presence()
    assert db.session.execute(select(func.count()).select_from(Presence)).scalar_one() == 0
    availability.set_availability(cast.users["bo"], "away")


def test_a_failing_sweep_is_logged_and_stops_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, logged_errors: list[str]
) -> None:
    rounds: list[int] = []

    def fail() -> int:
        rounds.append(1)
        raise OSError("no database")

    monkeypatch.setattr("dashboard.worker.SWEEP_SECONDS", 0.02)
    monkeypatch.setattr(sweeps, "route_waiting", fail)
    one = worker(app, FakeAnswerer())
    running = gevent.spawn(one.run)
    deadline = time.monotonic() + 10
    while len(rounds) < 3:
        assert time.monotonic() < deadline
        gevent.sleep(0.02)
    one.stop()
    running.join(2)
    assert all("the jobs met an error" in message for message in logged_errors)
    logged_errors.clear()


def test_the_process_has_its_jobs_inside_unless_they_are_apart(config: Config, app: Flask) -> None:
    assert "jobs" in app.extensions["baton"].greenlets
    apart = create_app(config.model_copy(update={"jobs": "apart"}))
    assert "jobs" not in apart.extensions["baton"].greenlets
    assert isinstance(make_worker(apart, config), Worker)
    with apart.app_context():
        db.engine.dispose()
