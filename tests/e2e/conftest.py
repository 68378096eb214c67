"""One Chromium for all journeys, and for each a demo of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests import chromium
from tests.e2e.demo_server import COOKIE, Demo, DemoCommand, DemoServer, Loaded, load
from tests.e2e.people import Colleague, Someone, Visitor

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def playwright_of_session() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_of_session: Playwright) -> Iterator[Browser]:
    found = chromium.find()
    assert found, "no Chromium: run `python -m tests.chromium`"
    browser = playwright_of_session.chromium.launch(executable_path=found, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("demo") / "data", free_port())


@pytest.fixture
def demo(loaded: Loaded, tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(loaded, tmp_path / "data", free_port())
    yield demo
    demo.close()
    assert demo.errors() == ""


@pytest.fixture
def server(demo: Demo) -> DemoServer:
    return demo.start()


class Cast:
    """Opens browsers for people, and closes them with the test; a console that complained fails it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.everybody: list[Someone] = []

    def colleague(self, server: DemoServer, name: str, *, width: int = 1440, dark: bool = False) -> Colleague:
        """Before the inbox, in a browser where they had signed in earlier."""
        colleague = self._seat(server, width, dark)
        colleague.context.add_cookies([{"name": COOKIE, "value": server.cookies[name], "url": server.url}])
        return colleague.go("/inbox")

    def newcomer(self, server: DemoServer, name: str, *, width: int = 1440, dark: bool = False) -> Colleague:
        """Signs in with the password now: this is a sign-in of its own."""
        return self._seat(server, width, dark).sign_in(name)

    def _seat(self, server: DemoServer, width: int, dark: bool) -> Colleague:
        colleague = Colleague(self.browser, server.url, width=width, dark=dark)
        self.everybody.append(colleague)
        return colleague

    def visitor(self, server: DemoServer | DemoCommand, **options: int) -> Visitor:
        visitor = Visitor(self.browser, server.url, server.webchat, **options)
        self.everybody.append(visitor)
        return visitor

    def close(self) -> list[str]:
        complaints = [complaint for each in self.everybody for complaint in each.complaints]
        for each in self.everybody:
            each.context.close()
        return complaints


@pytest.fixture
def cast(browser: Browser) -> Iterator[Cast]:
    cast = Cast(browser)
    yield cast
    assert cast.close() == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
