"""Queries run on both databases over the named cast, in the context of an application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
