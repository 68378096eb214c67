"""Random work, coming and going against a plain model of Chat Assignment, which finds planted bugs (SPEC 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from dashboard.services import methods
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import build_scene
from tests.machine import floor_bugs
from tests.machine.floor import AGENTS
from tests.machine.floor_harness import make_floor_tree
from tests.machine.floor_machine import FloorMachine
from tests.machine.resets import postgres_reset, sqlite_reset
from tests.scene import Scene

SURVEY = settings(
    max_examples=8, stateful_step_count=60, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=tuple(HealthCheck),
)  # fmt: skip
SHORT = settings(SURVEY, max_examples=3)
HUNT = settings(SURVEY, max_examples=40)
SHARE = 5


def furnish() -> Scene:
    """The cast with a handoff for every kind of list; each agent has the row that stands for their slots."""
    scene = build_scene()
    scene.configure(auto_limit=2)
    scene.use_tree(make_floor_tree(scene))
    with unit_of_work() as uow:
        uow.conn.execute(text("DELETE FROM team_member WHERE user_id = :user"), {"user": scene.users["vi"]})
        for name in AGENTS:
            methods.ensure_load(uow.conn, scene.support, scene.users[name])
    return scene


def run(reset: Callable[[], Scene], how: settings, number: int) -> None:
    """The same examples for the same number, on every machine."""
    machine = seed(number)(type("Machine", (FloorMachine,), {"reset": staticmethod(reset)}))
    run_state_machine_as_test(machine, settings=how)


def number_of(request: pytest.FixtureRequest) -> int:
    """Which round of `make test-long` it is; the first otherwise."""
    return int(getattr(request.node, "callspec").params.get("round_number", 1))  # noqa: B009


def test_everybody_gets_what_the_model_says(
    app: Flask, database_uri: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    number = number_of(request)
    if database_uri.startswith("sqlite"):
        run(sqlite_reset(tmp_path / "baton.db", furnish), SURVEY, number)
    else:
        run(postgres_reset(furnish), SHORT, number)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`make test` plants some of the bugs, `make test-long` all of them."""
    if "plant" in metafunc.fixturenames:
        is_long = metafunc.config.getoption("rounds", None) is not None
        plants = floor_bugs.ALL if is_long else floor_bugs.ALL[::SHARE]
        metafunc.parametrize("plant", plants, ids=lambda plant: plant.__name__)


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
def test_a_planted_bug_is_found(
    app: Flask, tmp_path: Path, plant: floor_bugs.Plant, monkeypatch: pytest.MonkeyPatch, logged_errors: list[str]
) -> None:
    reset = sqlite_reset(tmp_path / "baton.db", furnish)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(reset, HUNT, 1)
    logged_errors.clear()
