"""What every command needs: words and values for the terminal, the application, and the way into the server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from dashboard.config import Config

if TYPE_CHECKING:
    from flask import Flask


def say(*lines: str) -> None:
    """Words for a person."""
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.stderr.flush()


def answer(value: str) -> int:
    """The value that the command was asked for."""
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()
    return 0


def migrated(config: Config) -> None:
    """Bring the database to this version's schema."""
    from migrations.runner import upgrade

    done = upgrade(config.database)
    if done.copy:
        say(f"A copy of the database before the migration is {done.copy}")
    if done.is_changed:
        say(f"The database is at schema {done.after} now.")


@contextmanager
def application(config: Config) -> Iterator[Flask]:
    """The application's context, on a database of this version."""
    from dashboard.app import create_app
    from dashboard.services.doctor import require_schema

    app = create_app(config)
    with app.app_context():
        require_schema()
        yield app


def serve(config: Config) -> NoReturn:
    """Become the server."""
    from dashboard.server import command

    become(config, command(config.host, config.port, config.workers))


def become(config: Config, arguments: Sequence[str]) -> NoReturn:
    """Replace this process by a program of ours: migrations and the demo must leave nothing behind in it."""
    _pass_on(config)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606


def _pass_on(config: Config) -> None:
    """Let the next program read the settings that arguments have changed."""
    os.environ["BATON_DATABASE_URL"] = config.database
    os.environ["BATON_DATA_DIR"] = str(config.data_dir)
    os.environ["BATON_HOST"] = config.host
    os.environ["BATON_PORT"] = str(config.port)
    os.environ["BATON_WORKERS"] = str(config.workers)
    os.environ["BATON_DEMO"] = str(int(config.demo))
