"""Chat Assignment is tried on the last handoffs, then changed, and what waits behaves by it (A1, A4, A7)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import Colleague, Visitor
from tests.e2e.test_accessibility import violations


def ask_for_human(cast: Cast, server: DemoServer) -> Visitor:
    visitor = cast.visitor(server)
    visitor.say("Can I talk to a human, please?")
    return visitor


def open_chat_assignment(ada: Colleague) -> None:
    """The way that a person finds."""
    ada.visit("Settings")
    ada.page.get_by_role("link", name="Teamspaces").click()
    ada.page.locator("#settings").get_by_role("link", name=re.compile("Support")).first.click()
    ada.page.get_by_role("link", name="Chat assignment").click()
    expect(ada.page.get_by_role("heading", name="Support")).to_be_visible()
    ada.settle()


def changes(ada: Colleague) -> Locator:
    return ada.page.locator("#changes")


def save(ada: Colleague) -> Locator:
    ada.page.get_by_role("button", name="Save").click()
    return ada.page.locator("#flash [data-toast]").last


def test_an_admin_tries_voluntary_sees_what_it_would_do_and_saves_it(server: DemoServer, cast: Cast) -> None:
    bo, ada = cast.colleague(server, "bo"), cast.colleague(server, "ada")
    bo.set_availability("Online")
    for _ in range(2):
        ask_for_human(cast, server).expect_line(re.compile("Bo Lindqvist joined"))
    open_chat_assignment(ada)
    page = ada.page

    page.get_by_role("radio", name=re.compile("^Voluntary")).check()
    expect(changes(ada)).to_contain_text("From then on nobody gets a chat automatically")
    page.get_by_label("On the last").select_option("20")
    page.get_by_role("button", name="Try it").click()
    rows = page.locator(".dry-table tbody tr")
    for newest in (rows.nth(0), rows.nth(1)):
        expect(newest).to_contain_text("Bo Lindqvist")
        expect(newest).to_contain_text("Waits for a claim. Online then: Bo Lindqvist.")
    expect(page.locator(".dry-head")).to_contain_text("Voluntary, at most 10 chats.")
    expect(page.get_by_role("img", name=re.compile(rf"Waits of {rows.count()} handoffs"))).to_be_visible()
    expect(page.get_by_text("Unsaved changes")).to_be_visible()

    expect(save(ada)).to_contain_text("Voluntary instead of Balanced.")
    nora = ask_for_human(cast, server)
    expect(nora.chat.locator("#queue")).to_be_visible()
    bo.view("Unassigned")
    expect(bo.rows).to_have_count(1)

    page.get_by_role("radio", name=re.compile("^Balanced")).check()
    expect(changes(ada)).to_contain_text("1 chat waits now; there is room for 1 at once")
    expect(save(ada)).to_contain_text("Balanced instead of Voluntary. 1 waiting chat was assigned.")
    nora.expect_line(re.compile("Bo Lindqvist joined"))


def test_a_wrong_number_comes_back_with_everything_that_was_chosen(server: DemoServer, cast: Cast) -> None:
    ada = cast.colleague(server, "ada")
    open_chat_assignment(ada)
    ada.page.get_by_label("Auto-assigned chats").fill("0")
    ada.page.get_by_role("radio", name=re.compile("^Random")).check()
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_text("Enter a whole number from 1 to 1,000.")).to_be_in_viewport()
    expect(ada.page.get_by_role("radio", name=re.compile("^Random"))).to_be_checked()
    expect(ada.page.get_by_text("Unsaved changes")).to_be_visible()


def test_the_later_of_two_admins_sees_what_the_first_saved_and_decides(server: DemoServer, cast: Cast) -> None:
    first, second = cast.colleague(server, "ada"), cast.colleague(server, "ada")
    for each in (first, second):
        open_chat_assignment(each)
    first.page.get_by_label("Auto-assigned chats").fill("5")
    expect(save(first)).to_contain_text("The limit is 5 instead of 10.")
    second.page.get_by_label("Auto-assigned chats").fill("8")
    second.page.get_by_role("button", name="Try it").scroll_into_view_if_needed()
    second.page.get_by_role("button", name="Save").click()
    expect(second.page.get_by_role("alert")).to_contain_text("Saved now: Balanced, at most 5 chats")
    expect(second.page.get_by_role("alert")).to_be_in_viewport()
    expect(second.page.get_by_label("Auto-assigned chats")).to_have_value("8")
    expect(save(second)).to_contain_text("The limit is 8 instead of 5.")


@pytest.mark.parametrize(("width", "is_dark"), [(1440, False), (390, True)])
def test_the_page_works_narrow_dark_and_by_keyboard(server: DemoServer, cast: Cast, width: int, is_dark: bool) -> None:
    bo, ada = cast.colleague(server, "bo"), cast.colleague(server, "ada", width=width, dark=is_dark)
    bo.set_availability("Online")
    ask_for_human(cast, server).expect_line(re.compile("Bo Lindqvist joined"))
    open_chat_assignment(ada)
    page = ada.page
    page.get_by_role("radio", name=re.compile("^Balanced")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name=re.compile("^Random"))).to_be_checked()
    expect(changes(ada)).to_contain_text("Random instead of Balanced.")
    page.get_by_role("button", name="Try it").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".dry-table tbody tr").first).to_contain_text("Bo Lindqvist")
    expect(page.locator(".dry-limits")).to_contain_text("seed")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overflow = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('.settings-main'))"
    assert page.evaluate(overflow) == 0
    page.get_by_label("Auto-assigned chats").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#flash [data-toast]").last).to_contain_text("Random instead of Balanced.")
