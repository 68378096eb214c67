"""Whether this process can serve, and the numbers that somebody who watches it wants to see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text

from dashboard.models import Outbox, QueueEntry
from dashboard.models.clock import utcnow
from dashboard.models.enums import OutboxState
from dashboard.models.membership import Reader
from dashboard.services.installation import try_write
from migrations import head

_q = QueueEntry.__table__.c
_o = Outbox.__table__.c


@dataclass(frozen=True)
class Readiness:
    """What stands in the way, in words; nothing does when the process is ready."""

    obstacles: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True)
class Backlog:
    """Who and what waits; ages in seconds. People in the queue are no sign of a broken server."""

    queued: int
    oldest_queued: float
    jobs: int
    oldest_job: float
    dead_jobs: int


def check(engine: Engine) -> Readiness:
    """Whether the database takes a write, and has the schema that this version works with."""
    try:
        with engine.connect().execution_options(write=True) as conn, conn.begin():
            try_write(conn)
            schema = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except Exception as error:
        return Readiness((f"the database does not take a write: {type(error).__name__}",))
    if schema != head():
        return Readiness((f"the database has the schema {schema}, this version works with {head()}",))
    return Readiness()


def load_backlog(reader: Reader) -> Backlog:
    """The queue and the jobs that are due."""
    now = utcnow()
    queued = reader.execute(select(func.count(), func.min(_q.queued_at)).where(_q.left_at.is_(None))).one()
    waiting = _o.state.in_((OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)) & (_o.next_at <= now)
    jobs = reader.execute(select(func.count(), func.min(_o.next_at)).where(waiting)).one()
    dead = reader.execute(select(func.count()).where(_o.state == OutboxState.DEAD)).scalar_one()
    ages = [(now - moment).total_seconds() if moment else 0.0 for moment in (queued[1], jobs[1])]
    return Backlog(queued[0], ages[0], jobs[0], ages[1], dead)
