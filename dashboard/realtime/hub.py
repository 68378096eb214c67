"""Who is connected to this process, and how bytes reach them; it knows nothing of requests, tables or pages."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

import gevent

from dashboard.realtime.safe_socket import CLOSE_PATIENCE, PING, encode_frame

BEAT: Final = "<!--beat-->"
RESYNC: Final = "<!--resync-->"
BEAT_SECONDS: Final = 10.0

_PING: Final = encode_frame("", PING)

RESTARTING: Final = 1012
SIGNED_OUT: Final = 4401
NO_ACCESS: Final = 4403


class FrameSock(Protocol):
    """The part of a SafeSock that the hub needs."""

    @property
    def silence(self) -> float: ...

    def send_frame(self, data: bytes) -> bool: ...

    def close_with(self, code: int, reason: str = "") -> None: ...


@dataclass(slots=True, eq=False)
class Connection:
    """One page. `audience` is `user:<id>` or `person:<id>`; `session` names what can be revoked under it."""

    id: str
    audience: str
    session: str
    sock: FrameSock

    @property
    def user_id(self) -> int | None:
        kind, _, key = self.audience.partition(":")
        return int(key) if kind == "user" else None


@dataclass(slots=True)
class Hub:
    """The connections of one process, by audience."""

    is_draining: bool = False
    published: int = 0
    delivered: int = 0
    _by_audience: dict[str, set[Connection]] = field(default_factory=dict)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    @property
    def connections(self) -> Iterator[Connection]:
        return (one for group in list(self._by_audience.values()) for one in list(group))

    def add(self, connection: Connection) -> None:
        group = self._by_audience.setdefault(connection.audience, set())
        self._count += connection not in group
        group.add(connection)
        if self.is_draining:  # its handshake began before the drain
            connection.sock.close_with(RESTARTING, "restarting")

    def remove(self, connection: Connection) -> None:
        group = self._by_audience.get(connection.audience, set())
        self._count -= connection in group
        group.discard(connection)
        if not group:
            self._by_audience.pop(connection.audience, None)

    def users(self) -> set[int]:
        """The ids of the users who have a page open here."""
        return {int(key[5:]) for key in self._by_audience if key.startswith("user:")}

    def has_persons(self) -> bool:
        """Whether any person has a page open here."""
        return any(key.startswith("person:") for key in self._by_audience)

    def count(self, audience: str) -> int:
        """How many pages of this audience are open here."""
        return len(self._by_audience.get(audience, ()))

    def has_any(self, audiences: Iterable[str]) -> bool:
        return any(key in self._by_audience for key in audiences)

    def publish(self, audiences: Iterable[str], text: str) -> int:
        """Send `text` to every connection of these audiences; answers how many took it."""
        groups = [group for key in set(audiences) if (group := self._by_audience.get(key))]
        self.published += 1
        return self._send(groups, text) if groups else 0

    def broadcast(self, text: str) -> int:
        return self._send(list(self._by_audience.values()), text)

    def _send(self, groups: list[set[Connection]], text: str) -> int:
        frame = encode_frame(text)  # once for everybody; and nothing below yields, so that order is kept
        taken = sum(one.sock.send_frame(frame) for group in groups for one in group)
        self.delivered += taken
        return taken

    def close(self, is_chosen: Callable[[Connection], bool], code: int, reason: str = "") -> int:
        """Say goodbye to the chosen connections; they leave when their peers answer, or a second later."""
        chosen = [one for one in self.connections if is_chosen(one)]
        for one in chosen:
            one.sock.close_with(code, reason)
        return len(chosen)

    def close_audiences(self, audiences: Iterable[str], code: int, reason: str = "") -> int:
        keys = frozenset(audiences)
        return self.close(lambda one: one.audience in keys, code, reason)

    def drain(self, spread: float = 1.0) -> None:
        """Close everybody with 1012 at random moments within `spread` seconds, and wait until they have left."""
        self.is_draining = True
        for one in self.connections:
            gevent.spawn_later(random.random() * spread, one.sock.close_with, RESTARTING, "restarting")
        with gevent.Timeout(spread + CLOSE_PATIENCE + 0.5, False):
            while self._count:
                gevent.sleep(0.02)

    def beat(self) -> None:
        """Forever: show every page that its connection lives, which a half-open one does not.

        Users' browsers are pinged too: behind a proxy the line of a laptop that sleeps stays open for long, and only
        the answer tells that somebody can be there (P2).
        """
        while True:
            gevent.sleep(BEAT_SECONDS)
            self.broadcast(BEAT)
            for connection in self.connections:
                if connection.user_id is not None:
                    connection.sock.send_frame(_PING)
