"""Tags in browsers: typed by one colleague, filtered by another, live; and a teamspace's tags put in order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import Colleague
from tests.e2e.test_accessibility import violations

ADD = "Add a tag"


def tags_of(colleague: Colleague) -> Locator:
    return colleague.page.locator(".tag-box")


def with_a_chat(cast: Cast, server: DemoServer) -> Colleague:
    """Bo with one chat open."""
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    cast.visitor(server).say("Can I talk to a human about my money?")
    expect(bo.rows).to_have_count(1)
    bo.open_first()
    return bo


def filter_by_tag(colleague: Colleague, name: str) -> None:
    """Everything with this tag, by the panel of the filters."""
    colleague.view("All")
    colleague.page.get_by_role("button", name="Filter and sort").click()
    colleague.page.locator("#filters").get_by_label("Tag").select_option(name)


def test_a_conversation_that_gets_a_tag_appears_where_one_filters_by_it_and_leaves_with_it(
    server: DemoServer, cast: Cast
) -> None:
    cy = cast.colleague(server, "cy")
    filter_by_tag(cy, "Refund")
    expect(cy.page).to_have_url(re.compile("tag="))
    expect(cy.rows).to_have_count(0)  # those of the demo are not Cy's to see
    bo = with_a_chat(cast, server)

    bo.page.get_by_label(ADD).press_sequentially("ref")
    expect(tags_of(bo).get_by_role("option", name="Refund", exact=True)).to_have_attribute("aria-selected", "true")
    expect(tags_of(bo).get_by_role("option", name="Create “ref”")).to_be_visible()
    bo.page.get_by_label(ADD).press("Enter")
    expect(tags_of(bo).get_by_role("link", name="Refund")).to_be_visible()
    expect(bo.page.get_by_label(ADD)).to_have_value("")
    expect(bo.page.get_by_label(ADD)).to_be_focused()
    expect(bo.thread.get_by_text("Bo Lindqvist added the tag “Refund”.")).to_be_visible()
    expect(cy.rows).to_have_count(1)
    expect(cy.rows.locator(".row-tags")).to_have_text("Refund")
    cy.rows.first.locator("a").click()
    expect(tags_of(cy).get_by_role("link", name="Refund")).to_be_visible()

    bo.page.get_by_role("button", name="Take off Refund").click()
    expect(cy.rows).to_have_count(0)
    expect(tags_of(cy).get_by_role("link", name="Refund")).to_have_count(0)
    cy.reload()
    expect(cy.page.get_by_text("Nothing matches")).to_be_visible()
    expect(cy.page.locator("#filters").get_by_label("Tag")).to_have_value(re.compile("-"))


def test_what_is_typed_stays_while_the_details_are_drawn_anew(server: DemoServer, cast: Cast) -> None:
    bo = with_a_chat(cast, server)
    bo.page.get_by_label(ADD).press_sequentially("Money b")
    ada = cast.colleague(server, "ada")
    ada.view("All")
    ada.rows.first.locator("a").click()
    ada.page.get_by_label(ADD).fill("Urgent")
    ada.page.get_by_label(ADD).press("Enter")
    expect(tags_of(bo).get_by_role("link", name="Urgent")).to_be_visible()
    expect(bo.page.get_by_label(ADD)).to_have_value("Money b")
    expect(bo.page.get_by_label(ADD)).to_be_focused()
    bo.page.keyboard.type("ack")
    expect(tags_of(bo).get_by_role("option", name="Create “Money back”")).to_be_visible()
    bo.page.keyboard.press("Escape")
    expect(tags_of(bo).get_by_role("listbox")).to_be_hidden()
    bo.page.keyboard.press("ArrowDown")
    bo.page.keyboard.press("Enter")
    expect(tags_of(bo).get_by_role("link", name="Money back")).to_be_visible()


def test_a_tag_is_renamed_and_merged_in_the_settings_and_open_pages_follow(server: DemoServer, cast: Cast) -> None:
    bo = with_a_chat(cast, server)
    bo.page.get_by_label(ADD).fill("Money back")
    bo.page.get_by_label(ADD).press("Enter")
    expect(tags_of(bo).get_by_role("link", name="Money back")).to_be_visible()

    page = cast.colleague(server, "ada").go("/settings/teamspaces").page
    page.get_by_role("link", name="Support").click()
    page.get_by_role("link", name="Tags").click()
    expect(page.locator(".tag-row").filter(has_text="Money back")).to_contain_text("1 conversation")
    assert violations(page) == []
    page.get_by_role("button", name="Rename Money back").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("refund")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_text("Merge Money back into it?")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Merge them").click()
    expect(page.locator(".tag-row").filter(has_text="Money back")).to_have_count(0)
    expect(page.locator(".tag-row").filter(has_text="Refund")).to_contain_text("3 conversations")
    expect(tags_of(bo).get_by_role("link", name="Refund")).to_be_visible()
    expect(bo.rows.first.locator(".row-tags")).to_have_text("Refund")


def test_what_was_suggested_for_other_letters_is_not_taken(server: DemoServer, cast: Cast) -> None:
    bo = with_a_chat(cast, server)
    bo.page.clock.install()
    bo.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=10))  # what is typed asks for nothing yet
    held: list[Route] = []
    bo.page.route(re.compile(r"/tags\?tag=$"), lambda route: held.append(route))
    with bo.page.expect_request(re.compile(r"/tags\?tag=$")):
        bo.page.get_by_label(ADD).focus()
    bo.page.keyboard.type("Urgent")
    held[0].continue_()
    expect(tags_of(bo).get_by_role("option").first).to_be_visible()
    bo.page.keyboard.press("Enter")
    expect(tags_of(bo).get_by_role("listitem")).to_have_text(["Urgent"])


@pytest.mark.parametrize(("width", "is_dark"), [(390, True), (1440, False)])
def test_tags_are_accessible(server: DemoServer, cast: Cast, width: int, is_dark: bool) -> None:
    ada = cast.colleague(server, "ada", width=width, dark=is_dark)
    ada.go("/inbox?view=all")
    ada.rows.filter(has_text="Refund").first.locator("a").click()
    if width == 390:
        ada.page.get_by_role("button", name="Details", exact=True).click()
    ada.page.get_by_label(ADD).press_sequentially("re")
    expect(tags_of(ada).get_by_role("option").first).to_be_visible()
    assert violations(ada.page) == []
    ada.page.get_by_label(ADD).press("Escape")
    expect(tags_of(ada).get_by_role("listbox")).to_be_hidden()
    expect(tags_of(ada)).to_be_visible()
