"""A ticket by e-mail, there and back: out through a real SMTP server, in as a posted mail, live before the browser."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from queue import Queue
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from playwright.sync_api import expect

from tests.e2e.conftest import Cast, free_port
from tests.e2e.demo_server import Demo, DemoServer
from tests.e2e.people import Colleague

NORA = "nora@example.test"


class PostOffice:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: Queue[EmailMessage] = Queue()
        self.port = free_port()

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.taken.put(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def next_mail(self) -> EmailMessage:
        return self.taken.get(timeout=20)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    controller = Controller(office, "127.0.0.1", office.port)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def server(demo: Demo, post_office: PostOffice) -> DemoServer:
    return demo.start(BATON_SMTP_URL=f"smtp+plain://127.0.0.1:{post_office.port}")


def answer(server: DemoServer, token: str, mail: EmailMessage, number: int, text: str) -> str:
    """Nora answers; her mail server posts it to the mailbox's address."""
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = f"Nora Lund <{NORA}>", "support@acme.test", f"Re: {mail['Subject']}"
    reply["Message-ID"] = f"<nora-{number}@example.test>"
    reply["In-Reply-To"] = reply["References"] = str(mail["Message-ID"])
    reply.set_content(text)
    headers = {"Content-Type": "message/rfc822"}
    posted = httpx.post(f"{server.url}/hooks/mail/{token}", content=reply.as_bytes(), headers=headers)
    assert posted.status_code == 200, posted.text
    return str(posted.json()["outcome"])


def make_hook(ada: Colleague) -> str:
    """The secret part of the address to which mails of Support's mailbox are posted."""
    page = ada.go("/settings/teamspaces").page
    page.locator("#settings").get_by_role("link", name="Support").first.click()
    page.get_by_role("link", name="Mailboxes").click()
    page.get_by_role("link", name="support@acme.test").click()
    ada.settle()
    page.get_by_role("button", name="Make an address").click()
    shown = page.get_by_label("The address", exact=True)
    expect(shown).to_be_visible()
    return shown.input_value().rpartition("/")[2]


def test_a_ticket_from_a_chat_goes_out_by_mail_and_comes_back(
    server: DemoServer, cast: Cast, post_office: PostOffice
) -> None:
    token = make_hook(cast.colleague(server, "ada"))
    bo = cast.colleague(server, "bo")
    bo.set_availability("Online")
    visitor = cast.visitor(server)
    visitor.say("Can I talk to a human?")
    bo.view("Mine")
    bo.open_first()

    bo.page.get_by_role("button", name="Create ticket").click()
    dialog = bo.page.locator("#new-ticket")
    dialog.get_by_text("New person").click()
    dialog.get_by_label("Name", exact=True).fill("Nora Lund")
    dialog.locator("#ticket-email").fill(NORA)
    dialog.get_by_label("Subject").fill("Broken tent pole")
    dialog.get_by_label("Message to the person").fill("Which pole broke?")
    expect(dialog.locator("[data-fate]")).to_contain_text(f"Goes out from support@acme.test to {NORA}")
    bo.page.keyboard.press("Escape")
    bo.page.get_by_role("button", name="Keep draft").click()
    expect(dialog).to_have_count(0)
    bo.page.get_by_role("button", name="Create ticket").click()
    expect(dialog.get_by_label("Message to the person")).to_have_value("Which pole broke?")
    dialog.get_by_role("button", name="Create ticket").click()

    expect(bo.bubble("Which pole broke?")).to_be_visible()
    expect(bo.page.locator(".thread-links")).to_contain_text("From the chat with")
    first = post_office.next_mail()
    assert (first["To"], first["Subject"]) == (NORA, "Broken tent pole")

    assert answer(server, token, first, 1, "The long one.") == "added"
    expect(bo.bubble("The long one.")).to_be_visible()
    bo.reply("A new one is on its way.")
    second = post_office.next_mail()
    assert second["In-Reply-To"] == "<nora-1@example.test>"
    assert second.get_content().strip() == "A new one is on its way."  # type: ignore[attr-defined]

    bo.page.get_by_label("Status", exact=True).select_option("closed")
    expect(bo.page.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    assert answer(server, token, second, 2, "And now the zip.") == "opened"
    expect(bo.page.locator("#conversation .msg-act", has_text="opened a new ticket")).to_be_visible()
    bo.reload()
    bo.page.locator(".thread-links").get_by_role("link", name="Continued in").click()
    expect(bo.bubble("And now the zip.")).to_be_visible()
    expect(bo.page.locator(".thread-links")).to_contain_text("From “Broken tent pole”")


def test_a_refused_ticket_keeps_all_and_a_discarded_draft_is_gone(server: DemoServer, cast: Cast) -> None:
    bo = cast.colleague(server, "bo")
    dialog = bo.page.locator("#new-ticket")
    bo.page.get_by_role("button", name="New ticket").click()
    expect(dialog.get_by_label("Search persons")).to_be_focused()
    dialog.get_by_text("New person").click()
    dialog.get_by_label("Name", exact=True).fill("Nora Lund")
    dialog.get_by_label("Message to the person").fill("Hello Nora")
    dialog.get_by_role("button", name="Create ticket").click()
    expect(dialog.locator("#wrong-subject")).to_have_text("Write something first.")
    expect(dialog.get_by_label("Subject")).to_be_focused()
    expect(dialog.get_by_label("Message to the person")).to_have_value("Hello Nora")
    dialog.get_by_role("button", name="Cancel").click()
    bo.page.get_by_role("button", name="Discard").click()
    expect(dialog).to_have_count(0)
    bo.page.get_by_role("button", name="New ticket").click()
    expect(dialog.get_by_label("Message to the person")).to_have_value("")
