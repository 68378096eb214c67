"""Takes every page, light and dark, wide and narrow, into build/screenshots: `make screenshots`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests import chromium
from tests.e2e.conftest import ARGUMENTS, free_port
from tests.e2e.demo_server import DemoCommand
from tests.e2e.people import Colleague, Someone, Visitor

FOLDER = Path("build/screenshots")
WIDTHS = (1440, 1024, 390)


def main() -> None:
    """Play the main path, and look at it through everybody's eyes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=ARGUMENTS)
        with DemoCommand(Path(folder) / "data", free_port()) as server:
            play(browser, server)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


def play(browser: Browser, server: DemoCommand) -> None:
    alone = Someone(browser, server.url)
    alone.page.goto(f"{server.url}/login")
    take(alone, "sign-in")
    alone.page.get_by_label("E-mail").fill("bo@acme.test")
    alone.page.get_by_label("Password", exact=True).fill("not the password")
    alone.page.get_by_role("button", name="Sign in").click()
    take(alone, "sign-in-refused")

    bo = Colleague(browser, server.url).sign_in("bo")
    take(bo, "inbox-empty")
    nora = Visitor(browser, server.url, server.webchat)
    take(nora, "webchat-greeting")
    nora.say("Hello! My tent pole broke on the first trip.")
    nora.expect_line(re.compile("Trail"))
    nora.say("Can I get a replacement, and how long does delivery take?")
    expect(nora.chat.locator("#rows")).to_contain_text(re.compile("working days|sorry", re.I))
    take(nora, "webchat-ai-agent")
    nora.say("I would rather talk to a person")
    expect(nora.chat.locator("#queue")).to_be_visible()
    take(nora, "webchat-queue")
    look_at_queue(bo)
    look_at_livechat(browser, server, bo, nora)
    look_at_the_rest(browser, server)


def look_at_queue(bo: Colleague) -> None:
    bo.view("Unassigned")
    bo.open_first()
    take(bo, "conversation-queued")
    bo.page.get_by_role("button", name="Claim").click()
    expect(bo.page.locator("header.thread-head")).to_contain_text("With you")


def look_at_livechat(browser: Browser, server: DemoCommand, bo: Colleague, nora: Visitor) -> None:
    bo.set_availability("Online")
    bo.reply("Hello Nora, Bo here. A new pole is on its way to you, free of charge.")
    nora.expect_line(re.compile("A new pole"))
    nora.say("Wonderful, thank you! Do I have to send the old one back?")
    expect(bo.bubble("send the old one back")).to_be_visible()
    bo.page.locator("[data-write=note]").click()
    bo.reply("Pole batch 2231 again, told the workshop.", button="Add note")
    expect(bo.page.locator(".msg-note").last).to_be_visible()
    bo.page.locator("[data-write=text]").click()
    bo.view("Mine")
    take(bo, "conversation")
    take(nora, "webchat-live-agent")
    bo.page.get_by_role("button", name="Transfer").click()
    expect(bo.page.get_by_role("dialog")).to_be_visible()
    take(bo, "transfer")
    bo.page.keyboard.press("Escape")
    for person in (bo, nora):
        person.go_offline()
    nora.say("Are you still there?")
    expect(nora.chat.locator("#bar")).to_be_visible()
    take(nora, "webchat-offline")
    bo.reply("Keep it, please recycle it.")
    take(bo, "conversation-offline")
    for person in (bo, nora):
        person.go_online()
    nora.expect_line("Keep it, please recycle it.")
    bo.page.get_by_label("Status").last.select_option("closed")
    expect(nora.chat.get_by_role("radio").first).to_be_attached()
    take(nora, "webchat-rating")


def look_at_the_rest(browser: Browser, server: DemoCommand) -> None:
    ada = Colleague(browser, server.url).sign_in("ada")
    ada.view("All")
    expect(ada.rows.first).to_be_visible()
    ada.page.get_by_role("button", name="Filter and sort").click()
    take(ada, "inbox-filters")
    ada.page.get_by_role("button", name="Filter and sort").click()
    ada.rows.nth(2).locator("a").click()
    expect(ada.page.locator("form.composer")).to_be_visible()
    take(ada, "conversation-history")
    ada.page.get_by_label("Search people, subjects, messages").fill("nothing has these words")
    expect(ada.rows).to_have_count(0)
    take(ada, "search-empty")
    ada.page.goto(f"{server.url}/account")
    take(ada, "account")
    ada.page.goto(f"{server.url}/conversations/01890000-0000-7000-8000-000000000000")
    take(ada, "not-found")


def take(someone: Someone, name: str) -> None:
    """The page as it is, in both schemes and all widths."""
    with as_it_was(someone):
        for scheme in ("light", "dark"):
            someone.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in WIDTHS:
                someone.page.set_viewport_size({"width": width, "height": 844 if width == 390 else 900})
                someone.page.wait_for_timeout(150)
                someone.page.screenshot(path=FOLDER / f"{name}-{scheme}-{width}.png")


@contextmanager
def as_it_was(someone: Someone) -> Iterator[None]:
    yield
    someone.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    someone.page.set_viewport_size({"width": 1440, "height": 900})


if __name__ == "__main__":
    main()
