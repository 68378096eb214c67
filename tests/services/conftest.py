"""Service tests run on both databases, in the context of an application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.clock import set_clock
from dashboard.services import minds, unit_of_work
from dashboard.services.audit import audit
from tests.factories import Scene, build_scene
from tests.invariants import find_broken

SECRET = "a secret of the tests, forty characters."


@pytest.fixture
def app(database_uri: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, with its context pushed."""
    app = create_app(load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    """The named cast; after the test every invariant holds."""
    yield build_scene()
    assert find_broken() == []
    assert audit() == []
