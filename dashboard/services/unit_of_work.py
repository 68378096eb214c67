"""The transaction of every verb: begin, write, emit, commit, and only then tell the others (DESIGN 3)."""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from dashboard.models import Event as EventRow
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.services.events import Event

log = logging.getLogger(__name__)

BeforeCommit = Callable[[Connection, list[int]], None]
AfterCommit = Callable[[list[int]], None]

_INSERT = insert(EventRow.__table__).returning(EventRow.__table__.c.id, sort_by_parameter_order=True)

_before: list[BeforeCommit] = []
_after: list[AfterCommit] = []
_open: contextvars.ContextVar[bool] = contextvars.ContextVar("unit_of_work_is_open", default=False)


def subscribe(*, before_commit: BeforeCommit | None = None, after_commit: AfterCommit | None = None) -> None:
    """Be told of the ids of the events of every transaction, inside it or after its commit.

    A failing `after_commit` is logged and undoes nothing; a failing `before_commit` rolls back.
    """
    if before_commit:
        _before.append(before_commit)
    if after_commit:
        _after.append(after_commit)


def unsubscribe_all() -> None:
    """Forget every subscriber (a second application in one process, as in tests)."""
    _before.clear()
    _after.clear()


@dataclass
class UnitOfWork:
    """What a verb writes with. Shared steps take it first and never open or commit one."""

    conn: Connection
    now: datetime
    _events: list[Event] = field(default_factory=list)
    _later: dict[tuple[Callable[..., object], tuple[object, ...]], None] = field(default_factory=dict)

    def emit(self, event: Event) -> None:
        """Record what happened; it becomes a row just before the commit."""
        self._events.append(event)

    def after_commit(self, action: Callable[..., object], *arguments: object) -> None:
        """Call `action` once the transaction is committed; the same call is made once."""
        self._later[action, arguments] = None

    @cached_property
    def session(self) -> Session:
        """An ORM session inside this transaction, for the admin screens."""
        return Session(bind=self.conn, expire_on_commit=False)


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Open a transaction that writes; on SQLite it holds the only write lock until it ends.

    It ends the request's read session first: an older read on it would show the row before this commit.
    Nothing may yield to another greenlet inside, or everybody waits.
    """
    if _open.get():
        raise RuntimeError("a unit of work is open already: pass it on instead")
    db.session.close()
    token = _open.set(True)
    try:
        with db.engine.connect().execution_options(write=True) as conn, conn.begin():
            uow = UnitOfWork(conn=conn, now=utcnow())
            yield uow
            ids = _store_events(uow)
    finally:
        _open.reset(token)
    _publish(ids)
    _run_later(uow)


def _store_events(uow: UnitOfWork) -> list[int]:
    if "session" in uow.__dict__:
        uow.session.flush()
        uow.session.close()
    if not uow._events:
        return []
    rows = [
        {
            "conversation_id": event.conversation_id,
            "teamspace_id": event.teamspace_id,
            "kind": event.kind,
            "data": event.data(),
            "at": uow.now,
        }
        for event in uow._events
    ]
    ids = list(uow.conn.execute(_INSERT, rows).scalars())
    for hook in _before:
        hook(uow.conn, ids)
    return ids


def _publish(ids: list[int]) -> None:
    if not ids:
        return
    for hook in _after:
        try:
            hook(ids)
        except Exception:
            log.exception("telling the others of events %s failed", ids)


def _run_later(uow: UnitOfWork) -> None:
    """What follows a commit may fail, but the commit is done: its verb has succeeded, and a sweep does the rest."""
    for action, arguments in uow._later:
        try:
            action(*arguments)
        except Exception:
            log.exception("%s%s after the commit failed", action.__name__, arguments)
