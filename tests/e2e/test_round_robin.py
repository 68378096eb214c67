"""Chat Assignment among people: in the order they came online, past who is away, through a restart (A1, A3)."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import select

from dashboard.models import Teamspace, db
from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague, Visitor

NAMES = {"Bo Lindqvist": "Bo", "Cy Okafor": "Cy", "Eli Navarro": "Eli"}


def use(demo: Demo, ada: Colleague, method: str) -> None:
    """An admin chooses Support's method where it is chosen."""
    with demo.open_app().app_context():
        table = Teamspace.__table__.c
        support = db.session.execute(select(table.public_id).where(table.name == "Support")).scalar_one()
        db.session.remove()
    ada.go(f"/settings/teamspaces/{support}/chat-assignment")
    ada.page.get_by_role("radio", name=re.compile(f"^{method}")).check()
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.locator("#flash")).to_contain_text("Saved")


def ask_for_human(cast: Cast, server: DemoServer) -> Visitor:
    visitor = cast.visitor(server)
    visitor.say("Can I talk to a human, please?")
    return visitor


def who_joined(visitor: Visitor) -> str:
    """The name that the visitor reads, once somebody has joined."""
    line = visitor.chat.locator("#rows").get_by_text(re.compile(r"joined")).last
    expect(line).to_be_visible()
    return next(short for name, short in NAMES.items() if name in line.inner_text())


def serve(cast: Cast, server: DemoServer, count: int) -> list[str]:
    """So many people ask, one after the other; who joined each."""
    served = []
    for _ in range(count):
        visitor = ask_for_human(cast, server)
        served.append(who_joined(visitor))
        visitor.page.close()
    return served


def test_three_agents_take_turns_in_the_order_they_came_online(demo: Demo, cast: Cast) -> None:
    server = demo.start()
    use(demo, cast.colleague(server, "ada"), "Round robin")
    bo, cy, eli = (cast.colleague(server, name) for name in ("bo", "cy", "eli"))
    for each in (bo, cy, eli):
        each.set_availability("Online")
    assert serve(cast, server, 6) == ["Bo", "Cy", "Eli", "Bo", "Cy", "Eli"]

    cy.go_away()
    cy.page.get_by_role("button", name="Keep all").click()
    expect(cy.page.get_by_role("dialog")).to_be_hidden()
    assert serve(cast, server, 3) == ["Bo", "Eli", "Bo"]

    server = demo.restart()
    for each in (bo, cy, eli):
        expect(each.page.locator("#connection")).to_be_hidden(timeout=30_000)
    assert serve(cast, server, 2) == ["Eli", "Bo"], "the turns go on after a killed server"

    cy.set_availability("Online")
    assert serve(cast, server, 3) == ["Eli", "Cy", "Bo"], "who comes back stands at the end"


def test_who_is_away_gets_nothing_sees_who_waits_and_may_claim(server: DemoServer, cast: Cast) -> None:
    cy = cast.colleague(server, "cy")
    nora = ask_for_human(cast, server)
    expect(nora.chat.locator("#queue")).to_be_visible()
    expect(cy.page.locator(".view[data-view=unassigned] .view-count")).to_have_text("1")
    expect(cy.page).to_have_title(re.compile("^Inbox"))
    expect(cy.rows).to_have_count(0)

    cy.view("Unassigned")
    cy.open_first()
    expect(cy.page.locator("header.thread-head")).to_contain_text("Waiting")
    cy.page.get_by_role("button", name="Claim").click()
    expect(cy.page.locator("header.thread-head")).to_contain_text("With you")
    assert who_joined(nora) == "Cy"
    cy.reply("Hello, Cy here.")
    nora.expect_line("Hello, Cy here.")
