"""A row that is drawn anew under the hand still opens its conversation, and what opened stays open (N1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Route, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import Colleague


def see_waiting(cast: Cast, server: DemoServer) -> Colleague:
    """Cy with one queued chat in the list."""
    cy = cast.colleague(server, "cy")
    cast.visitor(server).say("Can I talk to a human, please?")
    cy.view("Unassigned")
    expect(cy.rows).to_have_count(1)
    return cy


def test_what_was_opened_is_not_covered_when_the_list_changed_meanwhile(server: DemoServer, cast: Cast) -> None:
    cy = see_waiting(cast, server)
    cy.page.clock.install()
    cy.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=10))
    held: list[Route] = []
    cy.page.route(re.compile(r"/conversations/[^/]+$"), lambda route: held.append(route))
    with cy.page.expect_request(re.compile(r"/conversations/[^/]+$")):
        cy.rows.first.locator("a").click()
    cy.view("My teams")
    expect(cy.rows).to_have_count(0)
    held[0].continue_()
    expect(cy.editor).to_be_visible()
    cy.page.clock.run_for(1000)
    expect(cy.page.locator(".skeleton-thread")).to_have_count(0)
    expect(cy.editor).to_be_visible()


def test_a_row_that_is_drawn_anew_under_the_pressed_button_is_opened(server: DemoServer, cast: Cast) -> None:
    cy = see_waiting(cast, server)
    box = cy.rows.first.bounding_box()
    assert box is not None
    cy.page.mouse.move(box["x"] + 60, box["y"] + 20)
    cy.page.mouse.down()
    old = cy.rows.first.element_handle()
    visitor = cast.everybody[-1]
    visitor.page.frame_locator("iframe").locator("#text").fill("Hello?")
    visitor.page.frame_locator("iframe").locator("#text").press("Enter")
    expect(cy.rows.first).to_contain_text("Hello?")
    assert not old.evaluate("row => row.isConnected")
    cy.page.mouse.up()
    expect(cy.editor).to_be_visible()


def test_what_comes_in_never_lies_on_the_buttons_of_the_composer(server: DemoServer, cast: Cast) -> None:
    cy = see_waiting(cast, server)
    cy.open_first()
    cast.visitor(server).say("I want to speak to a person")
    card = cy.page.locator("#flash .toast-card")
    expect(card).to_have_count(1)
    top = cy.page.locator("header.thread-head").bounding_box()
    lies, composer = card.bounding_box(), cy.page.locator("form.composer").bounding_box()
    assert top
    assert lies
    assert composer
    assert top["y"] + top["height"] <= lies["y"] < lies["y"] + lies["height"] <= composer["y"]
