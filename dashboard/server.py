"""The server process: gunicorn with gevent, embedded. Start it as `python -m dashboard.server`, which patches first.

`baton run` migrates and then replaces itself: `os.execv(sys.executable, [sys.executable, *command(host, port)])`.
One worker serves in this very process; several are forked and kept alive by gunicorn's arbiter. Each builds the app
after the fork, finds its `dashboard.realtime.process.Process` in `app.extensions["baton"]`, starts its greenlets
and stops it on SIGTERM. The app sees the address that is really served in BATON_HOST and BATON_PORT.
"""

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import argparse
import ctypes
import fcntl
import os
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.sock import create_sockets

from dashboard.config import Config, ConfigError, load_config
from dashboard.server_worker import GRACE_SECONDS, Worker

FACTORY: Final = "dashboard.app:create_app"
MAX_CONNECTIONS: Final = 20_000
KEEPALIVE_SECONDS: Final = 15
STUCK_SECONDS: Final = 120
M_MMAP_THRESHOLD: Final = -3
"""Of malloc.h: blocks of this size are taken from the system one by one, and given back."""
LARGE_BLOCK: Final = 1024 * 1024
LOCK_SECONDS: Final = 4.0
"""How long the process of a killed server may take to be gone."""


def command(host: str, port: int, workers: int = 1) -> list[str]:
    """The arguments after the interpreter."""
    options = {"host": host, "port": port, "workers": workers}
    return ["-m", "dashboard.server", *(f"--{name}={value}" for name, value in options.items())]


def serve(factory: str, host: str, port: int, *, workers: int = 1) -> None:
    """Serve the app that `module:function` makes until SIGTERM or SIGINT; the process is patched already.

    The first line on stdout says where, once requests are served.
    """
    try:
        config = load_config(host=host, port=port, workers=workers)
    except ConfigError as error:
        sys.exit("\n".join(error.mistakes))
    lock = _hold_file(config)
    _raise_file_limit()
    _keep_large_blocks_apart()
    application = _Application(factory, config)
    if workers == 1:
        _serve_alone(application)
    else:
        application.run()
    if lock is not None:
        os.close(lock)


def _serve_alone(application: "_Application") -> None:
    """One worker needs no arbiter: less memory, and one process to watch, stop or kill."""
    log = application.cfg.logger_class(application.cfg)
    sockets = create_sockets(application.cfg, log)
    Worker(1, os.getppid(), sockets, application, STUCK_SECONDS, application.cfg, log).init_process()


def _hold_file(config: Config) -> int | None:
    """SQLite has one server: a second one on the same file is refused."""
    path = config.database.partition("///")[2].partition("?")[0]
    if not config.is_sqlite or not path or path == ":memory:":
        return None
    Path(path).parent.mkdir(parents=True, exist_ok=True)
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


def _keep_large_blocks_apart() -> None:
    """Hashing a password takes 19 MB for a moment; from the second one on glibc would keep them in the heap."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


class _Application(BaseApplication):  # type: ignore[misc]
    def __init__(self, factory: str, config: Config) -> None:
        self._factory = factory
        self.host = config.host
        self._options = {
            "bind": f"[{config.host}]:{config.port}" if ":" in config.host else f"{config.host}:{config.port}",
            "workers": config.workers,
            "worker_class": Worker,
            "worker_connections": MAX_CONNECTIONS,
            "backlog": 2048,
            "keepalive": KEEPALIVE_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": STUCK_SECONDS,
            "limit_request_line": 8190,
            # Whom to believe is BATON_TRUSTED_PROXIES' matter; these would let any local program move the paths.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "loglevel": "warning",
            "proc_name": "baton",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        module, _, name = self._factory.partition(":")
        return getattr(import_module(module), name)()


def _main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m dashboard.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--factory", default=FACTORY)
    given = parser.parse_args(arguments)
    serve(given.factory, given.host, given.port, workers=given.workers)


if __name__ == "__main__":
    _main(sys.argv[1:])
