"""A server with nothing but the sockets, for the raw-socket tests: HTTP commands publish, `/live/<user>` listens."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from typing import Any

import gevent
from flask import Flask, Response, current_app, request
from flask_sock import Sock
from gevent.event import Event

from dashboard.realtime.bus_memory import MemoryBus
from dashboard.realtime.handshake import SafeSockets
from dashboard.realtime.holding import SOCK_SERVER_OPTIONS, hold_open
from dashboard.realtime.hub import Connection, Hub
from dashboard.realtime.process import Process

sock = Sock()


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SOCK_SERVER_OPTIONS"] = SOCK_SERVER_OPTIONS
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    hub = Hub()
    app.extensions["baton"] = process = Process(hub, MemoryBus(), dispatcher=Idle())  # type: ignore[arg-type]
    process.greenlets = {"beat": hub.beat}
    app.wsgi_app = SafeSockets(app.wsgi_app, lambda: hub.is_draining)  # type: ignore[method-assign]
    sock.init_app(app)
    app.add_url_rule("/publish/<int:user>", view_func=publish, methods=["POST"])
    app.add_url_rule("/pour/<int:user>", view_func=pour, methods=["POST"])
    app.add_url_rule("/state", view_func=state)
    app.add_url_rule("/slow", view_func=slow)
    app.add_url_rule("/close/<int:user>/<int:code>", view_func=close, methods=["POST"])
    return app


class Idle:
    """There is nothing to dispatch here."""

    def run(self) -> None:
        Event().wait()


@sock.route("/live/<int:user>")
def live(ws: Any, user: int) -> None:
    hold_open(ws, Connection(uuid.uuid4().hex, f"user:{user}", "session", ws.sock), _hub())


@sock.route("/broken")
def broken(ws: Any) -> None:
    ws.send("before")
    raise RuntimeError("as planned")


def publish(user: int) -> Mapping[str, int]:
    return {"taken": _hub().publish([f"user:{user}"], request.get_data(as_text=True))}


def pour(user: int) -> Mapping[str, float]:
    """Publish many frames of some size from several greenlets at once."""
    count, size, senders = (int(request.args[key]) for key in ("count", "size", "senders"))
    hub = _hub()
    started = time.monotonic()

    def send(sender: int) -> None:
        for number in range(count):
            hub.publish([f"user:{user}"], f"{sender}:{number}:" + "x" * size)
            gevent.sleep(0.001)

    gevent.joinall([gevent.spawn(send, one) for one in range(senders)], raise_error=True)
    return {"seconds": time.monotonic() - started}


def state() -> Mapping[str, Any]:
    with open(f"/proc/{os.getpid()}/statm") as file:  # noqa: PTH123
        pages = int(file.read().split()[1])
    return {"connections": len(_hub()), "rss": pages * 4096, "pid": os.getpid()}


def slow() -> Response:
    gevent.sleep(float(request.args["seconds"]))
    return Response("done")


def close(user: int, code: int) -> Mapping[str, int]:
    return {"closed": _hub().close_audiences([f"user:{user}"], code)}


def _hub() -> Hub:
    process: Process = current_app.extensions["baton"]
    return process.hub
