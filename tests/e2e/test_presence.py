"""Who is there: tabs, sleeping laptops, killed browsers, a killed server (P2). Leases are moved, not waited for."""

from __future__ import annotations

import os
import re
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Playwright, expect
from sqlalchemy import select, update

from dashboard.models import AvailabilityChange, Presence, User, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import AvailabilityRecord
from dashboard.services.unit_of_work import unit_of_work
from tests import chromium
from tests.chaos.waiting import eventually
from tests.e2e.conftest import ARGUMENTS, Cast
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague, Visitor

_p = Presence.__table__.c
_u = User.__table__.c
_a = AvailabilityChange.__table__.c

RENEWED = timedelta(seconds=40)
"""What is left at least of a lease that is renewed: the grace of 60 s less the 15 s between two renewals."""


@contextmanager
def beside(demo: Demo) -> Iterator[None]:
    """The database, beside the running server."""
    with demo.open_app().app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def leases(demo: Demo, name: str) -> list[tuple[datetime, datetime | None]]:
    """(until when, since when its connection is gone) of each lease of a user."""
    with beside(demo):
        mine = select(_p.lease_until, _p.left_at).join_from(Presence, User, _u.id == _p.user_id)
        rows = db.session.execute(mine.where(_u.email == f"{name}@acme.test")).all()
    return [(row[0], row[1]) for row in rows]


def live_count(demo: Demo, name: str) -> int:
    return sum(left_at is None for _, left_at in leases(demo, name))


def let_leases_end(demo: Demo, name: str, *, only_left: bool = True) -> None:
    """As if the grace was over: of connections that are gone, or of all that nobody renews."""
    with beside(demo), unit_of_work() as uow:
        user = select(_u.id).where(_u.email == f"{name}@acme.test").scalar_subquery()
        chosen = (_p.user_id == user) & _p.left_at.is_not(None) if only_left else _p.user_id == user
        uow.conn.execute(update(Presence.__table__).where(chosen).values(lease_until=uow.now))


def record_of(demo: Demo, name: str) -> AvailabilityRecord:
    """Whether the user was present or absent at last."""
    states = (AvailabilityRecord.PRESENT, AvailabilityRecord.ABSENT)
    with beside(demo):
        theirs = select(_a.state).join_from(AvailabilityChange, User, _u.id == _a.user_id)
        theirs = theirs.where(_u.email == f"{name}@acme.test", _a.state.in_(states)).order_by(_a.id.desc()).limit(1)
        return AvailabilityRecord(db.session.execute(theirs).scalar_one())


def expect_record(demo: Demo, name: str, state: AvailabilityRecord) -> None:
    eventually(lambda: record_of(demo, name) is state, timeout=40)


def ask_for_human(cast: Cast, server: DemoServer) -> Visitor:
    visitor = cast.visitor(server)
    visitor.say("Can I talk to a human, please?")
    return visitor


class Laptop:
    """A browser with processes of its own, which can sleep and be killed."""

    def __init__(self, browser_type: BrowserType) -> None:
        self._mark = f"--baton-laptop-{uuid.uuid4().hex}"
        self.browser = browser_type.launch(executable_path=chromium.find(), args=[*ARGUMENTS, self._mark])
        self.is_killed = False

    def close_lid(self) -> None:
        self._signal(signal.SIGSTOP)

    def open_lid(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self.is_killed = True
        self._signal(signal.SIGKILL)

    def _signal(self, what: signal.Signals) -> None:
        for process in self._processes():
            os.kill(process, what)

    def _processes(self) -> list[int]:
        """Ours by the mark on its command line, and all that descend from it."""
        parents: dict[int, int] = {}
        found: list[int] = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if self._mark.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
        for process in found:  # grows while it is walked
            found.extend(child for child, parent in parents.items() if parent == process and child not in found)
        return found


@pytest.fixture
def laptop(playwright_of_session: Playwright) -> Iterator[Laptop]:
    laptop = Laptop(playwright_of_session.chromium)
    yield laptop
    if not laptop.is_killed:
        laptop.open_lid()
        laptop.browser.close()


def at_laptop(laptop: Laptop, server: DemoServer, name: str) -> Colleague:
    return Colleague(laptop.browser, server.url).sign_in(name)


def test_two_tabs_are_one_person_who_leaves_with_the_last(demo: Demo, cast: Cast) -> None:
    server = demo.start()
    bo = cast.colleague(server, "bo")
    other = bo.open_tab()
    bo.set_availability("Online")
    eventually(lambda: live_count(demo, "bo") == 2)
    other.page.close()
    eventually(lambda: live_count(demo, "bo") == 1)
    let_leases_end(demo, "bo")
    eventually(lambda: len(leases(demo, "bo")) == 1)
    assert record_of(demo, "bo") is AvailabilityRecord.PRESENT
    ask_for_human(cast, server).expect_line(re.compile("Bo Lindqvist joined"))

    bo.page.close()
    eventually(lambda: live_count(demo, "bo") == 0)
    assert record_of(demo, "bo") is AvailabilityRecord.PRESENT, "the grace: it might be a reload"
    let_leases_end(demo, "bo")
    expect_record(demo, "bo", AvailabilityRecord.ABSENT)
    nora = ask_for_human(cast, server)
    expect(nora.chat.locator("#queue")).to_be_visible()

    again = bo.open_tab()
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    expect(again.page.locator("#availability[data-availability=online]")).to_be_attached()


def test_while_a_laptop_sleeps_chats_go_to_others_and_it_wakes_to_the_truth(
    demo: Demo, cast: Cast, laptop: Laptop
) -> None:
    server = demo.start()
    bo = at_laptop(laptop, server, "bo")
    bo.set_availability("Online")
    nora = ask_for_human(cast, server)
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    bo.open_first()
    cy = cast.colleague(server, "cy")
    cy.set_availability("Online")

    laptop.close_lid()
    # Its line stays open all the while; what ends the lease is that its pings are not answered any more.
    eventually(lambda: all(until - utcnow() < RENEWED for until, _ in leases(demo, "bo")), timeout=90, every=0.5)
    let_leases_end(demo, "bo", only_left=False)
    expect_record(demo, "bo", AvailabilityRecord.ABSENT)
    for _ in range(3):
        ask_for_human(cast, server).expect_line(re.compile("Cy Okafor joined"))
    nora.say("Are you still there?")
    nora.expect_line("Are you still there?")

    laptop.open_lid()
    expect(bo.bubble("Are you still there?")).to_be_visible(timeout=30_000)
    expect_record(demo, "bo", AvailabilityRecord.PRESENT)
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")
    bo.view("My teams")
    expect(bo.rows).to_have_count(4)
    ask_for_human(cast, server).expect_line(re.compile("Bo Lindqvist joined"))


def test_a_killed_browser_is_absent_after_the_grace_and_loses_nothing(demo: Demo, cast: Cast, laptop: Laptop) -> None:
    server = demo.start()
    bo = at_laptop(laptop, server, "bo")
    bo.set_availability("Online")
    nora = ask_for_human(cast, server)
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    bo.open_first()
    bo.editor.fill("Half a thought")
    with bo.page.expect_response(re.compile("/draft$")):
        bo.editor.press("End")
        bo.editor.press_sequentially("!")
    laptop.kill()
    eventually(lambda: live_count(demo, "bo") == 0)
    let_leases_end(demo, "bo")
    expect_record(demo, "bo", AvailabilityRecord.ABSENT)
    cy = cast.colleague(server, "cy")
    cy.set_availability("Online")
    ask_for_human(cast, server).expect_line(re.compile("Cy Okafor joined"))

    again = cast.colleague(server, "bo")
    expect_record(demo, "bo", AvailabilityRecord.PRESENT)
    expect(again.rows).to_have_count(1)
    again.open_first()
    expect(again.editor).to_have_value("Half a thought!")


def test_after_a_killed_server_who_is_there_is_present_again_and_who_left_meanwhile_is_not(
    demo: Demo, cast: Cast
) -> None:
    server = demo.start()
    bo, cy = cast.colleague(server, "bo"), cast.colleague(server, "cy")
    for each in (bo, cy):
        each.set_availability("Online")
    nora = ask_for_human(cast, server)
    nora.expect_line(re.compile("joined"))
    assert demo.server is not None
    demo.server.kill()
    cy.page.close()
    nora.say("Said to a dead server")
    server = demo.restart()

    nora.expect_line("Said to a dead server")
    expect(bo.page.locator("#connection")).to_be_hidden(timeout=30_000)
    eventually(lambda: len(leases(demo, "bo")) > 1)  # that of the dead server, and a new one
    for name in ("bo", "cy"):
        end_oldest(demo, name)
    expect_record(demo, "cy", AvailabilityRecord.ABSENT)
    assert record_of(demo, "bo") is AvailabilityRecord.PRESENT
    for _ in range(2):
        ask_for_human(cast, server).expect_line(re.compile("Bo Lindqvist joined"))


def end_oldest(demo: Demo, name: str) -> None:
    """The lease that nobody renews, because the server that held it is dead."""
    with beside(demo), unit_of_work() as uow:
        user = select(_u.id).where(_u.email == f"{name}@acme.test").scalar_subquery()
        oldest = select(_p.connection_id).where(_p.user_id == user).order_by(_p.lease_until).limit(1).scalar_subquery()
        uow.conn.execute(update(Presence.__table__).where(_p.connection_id == oldest).values(lease_until=uow.now))
