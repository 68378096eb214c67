"""Who gets the chats, language by language: set on screen, in effect for the next person who asks (H1 to H5)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import visit
from tests.e2e.test_accessibility import violations

SPANISH = "Hola, me gustaría hablar con una persona, por favor"
ENGLISH = "Hello, I would like to talk to a person, please"


def open_handoff(page: Page) -> None:
    """From the rail to the settings of Trail's Human handoff."""
    visit(page, "AI agents")
    page.get_by_role("link", name=re.compile("Trail")).click()
    page.get_by_role("link", name=re.compile("Human handoff")).first.click()
    expect(page.get_by_role("heading", name="Human handoff")).to_be_visible()
    be_ready(page)


def be_ready(page: Page) -> None:
    """A page that has just been opened hears its buttons."""
    expect(page.locator("body[data-ready]")).to_be_attached()


def choose(page: Page, assign: str, mode: str, *names: str) -> None:
    """`assign` is Assign chat, or Assign in Spanish."""
    page.get_by_role("group", name=assign, exact=True).get_by_text(mode).click()
    members = page.get_by_role("group", name=f"{assign}: users and teams")
    for name in names:
        members.get_by_label(name).check()


def test_spanish_goes_to_eli_and_everything_else_to_front_line(server: DemoServer, cast: Cast) -> None:
    ada, bo, eli = (cast.colleague(server, name) for name in ("ada", "bo", "eli"))
    bo.set_availability("Online")
    page = ada.page
    open_handoff(page)
    choose(page, "Assign chat", "Specific users or teams", "Front line")
    choose(page, "Assign in Spanish", "Specific", "Eli Navarro")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    expect(page.locator("#flow-tree")).to_contain_text("Version 1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#flow-tree")).to_contain_text("Version 2 by Ada Moreno")
    expect(page.locator("#flow-tree [aria-current]")).to_contain_text("own list: Spanish")
    expect(page.get_by_text("Unsaved changes")).to_have_count(0)

    # Nobody of the Spanish list is there: it waits for Eli, beside Bo who is free and does not see it.
    lucia = cast.visitor(server)
    lucia.say(SPANISH)
    expect(lucia.chat.locator("#queue")).to_be_visible()
    eli.view("Unassigned")
    expect(eli.rows).to_have_count(1)
    nora = cast.visitor(server)
    nora.say(ENGLISH)
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    bo.view("Unassigned")
    expect(bo.rows).to_have_count(0)

    eli.set_availability("Online")
    lucia.expect_line(re.compile("Eli Navarro"))
    ines = cast.visitor(server)
    ines.say(SPANISH)
    ines.expect_line(re.compile("Eli Navarro"))


def test_with_the_check_the_ai_agent_keeps_a_chat_that_nobody_of_the_list_could_take(
    server: DemoServer, cast: Cast
) -> None:
    ada, bo = cast.colleague(server, "ada"), cast.colleague(server, "bo")
    bo.set_availability("Online")
    page = ada.page
    open_handoff(page)
    choose(page, "Assign in Spanish", "Specific", "Eli Navarro")
    page.get_by_label("User availability check").check()
    page.locator('textarea[name="unavailable_message.es"]').fill("Ahora no hay nadie que hable español.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#flow-tree")).to_contain_text("Version 2")

    lucia = cast.visitor(server)
    lucia.say(SPANISH)
    lucia.expect_line("Ahora no hay nadie que hable español.")
    nora = cast.visitor(server)
    nora.say(ENGLISH)
    nora.expect_line(re.compile("Bo Lindqvist joined"))


def test_a_list_with_nobody_is_refused_beside_what_was_typed(server: DemoServer, cast: Cast) -> None:
    page = cast.colleague(server, "ada").page
    open_handoff(page)
    page.locator('textarea[name="handoff_message.en"]').fill("Do not lose me")
    choose(page, "Assign in Spanish", "Specific")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose at least one user or team")).to_be_visible()
    expect(page.locator('textarea[name="handoff_message.en"]')).to_have_value("Do not lose me")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    expect(page.locator("#flow-tree")).to_contain_text("Version 1")


def test_a_long_list_can_be_searched_and_the_search_is_no_change(server: DemoServer, cast: Cast) -> None:
    page = cast.colleague(server, "ada").page
    open_handoff(page)
    choose(page, "Assign chat", "Specific users or teams", "Cy Okafor")
    members = page.get_by_role("group", name="Assign chat: users and teams")
    search = page.get_by_label("Assign chat: search users and teams")
    search.fill("nava")
    search.press("Enter")
    expect(members.locator("label:visible")).to_have_count(1)
    members.get_by_label("Eli Navarro").check()
    search.fill("nobody at all")
    expect(members.get_by_text("Nobody of that name.")).to_be_visible()
    search.fill("")
    expect(members.locator("label:visible")).to_have_count(5)
    expect(page.get_by_text("2 chosen")).to_be_visible()


def test_two_editors_at_once_get_a_conflict_and_lose_nothing(server: DemoServer, cast: Cast) -> None:
    first, second = cast.colleague(server, "ada").page, cast.colleague(server, "ada").page
    for page in (first, second):
        open_handoff(page)
    first.get_by_label("User availability check").check()
    first.get_by_role("button", name="Save").click()
    expect(first.locator("#flow-tree")).to_contain_text("Version 2")

    second.locator('textarea[name="handoff_message.en"]').fill("My own words")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Ada Moreno saved version 2 in the meantime")).to_be_visible()
    expect(second.locator(".flow-changes").first).to_contain_text("User availability check")
    expect(second.locator('textarea[name="handoff_message.en"]')).to_have_value("My own words")
    second.get_by_role("button", name="Save mine over version 2").click()
    expect(second.locator("#flow-tree")).to_contain_text("Version 3")

    first.locator('textarea[name="handoff_message.en"]').fill("Words of the first")
    first.get_by_role("button", name="Save").click()
    first.get_by_role("link", name="Load theirs").click()
    expect(first.locator('textarea[name="handoff_message.en"]')).to_have_value("My own words")
    expect(first.get_by_label("User availability check")).not_to_be_checked()

    first.get_by_text("Versions").click()
    first.get_by_role("link", name="Restore").first.click()
    expect(first.get_by_text("Filled from version 2")).to_be_visible()
    expect(first.get_by_label("User availability check")).to_be_checked()
    be_ready(first)
    first.get_by_role("button", name="Save").click()
    expect(first.locator("#flow-tree")).to_contain_text("Version 4")
    expect(first).to_have_url(re.compile(r"node=to_a_person$"))


def test_on_a_phone_the_settings_take_the_place_of_the_tree(server: DemoServer, cast: Cast) -> None:
    page = cast.colleague(server, "ada", width=390).page
    open_handoff(page)
    expect(page.locator("#flow-tree")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    choose(page, "Assign in Spanish", "Specific", "Eli Navarro")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 2 runs from now on")).to_be_visible()
    page.get_by_role("link", name="Workflow of Trail").click()
    expect(page.locator("#flow-tree")).to_contain_text("own list: Spanish")


@pytest.mark.parametrize(("width", "is_dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_no_page_of_a_workflow_violates_wcag(server: DemoServer, cast: Cast, width: int, is_dark: bool) -> None:
    page = cast.colleague(server, "ada", width=width, dark=is_dark).page
    page.goto(f"{server.url}/ai-agents")
    found = {"agents": violations(page)}
    page.get_by_role("link", name=re.compile("Trail")).click()
    found["tree"] = violations(page)
    for name, link in (("handoff", "Human handoff"), ("message", "Send message")):
        page.goto(re.sub(r"\?.*", "", page.url))
        page.get_by_role("link", name=re.compile(link)).first.click()
        be_ready(page)
        found[name] = violations(page)
    page.goto(page.url.replace("node=greeting", "node=to_a_person"))
    be_ready(page)
    choose(page, "Assign chat", "Specific users or teams")
    choose(page, "Assign in Spanish", "Specific", "Eli Navarro")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose at least one user or team")).to_be_visible()
    found["refused"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}
