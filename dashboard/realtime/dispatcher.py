"""From committed event rows to frames: every process reads each row once, renders it once and publishes it.

The bus only wakes it. A row that nobody announced is found by a read every two seconds; a row whose id is below ids
that were seen already (PostgreSQL hands ids out before the commit) is found because its id was noticed as missing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import gevent
from gevent.event import Event as Signal
from sqlalchemy import Connection, Engine, bindparam, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from dashboard.models import Event
from dashboard.models.clock import utcnow
from dashboard.realtime.event_row import EventRow, Render
from dashboard.realtime.hub import RESYNC, Hub

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 2.0
WINDOW_SECONDS: Final = 60.0
"""How long a transaction may take between taking its event's id and committing it."""
MAX_MISSING: Final = 5_000
MAX_ROWS: Final = 500

OnRows = Callable[[list[EventRow]], None]

_event = Event.__table__
_COLUMNS = (_event.c.id, _event.c.conversation_id, _event.c.teamspace_id, _event.c.kind, _event.c.data, _event.c.at)
_NEW = select(*_COLUMNS).where(_event.c.id > bindparam("high")).order_by(_event.c.id).limit(MAX_ROWS)
_NEW_OR_LATE = (
    select(*_COLUMNS)
    .where(or_(_event.c.id > bindparam("high"), _event.c.id.in_(bindparam("late", expanding=True))))
    .order_by(_event.c.id)
    .limit(MAX_ROWS)
)


@dataclass(slots=True)
class SeenIds:
    """Which ids were read: all up to `high` but the `missing`, which are looked for until they are too old."""

    high: int = 0
    missing: dict[int, float] = field(default_factory=dict)

    def is_news(self, event_id: int) -> bool:
        return event_id > self.high or event_id in self.missing

    def add(self, ids: Iterable[int], now: float) -> None:
        """Take note of ids that were read, ascending."""
        for one in ids:
            if one > self.high:
                for gap in range(max(self.high + 1, one - MAX_MISSING), one):
                    self.missing[gap] = now
                self.high = one
            else:
                self.missing.pop(one, None)

    def forget_before(self, moment: float) -> None:
        for one in [one for one, noticed in self.missing.items() if noticed < moment]:
            del self.missing[one]


class Dispatcher:
    """One greenlet per process, so that frames leave in the order of their events."""

    def __init__(self, engine: Engine, hub: Hub, render: Render) -> None:
        # One snapshot for the rows and all that is rendered from them: a frame never shows more than it says.
        isolation = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        self._engine = engine.execution_options(**isolation)
        self._hub = hub
        self._render = render
        self._seen: SeenIds | None = None
        self._listeners: list[OnRows] = []
        self._woken = Signal()
        self._hints: set[int] = set()
        self.dispatched = 0
        self.failed = 0

    def subscribe(self, listener: OnRows) -> None:
        """Hear every row once in this process, whether it has a page open or not, before its frames leave."""
        self._listeners.append(listener)

    def wake(self, event_ids: Sequence[int] = ()) -> None:
        """Look for new rows now; with ids, only if one of them was not read yet."""
        if event_ids and self._seen is not None:
            news = [one for one in event_ids if self._seen.is_news(one)]
            if not news:
                return
            self._hints.update(news)
        self._woken.set()

    def run(self) -> None:
        """Forever: publish what is committed, woken or every two seconds."""
        last_tick = 0.0
        while True:
            is_tick = time.monotonic() - last_tick >= TICK_SECONDS
            try:
                self.step(is_tick)
            except Exception:
                logger.warning("event rows could not be read; the next try is in %s s", TICK_SECONDS, exc_info=True)
            last_tick = time.monotonic() if is_tick else last_tick
            self._woken.wait(max(0.0, last_tick + TICK_SECONDS - time.monotonic()))

    def step(self, is_tick: bool = True) -> int:
        """Publish every row that was not; a tick also looks for the missing ones. Answers how many there were."""
        self._woken.clear()
        hints, self._hints = self._hints, set()
        with self._engine.connect() as conn:
            if self._seen is None:
                self._seen = _first_look(conn)
                conn.rollback()
            count = 0
            while rows := self._read(conn, self._seen, hints, is_tick):
                count += len(rows)
                self._publish(conn, rows)
                if len(rows) < MAX_ROWS:
                    break
                conn.rollback()
        return count

    def _read(self, conn: Connection, seen: SeenIds, hints: set[int], is_tick: bool) -> list[EventRow]:
        now = time.monotonic()
        if is_tick:
            seen.forget_before(now - WINDOW_SECONDS)
        late = [one for one in (seen.missing if is_tick else hints) if one in seen.missing]
        parameters: dict[str, Any] = {"high": seen.high, "late": late} if late else {"high": seen.high}
        rows = [EventRow._make(row) for row in conn.execute(_NEW_OR_LATE if late else _NEW, parameters)]
        seen.add((row.id for row in rows), now)
        return rows

    def _publish(self, conn: Connection, rows: list[EventRow]) -> None:
        self.dispatched += len(rows)
        for listener in self._listeners:
            try:
                listener(rows)
            except Exception:
                logger.exception("a listener of event rows failed")
        if not len(self._hub):
            return
        groups: dict[int | None, list[EventRow]] = {}
        for row in rows:
            groups.setdefault(row.conversation_id, []).append(row)
        for group in groups.values():
            self._publish_group(conn, group)
            if len(groups) > 1:
                gevent.sleep(0)  # a long batch must not stop everybody

    def _publish_group(self, conn: Connection, rows: list[EventRow]) -> None:
        try:
            for audiences, text in self._render(conn, rows):
                self._hub.publish(audiences, text)
        except Exception:
            self.failed += 1
            logger.exception("the frames of events %s failed; the pages read again", [row.id for row in rows])
            with suppress(SQLAlchemyError):
                conn.rollback()
            self._hub.broadcast(RESYNC)


def _first_look(conn: Connection) -> SeenIds:
    """Start behind the newest row: who connects later has read the older ones; only gaps may still be filled."""
    since = utcnow() - timedelta(seconds=WINDOW_SECONDS)
    newest = select(_event.c.id).where(_event.c.at >= since).order_by(_event.c.id.desc()).limit(MAX_MISSING)
    recent = sorted(conn.execute(newest).scalars())
    older = select(func.max(_event.c.id))
    if recent:
        older = older.where(_event.c.id < recent[0])
    seen = SeenIds(high=conn.execute(older).scalar() or 0)
    seen.add(recent, time.monotonic())
    return seen
