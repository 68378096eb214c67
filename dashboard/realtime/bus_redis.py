"""The bus over Redis, for more messages than NOTIFY carries; what it loses is found in the event rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import gevent
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Connection

from dashboard.realtime.bus import Bus

logger = logging.getLogger(__name__)

PATIENCE: Final = 1.0
"""Seconds that a publisher waits for Redis, and then leaves it alone."""
RETRY_SECONDS: Final = (0.05, 0.2, 0.5, 1.0, 2.0)
IDLE_SECONDS: Final = 15.0


class RedisBus(Bus):
    def __init__(self, url: str) -> None:
        super().__init__()
        # Redis' channels are not separated by database number.
        self._channel = "baton" + (urlsplit(url).path.rstrip("/") or "/0").replace("/", ":")
        options: dict[str, Any] = {"socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        self._publisher = redis.Redis.from_url(url, socket_timeout=PATIENCE, **options)
        self._listener = redis.Redis.from_url(url, socket_keepalive=True, **options)
        self._silent_until = 0.0

    def before_commit(self, conn: Connection, event_ids: Sequence[int]) -> None:
        pass

    def listen(self) -> None:
        failures = 0
        while True:
            try:
                with self._listener.pubsub() as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(self._channel)
                    while True:
                        self._receive(pubsub)
                        failures = 0
            except (redis.RedisError, OSError) as error:
                logger.warning("the bus lost Redis and connects again: %s", error)
            gevent.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
            failures += 1

    def _receive(self, pubsub: Any) -> None:
        note = pubsub.get_message(timeout=IDLE_SECONDS)
        if note is None:
            pubsub.ping()  # a half-open connection would stay silent for ever
        elif note["type"] == "subscribe":
            self._hear_events(())  # what was committed while nobody listened
        elif note["type"] == "message":
            self._hear(note["data"])

    def _announce(self, event_ids: Sequence[int]) -> None:
        self._transmit(self._encode_events(event_ids))

    def _transmit(self, payload: str) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._publisher.publish(self._channel, payload)
        except (redis.RedisError, OSError) as error:
            self._silent_until = time.monotonic() + PATIENCE
            logger.warning("the bus could not reach Redis: %s", error)
