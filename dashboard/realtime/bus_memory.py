"""The bus of a single process: a function call."""

from __future__ import annotations

from collections.abc import Sequence

from gevent.event import Event
from sqlalchemy import Connection

from dashboard.realtime.bus import Bus


class MemoryBus(Bus):
    def before_commit(self, conn: Connection, event_ids: Sequence[int]) -> None:
        pass

    def listen(self) -> None:
        Event().wait()  # there is no other process

    def _transmit(self, payload: str) -> None:
        pass

    def _announce(self, event_ids: Sequence[int]) -> None:
        pass
