"""The server process: gunicorn with gevent, embedded. Start it as `python -m dashboard.server`, which patches first.

`baton run` migrates, puts the database's address into BATON_DATABASE_URL and replaces itself (`os.execv`) with
`[sys.executable, *command(host, port, workers)]`. Each worker builds the app after the fork, finds its
`dashboard.realtime.process.Process` in `app.extensions["baton"]`, starts its greenlets and stops it on SIGTERM.
"""

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import argparse
import fcntl
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from gunicorn.app.base import BaseApplication

from dashboard.server_worker import GRACE_SECONDS, Worker

FACTORY: Final = "dashboard.app:create_app"
MAX_CONNECTIONS: Final = 20_000
KEEPALIVE_SECONDS: Final = 15
LOCK_SECONDS: Final = 4.0
"""How long the processes of a killed server may take to notice it."""


def command(host: str, port: int, workers: int = 1, announce: str = "") -> list[str]:
    """The arguments after the interpreter; `announce` is printed after the line that says where Baton is."""
    return [
        "-m",
        "dashboard.server",
        f"--host={host}",
        f"--port={port}",
        f"--workers={workers}",
        f"--announce={announce}",
    ]


def serve(factory: str, host: str, port: int, *, workers: int = 1, announce: str = "") -> None:
    """Serve the app that `module:function` makes until SIGTERM or SIGINT; the process is patched already."""
    database_url = os.environ.get("BATON_DATABASE_URL", "")
    lock = _hold_database(database_url, workers) if database_url.startswith("sqlite") else None
    _raise_file_limit()
    try:
        _Application(factory, host, port, workers, announce).run()
    finally:
        if lock is not None:
            os.close(lock)


def _hold_database(url: str, workers: int) -> int | None:
    """SQLite has one server process: refuse several workers, and a second server on the same file."""
    if workers > 1:
        sys.exit("Several workers need PostgreSQL: set BATON_DATABASE_URL, or run one worker.")
    path = urlsplit(url).path[1:]
    if not path or path == ":memory:":
        return None
    lock = os.open(path + ".server-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit(f"Another Baton serves {path} already.")
            time.sleep(0.1)


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Application(BaseApplication):  # type: ignore[misc]
    def __init__(self, factory: str, host: str, port: int, workers: int, announce: str) -> None:
        self._factory = factory
        self._options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": Worker,
            "worker_connections": MAX_CONNECTIONS,
            "backlog": 2048,
            "keepalive": KEEPALIVE_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 120,
            "limit_request_line": 8190,
            "loglevel": "warning",
            "proc_name": "baton",
            "control_socket_disable": True,
        }
        self.announce = announce
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        module, _, name = self._factory.partition(":")
        return getattr(import_module(module), name)()


def _parse(arguments: Sequence[str]) -> Callable[[], None]:
    parser = argparse.ArgumentParser(prog="python -m dashboard.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--factory", default=FACTORY)
    parser.add_argument("--announce", default="")
    given = parser.parse_args(arguments)
    return partial(serve, given.factory, given.host, given.port, workers=given.workers, announce=given.announce)


if __name__ == "__main__":
    _parse(sys.argv[1:])()
