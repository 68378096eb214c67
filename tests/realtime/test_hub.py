"""The hub alone: who hears what, in which order, and who is sent away."""

from __future__ import annotations

from dataclasses import dataclass, field

import gevent
import pytest

from dashboard.realtime import hub as module
from dashboard.realtime.hub import BEAT, RESTARTING, Connection, Hub
from dashboard.realtime.safe_socket import encode_frame


@dataclass
class Sock:
    """A page's socket that keeps the very bytes it is given."""

    frames: list[bytes] = field(default_factory=list)
    code: int | None = None
    is_gone: bool = False
    silence: float = 0.0

    def send_frame(self, data: bytes) -> bool:
        self.frames.append(data)
        return not self.is_gone

    def close_with(self, code: int, reason: str = "") -> None:
        self.code = code


def page(hub: Hub, audience: str) -> tuple[Connection, Sock]:
    sock = Sock()
    connection = Connection(f"{audience} {len(hub)}", audience, "session", sock)
    hub.add(connection)
    return connection, sock


def test_a_text_is_encoded_once_and_every_connection_gets_it_once() -> None:
    hub = Hub()
    socks = [page(hub, audience)[1] for audience in ("user:1", "user:1", "user:2", "person:1")]
    assert hub.publish(["user:1", "user:2", "user:1", "user:9"], "hello") == 3
    assert [len(sock.frames) for sock in socks] == [1, 1, 1, 0]
    assert socks[0].frames == [encode_frame("hello")]
    assert socks[0].frames[0] is socks[1].frames[0] is socks[2].frames[0]


def test_an_empty_audience_is_nobody() -> None:
    hub = Hub()
    _, sock = page(hub, "user:1")
    assert hub.publish([], "hello") == 0
    assert sock.frames == []


def test_a_page_that_is_gone_does_not_count_and_stops_no_other() -> None:
    hub = Hub()
    _, gone = page(hub, "user:1")
    _, here = page(hub, "user:1")
    gone.is_gone = True
    assert hub.publish(["user:1"], "hello") == 1
    assert len(here.frames) == 1


def test_who_left_hears_nothing_more_and_may_leave_twice() -> None:
    hub = Hub()
    one, sock = page(hub, "user:1")
    two, _ = page(hub, "person:7")
    assert (len(hub), hub.users(), hub.has_any(["person:7"])) == (2, {1}, True)
    assert hub.has_persons()
    hub.add(one)
    assert len(hub) == 2
    for _ in range(2):
        hub.remove(one)
        hub.remove(two)
    assert (len(hub), hub.users(), hub.has_any(["person:7"])) == (0, set(), False)
    assert not hub.has_persons()
    assert hub.publish(["user:1"], "hello") == 0
    assert sock.frames == []


def test_only_the_chosen_are_closed() -> None:
    hub = Hub()
    _, one = page(hub, "user:1")
    _, two = page(hub, "user:2")
    assert hub.close_audiences(["user:2", "user:3"], 4403) == 1
    assert (one.code, two.code) == (None, 4403)


def test_a_drain_sends_everybody_away_and_whoever_comes_later_too() -> None:
    hub = Hub()
    pages = [page(hub, f"user:{number}") for number in range(5)]
    drain = gevent.spawn(hub.drain, 0.05)
    with gevent.Timeout(5):
        while any(sock.code is None for _, sock in pages):
            gevent.sleep(0.005)
    late, sock = page(hub, "user:9")
    assert sock.code == RESTARTING
    assert {each.code for _, each in pages} == {RESTARTING}
    assert not drain.ready(), "it waits until they have left"
    for connection in [late, *(each for each, _ in pages)]:
        hub.remove(connection)
    drain.get(timeout=5)
    assert hub.is_draining


def test_the_beat_reaches_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.01)
    hub = Hub()
    _, user = page(hub, "user:1")
    _, person = page(hub, "person:1")
    beat = gevent.spawn(hub.beat)
    with gevent.Timeout(5):
        while len(person.frames) < 2:
            gevent.sleep(0.005)
    beat.kill()
    assert set(person.frames) == {encode_frame(BEAT)}
    assert set(user.frames) == {encode_frame(BEAT), b"\x89\x00"}, "a user's browser must answer"
