"""Fixtures of every layer: real databases, and the rule that no test logs an error unnoticed."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import tests.compiled_once  # noqa: F401  before any application is made
from tests.databases import Postgres, RedisServer, create_tables, make_engine


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def postgres_uri(postgres: Postgres) -> Iterator[str]:
    """A fresh PostgreSQL database with every table."""
    uri = postgres.new_database()
    yield uri
    postgres.drop(uri)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "baton.db"
    create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_uri(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with every table."""
    shutil.copy(sqlite_template, tmp_path / "baton.db")
    return f"sqlite:///{tmp_path / 'baton.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_uri(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    return str(request.getfixturevalue("sqlite_uri" if request.param == "sqlite" else "postgres_uri"))


@pytest.fixture
def engine(database_uri: str) -> Iterator[Engine]:
    """An engine like the application's, on both databases."""
    engine = make_engine(database_uri)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty Redis."""
    redis_server.clear()
    return redis_server.url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: they wait more than they work, and whoever works beside them has all the time that they take."""
    items.sort(key=lambda item: "/e2e/" not in item.nodeid)


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(self.format(record))


@pytest.fixture(autouse=True)
def logged_errors() -> Iterator[list[str]]:
    """What was logged as an error. A test that expects some asserts on them and clears the list; others fail."""
    handler = _Errors()
    logging.getLogger().addHandler(handler)
    yield handler.messages
    logging.getLogger().removeHandler(handler)
    assert not handler.messages, "errors were logged"
