"""Rows of work to be done later: the outbox (calls to the outside) and timers (DESIGN 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import Outbox, Timer
from dashboard.models.enums import OutboxState
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_o = Outbox.__table__.c
_t = Timer.__table__.c

LEASE = timedelta(seconds=15)
"""How long a job belongs to the process that took it, unless it renews."""

_UNFINISHED = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)


@dataclass(frozen=True)
class Job:
    """An outbox row as a worker takes it."""

    id: int
    stream: str
    kind: str
    payload: dict[str, Any]
    idempotency_key: str
    attempts: int
    epoch: int | None
    deadline_at: datetime | None


@dataclass(frozen=True)
class DueTimer:
    id: int
    key: str
    kind: str
    payload: dict[str, Any]


def enqueue(
    uow: UnitOfWork,
    stream: str,
    kind: str,
    payload: dict[str, Any],
    *,
    idempotency_key: str,
    epoch: int | None = None,
    deadline_at: datetime | None = None,
) -> None:
    """Write a job in the transaction of the change; it runs after the ones before it in its stream."""
    seq = uow.conn.execute(select(func.coalesce(func.max(_o.seq), 0) + 1).where(_o.stream == stream)).scalar_one()
    uow.conn.execute(
        insert(Outbox.__table__).values(
            stream=stream,
            seq=seq,
            kind=kind,
            payload=payload,
            idempotency_key=idempotency_key,
            state=OutboxState.PENDING,
            epoch=epoch,
            next_at=uow.now,
            deadline_at=deadline_at,
            created_at=uow.now,
        )
    )


def take_jobs(owner: str, limit: int = 20) -> list[Job]:
    """Lease due jobs to `owner`: the first unfinished one of each stream, whose lease nobody holds."""
    with unit_of_work() as uow:
        earlier = Outbox.__table__.alias()
        is_blocked = exists(
            select(earlier.c.id).where(
                earlier.c.stream == _o.stream, earlier.c.seq < _o.seq, earlier.c.state.in_(_UNFINISHED)
            )
        )
        rows = uow.conn.execute(
            select(*(_o[name] for name in Job.__dataclass_fields__))
            .where(_is_due(uow.now), ~is_blocked)
            .order_by(_o.next_at, _o.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if rows:
            uow.conn.execute(
                update(Outbox.__table__)
                .where(_o.id.in_([row.id for row in rows]))
                .values(
                    state=OutboxState.SENDING,
                    lease_owner=owner,
                    lease_until=uow.now + LEASE,
                    attempts=_o.attempts + 1,
                )
            )
        return [Job(**row._mapping) for row in rows]


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(_o.state == OutboxState.PENDING, _o.next_at <= now),
        and_(_o.state == OutboxState.SENDING, _o.lease_until < now),
    )


def renew_leases(owner: str, job_ids: list[int]) -> None:
    """Keep jobs that are still being worked on."""
    with unit_of_work() as uow:
        uow.conn.execute(
            update(Outbox.__table__)
            .where(_o.id.in_(job_ids), _o.lease_owner == owner, _o.state == OutboxState.SENDING)
            .values(lease_until=uow.now + LEASE)
        )


def finish(uow: UnitOfWork, job_id: int) -> bool:
    """Mark a job done in the transaction of its result; False when it was done before."""
    done = uow.conn.execute(
        update(Outbox.__table__)
        .where(_o.id == job_id, _o.state.in_(_UNFINISHED))
        .values(state=OutboxState.SENT, lease_until=None, lease_owner=None)
    )
    return done.rowcount == 1


def give_up(uow: UnitOfWork, job_id: int, error: str) -> bool:
    """Mark a job as failed for good, in the transaction of what follows; its stream goes on with the next."""
    done = uow.conn.execute(
        update(Outbox.__table__)
        .where(_o.id == job_id, _o.state.in_(_UNFINISHED))
        .values(state=OutboxState.DEAD, lease_until=None, lease_owner=None, last_error=error[:2000])
    )
    return done.rowcount == 1


def retry_later(job_id: int, error: str, delay: timedelta) -> None:
    """Give a job back, to be tried again after `delay`."""
    with unit_of_work() as uow:
        uow.conn.execute(
            update(Outbox.__table__)
            .where(_o.id == job_id, _o.state == OutboxState.SENDING)
            .values(
                state=OutboxState.PENDING,
                next_at=uow.now + delay,
                lease_until=None,
                lease_owner=None,
                last_error=error[:2000],
            )
        )


def release_leases(owner: str | None = None) -> None:
    """Void the leases of a process that is gone; None means all, for the only process of an SQLite database."""
    with unit_of_work() as uow:
        mine = _o.state == OutboxState.SENDING
        if owner is not None:
            mine = and_(mine, _o.lease_owner == owner)
        uow.conn.execute(
            update(Outbox.__table__).where(mine).values(state=OutboxState.PENDING, lease_until=None, lease_owner=None)
        )


def set_timer(uow: UnitOfWork, key: str, kind: str, due_at: datetime, payload: dict[str, Any]) -> None:
    """Set a timer, or move it when its key is set already."""
    dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
    values = {"key": key, "kind": kind, "due_at": due_at, "payload": payload}
    statement = dialect.insert(Timer.__table__).values(values)
    changes = {"kind": kind, "due_at": due_at, "payload": payload, "lease_until": None}
    uow.conn.execute(statement.on_conflict_do_update(index_elements=[_t.key], set_=changes))


def cancel_timer(uow: UnitOfWork, key: str) -> None:
    uow.conn.execute(delete(Timer.__table__).where(_t.key == key))


def take_timers(limit: int = 50) -> list[DueTimer]:
    """Lease due timers; each is deleted by the verb that it fires."""
    with unit_of_work() as uow:
        rows = uow.conn.execute(
            select(_t.id, _t.key, _t.kind, _t.payload)
            .where(_t.due_at <= uow.now, or_(_t.lease_until.is_(None), _t.lease_until < uow.now))
            .order_by(_t.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if rows:
            uow.conn.execute(
                update(Timer.__table__).where(_t.id.in_([row.id for row in rows])).values(lease_until=uow.now + LEASE)
            )
        return [DueTimer(**row._mapping) for row in rows]


def consume_timer(uow: UnitOfWork, timer_id: int) -> bool:
    """Delete a timer in the transaction of what it causes; False when another was faster or it was moved."""
    done = uow.conn.execute(delete(Timer.__table__).where(_t.id == timer_id, _t.due_at <= uow.now))
    return done.rowcount == 1
