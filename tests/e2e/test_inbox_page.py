"""The agent's screen under a cut line, a lost race and a long day: nothing is missed, doubled or lost (N4, N5, P6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from dashboard.models import Channel, Conversation, User, db
from dashboard.services import messaging, sessions, transfers, unit_of_work
from dashboard.services.access import get_viewer
from dashboard.services.programs import PersonDetails, know_person
from tests.chaos.waiting import eventually
from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague, Visitor

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ENTRIES = "#conversation .messages > [data-seq]"


@pytest.fixture
def ears(demo: Demo) -> Iterator[Flask]:
    """Services beside the running server: what is done here reaches the pages through the database alone."""
    yield demo.open_app()
    unit_of_work.unsubscribe_all()


def ask_for_human(cast: Cast, server: DemoServer, *before: str) -> Visitor:
    nora = cast.visitor(server)
    for text in (*before, "Can I talk to a human, please?"):
        nora.say(text)
    return nora


def with_bo(cast: Cast, server: DemoServer) -> tuple[Colleague, Visitor]:
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    nora = ask_for_human(cast, server)
    expect(bo.rows).to_have_count(1)
    bo.open_first()
    return bo, nora


def numbers(colleague: Colleague) -> list[int]:
    seqs = colleague.page.locator(ENTRIES).evaluate_all("entries => entries.map(entry => Number(entry.dataset.seq))")
    return [int(seq) for seq in seqs]


def expect_no_gaps(colleague: Colleague) -> None:
    seen = numbers(colleague)
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_what_is_written_offline_is_shown_at_once_and_sent_once(server: DemoServer, cast: Cast) -> None:
    bo, nora = with_bo(cast, server)
    bo.go_offline()
    bo.reply("Written in the lift.")
    expect(bo.page.locator(".msg-failed", has_text="Written in the lift.")).to_be_visible()
    expect(bo.page.locator("#connection")).to_be_visible()

    bo.go_online()
    nora.expect_line("Written in the lift.")
    expect(bo.page.locator(".msg-failed, .msg-pending")).to_have_count(0)
    expect(bo.bubble("Written in the lift.")).to_have_count(1)
    assert nora.count("Written in the lift.") == 1
    expect(bo.page.locator("#connection")).to_be_hidden()


def test_a_page_that_was_offline_catches_up_by_number(server: DemoServer, cast: Cast) -> None:
    bo, nora = with_bo(cast, server)
    bo.go_offline()
    expect(bo.page.locator("#connection")).to_be_visible()
    for text in ("First", "Second", "Third"):
        nora.say(text)
        nora.expect_line(text)
    bo.go_online()
    expect(bo.bubble("Third")).to_be_visible(timeout=20_000)
    expect_no_gaps(bo)
    expect(bo.rows.first).to_contain_text("Third")


def test_a_restarted_server_leaves_every_page_as_the_database_is(demo: Demo, cast: Cast) -> None:
    bo, nora = with_bo(cast, demo.start())
    nora.say("Before the crash")
    expect(bo.bubble("Before the crash")).to_be_visible()
    demo.restart()
    bo.reply("After the crash")
    expect(bo.page.locator(f'{ENTRIES}:has-text("After the crash")')).to_have_count(1, timeout=20_000)
    expect_no_gaps(bo)


def test_a_draft_outlives_the_page_and_belongs_to_its_user(server: DemoServer, cast: Cast) -> None:
    bo, _ = with_bo(cast, server)
    bo.editor.press_sequentially("Half a sentence")
    expect(bo.page.locator("[data-saved]")).to_have_text("Draft saved")
    bo.page.reload()
    expect(bo.editor).to_have_value("Half a sentence")

    cy = cast.colleague(server, "cy")
    cy.page.goto(bo.page.url)
    expect(cy.editor).to_have_value("")


def test_who_is_signed_out_is_told_and_keeps_the_text(server: DemoServer, demo: Demo, ears: Flask, cast: Cast) -> None:
    bo, _ = with_bo(cast, server)
    bo.editor.fill("Not sent yet")
    with ears.app_context():
        sessions.revoke_all(db.session.execute(select(User.id).where(User.email == "bo@acme.test")).scalar_one())
    expect(bo.page.get_by_text("You are signed out")).to_be_visible()
    expect(bo.page.get_by_role("link", name="Sign in again")).to_be_visible()
    expect(bo.editor).to_have_value("Not sent yet")


def test_who_loses_sight_of_a_conversation_loses_its_row_but_not_their_text(server: DemoServer, cast: Cast) -> None:
    bo, _ = with_bo(cast, server)
    cy = cast.colleague(server, "cy")
    cy.view("My teams")
    cy.open_first()
    cy.editor.fill("I was about to help")
    expect(cy.page.locator("[data-colleagues]")).to_contain_text("is here too")

    bo.page.get_by_role("button", name="Transfer").click()
    dialog = bo.page.get_by_role("dialog")
    dialog.get_by_text("Eli Navarro").click()
    dialog.get_by_role("button", name="Transfer").click()

    expect(dialog).to_be_hidden()
    expect(cy.rows).to_have_count(0)
    expect(cy.page.locator("header.thread-head")).to_contain_text("No longer yours to see")
    expect(cy.page.locator("[data-colleagues]")).to_be_hidden()
    expect(cy.page.locator(ENTRIES)).to_have_count(0)
    expect(cy.editor).to_have_value("I was about to help")


def test_new_messages_do_not_steal_the_scroll_and_older_ones_do_not_move_it(
    server: DemoServer, ears: Flask, cast: Cast
) -> None:
    bo, nora = with_bo(cast, server)
    with ears.app_context():
        bo_id = db.session.execute(select(User.id).where(User.email == "bo@acme.test")).scalar_one()
        chat = db.session.execute(select(Conversation.public_id).where(Conversation.assignee_id == bo_id)).scalar_one()
        viewer = get_viewer(db.session, bo_id)
        for number in range(120):
            messaging.send_reply(viewer, chat, f"Line {number}", f"line-{number}")
    expect(bo.bubble("Line 119")).to_be_visible(timeout=20_000)
    bo.page.reload()
    expect(bo.page.locator(ENTRIES)).to_have_count(50)

    earlier = bo.page.get_by_role("button", name="Earlier messages")
    earlier.scroll_into_view_if_needed()
    first = bo.page.locator(ENTRIES).first
    before = first.bounding_box()
    first_id = first.get_attribute("id")
    earlier.click()
    expect(bo.page.locator(ENTRIES)).to_have_count(100)
    after = bo.page.locator(f"#{first_id}").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 60
    expect_no_gaps(bo)

    nora.say("Are you still there?")
    pill = bo.page.get_by_role("button", name=re.compile("1 new"))
    expect(pill).to_be_visible()
    pill.click()
    expect(bo.bubble("Are you still there?")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_the_assignee_alone_is_told_in_the_page_and_in_the_title(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    cy = cast.colleague(server, "cy")
    bo.set_availability("Online")
    nora = ask_for_human(cast, server)
    expect(bo.page.locator(".toast-card")).to_contain_text("It is with you now")
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    expect(cy.page).to_have_title(re.compile("^Inbox"))
    expect(cy.page.locator(".toast-card")).to_have_count(0)

    bo.page.locator(".toast-card a").click()
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")
    expect(bo.page).to_have_title(re.compile("^Inbox"))
    expect(bo.page.locator(".toast-card")).to_have_count(0)
    nora.say("Thank you")
    expect(bo.bubble("Thank you")).to_be_visible()


def test_a_chat_that_was_taken_over_before_it_was_seen_rings_and_counts_no_more(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    cy = cast.colleague(server, "cy")
    bo.set_availability("Online")
    ask_for_human(cast, server)
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    cy.view("My teams")
    cy.open_first()
    cy.reply("I am quicker today", button="Takeover & Send")
    expect(bo.page.locator(".toast-card")).to_contain_text("No longer with you")
    expect(bo.page).to_have_title(re.compile("^Inbox"))


def test_everything_works_from_the_keyboard(server: DemoServer, cast: Cast) -> None:
    bo, nora = with_bo(cast, server)
    bo.editor.fill("Sent without a mouse")
    bo.page.keyboard.press("Control+Enter")
    nora.expect_line("Sent without a mouse")

    transfer = bo.page.get_by_role("button", name="Transfer")
    transfer.focus()
    bo.page.keyboard.press("Enter")
    expect(bo.page.get_by_role("dialog")).to_be_visible()
    bo.page.keyboard.press("Escape")
    expect(bo.page.get_by_role("dialog")).to_be_hidden()
    expect(transfer).to_be_focused()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_livechat_with_its_packet_passes_axe(server: DemoServer, cast: Cast, width: int, dark: bool) -> None:
    bo = cast.colleague(server, "bo", width=width, dark=dark)
    bo.set_availability("Online")
    ask_for_human(cast, server, "Hello there")
    expect(bo.rows).to_have_count(1)
    check_with_axe(bo)
    bo.open_first()
    expect(bo.page.locator("details.packet")).to_be_visible()
    check_with_axe(bo)
    bo.page.goto(f"{server.url}/account")
    check_with_axe(bo)


def check_with_axe(colleague: Colleague) -> None:
    found = Axe().run(colleague.page, options={"runOnly": {"type": "tag", "values": WCAG}})
    problems = [
        (violation["id"], node["html"][:160], node["failureSummary"][:300])
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert problems == []


def test_a_transfer_that_was_too_late_says_so_in_the_dialog(server: DemoServer, ears: Flask, cast: Cast) -> None:
    bo, _ = with_bo(cast, server)
    bo.page.get_by_role("button", name="Transfer").click()
    dialog = bo.page.get_by_role("dialog")
    dialog.get_by_text("Eli Navarro").click()
    dialog.get_by_label("Note").fill("He speaks Spanish")
    with ears.app_context():
        users = {user.email: user.id for user in db.session.execute(select(User)).scalars()}
        chat = db.session.execute(
            select(Conversation.public_id).where(Conversation.assignee_id == users["bo@acme.test"])
        ).scalar_one()
        transfers.take_over(get_viewer(db.session, users["cy@acme.test"]), chat, "I take this.", "cy-1")
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog).to_contain_text("Cy Okafor was faster")
    expect(dialog.get_by_label("Note")).to_have_value("He speaks Spanish")


def test_a_long_list_is_whole_and_in_order_while_it_moves(server: DemoServer, ears: Flask, cast: Cast) -> None:
    with ears.app_context():
        channel = db.session.execute(select(Channel).where(Channel.name == "acme-outdoor.test")).scalar_one()
        for number in range(40):
            with unit_of_work.unit_of_work() as uow:
                person = know_person(uow, channel.teamspace_id, PersonDetails(f"crowd-{number}"))
            messaging.start_chat(channel.id, person, "How much is shipping?", f"crowd-{number}")

        def has_answered_all() -> bool:
            """An answer moves its chat to the top of every open list."""
            asked = select(Conversation.id).where(Conversation.last_text == "How much is shipping?")
            found = db.session.execute(asked.limit(1)).first()
            db.session.close()
            return found is None

        eventually(has_answered_all)
    di = cast.colleague(server, "di")
    di.view("All")
    expect(di.rows.nth(29)).to_be_visible()
    nora = cast.visitor(server)
    nora.say("The newest of all")
    nora.expect_line(re.compile("Trail"))
    with ears.app_context():
        newest = select(Conversation.public_id).order_by(Conversation.id.desc()).limit(1)
        expect(di.page.locator(f"#row-{db.session.execute(newest).scalar_one()}")).to_be_visible()
        db.session.close()
    di.page.locator("#rows").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(di.page.locator("#rows-more")).to_have_count(0)

    shown = di.rows.evaluate_all("rows => rows.map(row => [row.dataset.at, row.id])")
    assert shown == sorted(shown, reverse=True)
    with ears.app_context():
        here = select(Conversation.public_id).where(Conversation.channel_id == channel.id)
        assert {row_id for _, row_id in shown} >= {f"row-{each}" for each in db.session.execute(here).scalars()}
