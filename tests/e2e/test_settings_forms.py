"""The forms of the settings under a finger that presses twice, a slow line, a wrong value and a sign-in that ended."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import PASSWORD, DemoServer
from tests.e2e.people import Colleague


def invite(ada: Colleague, email: str) -> None:
    ada.go("/settings/users/invitations/new")
    ada.page.get_by_label("E-mail").fill(email)
    ada.page.get_by_label("Name", exact=True).fill("Gus Holm")
    ada.page.get_by_label("Live agent").check()


def test_an_invitation_that_is_pressed_twice_is_sent_once(server: DemoServer, cast: Cast) -> None:
    ada = cast.colleague(server, "ada")
    held: list[Route] = []
    invite(ada, "gus@acme.test")
    ada.page.route("**/settings/users/invitations", lambda route: held.append(route))
    send = ada.page.get_by_role("button", name="Send invitation")
    send.dblclick()
    expect(send).to_have_attribute("aria-disabled", "true")
    expect(ada.page.get_by_text("Saving…")).to_be_visible()
    ada.page.keyboard.press("Enter")
    [only] = held
    only.continue_()
    expect(ada.page.get_by_role("heading", name="Users")).to_be_focused()
    expect(ada.page.get_by_text("A mail is on its way to gus@acme.test")).to_be_visible()
    assert len(held) == 1


def test_what_was_refused_has_the_focus_and_its_words(server: DemoServer, cast: Cast) -> None:
    ada = cast.colleague(server, "ada")
    invite(ada, "no address")
    ada.page.get_by_role("button", name="Send invitation").press("Enter")
    field = ada.page.get_by_label("E-mail")
    expect(field).to_be_focused()
    expect(field).to_have_value("no address")
    expect(ada.page.locator("#wrong-email")).to_be_visible()


def test_who_is_signed_out_before_a_save_signs_in_elsewhere_and_saves(server: DemoServer, cast: Cast) -> None:
    ada = cast.colleague(server, "ada").go("/settings/workspace")
    name = ada.page.get_by_label("Name", exact=True)
    name.fill("Acme Alpine")
    name.press("Tab")
    cast.newcomer(server, "ada").go("/account").page.get_by_role("button", name="Sign out everywhere else").click()
    line = ada.page.locator("#connection")
    expect(line).to_contain_text("You are signed out")
    with ada.context.expect_page() as opened:
        line.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    tab.get_by_label("E-mail").fill("ada@acme.test")
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_label("Name", exact=True)).to_have_value("Acme Outdoor")

    expect(line).to_be_hidden()
    expect(name).to_have_value("Acme Alpine")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.locator("#flash")).to_contain_text("Saved")
    expect(ada.reload().page.get_by_label("Name", exact=True)).to_have_value("Acme Alpine")


@pytest.mark.parametrize("address", ["/settings/workspace", "/settings/teams/new", "/settings/roles/new", "/account"])
def test_a_form_whose_scripts_never_came_keeps_what_was_typed_out_of_the_address(
    server: DemoServer, cast: Cast, address: str
) -> None:
    ada = cast.colleague(server, "ada")
    ada.page.route("**/static/**/*.js", lambda route: route.abort())
    ada.page.goto(f"{server.url}{address}")
    name = ada.page.get_by_label("Name", exact=True)
    name.fill("A name that is typed")
    name.press("Enter")
    expect(name).to_have_value("A name that is typed")
    assert ada.page.url == f"{server.url}{address}"
