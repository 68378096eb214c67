"""Random verbs against a plain model, on both databases, and proof that it finds planted bugs (L1 to L8, A2, A4)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
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
from tests.scene import Clock, Scene

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


def sqlite_reset(path: Path) -> Callable[[], Scene]:
    """A reset that copies a furnished file back, which is faster than building it again."""
    scene = furnish()
    db.session.remove()
    with db.engine.connect() as conn:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()
    saved = path.with_suffix(".saved")
    shutil.copy(path, saved)

    def reset() -> Scene:
        db.session.remove()
        db.engine.dispose()
        for leftover in path.parent.glob(f"{path.name}-*"):
            leftover.unlink()
        shutil.copy(saved, path)
        return refreshed(scene)

    return reset


def refreshed(scene: Scene) -> Scene:
    """The same cast on its first morning."""
    return replace(scene, clock=Clock(), persons={}, _numbers=count(1))


def postgres_reset() -> Scene:
    db.session.remove()
    minds.forget_trees()
    tables = ", ".join(f'"{table.name}"' for table in db.metadatas[None].sorted_tables)
    with begin() as uow:
        uow.conn.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return furnish()


def run(reset: Callable[[], Scene], how: Any) -> None:
    machine = type("Machine", (ChatMachine,), {"reset": staticmethod(reset)})
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_services_do_what_the_model_says(app: Flask, tmp_path: Path) -> None:
    run(sqlite_reset(tmp_path / "baton.db"), SURVEY)


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_the_services_do_what_the_model_says_on_postgresql_too(app: Flask) -> None:
    run(postgres_reset, SHORT)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("plant", bugs.ALL, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    app: Flask, tmp_path: Path, plant: bugs.Plant, monkeypatch: pytest.MonkeyPatch, logged_errors: list[str]
) -> None:
    reset = sqlite_reset(tmp_path / "baton.db")
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(reset, HUNT)
    logged_errors.clear()
