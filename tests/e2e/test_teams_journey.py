"""An admin makes a team, links it, and its member gets a first chat; deleting it names what follows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import Colleague
from tests.e2e.test_accessibility import violations


def open_settings(admin: Colleague, section: str) -> Page:
    page = admin.page
    page.get_by_role("link", name="Settings").click()
    page.locator(".settings-nav").get_by_role("link", name=section, exact=True).click()
    expect(page.get_by_role("heading", name=section, level=1)).to_be_visible()
    return page


def follow(page: Page, name: str) -> None:
    """A link to another page, whose scripts are there then."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator(".crumb")).to_be_visible()
    expect(page.locator("body[data-ready]")).to_be_attached()


def tick(page: Page, group: str, name: str) -> None:
    page.get_by_role("group", name=group).get_by_role("checkbox", name=re.compile(name)).check()


def test_a_team_is_made_linked_and_gets_its_first_chat(cast: Cast, server: DemoServer) -> None:
    ada, fay = cast.colleague(server, "ada"), cast.colleague(server, "fay")
    fay.set_availability("Online")
    visitor = cast.visitor(server)
    visitor.say("Can I talk to a human?")
    expect(fay.rows).to_have_count(0)

    page = open_settings(ada, "Teams")
    follow(page, "New team")
    page.get_by_label("Name", exact=True).fill("Night shift")
    page.get_by_label("Search users").fill("thorn")
    members = page.get_by_role("group", name="Members")
    expect(members.get_by_role("checkbox")).to_have_count(1)
    tick(page, "Members", "Fay Thornton")
    expect(members.locator("[data-pick-count]")).to_have_text("1 chosen")
    tick(page, "Linked teamspaces", "Support")
    expect(page.locator("[data-unsaved]")).to_have_text("Unsaved changes")
    page.get_by_role("button", name="Create team").click()
    expect(page.get_by_role("heading", name="Night shift", level=1)).to_be_visible()
    assert re.search(r"/settings/teams/[0-9a-f-]{36}$", page.url)

    expect(fay.rows).to_have_count(1)
    fay.open_first()
    fay.reply("Hello from the night shift")
    visitor.expect_line("Hello from the night shift")

    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete Night shift?")
    expect(dialog).to_contain_text("1 open conversation returns to the queue")
    expect(dialog).to_contain_text("It is unlinked from Support")
    expect(dialog).to_contain_text("1 member loses what they see through it.")
    dialog.get_by_role("button", name="Delete Night shift").click()
    expect(page.locator(".card-row")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"/settings/teams$"))
    expect(page.get_by_role("heading", name="Night shift")).to_have_count(0)
    expect(fay.rows).to_have_count(0)


def test_a_teams_role_ticks_its_holders_and_gives_back_what_was_ticked_by_hand(cast: Cast, server: DemoServer) -> None:
    page = open_settings(cast.colleague(server, "ada"), "Teams")
    follow(page, "Returns")
    members = page.get_by_role("group", name="Members")
    eli, bo = (members.get_by_role("checkbox", name=re.compile(name)) for name in ("Eli Navarro", "Bo Lindqvist"))
    ada = members.get_by_role("checkbox", name=re.compile("Ada Moreno"))
    expect(eli).to_be_checked()
    page.get_by_label("Team role").select_option("Live agent")
    expect(bo).to_be_checked()
    expect(bo).to_be_disabled()
    expect(ada).to_be_enabled()
    page.get_by_label("Team role").select_option("No role: only the users below")
    expect(bo).not_to_be_checked()
    expect(bo).to_be_enabled()
    expect(eli).to_be_checked()
    expect(members.locator("[data-pick-count]")).to_have_text("1 chosen")


def test_a_teamspace_is_made_and_works_at_once(cast: Cast, server: DemoServer) -> None:
    ada, eli = cast.colleague(server, "ada"), cast.colleague(server, "eli")
    page = open_settings(ada, "Teamspaces")
    follow(page, "New teamspace")
    page.get_by_label("Name", exact=True).fill("Rentals")
    page.get_by_label("Name of its AI agent").fill("Paddle")
    tick(page, "Languages", "Spanish")
    tick(page, "Teams", "Returns")
    page.get_by_role("button", name="Create teamspace").click()
    expect(page.get_by_role("heading", name="Rentals", level=1)).to_be_visible()
    script = page.locator(".code-line").first.inner_text()
    found = re.search(r"/webchat/[0-9a-f-]{36}", script)
    assert found
    eli.set_availability("Online")

    visitor = cast.browser.new_context().new_page()
    visitor.goto(f"{server.url}{found[0]}/frame")
    visitor.locator("#text").fill("Can I talk to a human?")
    visitor.locator("#text").press("Enter")
    expect(eli.rows).to_have_count(1)
    visitor.context.close()


@pytest.mark.parametrize(("width", "is_dark"), [(1440, False), (390, True)])
def test_no_page_of_teams_and_teamspaces_violates_wcag(
    cast: Cast, server: DemoServer, width: int, is_dark: bool
) -> None:
    page = cast.colleague(server, "ada", width=width, dark=is_dark).page
    found = {}
    for section, name in (("teams", "Front line"), ("teamspaces", "Support")):
        page.goto(f"{server.url}/settings/{section}/new")
        found[f"{section}: new"] = violations(page)
        page.goto(f"{server.url}/settings/{section}")
        found[section] = violations(page)
        follow(page, name)
        found[name] = violations(page)
        page.get_by_role("button", name="Delete…").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found[f"{section}: deletion"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}
