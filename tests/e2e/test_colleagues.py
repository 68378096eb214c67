"""Two colleagues on one conversation: each sees that the other is there, and a takeover of a writer asks once (T9)."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer


def test_a_takeover_of_somebody_who_writes_asks_once_and_keeps_the_text(server: DemoServer, cast: Cast) -> None:
    bo, visitor = cast.colleague(server, "bo"), cast.visitor(server)
    bo.set_availability("Online")
    visitor.say("I want to talk to a human")
    bo.open_first()
    cy = cast.colleague(server, "cy")
    cy.view("My teams")
    cy.open_first()
    line = "[data-colleagues]"
    expect(bo.page.locator(line)).to_contain_text("Cy")
    expect(bo.page.locator(line)).to_contain_text("is here too")

    bo.editor.press_sequentially("Let me have a look")
    expect(cy.page.locator(line)).to_contain_text(re.compile("Bo.* is writing a reply"))

    cy.reply("I know this one, Bo.", "Takeover & Send")
    dialog = cy.page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile("Bo.* is writing a reply right now"))
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(cy.editor).to_have_value("I know this one, Bo.")
    expect(bo.thread.locator(".says")).to_contain_text("With you")

    cy.page.get_by_role("button", name="Takeover & Send", exact=True).click()
    cy.page.get_by_role("dialog").get_by_role("button", name="Takeover & Send").click()
    visitor.expect_line("I know this one, Bo.")
    expect(cy.thread.locator(".says")).to_contain_text("With you")
    expect(bo.thread.locator(".says")).to_contain_text("With Cy")
    expect(bo.editor).to_have_value("Let me have a look")


def test_who_leaves_is_no_longer_shown(server: DemoServer, cast: Cast) -> None:
    bo, visitor = cast.colleague(server, "bo"), cast.visitor(server)
    bo.set_availability("Online")
    visitor.say("I want to talk to a human")
    bo.open_first()
    cy = cast.colleague(server, "cy")
    cy.view("My teams")
    cy.open_first()
    line = bo.page.locator("[data-colleagues]")
    expect(line).to_contain_text("is here too")
    cy.page.close()
    expect(line).to_be_hidden()
