"""Leases and sign-ins beside the open sockets, in one process and without a server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import gevent
import pytest
from flask import Flask
from sqlalchemy import select, update

from dashboard.app import create_app
from dashboard.blueprints import live_keeping, live_presence
from dashboard.config import load_config
from dashboard.models import ApiToken, AvailabilityChange, Presence, User, UserSession, db
from dashboard.models.clock import set_clock, utcnow
from dashboard.realtime.event_row import EventRow
from dashboard.realtime.hub import RESYNC, Connection
from dashboard.realtime.process import Process
from dashboard.services import accounts, availability, demo, sessions, unit_of_work
from dashboard.services.availability import Arrival
from dashboard.services.events import AccessChanged
from dashboard.services.faq_answerer import FaqAnswerer
from dashboard.services.secrets import digest
from dashboard.services.unit_of_work import unit_of_work as transaction

SECRET = "a secret of the tests, forty characters."
PASSWORD = "a-fine-password"


class Sock:
    """A page that remembers what it heard and why it was closed."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.texts: list[str] = []
        self.silence = 0.0

    def send_frame(self, data: bytes) -> bool:
        self.texts.append(data[2:].decode("utf-8", "replace"))
        return True

    def close_with(self, code: int, reason: str = "") -> None:
        self.code = code


@pytest.fixture
def app(database_uri: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET))
    with app.app_context():
        demo.load(FaqAnswerer(0), PASSWORD, with_history=False)
        yield app
        gevent.wait(timeout=2)  # what a test began must not go on in the next one, whose database is another
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    set_clock(None)


@pytest.fixture
def process(app: Flask) -> Process:
    found: Process = app.extensions["baton"]
    return found


def connect(process: Process, user_id: int, session: str, session_id: int | None = None) -> Sock:
    sock = Sock()
    connection = Connection(f"{session}-{len(process.hub)}"[-36:], f"user:{user_id}", session, sock)
    process.hub.add(connection)
    availability.connect(user_id, connection.id, process.id, session_id)
    return sock


def sign_in(email: str) -> tuple[int, int, str]:
    """(user id, session id, raw token)."""
    raw = sessions.sign_in(email, PASSWORD, "127.0.0.1", "test")
    found = sessions.find_user(raw)
    assert found is not None
    return found.user_id, found.session_id, raw


def leases() -> int:
    return len(db.session.execute(select(Presence.__table__.c.connection_id)).all())


def states(user_id: int) -> list[str]:
    a = AvailabilityChange.__table__.c
    return [row.state.value for row in db.session.execute(select(a.state).where(a.user_id == user_id).order_by(a.id))]


def test_a_lease_is_renewed_while_its_connection_lives(process: Process) -> None:
    user_id, session_id, _ = sign_in("bo@acme.test")
    connect(process, user_id, live_keeping.session_key(session_id), session_id)
    start = utcnow()
    for seconds in range(0, 300, 30):
        set_clock(lambda seconds=seconds: start + timedelta(seconds=seconds))  # type: ignore[misc]
        live_keeping.keep_present(process)
        availability.expire_leases()
        assert leases() == 1
    assert states(user_id)[-1] == "present"


def test_who_answers_no_ping_is_absent_after_the_grace_and_back_with_the_next_answer(process: Process) -> None:
    user_id, session_id, _ = sign_in("bo@acme.test")
    laptop = connect(process, user_id, live_keeping.session_key(session_id), session_id)
    start = utcnow()
    laptop.silence = live_keeping.SILENT_SECONDS
    for seconds in range(0, 61, 15):
        set_clock(lambda seconds=seconds: start + timedelta(seconds=seconds))  # type: ignore[misc]
        live_keeping.keep_present(process)
        availability.expire_leases()
    db.session.rollback()
    assert states(user_id)[-1] == "absent"
    laptop.silence = 0.1
    live_keeping.keep_present(process)
    db.session.rollback()
    assert states(user_id)[-1] == "present"
    assert laptop.code is None


def test_a_lease_that_ran_out_while_the_process_stood_still_begins_anew(process: Process) -> None:
    user_id, session_id, _ = sign_in("bo@acme.test")
    connect(process, user_id, live_keeping.session_key(session_id), session_id)
    start = utcnow()
    set_clock(lambda: start + timedelta(minutes=5))
    availability.expire_leases()
    db.session.rollback()
    assert leases() == 0
    live_keeping.keep_present(process)
    db.session.rollback()
    assert leases() == 1
    assert states(user_id)[-3:] == ["present", "absent", "present"]


def test_only_the_sockets_of_the_revoked_sign_in_close(process: Process) -> None:
    user_id, session_id, raw = sign_in("bo@acme.test")
    _, other_id, _ = sign_in("bo@acme.test")
    ended = connect(process, user_id, live_keeping.session_key(session_id))
    stays = connect(process, user_id, live_keeping.session_key(other_id))
    process.dispatcher.step()
    sessions.sign_out(raw)
    process.dispatcher.step()
    assert (ended.code, stays.code) == (4401, None)
    sessions.revoke_all(user_id)
    process.dispatcher.step()
    assert stays.code == 4401


@pytest.mark.parametrize("how", ["expired", "deactivated", "token revoked"])
def test_what_no_event_tells_of_is_found_by_looking(process: Process, how: str) -> None:
    user_id, session_id, _ = sign_in("bo@acme.test")
    token = digest(accounts.create_token("bo@acme.test"))
    page = connect(process, user_id, live_keeping.session_key(session_id))
    program = connect(process, user_id, live_keeping.token_key(token))
    visitor = Sock()
    process.hub.add(Connection("visitor", "person:1", "visitor:1", visitor))
    live_keeping.close_ended(process)
    assert (page.code, program.code) == (None, None)
    s, u, t = UserSession.__table__, User.__table__, ApiToken.__table__
    changes = {
        "expired": update(s).where(s.c.id == session_id).values(expires_at=utcnow() - timedelta(seconds=1)),
        "deactivated": update(u).where(u.c.id == user_id).values(is_active=False),
        "token revoked": update(t).where(t.c.token_hash == token).values(revoked_at=utcnow()),
    }
    with transaction() as uow:
        uow.conn.execute(changes[how])
    live_keeping.close_ended(process)
    expected = {"expired": (4401, None), "deactivated": (4401, 4401), "token revoked": (None, 4401)}
    assert (page.code, program.code) == expected[how]
    assert visitor.code is None


def test_a_change_of_access_closes_the_deactivated_and_lets_the_others_read_again(process: Process) -> None:
    bo, bo_session, _ = sign_in("bo@acme.test")
    cy, cy_session, _ = sign_in("cy@acme.test")
    gone = connect(process, bo, live_keeping.session_key(bo_session))
    stays = connect(process, cy, live_keeping.session_key(cy_session))
    process.dispatcher.step()
    stays.texts.clear()
    u = User.__table__
    with transaction() as uow:
        uow.conn.execute(update(u).where(u.c.id == bo).values(is_active=False))
        uow.emit(AccessChanged(None, None, (bo, cy)))
    process.dispatcher.step()
    with gevent.Timeout(5):
        while RESYNC not in stays.texts:
            gevent.sleep(0.01)
    assert (gone.code, stays.code) == (4401, None)


@pytest.mark.parametrize(
    ("lists", "expected"), [([], set()), ([[1, 2], [3]], {1, 2, 3}), ([[1], []], None)], ids=["none", "some", "all"]
)
def test_an_event_that_lists_nobody_means_everybody(lists: list[list[int]], expected: set[int] | None) -> None:
    rows = [EventRow(1, None, None, "AccessChanged", {"user_ids": each}, utcnow()) for each in lists]
    rows.append(EventRow(2, None, None, "SessionRevoked", {"user_id": 9}, utcnow()))
    assert live_keeping.changed_users(rows) == expected


def test_who_sees_what_is_forgotten_with_no_page_open(process: Process, app: Flask) -> None:
    process.dispatcher.step()
    renderer = process.dispatcher._listeners[0].__self__  # type: ignore[attr-defined]
    renderer.audiences._loaded_at = 1e12
    with transaction() as uow:
        uow.emit(AccessChanged(None, None, ()))
    process.dispatcher.step()
    assert len(process.hub) == 0
    assert renderer.audiences._loaded_at is None


def test_who_comes_at_once_is_written_at_once(app: Flask, process: Process) -> None:
    book = live_presence.presence_book()
    bo, session_id, _ = sign_in("bo@acme.test")
    cy, _, _ = sign_in("cy@acme.test")
    for number in range(20):
        book.arrive(Arrival((bo, cy)[number % 2], f"page-{number}", session_id if number % 2 == 0 else None))
    with gevent.Timeout(5):
        while leases() < 20:
            db.session.rollback()
            gevent.sleep(0.01)
    assert (states(bo), states(cy)) == (["present"], ["present"])


def test_who_came_and_left_before_it_was_written_has_a_lease_for_the_grace(process: Process) -> None:
    book = live_presence.presence_book()
    bo, session_id, _ = sign_in("bo@acme.test")
    book.arrive(Arrival(bo, "page", session_id))
    book.leave("page")
    book.write()
    assert leases() == 1
    assert db.session.execute(select(Presence.left_at)).scalar_one() is not None, "its end was seen"


def test_a_connection_that_a_renewal_wrote_first_stops_no_other(process: Process) -> None:
    book = live_presence.presence_book()
    bo, session_id, _ = sign_in("bo@acme.test")
    availability.connect(bo, "page", process.id, session_id)
    book.arrive(Arrival(bo, "page", session_id))
    book.arrive(Arrival(bo, "other", session_id))
    book.write()
    db.session.rollback()
    assert leases() == 2
    assert states(bo) == ["present"]


def test_who_leaves_keeps_the_grace(process: Process) -> None:
    book = live_presence.presence_book()
    bo, session_id, _ = sign_in("bo@acme.test")
    book.arrive(Arrival(bo, "page", session_id))
    book.write()
    start = utcnow()
    set_clock(lambda: start + timedelta(seconds=50))
    book.leave("page")
    book.write()
    for seconds, expected in ((100, 1), (120, 0)):
        set_clock(lambda seconds=seconds: start + timedelta(seconds=seconds))  # type: ignore[misc]
        availability.expire_leases()
        db.session.rollback()
        assert leases() == expected


def test_a_socket_that_closes_says_so_on_its_lease_and_a_server_that_stops_does_not(process: Process) -> None:
    book = live_presence.presence_book()
    bo, session_id, _ = sign_in("bo@acme.test")
    for page in ("closed", "stopped"):
        book.arrive(Arrival(bo, page, session_id))
    book.write()
    book.leave("closed")
    book.write()
    process.hub.drain(0)
    book.leave("stopped")
    book.write()
    left = {row.connection_id: row.left_at is not None for row in db.session.execute(select(Presence.__table__))}
    assert left == {"closed": True, "stopped": False}


def test_a_lease_that_ran_out_unseen_begins_anew_with_its_connection(process: Process) -> None:
    user_id, session_id, _ = sign_in("bo@acme.test")
    connect(process, user_id, live_keeping.session_key(session_id), session_id)
    availability.set_availability(user_id, "online")
    since = db.session.execute(select(User.__table__.c.online_since).where(User.__table__.c.id == user_id)).scalar()
    db.session.rollback()
    start = utcnow()
    set_clock(lambda: start + timedelta(minutes=5))
    availability.expire_leases(spares_lost=True)
    db.session.rollback()
    assert (leases(), states(user_id)[-1]) == (1, "absent")
    db.session.rollback()
    live_keeping.keep_present(process)
    db.session.rollback()
    assert (leases(), states(user_id)[-1]) == (1, "present")
    again = db.session.execute(select(User.__table__.c.online_since).where(User.__table__.c.id == user_id)).scalar()
    assert again == since is not None


def test_a_server_forgives_for_a_grace_after_its_start_and_after_every_pause() -> None:
    start = utcnow()

    def at(seconds: int) -> bool:
        set_clock(lambda: start + timedelta(seconds=seconds))
        return service.is_settled()

    set_clock(lambda: start)
    service = live_keeping.Service()
    try:
        assert [at(seconds) for seconds in range(5, 60, 5)] == [False] * 11
        assert at(60)
        assert not at(300), "the machine was suspended"
        assert [at(300 + seconds) for seconds in range(5, 65, 5)] == [False] * 11 + [True]
    finally:
        set_clock(None)
