"""Random verbs against a plain model, on both databases, and proof that it finds planted bugs (L1 to L8, A2, A4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.clock import set_clock
from dashboard.services import methods, minds, unit_of_work
from dashboard.services.unit_of_work import unit_of_work as begin
from tests.factories import build_scene
from tests.machine import bugs
from tests.machine.machine import ChatMachine
from tests.machine.model import AGENTS, LIMIT
from tests.machine.resets import postgres_reset, sqlite_reset
from tests.scene import Scene

QUIET = tuple(HealthCheck)
SURVEY = settings(
    max_examples=20, stateful_step_count=50, derandomize=True, database=None, deadline=None,
    suppress_health_check=QUIET, phases=[Phase.generate],
)  # fmt: skip
SHORT = settings(SURVEY, max_examples=4)
HUNT = settings(SURVEY, max_examples=120)


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    uri = str(request.getfixturevalue(f"{request.param}_uri"))
    app = create_app(
        load_config(database_url=uri, data_dir=tmp_path, secret_key="a secret of the tests, forty letters")
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


def furnish() -> Scene:
    """The cast, with the limit of the model; every load row is there, so that both databases assign alike."""
    scene = build_scene()
    scene.configure(auto_limit=LIMIT)
    with begin() as uow:
        for name in ("vi", "gus"):
            uow.conn.execute(text("DELETE FROM team_member WHERE user_id = :user"), {"user": scene.users[name]})
        for name in AGENTS:
            methods.ensure_load(uow.conn, scene.support, scene.users[name])
    return scene


def run(reset: Callable[[], Scene], how: Any) -> None:
    machine = type("Machine", (ChatMachine,), {"reset": staticmethod(reset)})
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_services_do_what_the_model_says(app: Flask, tmp_path: Path) -> None:
    run(sqlite_reset(tmp_path / "baton.db", furnish), SURVEY)


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_the_services_do_what_the_model_says_on_postgresql_too(app: Flask) -> None:
    run(postgres_reset(furnish), SHORT)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("plant", bugs.ALL, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    app: Flask, tmp_path: Path, plant: bugs.Plant, monkeypatch: pytest.MonkeyPatch, logged_errors: list[str]
) -> None:
    reset = sqlite_reset(tmp_path / "baton.db", furnish)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(reset, HUNT)
    logged_errors.clear()
