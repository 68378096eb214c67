"""Nobody misses what is theirs: one tab sounds until it is seen, title and icon count, the browser tells (P6, T7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect
from sqlalchemy import select

from dashboard.models import Conversation, Team, User, db
from dashboard.models.enums import Handler
from dashboard.models.visibility import Viewer
from dashboard.services import transfers, unit_of_work
from dashboard.services.access import get_viewer
from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague, Visitor

# A page says on its root element how often it began a tone; a look at it from here must not count as a touch.
EARS = """
const create = AudioContext.prototype.createOscillator
AudioContext.prototype.createOscillator = function () {
  const root = document.documentElement
  root.dataset.tones = Number(root.dataset.tones ?? 0) + 1
  return create.call(this)
}
"""
# The browser's notifications as a page sees them; what is shown now stands on the root element, and can be pressed.
NOTES = """
const shown = new Map()
const say = () => (document.documentElement.dataset.notes = [...shown.keys()].join("; "))
window.Notification = class {
  static get permission() { return localStorage.getItem("permission") ?? "default" }
  static async requestPermission() {
    localStorage.setItem("permission", "granted")
    return "granted"
  }
  constructor(title) {
    shown.set((this.title = title), this)
    say()
  }
  close() {
    shown.delete(this.title)
    say()
  }
}
addEventListener("press-note", () => [...shown.values()][0].onclick())
document.hasFocus = () => !document.documentElement.hasAttribute("data-elsewhere")
"""
_c = Conversation.__table__.c
_t = Team.__table__.c
_u = User.__table__.c
PERIOD = 6_000
ALARM, DING = 2, 1  # tones


def listening(cast: Cast, server: DemoServer, name: str = "bo", script: str = EARS) -> Colleague:
    colleague = cast.colleague(server, name)
    colleague.context.add_init_script(script)
    return colleague.reload()


def ask_for_human(cast: Cast, server: DemoServer) -> Visitor:
    nora = cast.visitor(server)
    nora.say("Can I talk to a human, please?")
    return nora


def tones(*tabs: Colleague) -> int:
    return sum(int(tab.page.locator("html").get_attribute("data-tones") or 0) for tab in tabs)


def expect_tones(tab: Colleague, count: int) -> None:
    expect(tab.page.locator("html")).to_have_attribute("data-tones", str(count))


def expect_calm(*tabs: Colleague) -> None:
    for tab in tabs:
        expect(tab.page).to_have_title(re.compile("^Inbox"))
        expect(tab.cards).to_have_count(0)
        expect(tab.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile(r"/icon\.svg"))


@contextmanager
def beside(demo: Demo) -> Iterator[None]:
    """Services on the database of the demo, beside its server."""
    with demo.open_app().app_context():
        yield
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()


def viewer(name: str) -> Viewer:
    key = db.session.execute(select(_u.id).where(_u.email == f"{name}@acme.test")).scalar_one()
    found = get_viewer(db.session, key)
    db.session.close()
    return found


def waiting() -> list[str]:
    """The queued chats."""
    found = db.session.execute(select(_c.public_id).where(_c.handler == Handler.QUEUE).order_by(_c.id)).scalars().all()
    db.session.close()
    return list(found)


def touch(colleague: Colleague) -> None:
    """What lets a page sound, and changes nothing else."""
    colleague.page.keyboard.press("Shift")


def test_one_tab_sounds_and_repeats_until_it_is_seen_in_any(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    bo.context.clock.install()
    bo.reload()
    other = bo.open_tab()
    for tab in (bo, other):
        touch(tab)
    bo.set_availability("Online")
    ask_for_human(cast, server)
    for tab in (bo, other):
        expect(tab.cards).to_contain_text("It is with you now")
        expect(tab.page).to_have_title(re.compile(r"^\(1\) Inbox"))
        expect(tab.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("unread-1"))
    expect_tones(bo, ALARM)
    bo.context.clock.fast_forward(PERIOD)
    expect_tones(bo, 2 * ALARM)
    assert tones(other) == 0

    other.cards.locator("a").click()
    expect(other.page.locator("header.thread-head")).to_contain_text("With you")
    expect_calm(bo, other)
    bo.context.clock.fast_forward(3 * PERIOD)
    assert tones(bo, other) == 2 * ALARM


def test_when_the_tab_that_sounds_is_closed_another_takes_over(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    touch(bo)
    other = bo.open_tab()
    touch(other)
    bo.set_availability("Online")
    ask_for_human(cast, server)
    expect_tones(bo, ALARM)
    assert tones(other) == 0
    bo.page.close()
    expect_tones(other, ALARM)


def test_what_is_unseen_at_a_reload_rings_again_and_what_was_seen_does_not(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    bo.set_availability("Online")
    nora = ask_for_human(cast, server)
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    bo.go("/account")
    html = bo.context.request.get(f"{server.url}/account").text()
    assert "<title>(1) Account · Baton</title>" in html
    assert "unread-1.svg" in html
    expect(bo.cards).to_contain_text("It is with you now")
    touch(bo)
    expect_tones(bo, ALARM)

    bo.cards.locator("a").click()
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")
    expect_calm(bo)
    bo.go("/inbox")
    expect_calm(bo)
    nora.say("Are you there?")
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    expect(bo.cards).to_contain_text("New message")
    bo.reload()
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    expect(bo.cards).to_have_count(0)


def test_a_dismissed_alarm_is_silent_in_every_tab_and_stays_counted(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    bo.context.clock.install()
    bo.reload()
    other = bo.open_tab()
    bo.set_availability("Online")
    ask_for_human(cast, server)
    for tab in (bo, other):
        expect(tab.cards).to_have_count(1)
    bo.cards.get_by_role("button", name="Dismiss").click()
    for tab in (bo, other):
        expect(tab.cards).to_have_count(0)
        expect(tab.page).to_have_title(re.compile(r"^\(1\) "))
    so_far = tones(bo, other)
    bo.context.clock.fast_forward(2 * PERIOD)
    assert tones(bo, other) == so_far
    bo.reload()
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    expect(bo.cards).to_have_count(0)
    assert tones(bo) == 0


def test_what_happened_while_there_was_no_line_rings_when_it_is_back(demo: Demo, cast: Cast) -> None:
    server = demo.start()
    bo = listening(cast, server)
    touch(bo)
    for _ in range(2):
        visitor = ask_for_human(cast, server)
        expect(visitor.chat.locator("#queue")).to_be_visible()
    with beside(demo):
        first, second = waiting()
        for chat in (first, second):
            transfers.claim(viewer("cy"), chat)
    expect_calm(bo)
    so_far = tones(bo)
    assert demo.server is not None
    demo.server.kill()
    give_away(demo, first, second)
    demo.restart()

    expect(bo.cards.filter(has_text="It is with you now")).to_have_count(1, timeout=30_000)
    expect(bo.cards.filter(has_text="Waiting for somebody")).to_have_count(1)
    expect(bo.page).to_have_title(re.compile(r"^\(1\) "))
    assert tones(bo) >= so_far + ALARM + DING


def give_away(demo: Demo, first: str, second: str) -> None:
    """Cy's chats, one to Bo and one to the team, while no server runs that could tell of it."""
    with beside(demo):
        transfers.transfer_to_user(viewer("cy"), first, viewer("bo").public_id)
        team = db.session.execute(select(_t.public_id).where(_t.name == "Front line")).scalar_one()
        db.session.close()
        transfers.transfer_to_team(viewer("cy"), second, team)


def test_a_page_that_was_not_touched_says_that_it_may_not_sound(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    bo.set_availability("Online")
    bo.reload()
    ask_for_human(cast, server)
    silent = bo.cards.locator("[data-silent]")
    expect(silent).to_have_text("No sound until you click in this page")
    assert tones(bo) == 0
    touch(bo)
    expect(silent).to_be_hidden()
    expect_tones(bo, ALARM)


def test_the_sound_is_tried_and_switched_off_on_the_account_page(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    bo.set_availability("Online")
    bo.go("/account")
    bo.page.get_by_role("button", name="Play the sound").click()
    expect(bo.page.get_by_text("Played.")).to_be_visible()
    expect_tones(bo, ALARM)
    switch = bo.page.get_by_role("switch", name="Play sounds in this browser")
    expect(switch).to_be_checked()
    switch.click()
    bo.reload()
    expect(switch).not_to_be_checked()
    touch(bo)
    ask_for_human(cast, server)
    expect(bo.cards).to_contain_text("It is with you now")
    expect(bo.page).to_have_title(re.compile(r"^\(1\) Account"))
    assert tones(bo) == 0


def test_the_browser_tells_after_enable_while_nobody_looks_and_opens_what_it_told(
    server: DemoServer, cast: Cast
) -> None:
    bo = listening(cast, server, script=NOTES)
    offer = bo.page.locator("#notify-offer")
    offer.get_by_role("button", name="Not now").click()
    expect(offer).to_have_count(0)
    bo.reload()
    expect(offer).to_have_count(0)
    bo.go("/account")
    state = bo.page.locator("[data-notifications-state]")
    expect(state).to_contain_text("has not been asked")
    bo.page.get_by_role("button", name="Enable").click()
    expect(state).to_contain_text("On in this browser")

    bo.go("/inbox")
    bo.set_availability("Online")
    root = bo.page.locator("html")
    root.evaluate("root => { root.dataset.elsewhere = ''; dispatchEvent(new Event('blur')) }")
    ask_for_human(cast, server)
    expect(root).to_have_attribute("data-notes", re.compile("It is with you now"))
    root.evaluate("root => { delete root.dataset.elsewhere; dispatchEvent(new Event('press-note')) }")
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")
    expect(root).to_have_attribute("data-notes", "")
    expect_calm(bo)


def test_the_browser_says_nothing_while_any_tab_is_looked_at(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server, script=NOTES)
    bo.page.locator("#notify-offer").get_by_role("button", name="Enable").click()
    expect(bo.cards.or_(bo.page.locator("#flash"))).to_contain_text("Browser notifications are on")
    other = bo.open_tab()
    bo.set_availability("Online")
    away = "root => { root.dataset.elsewhere = ''; dispatchEvent(new Event('blur')) }"
    bo.page.locator("html").evaluate(away)
    ask_for_human(cast, server)
    expect(bo.cards).to_have_count(1)
    expect(other.cards).to_have_count(1)
    assert bo.page.locator("html").get_attribute("data-notes") is None
    other.page.locator("html").evaluate(away)
    ask_for_human(cast, server)
    expect(bo.page.locator("html")).to_have_attribute("data-notes", re.compile("It is with you now"))
    assert other.page.locator("html").get_attribute("data-notes") is None


def test_the_words_for_what_the_browser_allows(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo").go("/account")
    state = bo.page.locator("[data-notifications-state]")
    expect(state).to_contain_text("has not been asked")
    bo.context.grant_permissions(["notifications"], origin=server.url)
    expect(state).to_contain_text("On in this browser")
    expect(bo.page.get_by_role("button", name="Enable")).to_be_hidden()


def test_a_queued_chat_rings_once_for_who_may_claim_it(server: DemoServer, cast: Cast) -> None:
    bo, cy = listening(cast, server), listening(cast, server, "cy")
    fay = listening(cast, server, "fay")
    for each in (bo, cy, fay):
        touch(each)
    nora = ask_for_human(cast, server)
    for each in (bo, cy):
        expect(each.cards).to_contain_text("Waiting for somebody")
        expect_tones(each, DING)
        expect(each.page).to_have_title(re.compile("^Inbox"))
    nora.say("Hello? Anybody?")
    bo.view("Unassigned")
    expect(bo.rows.first).to_contain_text("Hello? Anybody?")
    assert (tones(bo), tones(cy), tones(fay)) == (DING, DING, 0)
    second = bo.open_tab()
    expect(second.rows.or_(second.page.locator(".rows-empty")).first).to_be_visible()
    expect(second.cards).to_have_count(0)

    cy.view("Unassigned")
    cy.open_first()
    cy.page.get_by_role("button", name="Claim").click()
    expect(cy.page.locator("header.thread-head")).to_contain_text("With you")
    expect(bo.cards).to_have_count(0)
    expect_calm(bo, cy)
    assert (tones(bo), tones(cy)) == (DING, DING)


def test_the_former_owner_is_told_once_and_is_silent_afterwards(server: DemoServer, cast: Cast) -> None:
    bo, cy = listening(cast, server), listening(cast, server, "cy")
    touch(bo)
    bo.set_availability("Online")
    nora = ask_for_human(cast, server)
    expect_tones(bo, ALARM)
    cy.view("My teams")
    cy.open_first()
    cy.reply("I am quicker today", button="Takeover & Send")
    expect(bo.cards).to_contain_text("No longer with you")
    expect(bo.page).to_have_title(re.compile("^Inbox"))
    so_far = tones(bo)
    bo.cards.get_by_role("button", name="Dismiss").click()
    expect(cy.page).to_have_title(re.compile("^Inbox"))
    cy.go("/account")
    nora.say("Thank you, Cy")
    expect(cy.cards).to_contain_text("New message")
    expect(bo.cards).to_have_count(0)
    assert tones(bo) == so_far


def test_what_is_seen_on_one_device_is_seen_on_the_other(server: DemoServer, cast: Cast) -> None:
    bo = listening(cast, server)
    phone = listening(cast, server)
    bo.set_availability("Online")
    ask_for_human(cast, server)
    for device in (bo, phone):
        expect(device.cards).to_contain_text("It is with you now")
    phone.cards.locator("a").click()
    expect(phone.page.locator("header.thread-head")).to_contain_text("With you")
    expect_calm(bo, phone)
