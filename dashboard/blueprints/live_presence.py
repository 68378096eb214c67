"""Writing down who comes and goes, many at once: after a restart every page connects within a second."""

from __future__ import annotations

import logging
from typing import Final, cast

import gevent
from flask import Flask, current_app

from dashboard.realtime.process import Process
from dashboard.services import availability
from dashboard.services.availability import Arrival

logger = logging.getLogger(__name__)

EXTENSION: Final = "baton.presence"
GATHER_SECONDS: Final = 0.02
"""Who comes within this time shares a transaction; each costs a write to the disk."""


class PresenceBook:
    """The connections of a process whose coming or going is not written yet; its methods never yield."""

    def __init__(self, app: Flask, process: Process) -> None:
        self._app = app
        self._process = process
        self._arrived: dict[str, Arrival] = {}
        self._left: set[str] = set()
        self._is_writing = False

    def arrive(self, arrival: Arrival) -> None:
        self._arrived[arrival.connection_id] = arrival
        self._write_soon()

    def leave(self, connection_id: str) -> None:
        if self._process.hub.is_draining:  # the leases run out by themselves, all alike
            return
        self._left.add(connection_id)  # written after the arrivals, among which it may still be
        self._write_soon()

    def _write_soon(self) -> None:
        if not self._is_writing:
            self._is_writing = True
            gevent.spawn(self._write)

    def _write(self) -> None:
        try:
            while self._arrived or self._left:
                gevent.sleep(GATHER_SECONDS)
                with self._app.app_context():
                    self.write()
        except Exception:  # leases that are not there are found when they shall be renewed
            logger.warning("who came and went was not written", exc_info=True)
        finally:
            self._is_writing = False

    def write(self) -> None:
        """Write what there is, in at most two transactions."""
        arrived, self._arrived = self._arrived, {}
        left, self._left = self._left, set()
        if arrived:
            availability.connect_all(self._process.id, list(arrived.values()))
        if left:
            availability.disconnect(*left)


def presence_book() -> PresenceBook:
    """The book of the current app's process."""
    return cast(PresenceBook, current_app.extensions[EXTENSION])
