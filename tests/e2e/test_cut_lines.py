"""Cut lines, killed servers and ended sign-ins: the page says so, keeps what was typed, and catches up (N5)."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import select

from dashboard.models import Message, User, db
from dashboard.models.enums import MessageKind
from dashboard.services import sessions
from tests.chaos.waiting import eventually
from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague, Visitor


def start_livechat(server: DemoServer, cast: Cast) -> tuple[Colleague, Visitor]:
    """Nora's chat is with Bo, and open on his page."""
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    nora = cast.visitor(server)
    nora.say("I want to talk to a person")
    expect(bo.rows).to_have_count(1)
    bo.open_first()
    bo.reply("Hello, Bo here.")
    nora.expect_line("Hello, Bo here.")
    return bo, nora


def shown_texts(bo: Colleague) -> list[str]:
    return bo.page.locator("#conversation .msg[data-kind=text][data-seq] .bubble").all_inner_texts()


def stored_texts(demo: Demo, containing: str) -> list[str]:
    """Bodies of the conversation in which `containing` was said, in their order."""
    table = Message.__table__.c
    with demo.open_app().app_context():
        conversation = select(table.conversation_id).where(table.body == containing)
        rows = db.session.execute(
            select(table.body)
            .where(table.conversation_id.in_(conversation), table.kind == MessageKind.TEXT)
            .order_by(table.seq)
        )
        bodies = list(rows.scalars())
        db.session.remove()
        db.engine.dispose()
    return bodies


def test_an_agent_whose_line_was_cut_misses_nothing_and_doubles_nothing(demo: Demo, cast: Cast) -> None:
    bo, nora = start_livechat(demo.start(), cast)
    bo.go_offline()
    for number in range(3):
        nora.say(f"Said while you were away {number}")
        nora.expect_line(f"Said while you were away {number}")
    bo.reply("Typed in a tunnel")
    expect(bo.bubble("Typed in a tunnel")).to_be_visible()
    bo.go_online()

    for number in range(3):
        expect(bo.bubble(f"Said while you were away {number}")).to_be_visible(timeout=30_000)
    retry = bo.page.get_by_role("button", name=re.compile("Retry"))
    if retry.count():
        retry.first.click()
    nora.expect_line("Typed in a tunnel")
    assert eventually(lambda: stored_texts(demo, "Typed in a tunnel").count("Typed in a tunnel") == 1)
    expect(bo.page.locator("#conversation .bubble", has_text="Typed in a tunnel")).to_have_count(1)
    assert shown_texts(bo) == stored_texts(demo, "Typed in a tunnel")


def test_pages_equal_the_database_after_a_killed_server(demo: Demo, cast: Cast) -> None:
    bo, nora = start_livechat(demo.start(), cast)
    assert demo.server is not None
    demo.server.kill()
    nora.say("Said to a dead server")
    bo.editor.fill("Typed to a dead server")
    bo.page.get_by_role("button", name="Send", exact=True).click()
    demo.restart()

    nora.expect_line("Said to a dead server")
    expect(bo.bubble("Said to a dead server")).to_be_visible(timeout=30_000)
    eventually(lambda: "Typed to a dead server" in stored_texts(demo, "Hello, Bo here."), timeout=30)
    nora.expect_line("Typed to a dead server")
    eventually(lambda: shown_texts(bo) == stored_texts(demo, "Hello, Bo here."))
    stored = stored_texts(demo, "Hello, Bo here.")
    assert stored.count("Said to a dead server") == stored.count("Typed to a dead server") == 1


def test_a_sign_in_that_ended_elsewhere_says_so_and_keeps_the_draft(demo: Demo, cast: Cast) -> None:
    bo, _ = start_livechat(demo.start(), cast)
    bo.editor.fill("Half a thought")
    with demo.open_app().app_context():
        user_id = db.session.execute(select(User.__table__.c.id).where(User.__table__.c.email == "bo@acme.test"))
        sessions.revoke_all(user_id.scalar_one())
        db.session.remove()
        db.engine.dispose()

    banner = bo.page.locator("#connection")
    expect(banner).to_contain_text(re.compile("sign", re.I))
    expect(bo.editor).to_have_value("Half a thought")
    expect(banner.get_by_role("link")).to_have_attribute("href", re.compile("/login\\?next="))


def test_html_and_odd_characters_are_shown_as_they_were_typed(server: DemoServer, cast: Cast) -> None:
    bo, nora = start_livechat(server, cast)
    odd = "<b>bold</b> <img src=x onerror=alert(1)> & “quotes” 👍 \u202eabc"
    nora.say(odd)
    expect(bo.page.locator("#conversation .bubble", has_text="<b>bold</b>")).to_be_visible()
    assert bo.page.locator("#conversation .bubble img, #conversation .bubble b").count() == 0
    bo.reply("<script>alert(2)</script> is text")
    nora.expect_line("<script>alert(2)</script> is text")
