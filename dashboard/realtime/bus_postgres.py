"""The bus over PostgreSQL: NOTIFY is part of the writing transaction, so that it keeps order and is not lost alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import gevent
import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.realtime.bus import Bus

logger = logging.getLogger(__name__)

CHANNEL: Final = "baton"
NOTIFY: Final = "SELECT pg_notify(%s, %s)"
RETRY_SECONDS: Final = (0.05, 0.2, 0.5, 1.0, 2.0)


class PostgresBus(Bus):
    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def before_commit(self, conn: Connection, event_ids: Sequence[int]) -> None:
        conn.exec_driver_sql(NOTIFY, (CHANNEL, self._encode_events(event_ids)))

    def listen(self) -> None:
        failures = 0
        while True:
            try:
                with self._connect() as conn:
                    conn.execute(f"LISTEN {CHANNEL}")
                    failures = 0
                    self._hear_events(())  # what was committed while nobody listened
                    for note in conn.notifies():
                        self._hear(note.payload)
            except psycopg.Error as error:
                logger.warning("the bus lost PostgreSQL and connects again: %s", error)
            gevent.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
            failures += 1

    def _announce(self, event_ids: Sequence[int]) -> None:
        pass  # the transaction did

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            self._dsn,
            autocommit=True,
            application_name="baton-bus",
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _transmit(self, payload: str) -> None:
        try:
            with self._engine.begin() as conn:
                conn.exec_driver_sql(NOTIFY, (CHANNEL, payload))
        except SQLAlchemyError as error:
            logger.warning("a message did not reach the other processes: %s", error)
