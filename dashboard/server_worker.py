"""The worker process of the server: how it begins to serve, and how it leaves."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

import gevent
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

GRACE_SECONDS: Final = 8
"""What a request may still take when the process is told to leave."""


class Worker(GeventWorker):  # type: ignore[misc]
    """gunicorn's gevent worker, with an exit that takes two seconds and loses nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._idle: set[Any] = set()
        self._is_leaving = False
        self._left = Event()

    def init_signals(self) -> None:
        super().init_signals()
        signal.signal(signal.SIGHUP, self.handle_exit)  # the terminal was closed

    def load_wsgi(self) -> None:
        os.environ["BATON_HOST"], os.environ["BATON_PORT"] = self.app.host, str(self._port())
        super().load_wsgi()
        # What is loaded by now stays: looking through it at every full collection would stop everybody for 80 ms.
        gc.collect()
        gc.freeze()

    def notify(self) -> None:
        if self.cfg.workers > 1:
            super().notify()  # to the arbiter, which kills who is stuck; and leaves when it is gone

    def run(self) -> None:
        servers = [self._start_server(one) for one in self.sockets]
        process = getattr(self.wsgi, "extensions", {}).get("baton")
        if process is not None:
            process.start()
        if self.age == 1:
            self._announce()
        while self.alive:
            self.notify()
            self._left.wait(1.0)
        self._finish(servers)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: say so at /readyz, send the pages away, finish the requests. A second signal ends it at once."""
        if self._is_leaving:
            os._exit(0)
        self._is_leaving = True
        gevent.spawn(self._leave)

    handle_quit = handle_exit  # Ctrl-C is no reason to lose anything either

    def _leave(self) -> None:
        process = getattr(self.wsgi, "extensions", {}).get("baton") if self.booted else None
        try:
            if process is not None:
                process.stop()
        finally:
            self.alive = False
            self._left.set()

    def _finish(self, servers: Sequence[StreamServer]) -> None:
        for server in servers:
            server.close()
        for client in list(self._idle):
            _stop_reading(client)
        for server in servers:
            server.pool.join(timeout=GRACE_SECONDS - 2)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        self._idle.add(client)
        try:
            super().handle(listener, client, addr)
        finally:
            self._idle.discard(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        self._idle.discard(sock)
        super().handle_request(listener_name, req, sock, addr)
        self._idle.add(sock)
        if not self.alive:
            _stop_reading(sock)

    def _start_server(self, listener: Any) -> StreamServer:
        listener.setblocking(1)
        server = StreamServer(listener, handle=partial(self.handle, listener), spawn=Pool(self.worker_connections))
        if self.cfg.workers > 1:
            server.max_accept = 1
        server.start()
        return server

    def _port(self) -> int:
        return int(self.sockets[0].getsockname()[1])

    def _announce(self) -> None:
        host = f"[{self.app.host}]" if ":" in self.app.host else self.app.host
        sys.stdout.write(f"Baton is ready: http://{host}:{self._port()}\n")
        sys.stdout.flush()


def _stop_reading(client: Any) -> None:
    """A connection that waits for its next request sees the end of it."""
    with suppress(OSError):
        client._sock.shutdown(socket.SHUT_RD)  # below gevent, whose own throws into who waits
