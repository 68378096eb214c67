"""What one server process has besides its requests: connections, a bus, and greenlets that run as long as it does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast

import gevent
from flask import Flask, current_app
from sqlalchemy import Connection, Engine

from dashboard.realtime.bus import Bus
from dashboard.realtime.dispatcher import Dispatcher
from dashboard.realtime.event_row import EventRow, Frame, Render
from dashboard.realtime.handshake import SafeSockets
from dashboard.realtime.holding import SOCK_SERVER_OPTIONS
from dashboard.realtime.hub import Hub
from dashboard.services import unit_of_work

logger = logging.getLogger(__name__)

EXTENSION: Final = "baton"
RESTART_SECONDS: Final = 1.0

OnMessage = Callable[[Mapping[str, Any]], None]
OnLost = Callable[[str, set[int]], None]
"""Called with a conversation's public id and the users who lost sight of it."""


@dataclass
class Process:
    """Found as `app.extensions["baton"]`.

    `greenlets` are started in every server process after the fork, by name, and started again when one fails;
    add yours before the server starts. `on_start` runs once, beside them. `on_stop` runs when the process drains, once
    its sockets are closed. `on_lost` hears who lost sight of a conversation by a change of its owner.
    """

    hub: Hub
    bus: Bus
    dispatcher: Dispatcher
    greenlets: dict[str, Callable[[], None]] = field(default_factory=dict)
    on_start: list[Callable[[], None]] = field(default_factory=list)
    on_stop: list[Callable[[], None]] = field(default_factory=list)
    on_lost: list[OnLost] = field(default_factory=list)
    _handlers: dict[str, list[OnMessage]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.bus.process_id

    def on_message(self, kind: str, handler: OnMessage) -> None:
        """Hear the bus' messages whose `kind` is this one."""
        self._handlers.setdefault(kind, []).append(handler)

    def send(self, kind: str, **fields: Any) -> None:
        """Send a small message to every process, this one included."""
        self.bus.send({"kind": kind, **fields})

    def hear(self, message: Mapping[str, Any]) -> None:
        for handler in self._handlers.get(str(message.get("kind")), ()):
            handler(message)

    def start(self) -> None:
        """Start the greenlets; call once in the process that serves, after the fork."""
        for name, run in self.greenlets.items():
            gevent.spawn(_run_for_ever, name, run)
        for action in self.on_start:
            gevent.spawn(action)

    def stop(self, spread: float = 1.0) -> None:
        """Send every page away, over `spread` seconds, and then let the greenlets finish what they do."""
        self.hub.drain(spread)
        for action in self.on_stop:
            try:
                action()
            except Exception:
                logger.exception("stopping went wrong")


def connect(app: Flask, engine: Engine, bus: Bus, render: Render) -> Process:
    """Join commits, bus, dispatcher and hub, and make the app's websockets safe."""

    def render_in_app(conn: Connection, rows: list[EventRow]) -> list[Frame]:
        with app.app_context():
            return render(conn, rows)

    hub = Hub()
    dispatcher = Dispatcher(engine, hub, render_in_app)
    process = Process(hub, bus, dispatcher)
    process.greenlets = {"bus": bus.listen, "dispatcher": dispatcher.run, "beat": hub.beat}
    bus.subscribe(dispatcher.wake, process.hear)
    unit_of_work.subscribe(before_commit=bus.before_commit, after_commit=partial(_tell, bus))
    app.config["SOCK_SERVER_OPTIONS"] = SOCK_SERVER_OPTIONS
    app.wsgi_app = SafeSockets(app.wsgi_app, lambda: hub.is_draining)  # type: ignore[method-assign]
    app.extensions[EXTENSION] = process
    return process


def _tell(bus: Bus, event_ids: list[int]) -> None:
    """After a commit: the pages first, the answer to the request after them; its author is one of those pages."""
    bus.after_commit(event_ids)
    gevent.sleep(0)


def current_process() -> Process:
    """The process of the current app."""
    return cast(Process, current_app.extensions[EXTENSION])


def _run_for_ever(name: str, run: Callable[[], None]) -> None:
    while True:
        try:
            run()
        except Exception:
            logger.exception("%s failed and starts again", name)
        gevent.sleep(RESTART_SECONDS)
