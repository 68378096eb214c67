"""The jobs (DESIGN 7): takes due rows by lease, works on each in a greenlet of its own, and sweeps every second.

It runs inside the server processes, or alone as `baton worker`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import gevent
from flask import Flask
from gevent.event import Event
from gevent.pool import Pool

from dashboard.models.clock import utcnow
from dashboard.services import (
    answering,
    closing,
    feedback,
    fetching,
    jobs,
    mailing,
    offers,
    returning,
    sweeps,
    voiding,
    widening,
)
from dashboard.services.sealing import Sealer
from integrations.port import Answer, Answerer, Question, Refused

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 1.0
RENEW_SECONDS: Final = jobs.LEASE.total_seconds() / 3
PRESENCE_SECONDS: Final = 5.0
FETCH_SECONDS: Final = 5.0
"""How often is looked which mailbox is due; each is every half minute."""
TIDY_SECONDS: Final = 3600.0
AT_ONCE: Final = 50
"""Jobs that one process works on at the same time: they mostly wait for somebody else."""
STOP_SECONDS: Final = 1.0
AFTER_BUG: Final = timedelta(seconds=30)

_TIMERS: Final[dict[str, Callable[[jobs.DueTimer], None]]] = {
    "feedback_timeout": feedback.give_up_waiting,
    "autoclose": closing.close_resolved,
    offers.TIMER: offers.expire,
}


@dataclass(frozen=True)
class Punctual:
    """An answerer that is given up after some seconds."""

    answerer: Answerer
    seconds: float | None

    def answer(self, question: Question) -> Answer | None:
        with gevent.Timeout(self.seconds, Refused("there was no answer in time")):
            return self.answerer.answer(question)


@dataclass(frozen=True)
class Tools:
    """What jobs need of the world outside."""

    answerer: Answerer
    postman_for: mailing.PostmanFor
    mailman_for: fetching.MailmanFor
    sealer: Sealer


class Worker:
    """The jobs of one process; `owner` is the name on its leases.

    `is_alone` says that no other process works on this database: then leases from before are nobody's.
    """

    def __init__(self, app: Flask, tools: Tools, owner: str, *, is_alone: bool = False) -> None:
        self._app = app
        self._tools = tools
        self._owner = owner
        self._is_alone = is_alone
        self._pool = Pool(AT_ONCE)
        self._running: set[int] = set()
        self._woken = Event()
        self._is_stopping = False
        self._beats = {
            self.sweep: SWEEP_SECONDS,
            self._renew: RENEW_SECONDS,
            self._expire: PRESENCE_SECONDS,
            self._fetch: FETCH_SECONDS,
            self._tidy: TIDY_SECONDS,
        }

    def wake(self, _event_ids: Sequence[int] = ()) -> None:
        """Look for due rows now."""
        self._woken.set()

    def run(self) -> None:
        """Until `stop`: take what is due, woken or by the sweep."""
        if self._is_alone:
            self._guarded(jobs.release_leases)
        for beat, seconds in self._beats.items():
            gevent.spawn(self._repeat, beat, seconds)
        while not self._is_stopping:
            self._woken.wait()
            self._woken.clear()
            self._guarded(self.take)

    def take(self) -> int:
        """Take the due jobs and timers, as many as there is room for; answers how many jobs were begun."""
        room = self._pool.free_count()
        taken = jobs.take_jobs(self._owner, room) if room and sweeps.has_due_jobs() else []
        for job in taken:
            self._running.add(job.id)
            self._pool.spawn(self._guarded, partial(self._work, job))
        for timer in jobs.take_timers() if sweeps.has_due_timers() else ():
            self._guarded(partial(_TIMERS[timer.kind], timer))
        if len(taken) == room and room:
            self.wake()
        return len(taken)

    def sweep(self) -> None:
        """What a lost wake-up, or a process that died, has left behind."""
        sweeps.route_waiting()
        sweeps.mark_overdue()
        self.wake()

    def stop(self) -> None:
        """Take nothing more, give what is being worked on a moment, and leave the rest to the others at once."""
        self._is_stopping = True
        self.wake()
        self._pool.join(timeout=STOP_SECONDS)
        if self._running:
            self._guarded(partial(jobs.release_leases, self._owner))

    def _work(self, job: jobs.Job) -> None:
        try:
            self._do(job)
        except Exception as error:
            log.exception("job %s (%s) failed and is tried again", job.id, job.kind)
            jobs.retry_later(job.id, repr(error), AFTER_BUG)
        finally:
            self._running.discard(job.id)
            self.wake()  # the next one of its stream

    def _do(self, job: jobs.Job) -> None:
        if job.kind == "answer":
            answering.work_out(job, Punctual(self._tools.answerer, _seconds_left(job)))
        elif job.kind == mailing.KIND:
            mailing.deliver(job, self._tools.postman_for, self._tools.sealer, mailing.note_failure)
        else:
            raise ValueError(f"there is no job of the kind {job.kind}")

    def _renew(self) -> None:
        if self._running:
            jobs.renew_leases(self._owner, sorted(self._running))

    def _expire(self) -> None:
        sweeps.end_idle_sessions()
        sweeps.expire_presence(spares_lost=True)
        sweeps.explain_waiting()
        returning.return_orphans()
        widening.widen_hopeless()
        voiding.end_hopeless()

    def _fetch(self) -> None:
        fetching.fetch_due(self._tools.mailman_for, self._tools.sealer)

    def _tidy(self) -> None:
        sweeps.tidy()

    def _repeat(self, beat: Callable[[], None], seconds: float) -> None:
        while not self._is_stopping:
            self._guarded(beat)
            gevent.sleep(seconds)

    def _guarded(self, action: Callable[[], object]) -> None:
        """Run in the application; a failure is logged, and the next round tries again."""
        with self._app.app_context():
            try:
                action()
            except Exception:
                log.exception("the jobs met an error")


def _seconds_left(job: jobs.Job) -> float | None:
    return max(0.001, (job.deadline_at - utcnow()).total_seconds()) if job.deadline_at else None
