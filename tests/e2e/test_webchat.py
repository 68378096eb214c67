"""The webchat in a browser, where lines break: nothing is lost, nothing doubled, everything said in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import delete, func, select, update

from dashboard.models import Channel, Message, Person, VisitorToken, db
from dashboard.models.enums import AuthorKind
from dashboard.services.unit_of_work import unit_of_work
from tests.e2e.conftest import Cast, free_port
from tests.e2e.demo_server import Demo, DemoServer, Loaded
from tests.e2e.people import Visitor

MESSAGES = re.compile(r"/webchat/[0-9a-f-]+/messages$")


@pytest.fixture(scope="module")
def shared(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all that need no server of their own."""
    demo = Demo(loaded, tmp_path_factory.mktemp("shared") / "data", free_port())
    demo.start(BATON_ADDRESS_LIMIT="10000 per minute")
    yield demo
    demo.close()
    assert demo.errors() == ""


@pytest.fixture
def webchat(shared: Demo) -> DemoServer:
    assert shared.server is not None
    return shared.server


@pytest.fixture
def nora(webchat: DemoServer, cast: Cast) -> Visitor:
    return cast.visitor(webchat)


def mine(visitor: Visitor) -> Locator:
    """The person's own bubbles."""
    return visitor.chat.locator(".group.mine .bubble")


def greet(visitor: Visitor) -> None:
    """The first message is sent and answered."""
    visitor.say("Hello there")
    visitor.expect_line(re.compile("I am Trail, the AI agent"))


def stored(demo: Demo, text: str) -> int:
    with demo.open_app().app_context():
        own = (Message.body == text) & (Message.author_kind == AuthorKind.PERSON)
        found = db.session.execute(select(func.count()).select_from(Message).where(own)).scalar_one()
        db.session.remove()
    return int(found)


def test_a_message_whose_answer_was_lost_is_sent_again_and_kept_once(shared: Demo, nora: Visitor) -> None:
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    nora.page.route(MESSAGES, lose_the_first_answer)
    nora.say("Hello there")
    expect(nora.chat.locator(".group.mine.is-waiting")).to_have_count(0)
    expect(mine(nora)).to_have_text(["Hello there"])
    nora.expect_line(re.compile("Trail"))
    assert len(lost) == 1
    assert stored(shared, "Hello there") == 1


def test_what_is_written_while_the_server_is_gone_is_sent_when_it_is_back(demo: Demo, cast: Cast) -> None:
    server = demo.start()
    nora = cast.visitor(server)
    greet(nora)
    server.close()
    nora.say("Are you")
    nora.say("still there?")
    expect(nora.chat.locator("#bar")).to_be_visible()
    expect(nora.chat.locator(".group.mine.is-waiting")).to_have_count(2)
    demo.start()
    expect(nora.chat.locator(".group.mine.is-waiting")).to_have_count(0, timeout=30_000)
    expect(mine(nora)).to_have_text(["Hello there", "Are you", "still there?"])
    assert [stored(demo, text) for text in ("Are you", "still there?")] == [1, 1]
    expect(nora.chat.locator("#bar")).to_be_hidden(timeout=30_000)


def test_a_flood_is_slowed_down_and_nothing_of_it_lost(demo: Demo, cast: Cast) -> None:
    nora = cast.visitor(demo.start(BATON_VISITOR_LIMIT="2 per 3 second"))
    words = ["one", "two", "three", "four", "five"]
    for word in words:
        nora.say(word)
    expect(nora.chat.locator("#bar")).to_contain_text("Sent again in")
    expect(nora.chat.locator(".group.mine.is-waiting")).to_have_count(0, timeout=30_000)
    expect(mine(nora)).to_have_text(words)
    assert [stored(demo, word) for word in words] == [1] * 5


def test_a_refused_text_stays_with_the_reason_and_can_be_edited(nora: Visitor) -> None:
    field = nora.chat.locator("#text")
    field.evaluate("field => { field.value = 'tent \\ud83d pole'; field.dispatchEvent(new Event('input')) }")
    field.press("Enter")
    failed = nora.chat.locator(".group.is-failed")
    expect(failed).to_contain_text("Not sent. It contains characters that cannot be stored.")
    nora.page.reload()
    failed.get_by_role("button", name="Edit").click()
    expect(failed).to_have_count(0)
    nora.say("tent pole")
    expect(mine(nora)).to_have_text(["tent pole"])


def test_a_text_that_is_too_long_is_not_sent_and_not_lost(nora: Visitor) -> None:
    field = nora.chat.locator("#text")
    field.fill("x" * 8001)
    expect(nora.chat.locator("#count")).to_have_text("That is 8001 characters; 8000 fit in one message.")
    expect(nora.chat.locator("#send")).to_be_disabled()
    nora.page.reload()
    expect(field).to_have_value("x" * 8001)


def test_a_banned_person_is_told_and_keeps_the_text(shared: Demo, nora: Visitor) -> None:
    greet(nora)
    with shared.open_app().app_context(), unit_of_work() as uow:
        uow.conn.execute(update(Person.__table__).values(is_banned=True))
    nora.say("Hello again")
    failed = nora.chat.locator(".group.is-failed")
    expect(failed).to_contain_text("Hello again")
    expect(failed).to_contain_text("You cannot write here any more. Your text is kept.")


def test_a_key_that_the_server_forgot_is_replaced(shared: Demo, nora: Visitor) -> None:
    greet(nora)
    with shared.open_app().app_context(), unit_of_work() as uow:
        uow.conn.execute(delete(VisitorToken.__table__))
    nora.say("And now?")
    expect(mine(nora).last).to_have_text("And now?")
    expect(nora.chat.locator(".group.mine.is-waiting")).to_have_count(0)
    assert stored(shared, "And now?") == 1


def test_two_tabs_are_one_person(webchat: DemoServer, nora: Visitor) -> None:
    second = nora.context.new_page()
    second.goto(webchat.webchat)
    chat = second.frame_locator("iframe")
    expect(chat.locator("#text")).to_be_visible()
    nora.say("From the first tab")
    nora.expect_line(re.compile("Trail"))
    chat.locator("#text").fill("From the second tab")
    chat.locator("#text").press("Enter")
    for where in (nora.chat, chat):
        expect(where.locator(".group.mine .bubble")).to_have_text(["From the first tab", "From the second tab"])
    second.close()


def test_what_came_while_the_panel_was_closed_is_counted_on_the_bubble(cast: Cast, demo: Demo) -> None:
    nora = cast.visitor(demo.start(BATON_ANSWER_DELAY="1.5"))
    greet(nora)
    nora.say("How long does delivery take?")
    expect(nora.chat.locator(".typing")).to_be_visible()
    nora.chat.get_by_role("button", name="Close chat").click()
    bubble = nora.page.get_by_role("button", name=re.compile("unread"))
    expect(bubble).to_have_accessible_name("Open chat, 1 unread")
    bubble.click()
    nora.expect_line(re.compile("working days"))
    expect(nora.page.get_by_role("button", name="Close chat").first).to_be_visible()
    nora.page.keyboard.press("Escape")
    expect(nora.page.get_by_role("button", name="Open chat", exact=True)).to_be_focused()


def test_the_keyboard_stays_in_the_panel_and_comes_back(nora: Visitor) -> None:
    greet(nora)
    field = nora.chat.locator("#text")
    field.fill("half a thought")
    expect(field).to_be_focused()
    places = []
    for _ in range(8):
        nora.page.keyboard.press("Tab")
        places.append(field.evaluate("() => document.activeElement.id || document.activeElement.className"))
    assert places[0] == "send"
    assert {"sound", "close", "thread", "text", "send"} <= set(places)
    assert nora.page.evaluate("() => document.activeElement.shadowRoot?.activeElement.tagName") == "IFRAME"
    nora.page.keyboard.press("Escape")
    opener = nora.page.get_by_role("button", name="Open chat")
    expect(opener).to_be_focused()
    nora.page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("half a thought")


def test_quick_replies_are_buttons_of_the_newest_message_only(nora: Visitor) -> None:
    nora.say("Where is my order?")
    replies = nora.chat.locator(".replies button")
    expect(replies.first).to_be_visible()
    word = replies.first.inner_text()
    replies.first.click()
    expect(mine(nora).last).to_have_text(word)
    expect(nora.chat.locator(".replies").get_by_text(word, exact=True)).to_have_count(0)


def test_html_is_text_and_links_are_safe(nora: Visitor) -> None:
    nasty = "<img src=x onerror=alert(1)> javascript:alert(1) see https://acme.test/a?b=<i>."
    nora.say(nasty)
    bubble = mine(nora).first
    expect(bubble).to_have_text(nasty)
    expect(bubble.locator("img")).to_have_count(0)
    expect(bubble.locator("a")).to_have_count(1)
    link = bubble.get_by_role("link")
    expect(link).to_have_attribute("href", "https://acme.test/a?b=")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(link).to_have_attribute("target", "_blank")


def test_nobody_online_offers_to_leave_an_email(shared: Demo, nora: Visitor) -> None:
    nora.say("I want to talk to a person")
    queue = nora.chat.locator("#queue")
    expect(queue).to_contain_text("You are next in line.")
    nora.chat.get_by_label("Your e-mail address").fill("nora")
    queue.get_by_role("button", name="Send").click()
    expect(queue).to_contain_text("That does not look like an e-mail address.")
    nora.chat.get_by_label("Your e-mail address").fill("nora@example.com")
    queue.get_by_role("button", name="Send").click()
    expect(queue).to_contain_text("Thank you. Our team can reach you at nora@example.com.")
    with shared.open_app().app_context():
        emails = db.session.execute(select(Person.email).where(Person.email.is_not(None))).scalars().all()
        db.session.remove()
    assert "nora@example.com" in emails


def test_the_chat_speaks_spanish_to_a_spanish_browser(webchat: DemoServer, browser: Browser) -> None:
    context = browser.new_context(locale="es-MX")
    page = context.new_page()
    page.goto(webchat.webchat)
    chat = page.frame_locator("iframe")
    expect(chat.get_by_placeholder("Escribe un mensaje…")).to_be_visible()
    expect(chat.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("button", name="Cerrar el chat").first).to_be_visible()
    context.close()


def test_both_see_the_other_writing(webchat: DemoServer, nora: Visitor, cast: Cast) -> None:
    nora.say("I want to talk to a person")
    expect(nora.chat.locator("#queue")).to_be_visible()
    bo = cast.colleague(webchat, "bo")
    bo.view("Unassigned")
    bo.open_first()
    bo.page.get_by_role("button", name="Claim").click()
    nora.expect_line(re.compile("Bo Lindqvist joined"))
    nora.chat.locator("#text").press_sequentially("My tent")
    expect(bo.page.locator("[data-typing]:visible")).to_have_text(re.compile("is typing…"))
    bo.page.get_by_label("Message", exact=True).press_sequentially("Hello")
    expect(nora.chat.get_by_role("img", name="Bo Lindqvist is typing")).to_be_visible()
    bo.reply("Hello Nora")
    nora.expect_line("Hello Nora")
    expect(nora.chat.locator(".typing")).to_have_count(0)


@pytest.fixture
def other_site(webchat: DemoServer) -> Iterator[str]:
    """The address of another site, whose page carries the script tag."""
    script = webchat.webchat.replace("/demo", ".js")
    html = f'<!doctype html><title>Shop</title><h1>Shop</h1><script src="{script}" data-open="true" async></script>'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()
        thread.join()


def test_an_allowed_site_shows_the_chat_and_others_do_not(shared: Demo, other_site: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    page.goto(other_site)
    expect(page.get_by_role("button", name="Close chat")).to_be_visible()
    expect(page.frame_locator("iframe").locator("#text")).to_have_count(0)
    assert any("frame-ancestors" in refusal for refusal in refusals)
    with shared.open_app().app_context(), unit_of_work() as uow:
        uow.conn.execute(update(Channel.__table__).values(allowed_sites=[other_site]))
    page.goto(other_site)
    chat = page.frame_locator("iframe")
    chat.locator("#text").fill("Hello from a shop")
    chat.locator("#text").press("Enter")
    expect(chat.locator(".bubble.theirs").last).to_contain_text("I am Trail")
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(webchat: DemoServer, browser: Browser, scheme: str) -> None:
    """axe finds nothing in the greeting, a chat with quick replies, a failed message and the queue."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(webchat.webchat.replace("/demo", "/frame"))
    field = page.locator("#text")
    states = [("Where is my order?", ".replies"), ("tent \ud83d pole", ".is-failed"), ("A person, please", "#queue")]
    _expect_no_barriers(page)
    for text, sign in states:
        field.evaluate("(field, text) => { field.value = text; field.dispatchEvent(new Event('input')) }", text)
        field.press("Enter")
        expect(page.locator(sign).first).to_be_visible()
        _expect_no_barriers(page)
    context.close()


def _expect_no_barriers(page: Page) -> None:
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
