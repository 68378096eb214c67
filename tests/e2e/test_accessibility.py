"""axe-core finds no violation of WCAG 2.2 AA on any page, light and dark, wide and narrow (N6)."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    response = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(response["passes"]) > 5, "axe looked at nothing"
    return [f"{each['id']}: {[node['target'] for node in each['nodes']][:3]}" for each in response["violations"]]


@pytest.mark.parametrize(("width", "is_dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_no_page_of_the_inbox_violates_wcag(server: DemoServer, cast: Cast, width: int, is_dark: bool) -> None:
    ada = cast.colleague(server, "ada", width=width, dark=is_dark)
    page = ada.page
    found = {"inbox": violations(page)}
    ada.view("All")
    expect(ada.rows.first).to_be_visible()
    found["all"] = violations(page)
    ada.open_first()
    found["conversation"] = violations(page)
    page.goto(f"{server.url}/account")
    found["account"] = violations(page)
    page.goto(f"{server.url}/conversations/no-such-thing")
    found["missing"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}


def test_sign_in_and_webchat_do_not_violate_wcag(server: DemoServer, cast: Cast) -> None:
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    expect(nora.chat.locator("#queue")).to_be_visible()
    found = {"shop": violations(nora.page)}
    nora.page.goto(f"{server.url}/login")
    found["sign in"] = violations(nora.page)
    nora.page.get_by_role("button", name="Sign in").click()
    assert {name: each for name, each in found.items() if each} == {}


def test_everything_can_be_reached_with_the_keyboard(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    expect(bo.rows).to_have_count(1)
    bo.rows.first.locator("a").focus()
    bo.page.keyboard.press("Enter")
    expect(bo.editor).to_be_visible()
    bo.editor.focus()
    bo.page.keyboard.type("Typed and sent without a mouse")
    bo.page.keyboard.press("Control+Enter")
    nora.expect_line("Typed and sent without a mouse")
    bo.page.get_by_role("button", name="Transfer").focus()
    bo.page.keyboard.press("Enter")
    dialog = bo.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    bo.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(bo.page.get_by_role("button", name=re.compile("Transfer"))).to_be_focused()
