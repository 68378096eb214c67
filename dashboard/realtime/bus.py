"""The bus wakes the processes: ids of committed events, and small messages that nobody stores (typing, revocations).

It may lose anything: event rows are read again every two seconds, and whoever acts on a message looks for itself too.
"""

from __future__ import annotations

import json
import logging
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine

logger = logging.getLogger(__name__)

MAX_IDS: Final = 400
MAX_PAYLOAD: Final = 7_500
"""PostgreSQL refuses a NOTIFY of 8,000 bytes."""

OnEvents = Callable[[Sequence[int]], None]
"""Gets the ids of committed events; none at all means: something may have been missed, look yourself."""
OnMessage = Callable[[Mapping[str, Any]], None]


class Bus(ABC):
    """One per process. What this process sends reaches its own subscribers at once, and not a second time."""

    def __init__(self) -> None:
        self.process_id = uuid.uuid4().hex
        self._on_events: list[OnEvents] = []
        self._on_message: list[OnMessage] = []

    def subscribe(self, on_events: OnEvents | None = None, on_message: OnMessage | None = None) -> None:
        if on_events is not None:
            self._on_events.append(on_events)
        if on_message is not None:
            self._on_message.append(on_message)

    @abstractmethod
    def before_commit(self, conn: Connection, event_ids: Sequence[int]) -> None:
        """The last statement of a transaction that wrote these events."""

    def after_commit(self, event_ids: Sequence[int]) -> None:
        """The transaction that wrote these events is committed."""
        self._announce(event_ids)
        self._hear_events(event_ids)

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a small JSON message to the subscribers of every process; ValueError when it is too large."""
        payload = self._encode({"message": message})
        if len(payload) > MAX_PAYLOAD:
            raise ValueError("a message on the bus must be small")
        self._hear_message(message)
        self._transmit(payload)

    @abstractmethod
    def listen(self) -> None:
        """Forever: hear the other processes."""

    @abstractmethod
    def _transmit(self, payload: str) -> None:
        """Hand a payload to the other processes; a failure is logged, never raised."""

    @abstractmethod
    def _announce(self, event_ids: Sequence[int]) -> None:
        """Tell the other processes of events that are committed."""

    def _encode_events(self, event_ids: Sequence[int]) -> str:
        return self._encode({"events": list(event_ids) if len(event_ids) <= MAX_IDS else []})

    def _encode(self, envelope: dict[str, Any]) -> str:
        return json.dumps({"from": self.process_id, **envelope}, separators=(",", ":"))

    def _hear(self, payload: str | bytes) -> None:
        try:
            envelope = json.loads(payload)
            if envelope["from"] == self.process_id:
                return
            message, events = envelope.get("message"), [int(one) for one in envelope.get("events", ())]
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.warning("the bus carried something that is not ours")
            return
        if message is None:
            self._hear_events(events)
        else:
            self._hear_message(message)

    def _hear_events(self, event_ids: Sequence[int]) -> None:
        for listener in self._on_events:
            try:
                listener(event_ids)
            except Exception:
                logger.exception("a listener of events failed")

    def _hear_message(self, message: Mapping[str, Any]) -> None:
        for listener in self._on_message:
            try:
                listener(message)
            except Exception:
                logger.exception("a listener of messages failed")


def make_bus(engine: Engine, redis_url: str | None = None) -> Bus:
    """Redis when there is one, else the database's own: NOTIFY on PostgreSQL, memory on SQLite (one process)."""
    if redis_url:
        from dashboard.realtime.bus_redis import RedisBus

        return RedisBus(redis_url)
    if engine.dialect.name == "postgresql":
        from dashboard.realtime.bus_postgres import PostgresBus

        return PostgresBus(engine)
    from dashboard.realtime.bus_memory import MemoryBus

    return MemoryBus()
