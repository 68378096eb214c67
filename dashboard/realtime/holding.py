"""Keeping a page's websocket open in one greenlet: what the server needs of it are closes and pings, nothing else.

simple-websocket would read in a thread of its own and keep every message for `receive()`; 300 pages need half the
memory without, and a page that talks fills nothing. So handlers call `hold_open` and never `ws.receive()`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dashboard.realtime.hub import Connection, Hub
from dashboard.realtime.safe_socket import MESSAGE_LIMIT


def hold_open(ws: Any, connection: Connection, hub: Hub, arrived: Callable[[], object] | None = None) -> None:
    """Let the page hear what is published, until either side closes; `ws` is what flask-sock gives a handler.

    `arrived` runs once the page hears everything, so that nothing of what it causes is missed.
    """
    ws.input_buffer = _Nothing()
    hub.add(connection)
    try:
        if arrived is not None:
            arrived()
        ws.thread.run()
    finally:
        hub.remove(connection)


class _OwnGreenlet:
    """In the place of simple-websocket's thread: started by `hold_open`, in the greenlet of the request."""

    name = "websocket (_thread)"

    def __init__(self, target: Callable[[], None]) -> None:
        self.run = target

    def start(self) -> None:
        pass


class _NoSignal:
    """In the place of its event, for which nobody waits."""

    __slots__ = ()

    def set(self) -> None:
        pass


class _Nothing:
    """In the place of its messages."""

    __slots__ = ()

    def append(self, message: str | bytes) -> None:
        pass


SOCK_SERVER_OPTIONS: Final = {
    "max_message_size": MESSAGE_LIMIT,
    "receive_bytes": 1024,
    "thread_class": _OwnGreenlet,
    "event_class": _NoSignal,
}
"""For simple-websocket, through flask-sock's setting of this name."""
