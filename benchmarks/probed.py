"""The application with a stopwatch in it: `--factory=benchmarks.probed:create_app` of the server.

The clock of a message starts when the server calls the application, and stops when the last of the agents' sockets
has been given its frame; sign-in, permissions, the transaction, the audience and the rendering lie between.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from functools import wraps
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy import event

from dashboard.app import create_app as create_plain_app
from dashboard.models import db
from dashboard.realtime.hub import Hub

PATH = "/-/probe"


class Probe:
    """Samples since the last time somebody asked for them, which empties it."""

    def __init__(self) -> None:
        self.frames: list[float] = []
        self.statements: list[int] = []
        self.bytes: list[int] = []
        self._began: float | None = None
        self._executed = 0
        self._executed_before = 0

    def begin(self) -> None:
        self._flush()
        self._began = time.perf_counter()
        self._executed_before = self._executed

    def published(self, audiences: frozenset[str], text: str) -> None:
        """A frame was handed over; the last one to agents before the next message counts."""
        if self._began is not None and any(key.startswith("user:") for key in audiences):
            self._last = (time.perf_counter() - self._began, self._executed - self._executed_before, len(text.encode()))

    def take(self) -> bytes:
        self._flush()
        answer = {"frames": self.frames, "statements": self.statements, "bytes": self.bytes}
        self.frames, self.statements, self.bytes = [], [], []
        return json.dumps(answer).encode()

    _last: tuple[float, int, int] | None = None

    def _flush(self) -> None:
        if self._last is not None:
            self.frames.append(self._last[0])
            self.statements.append(self._last[1])
            self.bytes.append(self._last[2])
        self._last, self._began = None, None

    def count(self, *_ignored: Any) -> None:
        self._executed += 1


class _Stopwatch:
    def __init__(self, app: WSGIApplication, probe: Probe) -> None:
        self.app = app
        self.probe = probe

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == PATH:
            body = self.probe.take()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        if environ["REQUEST_METHOD"] == "POST" and path.endswith("/messages"):
            self.probe.begin()
        return self.app(environ, start_response)


def create_app() -> Flask:
    """The application as `baton run` serves it, and its stopwatch."""
    app = create_plain_app()
    probe = Probe()
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", probe.count)
    _watch_hub(probe)
    app.wsgi_app = _Stopwatch(app.wsgi_app, probe)  # type: ignore[method-assign]
    return app


def _watch_hub(probe: Probe) -> None:
    publish = Hub.publish

    @wraps(publish)
    def timed(hub: Hub, audiences: Iterable[str], text: str) -> int:
        keys = frozenset(audiences)
        taken = publish(hub, keys, text)
        probe.published(keys, text)
        return taken

    setattr(Hub, "publish", timed)  # noqa: B010
