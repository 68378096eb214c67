"""Queries run on both databases over the named cast, in the context of an application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from dashboard.models import db
from tests.services.conftest import app, scene

__all__ = ["app", "scene"]


@contextmanager
def _counting() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def selects(scene: object) -> Iterator[list[str]]:
    """Every statement from here on."""
    with _counting() as seen:
        yield seen


@contextmanager
def explaining() -> Iterator[list[str]]:
    """How SQLite goes about each SELECT from here on, a line of steps for each."""
    plans: list[str] = []

    def explain(_conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans.append("; ".join(str(row[-1]) for row in rows))

    event.listen(db.engine, "before_cursor_execute", explain)
    yield plans
    event.remove(db.engine, "before_cursor_execute", explain)
