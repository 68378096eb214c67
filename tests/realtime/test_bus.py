"""The buses between real processes: order, reconnects, and that a wake-up follows every gap."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from dashboard.realtime.bus import Bus, make_bus
from dashboard.realtime.bus_memory import MemoryBus
from dashboard.realtime.bus_postgres import PostgresBus
from dashboard.realtime.bus_redis import RedisBus
from tests.databases import Postgres, RedisServer, make_engine
from tests.server_harness import Lines

WAKE: list[int] = []


@dataclass
class Station:
    """A bus in this process, and another process that listens."""

    bus: Bus
    other: Lines

    def heard(self) -> Any:
        return json.loads(self.other.next_line())


@pytest.fixture(params=["postgres", "redis"])
def station(request: pytest.FixtureRequest, postgres_uri: str) -> Iterator[Station]:
    redis_url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    engine = make_engine(postgres_uri)
    with Lines(["-m", "tests.realtime.bus_listener", postgres_uri, redis_url]) as other:
        found = Station(make_bus(engine, redis_url or None), other)
        assert found.heard() == WAKE, "a process that begins to listen looks at once"
        yield found
    engine.dispose()


def commit(bus: Bus, uri: str, ids: list[int], *, rolls_back: bool = False) -> None:
    engine = make_engine(uri)
    with engine.connect() as conn, conn.begin() as transaction:
        bus.before_commit(conn, ids)
        if rolls_back:
            transaction.rollback()
    engine.dispose()
    if not rolls_back:
        bus.after_commit(ids)


def test_ids_reach_the_other_process_in_order(station: Station, postgres_uri: str) -> None:
    for number in range(1, 41):
        commit(station.bus, postgres_uri, [number, number + 1000])
    assert [station.heard() for _ in range(40)] == [[number, number + 1000] for number in range(1, 41)]


def test_a_transaction_that_rolls_back_announces_nothing(station: Station, postgres_uri: str) -> None:
    commit(station.bus, postgres_uri, [1], rolls_back=True)
    commit(station.bus, postgres_uri, [2])
    assert station.heard() == [2]


def test_more_ids_than_a_payload_holds_become_a_call_to_look(station: Station, postgres_uri: str) -> None:
    commit(station.bus, postgres_uri, list(range(10**9, 10**9 + 400)))
    assert len(station.heard()) == 400
    commit(station.bus, postgres_uri, list(range(10**9, 10**9 + 401)))
    assert station.heard() == WAKE


def test_a_message_reaches_everybody_once_the_sender_at_once(station: Station) -> None:
    own: list[Any] = []
    station.bus.subscribe(on_message=own.append)
    for number in range(3):
        station.bus.send({"kind": "ask", "number": number})
    assert own == [{"kind": "ask", "number": number} for number in range(3)]
    heard = [station.heard() for _ in range(6)]
    for number in range(3, 6):  # an echo would come before the answer to a later question
        station.bus.send({"kind": "ask", "number": number})
        heard += [station.heard(), station.heard()]
    for kind in ("ask", "answer"):
        assert sorted(each["number"] for each in heard if each["kind"] == kind) == list(range(6))


def test_too_large_a_message_is_refused(station: Station) -> None:
    with pytest.raises(ValueError, match="small"):
        station.bus.send({"kind": "x" * 8_000})


def test_postgres_listens_again_after_its_connection_was_terminated(postgres: Postgres, postgres_uri: str) -> None:
    engine = make_engine(postgres_uri)
    bus = make_bus(engine)
    assert isinstance(bus, PostgresBus)
    with Lines(["-m", "tests.realtime.bus_listener", postgres_uri, ""]) as other:
        station = Station(bus, other)
        assert station.heard() == WAKE
        for number in range(3):
            assert postgres.disconnect("baton-bus") == 1
            assert station.heard() == WAKE, "what was missed meanwhile is looked for"
            commit(bus, postgres_uri, [number])
            assert station.heard() == [number]
    engine.dispose()


def test_redis_is_listened_to_again_after_its_restart(
    redis_server: RedisServer, redis_url: str, postgres_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine(postgres_uri)
    bus = make_bus(engine, redis_url)
    assert isinstance(bus, RedisBus)
    with Lines(["-m", "tests.realtime.bus_listener", postgres_uri, redis_url]) as other:
        station = Station(bus, other)
        assert station.heard() == WAKE
        redis_server.stop()
        with caplog.at_level(logging.WARNING):
            bus.after_commit([1])
        assert "could not reach Redis" in caplog.text
        redis_server.start()
        assert station.heard() == WAKE, "what was missed meanwhile is looked for"
        bus._silent_until = 0
        bus.after_commit([2])
        assert station.heard() == [2]
    engine.dispose()


def test_what_is_not_ours_on_the_channel_is_ignored(station: Station, postgres_uri: str) -> None:
    for junk in ("", "nonsense", "[]", '{"from": "x", "events": ["y"]}', '{"events": [1]}', "null"):
        station.bus._transmit(junk)
    commit(station.bus, postgres_uri, [7])
    assert station.heard() == [7]


def test_one_process_needs_no_more_than_a_call(sqlite_uri: str) -> None:
    engine = make_engine(sqlite_uri)
    bus = make_bus(engine)
    assert isinstance(bus, MemoryBus)
    heard: list[Any] = []
    bus.subscribe(heard.append, heard.append)
    bus.after_commit([1, 2])
    bus.send({"kind": "typing"})
    assert heard == [[1, 2], {"kind": "typing"}]
    engine.dispose()


def test_a_listener_that_fails_stops_no_other(sqlite_uri: str, logged_errors: list[str]) -> None:
    bus = MemoryBus()
    heard: list[Any] = []

    def fail(_: object) -> None:
        raise RuntimeError("broken")

    bus.subscribe(fail, fail)
    bus.subscribe(heard.append, heard.append)
    bus.after_commit([1])
    bus.send({"kind": "typing"})
    assert heard == [[1], {"kind": "typing"}]
    assert len(logged_errors) == 2
    logged_errors.clear()


def test_notify_is_part_of_the_transaction_and_a_dead_process_cannot_lose_it_alone(postgres_uri: str) -> None:
    engine = make_engine(postgres_uri)
    bus = make_bus(engine)
    with Lines(["-m", "tests.realtime.bus_listener", postgres_uri, ""]) as other:
        station = Station(bus, other)
        assert station.heard() == WAKE
        with engine.connect() as conn, conn.begin():
            bus.before_commit(conn, [5])
            conn.execute(text("SELECT 1"))
        # The process ends here: nobody calls after_commit.
        assert station.heard() == [5]
    engine.dispose()
