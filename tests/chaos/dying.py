"""The application, in a process that dies right between a commit and telling the others of it, once armed."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from dashboard import app as composition
from dashboard.services import unit_of_work

ARMED = "BATON_TEST_DIES_WHEN_THIS_EXISTS"


def create_app() -> Flask:
    """What runs first after every commit is the death of the process."""
    trigger = Path(os.environ[ARMED])

    def die(_event_ids: list[int]) -> None:
        if trigger.exists():
            os._exit(9)

    unit_of_work.subscribe(after_commit=die)
    return composition.create_app()
