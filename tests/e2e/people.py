"""Who sits before a browser in a journey: a colleague in the inbox, and a visitor of the shop."""

from __future__ import annotations

import copy
import re

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.e2e.demo_server import PASSWORD

EXPECTED_NOISE = re.compile(
    r"Failed to load resource|net::ERR_|WebSocket connection to|Fetch failed|Response Status Error Code"
    r"|htmx:(afterRequest|sendError|responseError|sendAbort)|^\[object Event\]$|^Event$"
)
"""What a browser itself says of a refused request or a cut line (a refused socket is logged as its bare event);
everything else in the console fails the journey."""


class Someone:
    """A browser context of its own, with whatever its console complained about."""

    def __init__(
        self, browser: Browser, base: str, *, width: int = 1440, height: int = 900, dark: bool = False
    ) -> None:
        self.base = base
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            reduced_motion="reduce",
        )
        self.complaints: list[str] = []
        self.page: Page = self._open_page()

    def _open_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED_NOISE.search(message.text):
            self.complaints.append(message.text)

    def go_offline(self) -> None:
        self.context.set_offline(True)

    def go_online(self) -> None:
        self.context.set_offline(False)


def visit(page: Page, name: str) -> None:
    """Press the entry of the rail, which on a phone may stand under More."""
    link = page.get_by_role("link", name=name, exact=True)
    if not link.first.is_visible():
        page.get_by_role("button", name="More pages").click()
    link.first.click()


class Colleague(Someone):
    """Signed in; `name` is the part of the e-mail before the @."""

    def sign_in(self, name: str) -> Colleague:
        page = self.page
        page.goto(f"{self.base}/login")
        page.get_by_label("E-mail").fill(f"{name}@acme.test")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        return self.settle()

    def open_tab(self, address: str = "/inbox") -> Colleague:
        """The same colleague before another tab of the same browser."""
        tab = copy.copy(self)
        tab.page = self._open_page()
        return tab.go(address)

    def visit(self, name: str) -> None:
        """Go to a page by the rail, or on a phone by its menu of more pages."""
        visit(self.page, name)

    def go(self, address: str) -> Colleague:
        self.page.goto(f"{self.base}{address}")
        return self.settle()

    def reload(self) -> Colleague:
        self.page.reload()
        return self.settle()

    def settle(self) -> Colleague:
        """Wait until the page answers to a press of a button."""
        expect(self.page.locator("body[data-ready]")).to_be_attached()
        self.page.wait_for_load_state("load")
        return self

    def set_availability(self, state: str) -> None:
        """`state` is Online or Away, in the avatar's menu."""
        self.page.get_by_role("button", name=re.compile("Your menu|Account|Availability", re.I)).first.click()
        self.page.locator("#availability").get_by_role("menuitemradio", name=state).click()
        expect(self.page.locator(f"#availability[data-availability={state.lower()}]")).to_be_attached()
        self.page.keyboard.press("Escape")

    def go_away(self) -> Locator:
        """With open conversations: answers the dialog that asks what becomes of them."""
        self.page.locator("#me").click()
        self.page.locator("#availability").get_by_role("menuitemradio", name="Away").click()
        dialog = self.page.get_by_role("dialog", name="Hand over your shift")
        expect(dialog).to_be_visible()
        expect(self.page.locator("#me .avatar-dot")).to_have_attribute("data-availability", "away")
        return dialog

    def view(self, name: str) -> None:
        """Another view of the list; its rows are there when this returns."""
        link = self.page.locator("#list").get_by_role("link", name=re.compile(f"^{name}"))
        link.click()
        expect(link).to_have_attribute("aria-current", "page")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#list article.row")

    def open_first(self) -> None:
        self.rows.first.locator("a").click()
        expect(self.page.locator("form.composer")).to_be_visible()

    @property
    def cards(self) -> Locator:
        """What was told in the corner and is still there."""
        return self.page.locator("#flash .toast-card")

    @property
    def thread(self) -> Locator:
        return self.page.locator("#conversation")

    @property
    def editor(self) -> Locator:
        return self.page.locator("form.composer textarea[name=text]")

    def reply(self, text: str, button: str = "Send") -> None:
        self.editor.fill(text)
        self.page.get_by_role("button", name=button, exact=True).click()

    def bubble(self, text: str) -> Locator:
        return self.page.locator("#conversation .bubble", has_text=text)


class Visitor(Someone):
    """Writes in the webchat of the demo shop."""

    def __init__(self, browser: Browser, base: str, webchat: str, **options: int) -> None:
        super().__init__(browser, base, **options)
        self.page.goto(webchat)
        self.chat = self.page.frame_locator("iframe")
        expect(self.chat.locator("#text")).to_be_visible()

    def say(self, text: str) -> None:
        self.chat.locator("#text").fill(text)
        self.chat.locator("#text").press("Enter")

    def expect_line(self, text: str | re.Pattern[str]) -> None:
        expect(self.chat.locator("#rows").get_by_text(text).last).to_be_visible(timeout=10_000)

    def count(self, text: str) -> int:
        return self.chat.locator("#rows").get_by_text(text, exact=True).count()
