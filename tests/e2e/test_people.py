"""People on screen: found, noted, tagged and banned; and two visitors who turn out to be one person."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import Colleague
from tests.e2e.test_accessibility import violations


def open_person_of(colleague: Colleague, text: str, row: int = 0) -> Page:
    """From the conversation with this text, which stands in this row of the list, to the page of its person."""
    page = colleague.go("/inbox?view=all").page
    colleague.rows.nth(row).locator("a").click()
    expect(colleague.thread.get_by_text(text).first).to_be_visible()
    page.locator(".details-pane").get_by_role("link", name=re.compile("Visitor")).click()
    expect(page.locator("#person h1")).to_be_visible()
    colleague.settle()
    return page


def section(page: Page, name: str) -> Locator:
    return page.locator("section.sheet").filter(has=page.get_by_role("heading", name=name))


def test_a_person_is_found_noted_tagged_and_banned(cast: Cast, server: DemoServer) -> None:
    ada, visitor = cast.colleague(server, "ada"), cast.visitor(server)
    visitor.say("Can I talk to a human about my broken zip?")
    visitor.expect_line(re.compile("colleague|wait", re.I))
    page = open_person_of(ada, "broken zip")
    page.get_by_label("Name").fill("Zoe Zimmer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Zoe Zimmer")).to_be_visible()
    page.get_by_label("Write a note").fill("Met her at the fair")
    page.get_by_role("button", name="Add note").click()
    expect(section(page, "Notes").get_by_text("Met her at the fair")).to_be_visible()
    page.get_by_label("Add a tag").fill("Press")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(section(page, "Tags").get_by_text("Press")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("link", name="People").first.click()
    ada.settle()
    page.get_by_label("Search people").fill("zimm")
    expect(page.locator(".person-row")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=zimm"))
    assert violations(page) == []
    page.get_by_role("link", name="Zoe Zimmer").click()
    ada.settle()
    page.get_by_role("button", name="Ban…").click()
    page.get_by_role("button", name="Ban Zoe Zimmer").click()
    expect(page.get_by_role("button", name="Lift the ban")).to_be_visible()

    visitor.say("Hello?")
    visitor.expect_line(re.compile("cannot write here any more"))
    expect(visitor.chat.get_by_text("Hello?")).to_be_visible()


def test_two_visitors_with_live_chats_turn_out_to_be_one_person(cast: Cast, server: DemoServer) -> None:
    ada, laptop, phone = cast.colleague(server, "ada"), cast.visitor(server), cast.visitor(server)
    laptop.say("Can I talk to a human about the laptop order?")
    laptop.expect_line(re.compile("colleague|wait", re.I))
    phone.say("Can I talk to a human about the phone order?")
    phone.expect_line(re.compile("colleague|wait", re.I))

    page = open_person_of(ada, "laptop order", row=1)
    page.get_by_label("Name").fill("Zoe Zimmer")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Zoe Zimmer")).to_be_visible()
    page.get_by_role("button", name="Merge with another record…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("button.other").first).to_be_visible()
    dialog.locator("button.other").first.click()
    expect(dialog.get_by_text("stays live")).to_be_visible()
    expect(dialog.get_by_text("This cannot be undone.")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Merge for good").click()
    expect(page.locator(".past-row")).to_have_count(2)

    laptop.expect_line("Can I talk to a human about the phone order?")
    laptop.say("It is me, on the laptop")
    phone.expect_line("It is me, on the laptop")
    phone.say("And me, on the phone")
    laptop.expect_line("And me, on the phone")
    assert (laptop.count("It is me, on the laptop"), phone.count("It is me, on the laptop")) == (1, 1)


@pytest.mark.parametrize(("width", "is_dark"), [(390, False), (1440, True)])
def test_the_people_pages_are_accessible(cast: Cast, server: DemoServer, width: int, is_dark: bool) -> None:
    ada = cast.colleague(server, "ada", width=width, dark=is_dark)
    page = ada.go("/people").page
    expect(page.locator(".person-row").first).to_be_visible()
    found = {"list": violations(page)}
    page.locator(".person-row a").first.click()
    ada.settle()
    found["person"] = violations(page)
    page.get_by_role("button", name="Merge with another record…").click()
    page.locator("button.other").first.click()
    expect(page.get_by_role("button", name="Merge for good")).to_be_visible()
    found["merge"] = violations(page)
    assert found == {key: [] for key in found}
