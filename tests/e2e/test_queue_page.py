"""Everybody can see why, and the person waits honestly: the queue in a manager's browser, a person's and an agent's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect
from sqlalchemy import select, update

from dashboard.models import Conversation, Teamspace, db
from dashboard.models.enums import Handler
from dashboard.services import transfers
from dashboard.services.access import get_viewer
from dashboard.services.unit_of_work import unit_of_work
from tests.e2e.conftest import Cast, free_port
from tests.e2e.demo_server import Demo, DemoServer, Loaded
from tests.e2e.people import Colleague, Visitor

ASK = "I want to talk to a person"


@pytest.fixture(scope="module")
def shared(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo in which nobody gets anything by themselves, so that everything waits."""
    demo = Demo(loaded, tmp_path_factory.mktemp("queue") / "data", free_port())
    with demo.open_app().app_context(), unit_of_work() as uow:
        uow.conn.execute(update(Teamspace.__table__).values(auto_limit=0))
    demo.start(BATON_ADDRESS_LIMIT="10000 per minute")
    yield demo
    demo.close()
    assert demo.errors() == ""


@pytest.fixture
def server(shared: Demo) -> Iterator[DemoServer]:
    """Ends with nobody waiting."""
    assert shared.server is not None
    yield shared.server
    with shared.open_app().app_context():
        waiting = select(Conversation.public_id).where(Conversation.handler == Handler.QUEUE)
        left = list(db.session.execute(waiting).scalars())
        bo = get_viewer(db.session, 2)
        db.session.close()
        for chat in left:
            transfers.claim(bo, chat)
        db.session.remove()


def waiting(cast: Cast, server: DemoServer) -> Visitor:
    person = cast.visitor(server)
    person.say(ASK)
    expect(box(person)).to_be_visible()
    return person


def box(person: Visitor) -> Locator:
    """Where the person reads that they wait."""
    return person.chat.locator("#queue")


def open_queue(cast: Cast, server: DemoServer, name: str) -> Colleague:
    colleague = cast.colleague(server, name)
    colleague.page.goto(f"{server.url}/queue")
    expect(colleague.page.get_by_role("heading", name="Queue")).to_be_visible()
    return colleague


def items(colleague: Colleague) -> Locator:
    return colleague.page.locator(".queue-item")


def test_the_person_waits_honestly_until_somebody_joins(server: DemoServer, cast: Cast) -> None:
    nora = waiting(cast, server)
    expect(box(nora)).to_contain_text("You are next in line.")
    expect(nora.chat.locator("#who-line")).to_have_text("Nobody is online right now")
    expect(box(nora)).to_contain_text("Leave your e-mail so that we can reach you.")
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    expect(nora.chat.locator("#who-line")).to_have_text("Someone will be with you")
    expect(nora.chat.locator("#email")).to_be_hidden()
    expect(box(nora)).to_contain_text("You are next in line.")
    bo.set_availability("Away")
    expect(nora.chat.locator("#email")).to_be_visible()
    bo.view("Unassigned")
    bo.open_first()
    bo.page.get_by_role("button", name="Claim").click()
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    expect(box(nora)).to_be_hidden()
    expect(nora.chat.locator("#who")).to_have_text("Bo Lindqvist")


def test_an_email_can_be_corrected_and_is_seen_by_the_team(server: DemoServer, cast: Cast) -> None:
    nora = waiting(cast, server)
    bo = cast.colleague(server, "bo")
    bo.view("Unassigned")
    bo.open_first()
    for email in ("nora@example.con", "nora@example.com"):
        nora.chat.get_by_label("Your e-mail address").fill(email)
        box(nora).get_by_role("button", name="Send").click()
        expect(box(nora)).to_contain_text(f"Our team can reach you at {email}.")
        expect(bo.page.locator(".details-pane")).to_contain_text(email)
        expect(bo.page.locator(".messages")).to_contain_text(f"Left an e-mail address: {email}")
        change = box(nora).get_by_role("button", name="Change it")
        expect(change).to_be_visible()
        if email.endswith("con"):
            change.click()
    nora.page.reload()
    expect(box(nora)).to_contain_text("Our team can reach you at nora@example.com.")


def test_places_move_up_as_others_are_taken(server: DemoServer, cast: Cast) -> None:
    first, second = waiting(cast, server), waiting(cast, server)
    expect(box(second)).to_contain_text("You are number 2 in line.")
    bo = open_queue(cast, server, "bo")
    items(bo).first.get_by_role("button", name="Claim").click()
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")
    first.expect_line(re.compile("Bo Lindqvist joined"))
    expect(box(second)).to_contain_text("You are next in line.")


def test_the_queue_is_live_while_chats_come_and_go(server: DemoServer, cast: Cast) -> None:
    di = open_queue(cast, server, "di")
    expect(di.page.locator("#queue")).to_contain_text("Nobody is waiting")
    di.page.evaluate("window.isSamePage = true")
    nora = waiting(cast, server)
    expect(items(di)).to_have_count(1)
    expect(items(di)).to_contain_text(ASK)
    expect(items(di)).to_contain_text("everyone in Support")
    items(di).locator("summary").click()
    expect(items(di).locator("dl")).to_contain_text("Bo Lindqvist, Cy Okafor and Eli Navarro")

    waiting(cast, server)
    expect(items(di)).to_have_count(2)
    expect(items(di).first.locator("dl")).to_be_visible()  # what was unfolded stays so

    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    expect(items(di).first).to_contain_text(re.compile(r"1 at limit \d+/0, 2 away"))
    expect(items(di).first.locator("dl")).to_be_visible()
    expect(di.page.locator("#queue-sums")).to_contain_text("1 of 3")

    bo.view("Unassigned")
    bo.rows.last.locator("a").click()
    bo.page.get_by_role("button", name="Claim").click()
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    expect(items(di)).to_have_count(1)
    expect(items(di).locator(".queue-place")).to_have_text("Place 1")
    assert di.page.evaluate("window.isSamePage")


def test_who_claims_on_the_queue_page_comes_to_the_conversation(server: DemoServer, cast: Cast) -> None:
    waiting(cast, server)
    cy = open_queue(cast, server, "cy")
    items(cy).get_by_role("button", name="Claim").click()
    expect(cy.page.locator("header.thread-head")).to_contain_text("With you")


def test_who_claims_too_late_is_told_who_was_faster(server: DemoServer, cast: Cast, shared: Demo) -> None:
    waiting(cast, server)
    cy = open_queue(cast, server, "cy")
    expect(items(cy)).to_have_count(1)
    cy.go_offline()  # what happens now is not seen
    with shared.open_app().app_context():
        bo = get_viewer(db.session, 2)
        chat = db.session.execute(select(Conversation.public_id).where(Conversation.handler == Handler.QUEUE)).scalar()
        db.session.close()
        transfers.claim(bo, str(chat))
        db.session.remove()
    cy.page.route(re.compile("/queue/list"), lambda route: route.abort())
    cy.go_online()
    items(cy).get_by_role("button", name="Claim").click()
    expect(cy.page.locator("#flash")).to_contain_text("Bo Lindqvist was faster")
    cy.page.unroute(re.compile("/queue/list"))
    cy.page.reload()
    expect(items(cy)).to_have_count(0)


def test_why_it_still_waits_follows_who_comes_and_goes(server: DemoServer, cast: Cast) -> None:
    waiting(cast, server)
    bo = cast.colleague(server, "bo")
    bo.view("Unassigned")
    expect(bo.page.get_by_role("link", name="Who waits, and why")).to_be_visible()
    bo.open_first()
    bo.page.get_by_role("button", name="(why?)").click()
    receipt = bo.page.locator(".receipt > .candidates")
    expect(receipt.locator("li", has_text="Eli Navarro")).to_contain_text("away")
    eli = cast.colleague(server, "eli")
    eli.set_availability("Online")
    expect(receipt.locator("li", has_text="Eli Navarro")).to_contain_text("at limit 0/0")
    eli.set_availability("Away")
    expect(receipt.locator("li", has_text="Eli Navarro")).to_contain_text("away")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("is_dark", [False, True])
def test_the_queue_page_can_be_used_by_everybody(server: DemoServer, cast: Cast, width: int, is_dark: bool) -> None:
    waiting(cast, server)
    ada = cast.colleague(server, "ada", width=width, dark=is_dark)
    ada.page.goto(f"{server.url}/queue")
    items(ada).locator("summary").click()
    found = Axe().run(ada.page)
    assert found.violations_count == 0, found.generate_report()
    assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ada.page.keyboard.press("Tab")
    items(ada).get_by_role("link", name=re.compile("^Open")).press("Enter")
    expect(ada.page.locator("header.thread-head")).to_contain_text("Waiting since")
