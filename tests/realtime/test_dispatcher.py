"""The dispatcher on both databases: every committed event reaches the pages once, announced or not, late or not."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import gevent
import pytest
from sqlalchemy import Connection, Engine, insert, text

from dashboard.models import Event
from dashboard.models.clock import utcnow
from dashboard.realtime import dispatcher as module
from dashboard.realtime.dispatcher import Dispatcher
from dashboard.realtime.event_row import EventRow, Frame
from dashboard.realtime.hub import RESYNC, Hub
from dashboard.realtime.hub import Connection as Page
from tests.databases import Postgres, make_engine


@dataclass
class Sock:
    """A page that keeps what it gets."""

    texts: list[str] = field(default_factory=list)

    def send_frame(self, data: bytes) -> bool:
        self.texts.append(data[2:].decode())
        return True

    def close_with(self, code: int, reason: str = "") -> None:
        self.texts.append(f"closed {code}")


@dataclass
class Desk:
    """A dispatcher with one page; the frame of a batch names its conversation and ids."""

    engine: Engine
    hub: Hub = field(default_factory=Hub)
    sock: Sock = field(default_factory=Sock)
    broken: set[int | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.hub.add(Page("page", "user:1", "session", self.sock))
        self.dispatcher = Dispatcher(self.engine, self.hub, self.render)
        self.dispatcher.step()

    def render(self, conn: Connection, rows: list[EventRow]) -> list[Frame]:
        assert conn.execute(text("SELECT 1")).scalar() == 1
        if rows[0].conversation_id in self.broken:
            conn.execute(text("SELECT this is not SQL"))
        return [(["user:1"], f"{rows[0].conversation_id}:{','.join(str(row.id) for row in rows)}")]

    def taken(self) -> list[str]:
        texts, self.sock.texts = self.sock.texts, []
        return texts


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


@pytest.fixture
def postgres_desk(postgres_uri: str) -> Iterator[Desk]:
    engine = make_engine(postgres_uri)
    yield Desk(engine)
    engine.dispose()


def open_transaction(engine: Engine) -> Connection:
    """A connection that may write events of conversations that do not exist."""
    conn = engine.connect().execution_options(write=True)
    if engine.dialect.name == "sqlite":
        conn.connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[attr-defined]
    else:
        conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
    return conn


def write(conn: Connection, conversation_ids: Sequence[int | None]) -> list[int]:
    table = Event.__table__
    rows = [
        {"conversation_id": one, "teamspace_id": None, "kind": "test", "data": {}, "at": utcnow()}
        for one in conversation_ids
    ]
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.execute(statement, rows).scalars())


def commit(engine: Engine, conversation_ids: Sequence[int | None]) -> list[int]:
    with open_transaction(engine) as conn:
        ids = write(conn, conversation_ids)
        conn.commit()
    return ids


def test_a_row_that_nobody_announced_is_found_by_the_tick_and_only_once(desk: Desk) -> None:
    ids = commit(desk.engine, [None])
    assert desk.dispatcher.step() == 1
    assert desk.taken() == [f"None:{ids[0]}"]
    assert desk.dispatcher.step() == 0
    assert desk.taken() == []


def test_rows_that_were_there_at_the_start_are_history(engine: Engine) -> None:
    commit(engine, [None, None])
    desk = Desk(engine)
    assert desk.dispatcher.step() == 0
    assert desk.taken() == []


def test_an_announced_row_is_read_at_once_and_its_echo_reads_nothing(desk: Desk) -> None:
    ids = commit(desk.engine, [None])
    desk.dispatcher.wake(ids)
    assert desk.dispatcher._woken.is_set()
    assert desk.dispatcher.step(is_tick=False) == 1
    desk.dispatcher.wake(ids)
    assert not desk.dispatcher._woken.is_set()


def test_a_batch_is_one_frame_per_conversation_with_its_events_in_order(desk: Desk) -> None:
    a, b, c, d, e = commit(desk.engine, [7, 8, 7, None, 7])
    assert desk.dispatcher.step() == 5
    assert desk.taken() == [f"7:{a},{c},{e}", f"8:{b}", f"None:{d}"]


def test_many_rows_are_read_in_pages_without_loss(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 10)
    monkeypatch.setattr(module, "_NEW", module._NEW.limit(10))
    ids = commit(desk.engine, list(range(1, 36)))
    assert desk.dispatcher.step() == 35
    assert desk.taken() == [f"{number}:{one}" for number, one in enumerate(ids, 1)]


def test_a_failing_frame_is_logged_asks_the_pages_to_read_again_and_stops_no_other(
    desk: Desk, logged_errors: list[str]
) -> None:
    desk.broken = {8}
    a, _, c = commit(desk.engine, [7, 8, 9])
    desk.dispatcher.step()
    assert desk.taken() == [f"7:{a}", RESYNC, f"9:{c}"]
    assert len(logged_errors) == 1
    assert "failed; the pages read again" in logged_errors[0]
    logged_errors.clear()


def test_nothing_is_rendered_for_nobody_and_listeners_hear_it_anyway(engine: Engine) -> None:
    desk = Desk(engine)
    heard: list[EventRow] = []
    desk.dispatcher.subscribe(heard.extend)
    for page in desk.hub.connections:
        desk.hub.remove(page)
    desk.broken = {7}
    ids = commit(engine, [7])
    assert desk.dispatcher.step() == 1
    assert [row.id for row in heard] == ids


def test_an_id_that_commits_late_is_found_by_the_tick(postgres_desk: Desk) -> None:
    desk = postgres_desk
    with open_transaction(desk.engine) as slow:
        (late,) = write(slow, [None])
        early = commit(desk.engine, [None])
        assert early[0] > late, "ids are handed out before the commit"
        assert desk.dispatcher.step() == 1
        assert desk.taken() == [f"None:{early[0]}"]
        slow.commit()
    assert desk.dispatcher.step() == 1
    assert desk.taken() == [f"None:{late}"]
    assert desk.dispatcher.step() == 0


def test_an_id_that_commits_late_is_read_at_once_when_it_is_announced(postgres_desk: Desk) -> None:
    desk = postgres_desk
    with open_transaction(desk.engine) as slow:
        (late,) = write(slow, [None])
        early = commit(desk.engine, [None])
        desk.dispatcher.wake(early)
        desk.dispatcher.step(is_tick=False)
        slow.commit()
    desk.dispatcher.wake([late])
    assert desk.dispatcher.step(is_tick=False) == 1
    assert desk.taken() == [f"None:{early[0]}", f"None:{late}"]


def test_a_transaction_under_way_when_the_process_starts_is_found(postgres_uri: str) -> None:
    engine = make_engine(postgres_uri)
    old = commit(engine, [None])
    with open_transaction(engine) as slow:
        (late,) = write(slow, [None])
        commit(engine, [None])
        desk = Desk(engine)
        slow.commit()
    assert late == old[0] + 1
    desk.dispatcher.step()
    assert desk.taken() == [f"None:{late}"]
    engine.dispose()


def test_a_quiet_start_with_a_transaction_under_way_misses_nothing(postgres_uri: str) -> None:
    engine = make_engine(postgres_uri)
    with open_transaction(engine) as conn:
        write(conn, [None])
        conn.execute(text("UPDATE event SET at = :then"), {"then": utcnow() - timedelta(hours=1)})
        conn.commit()
    with open_transaction(engine) as slow:
        (late,) = write(slow, [None])
        commit(engine, [None])
        desk = Desk(engine)
        slow.commit()
    desk.dispatcher.step()
    assert desk.taken() == [f"None:{late}"]
    engine.dispose()


def test_ids_that_were_rolled_back_are_forgotten_after_a_minute(postgres_desk: Desk) -> None:
    desk = postgres_desk
    with open_transaction(desk.engine) as conn:
        write(conn, [None] * 20)
        conn.rollback()
    commit(desk.engine, [None])
    desk.dispatcher.step()
    seen = desk.dispatcher._seen
    assert seen is not None
    assert len(seen.missing) == 20
    seen.missing = dict.fromkeys(seen.missing, -1e9)
    desk.dispatcher.step()
    assert seen.missing == {}


def test_a_frame_shows_no_more_than_its_events(postgres_desk: Desk) -> None:
    desk = postgres_desk
    counted: list[int] = []

    def render(conn: Connection, rows: list[EventRow]) -> list[Frame]:
        commit(desk.engine, [None])
        counted.append(int(conn.execute(text("SELECT count(*) FROM event")).scalar() or 0))
        return []

    desk.dispatcher._render = render
    commit(desk.engine, [None])
    assert desk.dispatcher.step() == 1
    assert counted == [1], "rows and rendering come from two snapshots"


def test_the_greenlet_goes_on_when_the_database_comes_back(postgres: Postgres, postgres_desk: Desk) -> None:
    desk = postgres_desk
    stop = threading.Event()

    def run() -> None:
        runner = gevent.spawn(desk.dispatcher.run)
        while not stop.is_set():
            gevent.sleep(0.01)
        runner.kill()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for number in range(3):
            ids = commit(desk.engine, [number])
            if number:
                with postgres._admin.connect() as admin:
                    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                    admin.execute(text(kill), {"name": desk.engine.url.database})
            desk.dispatcher.wake(ids)
            _until_taken(desk, f"{number}:{ids[0]}")
    finally:
        stop.set()
        thread.join()


def _until_taken(desk: Desk, wanted: str) -> None:
    with gevent.Timeout(10):
        while wanted not in desk.sock.texts:
            gevent.sleep(0.01)
