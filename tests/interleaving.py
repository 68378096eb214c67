"""Two calls at once, in an order that is chosen: one stops within its transaction while the other is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from dashboard.models import db
from dashboard.models.errors import BatonError
from tests.together import PATIENCE

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


class _Call(threading.Thread):
    """What it answered, or the refusal, stands in `answer`."""

    def __init__(self, app: Flask, act: Callable[[], Any]) -> None:
        super().__init__()
        self._app, self._act, self.answer = app, act, None

    def run(self) -> None:
        with self._app.app_context():
            try:
                self.answer = self._act()
            except BatonError as refusal:
                self.answer = refusal
            finally:
                db.session.remove()


def interleave(app: Flask, first: Callable[[], Any], before: str, second: Callable[[], Any]) -> tuple[Any, Any]:
    """`first` stops before the statement that begins like this, and goes on when `second` has ended or waits for it."""
    one, two = _Call(app, first), _Call(app, second)
    stopped, go_on, begun = threading.Event(), threading.Event(), threading.Event()

    def on_statement(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.current_thread() is one and statement.startswith(before) and not stopped.is_set():
            stopped.set()
            assert go_on.wait(PATIENCE)
        elif threading.current_thread() is two and statement == "BEGIN IMMEDIATE":
            begun.set()

    event.listen(db.engine, "before_cursor_execute", on_statement)
    try:
        one.start()
        assert stopped.wait(PATIENCE), f"no statement begins with {before!r}"
        two.start()
        _let_it_run(two, begun)
        go_on.set()
        for each in (one, two):
            each.join(PATIENCE)
            assert not each.is_alive(), "a call waits for another one for ever"
    finally:
        go_on.set()
        event.remove(db.engine, "before_cursor_execute", on_statement)
    return one.answer, two.answer


def _let_it_run(call: threading.Thread, begun: threading.Event) -> None:
    """Until it has ended or waits: on SQLite for the only place of a writer, on PostgreSQL for a row."""
    with db.engine.connect() as conn:
        is_sqlite = conn.dialect.name == "sqlite"
        while call.is_alive() and not (begun.is_set() if is_sqlite else conn.execute(WAITING).scalar()):
            conn.rollback()  # a snapshot of who waits lasts for a transaction
            call.join(0.01)
