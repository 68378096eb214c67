"""The end of a shift, and of a sign-in that nobody uses: handed over one by one, warned in every tab (P4, P5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from dashboard.models import Conversation, User, UserSession, Workspace, db
from dashboard.models.clock import utcnow
from dashboard.services import transfers, unit_of_work
from dashboard.services.access import get_viewer
from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague
from tests.e2e.test_inbox_page import WCAG, ask_for_human


@pytest.fixture
def ears(demo: Demo) -> Iterator[Flask]:
    """Services beside the running server: what is done here reaches the pages through the database alone."""
    yield demo.open_app()
    unit_of_work.unsubscribe_all()


def with_chats(cast: Cast, server: DemoServer, count: int) -> Colleague:
    """Bo, alone Online, has the chats of as many visitors."""
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    for number in range(count):
        ask_for_human(cast, server)
        expect(bo.rows).to_have_count(number + 1)
    return bo


def decide(dialog: Locator, item: int, what: str, note: str = "") -> None:
    """`what` is how the option begins."""
    row = dialog.locator(".shift-item").nth(item)
    option = row.locator("option", has_text=re.compile(rf"^\s*{what}")).first
    row.locator("select").select_option(option.get_attribute("value"))
    if note:
        row.get_by_text("Own note").click()
        row.get_by_role("textbox").fill(note)


def user_id(name: str) -> int:
    return db.session.execute(select(User.id).where(User.email == f"{name}@acme.test")).scalar_one()


def test_a_shift_is_handed_over_one_by_one(server: DemoServer, cast: Cast) -> None:
    bo = with_chats(cast, server, 3)
    cy = cast.colleague(server, "cy")
    eli = cast.colleague(server, "eli")
    eli.set_availability("Online")

    dialog = bo.go_away()
    expect(dialog).to_contain_text("3 conversations are still with you")
    decide(dialog, 0, "Cy Okafor", "Speaks of a refund")
    decide(dialog, 1, "Return to the queue")
    dialog.get_by_role("button", name="Hand over").click()

    expect(dialog).to_be_hidden()
    expect(bo.page.locator("#flash")).to_contain_text("1 kept, 1 returned to the queue, 1 transferred")
    expect(bo.rows).to_have_count(1)
    expect(cy.rows).to_have_count(1)
    expect(eli.rows).to_have_count(1)
    cy.open_first()
    expect(cy.thread).to_contain_text("Bo Lindqvist transferred to Cy Okafor: “Speaks of a refund”")
    eli.open_first()
    expect(eli.thread).to_contain_text("Bo Lindqvist returned it to the queue.")


def test_closing_the_dialog_keeps_everything_and_it_can_be_had_again(server: DemoServer, cast: Cast) -> None:
    bo = with_chats(cast, server, 1)
    dialog = bo.go_away()
    bo.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(bo.rows).to_have_count(1)
    bo.page.locator("#me").click()
    bo.page.get_by_role("button", name="Hand over your shift").click()
    expect(dialog).to_be_visible()
    found = Axe().run(bo.page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [each["id"] for each in found.response["violations"]] == []
    dialog.locator(".seg").get_by_text("Transfer").click()
    dialog.locator(".choices").get_by_text("Nobody in Returns is free: it will wait, visible to Returns").click()
    dialog.get_by_label("Note optional").fill("Wants to send it back")
    dialog.get_by_role("button", name="Hand over").click()
    expect(dialog).to_be_hidden()
    eli = cast.colleague(server, "eli")
    eli.view("Unassigned")
    expect(eli.rows).to_have_count(1)


def test_what_a_colleague_took_over_meanwhile_is_told_and_its_note_kept(
    server: DemoServer, ears: Flask, cast: Cast
) -> None:
    bo = with_chats(cast, server, 2)
    dialog = bo.go_away()
    decide(dialog, 0, "Return to the queue", "Half a refund was promised")
    decide(dialog, 1, "Return to the queue")
    key = dialog.locator("[name=conversation]").first.get_attribute("value")
    with ears.app_context():
        transfers.take_over(get_viewer(db.session, user_id("cy")), str(key), "I take this.", "cy-1")
    dialog.get_by_role("button", name="Hand over").click()
    expect(dialog).to_contain_text("Not everything could be handed over")
    expect(dialog).to_contain_text("Cy Okafor was faster and has this conversation now.")
    expect(dialog).to_contain_text("Your note: “Half a refund was promised”")
    expect(dialog).to_contain_text("Done: 1 returned to the queue.")
    with ears.app_context():
        rows = db.session.execute(select(Conversation.assignee_id).where(Conversation.public_id == key)).scalars()
        assert list(rows) == [user_id("cy")]


def set_idle(app: Flask, **since: float) -> None:
    """Ten minutes are the limit, and everybody has touched nothing for this long."""
    with app.app_context(), unit_of_work.unit_of_work() as uow:
        uow.conn.execute(update(Workspace.__table__).values(idle_logout_minutes=10))
        uow.conn.execute(update(UserSession.__table__).values(last_input_at=utcnow() - timedelta(**since)))


def warning(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="You will be signed out in")


def test_every_tab_warns_a_minute_before_and_one_touch_keeps_all_signed_in(
    server: DemoServer, ears: Flask, cast: Cast
) -> None:
    bo = cast.colleague(server, "bo")
    other = bo.context.new_page()
    set_idle(ears, minutes=9, seconds=10)
    for page in (bo.page, other):
        page.goto(f"{server.url}/inbox")
        expect(warning(page).locator("[data-seconds]")).to_have_text(re.compile(r"^[1-5]?\d$"))
    warning(other).get_by_role("button", name="Stay signed in").click()
    for page in (bo.page, other):
        expect(warning(page)).to_be_hidden()
    with ears.app_context():
        [at] = db.session.execute(
            select(UserSession.last_input_at).where(
                UserSession.user_id == user_id("bo"), UserSession.revoked_at.is_(None)
            )
        ).scalars()
        assert utcnow() - at < timedelta(minutes=1)


def test_who_touches_nothing_is_signed_out_and_keeps_the_draft(server: DemoServer, ears: Flask, cast: Cast) -> None:
    bo = with_chats(cast, server, 1)
    bo.open_first()
    bo.editor.press_sequentially("Half a sentence")
    expect(bo.page.locator("[data-saved]")).to_have_text("Draft saved")
    set_idle(ears, minutes=9, seconds=57)
    bo.page.reload()
    expect(warning(bo.page)).to_be_visible()
    # Nobody touches anything: the last seconds pass, and the server ends it.
    expect(bo.page.locator("#connection")).to_contain_text("You are signed out. Your draft is kept.", timeout=20_000)
    expect(warning(bo.page)).to_be_hidden()
    expect(bo.editor).to_have_value("Half a sentence")

    bo.page.get_by_role("link", name="Sign in again").click()
    bo.page.get_by_label("E-mail").fill("bo@acme.test")
    bo.page.get_by_label("Password", exact=True).fill("a password of the demo")
    bo.page.get_by_role("button", name="Sign in").click()
    expect(bo.editor).to_have_value("Half a sentence")


def test_a_page_that_slept_past_the_limit_finds_itself_signed_out(server: DemoServer, ears: Flask, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    bo.go_offline()
    set_idle(ears, minutes=45)
    bo.go_online()
    expect(bo.page.get_by_text("You are signed out")).to_be_visible(timeout=20_000)


def test_the_server_ends_what_is_idle_without_being_asked(server: DemoServer, ears: Flask, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    set_idle(ears, minutes=45)  # the page was loaded before, and expects no end
    expect(bo.page.get_by_text("You are signed out")).to_be_visible(timeout=20_000)


def test_an_admin_turns_it_on_and_open_pages_warn_without_a_reload(server: DemoServer, ears: Flask, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    with ears.app_context(), unit_of_work.unit_of_work() as uow:
        long_ago = utcnow() - timedelta(hours=2)
        uow.conn.execute(update(UserSession.__table__).values(last_input_at=long_ago))
    ada = cast.colleague(server, "ada")
    ada.page.goto(f"{server.url}/settings/workspace")
    ada.page.get_by_text("After 10 minutes").click()
    expect(ada.page.get_by_text("Unsaved changes")).to_be_visible()
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.locator("#flash")).to_contain_text("Whoever touches nothing for 10 minutes is signed out")
    expect(warning(bo.page)).to_be_visible()
    expect(warning(ada.page)).to_be_hidden()


def test_a_password_is_changed_and_the_other_browser_is_signed_out(server: DemoServer, cast: Cast) -> None:
    here = cast.colleague(server, "cy")
    elsewhere = cast.newcomer(server, "cy", width=390)
    here.page.goto(f"{server.url}/account")
    expect(here.page.locator("#sign-ins li")).to_have_count(2)
    here.page.get_by_label("Current password").fill("not this one")
    here.page.get_by_label("New password").fill("a better password")
    here.page.get_by_role("button", name="Change password").click()
    expect(here.page.get_by_text("That is not your current password.")).to_be_visible()
    expect(here.page.get_by_label("New password")).to_have_value("a better password")
    here.page.get_by_label("Current password").fill("a password of the demo")
    here.page.get_by_role("button", name="Change password").click()
    expect(here.page.locator("#flash")).to_contain_text("You are signed out everywhere else.")
    expect(here.page.get_by_label("New password")).to_have_value("")
    expect(here.page.locator("#sign-ins li")).to_have_count(1)
    expect(elsewhere.page.get_by_text("You are signed out")).to_be_visible()
