"""A furnished database again and again for the examples of a state machine, on both kinds of databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from sqlalchemy import text

from dashboard.models import db
from dashboard.services import minds
from dashboard.services.unit_of_work import unit_of_work
from tests.scene import Clock, Scene

Furnish = Callable[[], Scene]


def sqlite_reset(path: Path, furnish: Furnish) -> Callable[[], Scene]:
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


def postgres_reset(furnish: Furnish) -> Callable[[], Scene]:
    """A reset that empties every table and furnishes them again."""
    tables = ", ".join(f'"{table.name}"' for table in db.metadatas[None].sorted_tables)

    def reset() -> Scene:
        db.session.remove()
        minds.forget_trees()
        with unit_of_work() as uow:
            uow.conn.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        return furnish()

    return reset
