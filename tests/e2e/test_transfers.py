"""Two agents and one conversation: transfers, offers, undo and takeovers as both pages show them (T2 to T8)."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.e2e.conftest import Cast
from tests.e2e.demo_server import DemoServer
from tests.e2e.people import Colleague, Visitor

HUMAN = "I want to talk to a human"


def with_bo(server: DemoServer, cast: Cast) -> tuple[Colleague, Visitor]:
    """Bo has the visitor's chat open."""
    bo, visitor = cast.colleague(server, "bo"), cast.visitor(server)
    bo.set_availability("Online")
    visitor.say(HUMAN)
    bo.open_first()
    expect(bo.thread.locator(".says")).to_contain_text("With you")
    return bo, visitor


def ask_before_transfers(server: DemoServer, cast: Cast) -> None:
    """Ada switches offers on, on the page of Chat assignment."""
    ada = cast.colleague(server, "ada").go("/settings/teamspaces")
    ada.page.get_by_role("link", name="Support").first.click()
    ada.page.get_by_role("link", name="Chat assignment").click()
    ada.page.get_by_label("Ask before a transfer to a colleague").check()
    expect(ada.page.locator("#changes")).to_contain_text("A transfer to a user is offered from now on")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.locator("#flash")).to_contain_text("A transfer to a user is offered from now on")


def transfer(colleague: Colleague, name: str, note: str = "") -> None:
    """By keyboard alone, from the shortcut to Transfer."""
    keyboard = colleague.page.keyboard
    colleague.editor.focus()
    keyboard.press("Alt+t")
    dialog = colleague.page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    keyboard.type(name)
    keyboard.press("Enter")
    expect(dialog.get_by_label("Note")).to_be_focused()
    keyboard.type(note)
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Transfer", exact=True)).to_be_focused()
    keyboard.press("Enter")
    expect(dialog).to_have_count(0)


def test_a_transfer_to_a_user_by_keyboard_alone(server: DemoServer, cast: Cast) -> None:
    bo, visitor = with_bo(server, cast)
    cy = cast.colleague(server, "cy")
    keyboard = bo.page.keyboard
    bo.editor.focus()
    keyboard.press("Alt+t")
    dialog, says = bo.page.get_by_role("dialog"), bo.page.locator("#transfer-says")
    expect(says).to_contain_text("Nothing happens before you press Transfer")

    # Arrows move over users and teams, typing narrows, and what would happen is said for what is chosen.
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    expect(dialog.locator("[role=option][data-current]")).to_have_count(1)
    keyboard.type("cy")
    expect(dialog.get_by_role("option")).to_have_count(1)
    keyboard.press("Enter")
    expect(says).to_contain_text(re.compile("Cy.* is Away"))
    keyboard.type("Wants a refund")

    # Esc keeps the note, and nothing has changed.
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(bo.editor).to_be_focused()
    expect(bo.thread.locator(".says")).to_contain_text("With you")
    keyboard.press("Alt+t")
    expect(dialog.get_by_label("Note")).to_have_value("Wants a refund")
    keyboard.press("Escape")

    transfer(bo, "cy")
    expect(bo.thread.locator(".says")).to_contain_text("With Cy")
    expect(bo.page.locator(".undo-card")).to_contain_text("Transferred to Cy")
    expect(cy.cards).to_contain_text("It is with you now")
    cy.cards.locator("a").click()
    expect(cy.thread.locator(".says")).to_contain_text("With you")
    expect(cy.thread.locator(".messages")).to_contain_text("Wants a refund")
    visitor.expect_line(re.compile("Cy.* joined"))

    # From now on what the person writes tells cy alone (T7).
    visitor.say("Are you still there?")
    expect(cy.bubble("Are you still there?")).to_be_visible()
    expect(bo.cards).to_have_count(0)


def test_a_transfer_to_a_team_with_somebody_free_and_its_undo(server: DemoServer, cast: Cast) -> None:
    bo, _ = with_bo(server, cast)
    eli = cast.colleague(server, "eli")
    eli.set_availability("Online")
    transfer(bo, "returns", "A refund")
    expect(eli.cards).to_contain_text("It is with you now")
    bo.page.locator(".undo-card").get_by_role("button", name="Undo").click()
    expect(bo.thread.locator(".says")).to_contain_text("With you")
    expect(bo.thread.locator(".messages")).to_contain_text("took the transfer to Returns back")
    expect(eli.cards.filter(has_text="No longer with you")).to_have_count(1)


def test_a_transfer_to_a_team_with_nobody_free_waits_for_its_first(server: DemoServer, cast: Cast) -> None:
    bo, visitor = with_bo(server, cast)
    bo.page.keyboard.press("Alt+t")
    dialog = bo.page.get_by_role("dialog")
    dialog.get_by_role("option", name="Returns").click()
    expect(dialog.locator("#transfer-says")).to_contain_text("Nobody in Returns is free. The chat waits")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(bo.thread.locator(".says")).to_contain_text("for Returns")
    expect(visitor.chat.locator("#queue")).to_be_visible()
    eli = cast.colleague(server, "eli")
    eli.set_availability("Online")
    expect(eli.cards.filter(has_text="It is with you now")).to_have_count(1)
    visitor.expect_line(re.compile("Eli.* joined"))


def test_an_offer_is_declined_and_another_is_accepted(server: DemoServer, cast: Cast) -> None:
    ask_before_transfers(server, cast)
    bo, visitor = with_bo(server, cast)
    eli = cast.colleague(server, "eli")
    eli.go("/account")  # the card comes wherever one is
    card, line = eli.page.locator("[data-offer]"), bo.page.locator(".offer-line")

    transfer(bo, "eli", "Speaks Spanish")
    expect(line).to_contain_text(re.compile(r"Offered to Eli.*0:\d\d left"))
    # The line takes room from the timeline, whose end stays in sight.
    expect(bo.thread.locator(".messages > :last-child")).to_be_in_viewport(ratio=1)
    expect(bo.thread.locator(".says")).to_contain_text("With you")
    expect(card).to_contain_text(re.compile(r"Bo.* offers you"))
    expect(card).to_contain_text("Speaks Spanish")
    card.get_by_role("button", name="Decline").click()
    expect(card).to_have_count(0)
    expect(line).to_have_count(0)
    expect(bo.page.locator("#flash")).to_contain_text(re.compile("Eli.* declined"))
    expect(bo.thread.locator(".says")).to_contain_text("With you")

    transfer(bo, "eli")
    expect(card).to_be_visible()
    line.get_by_role("button", name="Withdraw").click()
    expect(card).to_have_count(0)

    transfer(bo, "eli")
    eli.reload()
    card.get_by_role("button", name="Accept").click()
    expect(eli.thread.locator(".says")).to_contain_text("With you")
    visitor.expect_line(re.compile("Eli.* joined"))
    expect(bo.page.locator(".undo-card")).to_contain_text(re.compile("Eli.* accepted"))
    bo.page.locator(".undo-card").get_by_role("button", name="Undo").click()
    expect(bo.thread.locator(".says")).to_contain_text("With you")


def test_a_takeover_voids_an_offer_on_both_pages(server: DemoServer, cast: Cast) -> None:
    ask_before_transfers(server, cast)
    bo, visitor = with_bo(server, cast)
    eli, cy = cast.colleague(server, "eli"), cast.colleague(server, "cy")
    transfer(bo, "eli")
    expect(eli.page.locator("[data-offer]")).to_be_visible()
    cy.view("My teams")
    cy.open_first()
    cy.reply("I know this one.", "Takeover & Send")
    visitor.expect_line("I know this one.")
    expect(eli.page.locator("[data-offer]")).to_have_count(0)
    expect(bo.page.locator(".offer-line")).to_have_count(0)
    expect(bo.cards.filter(has_text="No longer with you")).to_have_count(1)


def test_an_ai_chat_is_taken_over_in_the_middle_of_its_answer(server: DemoServer, cast: Cast) -> None:
    ada, visitor = cast.colleague(server, "ada"), cast.visitor(server)
    visitor.say("How long does delivery take?")
    visitor.expect_line(re.compile("working days"))
    ada.view("All")
    ada.rows.filter(has_text="working days").first.locator("a").click()
    expect(ada.thread.locator(".says")).to_contain_text("is answering")
    visitor.say("Sorry, how long does delivery take again?")
    ada.reply("A person here: let me look at that pole.", "Takeover & Send")
    visitor.expect_line("A person here: let me look at that pole.")
    expect(ada.thread.locator(".says")).to_contain_text("With you")
    # Nothing of the AI agent comes after it (L3): a late answer would be a suggestion.
    visitor.say("Thank you!")
    expect(ada.bubble("Thank you!")).to_be_visible()
    after = ada.thread.locator(".msg", has_text="A person here").locator("xpath=following-sibling::*")
    expect(after.locator(".bubble", has_text="working days")).to_have_count(0)


def test_who_loses_a_takeover_keeps_the_draft_and_reads_who_was_faster(server: DemoServer, cast: Cast) -> None:
    _, visitor = with_bo(server, cast)
    cy, ada = cast.colleague(server, "cy"), cast.colleague(server, "ada")
    for each, view in ((cy, "My teams"), (ada, "All")):
        each.view(view)
        each.open_first()
    # Ada has written a while ago: a takeover of who writes right now would ask first.
    ada.editor.fill("Mine, says Ada.")
    expect(cy.page.locator("[data-colleagues]")).to_contain_text("is writing a reply")
    expect(cy.page.locator("[data-colleagues]")).not_to_contain_text("is writing a reply", timeout=20_000)
    # She presses first, and her request arrives second.
    held: list[Route] = []
    ada.page.route("**/takeover", lambda route: held.append(route))
    with ada.page.expect_request("**/takeover"):
        ada.page.get_by_role("button", name="Takeover & Send", exact=True).click()
    cy.reply("Mine, says Cy.", "Takeover & Send")
    visitor.expect_line("Mine, says Cy.")
    held[0].continue_()
    expect(ada.thread.locator("[data-error]")).to_contain_text("Cy")
    expect(ada.editor).to_have_value("Mine, says Ada.")
    assert visitor.count("Mine, says Ada.") == 0
