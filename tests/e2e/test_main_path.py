"""The main job, in browsers: a chat goes from an AI agent to a person and back, live."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoCommand, DemoServer


def test_a_chat_goes_to_a_live_agent_and_back_without_a_reload(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    nora = cast.visitor(server)

    nora.say("Hello there")
    nora.expect_line(re.compile("Trail"))
    nora.say("How long does delivery take?")
    nora.expect_line(re.compile("working days"))
    nora.say("Can I please speak to a human being?")

    expect(bo.rows).to_have_count(1)
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    bo.open_first()
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")
    expect(bo.thread).to_contain_text("Can I please speak to a human being?")
    expect(bo.thread.locator(".packet, [data-packet]").first).to_be_visible()

    bo.reply("Hello, Bo here. What happened?")
    nora.expect_line("Hello, Bo here. What happened?")
    nora.say("My tent pole broke.")
    expect(bo.bubble("My tent pole broke.")).to_be_visible()

    bo.page.get_by_label("Status").last.select_option("closed")
    expect(bo.page.locator("header.thread-head")).to_contain_text("Trail is answering")
    nora.chat.get_by_role("radio", name=re.compile("5")).first.check(force=True)
    nora.chat.locator("form.rating button[type=submit], [data-rating] button[type=submit]").first.click()
    nora.expect_line(re.compile("thank", re.I))
    nora.say("How long does delivery take?")
    expect(nora.chat.locator("#rows").get_by_text(re.compile("working days"))).to_have_count(2)


def test_nobody_online_with_the_check_on_leaves_the_chat_with_the_ai_agent(demo: Demo, cast: Cast) -> None:
    with DemoCommand(demo.folder, demo.port, "--availability-check", "on") as server:
        nora = cast.visitor(server)
        nora.say("I want to talk to a person")
        nora.expect_line(re.compile("nobody|no one|not available|nobody is", re.I))
        nora.say("How long does delivery take?")
        nora.expect_line(re.compile("working days"))
        nora.context.close()


def test_a_waiting_chat_is_assigned_the_moment_an_agent_goes_online(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    expect(nora.chat.locator("#queue")).to_be_visible()
    bo.view("Unassigned")
    expect(bo.rows).to_have_count(1)

    bo.set_availability("Online")

    nora.expect_line(re.compile("Bo Lindqvist joined"))
    expect(bo.rows).to_have_count(0)
    bo.view("Mine")
    expect(bo.rows).to_have_count(1)


def test_the_visitor_keeps_everything_over_reload_and_offline(server: DemoServer, cast: Cast) -> None:
    nora = cast.visitor(server)
    nora.say("Hello there")
    nora.expect_line(re.compile("Trail"))
    nora.go_offline()
    nora.say("Written in a tunnel")
    expect(nora.chat.locator("#bar")).to_be_visible()
    nora.go_online()
    nora.page.reload()
    nora.expect_line("Hello there")
    nora.expect_line("Written in a tunnel")
    expect(nora.chat.locator("#bar")).to_be_hidden(timeout=20_000)
    nora.page.reload()
    nora.expect_line("Written in a tunnel")
    assert nora.count("Written in a tunnel") == 1


def test_a_takeover_of_the_ai_agents_chat_keeps_its_late_answer_as_a_suggestion(demo: Demo, cast: Cast) -> None:
    server = demo.start(BATON_ANSWER_DELAY="4")
    ada = cast.colleague(server, "ada")
    nora = cast.visitor(server)
    nora.say("How long does delivery take?")
    ada.view("All")
    expect(ada.rows.first).to_contain_text("Visitor")
    ada.open_first()
    expect(ada.bubble("How long does delivery take?")).to_be_visible()
    ada.reply("Ada here, let me look that up myself.", button="Takeover & Send")
    nora.expect_line("Ada here, let me look that up myself.")
    expect(ada.page.locator("header.thread-head")).to_contain_text("With you")

    suggestion = ada.page.locator(".suggestion").first
    expect(suggestion).to_contain_text("working days", timeout=15_000)
    assert nora.chat.locator("#rows").get_by_text(re.compile("working days")).count() == 0
    suggestion.get_by_role("button", name="Send").click()
    nora.expect_line(re.compile("working days"))


def test_who_was_slower_learns_who_has_it_and_keeps_what_they_wrote(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    cy = cast.colleague(server, "cy")
    for colleague in (bo, cy):
        colleague.view("Unassigned")
        expect(colleague.rows).to_have_count(1)
    # Cy's line is slow: nothing is pushed to that page from here on.
    cy.page.route_web_socket("**/live", lambda socket: socket.close())
    cy.page.reload()
    cy.open_first()
    cy.editor.fill("I will look after you")
    bo.open_first()
    bo.page.get_by_role("button", name="Claim").click()
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")

    cy.page.get_by_role("button", name=re.compile("Claim|Takeover")).first.click()

    expect(cy.page.locator("#flash, .composer-error").filter(has_text="Bo").first).to_be_visible()
    expect(cy.editor).to_have_value("I will look after you")


def test_a_transfer_moves_the_chat_with_its_note(server: DemoServer, cast: Cast) -> None:
    bo, cy = cast.colleague(server, "bo"), cast.colleague(server, "cy")
    bo.set_availability("Online")
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    expect(bo.rows).to_have_count(1)
    bo.open_first()
    bo.page.get_by_role("button", name="Transfer").click()
    dialog = bo.page.get_by_role("dialog")
    dialog.get_by_text("Cy Okafor").click()
    dialog.get_by_label(re.compile("Note")).fill("Knows tents best")
    dialog.get_by_role("button", name="Transfer").click()

    expect(cy.rows).to_have_count(1)
    cy.open_first()
    expect(cy.thread).to_contain_text("Knows tents best")
    nora.expect_line(re.compile("Cy Okafor joined"))
    assert nora.chat.locator("#rows").get_by_text(re.compile("Knows tents best")).count() == 0
    expect(bo.page.locator("header.thread-head")).to_contain_text("With Cy Okafor")


def test_a_teamspace_sees_nothing_of_another(server: DemoServer, cast: Cast) -> None:
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    expect(nora.chat.locator("#queue")).to_be_visible()
    fay = cast.colleague(server, "fay")
    fay.view("Unassigned")
    expect(fay.rows).to_have_count(0)
    fay.view("All")
    expect(fay.page.locator("#list")).not_to_contain_text("I want to talk to a person")
