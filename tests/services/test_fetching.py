"""Mailboxes are read on from where they were read, by one process, and a broken one says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard.models import Conversation, Mailbox, db
from dashboard.services import fetching
from dashboard.services.sealing import Sealer
from integrations.fake import FakeMailman
from integrations.mail.imap import ImapMailman
from integrations.port import CredentialsBroken, Fetched, IncomingMail, MailAccount, Place
from tests.factories import Scene
from tests.mail_servers import imap_server, raw
from tests.services.test_ticket_mail import HELLO, add_mailbox

SEALER = Sealer("a key")
SERVER = {"host": "imap.acme.test", "port": 993, "security": "tls", "user": "help", "folder": "INBOX"}


@pytest.fixture
def mailbox(scene: Scene) -> int:
    return add_mailbox(scene, incoming=SERVER, secrets=SEALER.seal({"incoming": "right"}))


def mails(*numbers: int) -> list[IncomingMail]:
    return [replace(HELLO, message_id=f"n{number}@x", sender=f"n{number}@example.test") for number in numbers]


class Recorder(FakeMailman):
    """An empty folder that keeps from where it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[datetime | None, datetime]] = []

    def fetch(self, folder: str, place: Place, at: datetime) -> Iterator[Fetched]:
        self.asked.append((place.since, at))
        return super().fetch(folder, place, at)


def look(scene: Scene, mailman: FakeMailman) -> int:
    scene.clock.forward(seconds=31)
    return fetching.fetch_due(lambda _account: mailman, SEALER)


def tickets() -> int:
    found = db.session.execute(select(func.count()).select_from(Conversation)).scalar_one()
    db.session.close()
    return found


def state() -> Mailbox:
    db.session.expire_all()
    return db.session.execute(select(Mailbox)).scalar_one()


def test_each_mail_is_fetched_once_and_reading_goes_on_where_it_was(scene: Scene, mailbox: int) -> None:
    mailman = FakeMailman(*mails(1, 2))
    assert look(scene, mailman) == 2
    mailman.mails += mails(3)
    assert look(scene, mailman) == 1
    assert tickets() == 3
    assert mailman.looks == [("INBOX", None, 0), ("INBOX", 1, 2)]


def test_a_new_mailbox_opens_nothing_for_the_mail_that_lies_there(scene: Scene, mailbox: int) -> None:
    mailman = FakeMailman(*mails(1, 2), old=frozenset({1, 2}))
    assert (look(scene, mailman), tickets()) == (0, 0)
    mailman.mails += mails(3)
    assert (look(scene, mailman), tickets()) == (1, 1)


def test_what_a_mailbox_asks_for_at_first_is_what_came_since_it_was_made(scene: Scene, mailbox: int) -> None:
    mailman = Recorder()
    look(scene, mailman)
    look(scene, mailman)
    [(first, looked_at), (second, _)] = mailman.asked
    assert (first, second) == (state().created_at, looked_at)


def test_a_folder_with_a_history_is_taken_from_now_on_whatever_its_numbers(scene: Scene, mailbox: int) -> None:
    with imap_server(1, 2, 3) as server:
        account = MailAccount("127.0.0.1", server.port, "none", "help", "right")

        def fetch() -> int:
            scene.clock.forward(seconds=31)
            return fetching.fetch_due(lambda _account: ImapMailman(account, timeout=10), SEALER)

        assert fetch() == 0
        server.mails[4], server.came[4] = raw(4), scene.clock.now
        assert (fetch(), tickets()) == (1, 1)
        server.validity, server.mails = 8, {9 - uid: mail for uid, mail in server.mails.items()}
        server.mails[9], server.came = raw(9), {5: server.came[4], 9: scene.clock.now}
        assert (fetch(), tickets()) == (2, 2)


def test_a_folder_that_was_numbered_anew_is_read_anew_and_nothing_comes_twice(scene: Scene, mailbox: int) -> None:
    look(scene, FakeMailman(*mails(1, 2)))
    assert look(scene, FakeMailman(*mails(1, 2, 3), validity=2)) == 3
    assert tickets() == 3


def test_a_folder_that_is_set_while_another_is_read_keeps_its_own_beginning(scene: Scene, mailbox: int) -> None:
    class Slow(FakeMailman):
        def fetch(self, folder: str, place: Place, at: datetime) -> Iterator[Fetched]:
            for each in super().fetch(folder, place, at):
                scene.change(Mailbox, mailbox, incoming={**SERVER, "folder": "Other"}, position={})
                yield each

    assert look(scene, Slow(*mails(1, 2))) == 1
    assert state().position == {}


def test_a_mailbox_is_looked_into_every_half_minute_by_one_process(scene: Scene, mailbox: int) -> None:
    mailman = FakeMailman(*mails(1))
    look(scene, mailman)
    assert fetching.fetch_due(lambda _account: mailman, SEALER) == 0
    assert len(mailman.looks) == 1


def test_what_cannot_be_read_is_passed_over_and_the_next_is_taken(scene: Scene, mailbox: int) -> None:
    assert look(scene, FakeMailman(None, *mails(2))) == 1
    assert tickets() == 1


@pytest.mark.parametrize("broken", [{"text": "a\x07b"}, {"sender_name": "N" * 300}, {"text": "a\udcffb"}])
def test_what_cannot_be_stored_stops_nothing_behind_it(scene: Scene, mailbox: int, broken: dict[str, str]) -> None:
    first, second = mails(1, 2)
    mailman = FakeMailman(replace(first, **broken), second)
    assert look(scene, mailman) == 2
    assert (tickets(), state().position["uid"]) == (1, 2)


def test_a_mailbox_in_unexpected_trouble_stops_no_other(scene: Scene, mailbox: int) -> None:
    add_mailbox(scene, "two@acme.test", incoming={**SERVER, "host": "two"}, secrets=SEALER.seal({"incoming": "right"}))

    def mailman_for(account: MailAccount) -> FakeMailman:
        if account.host != "two":
            raise UnicodeError("a folder that cannot be named")
        return FakeMailman(*mails(1))

    scene.clock.forward(seconds=31)
    assert fetching.fetch_due(mailman_for, SEALER) == 1
    errors = db.session.execute(select(Mailbox.last_error).order_by(Mailbox.id)).scalars().all()
    assert ["cannot be named" in (each or "") for each in errors] == [True, False]


def test_a_broken_mailbox_says_so_until_it_works(scene: Scene, mailbox: int) -> None:
    mailman = FakeMailman(*mails(1), failures=(CredentialsBroken("wrong password"),))
    look(scene, mailman)
    assert state().last_error == "wrong password"
    look(scene, mailman)
    assert state().last_error is None
    assert tickets() == 1


def test_the_account_is_the_one_that_was_set(scene: Scene, mailbox: int) -> None:
    accounts: list[MailAccount] = []

    def mailman_for(account: MailAccount) -> FakeMailman:
        accounts.append(account)
        return FakeMailman()

    scene.clock.forward(seconds=31)
    fetching.fetch_due(mailman_for, SEALER)
    assert accounts == [MailAccount("imap.acme.test", 993, "tls", "help", "right")]


def test_another_installations_key_is_told_as_the_mailboxs_trouble(scene: Scene, mailbox: int) -> None:
    scene.clock.forward(seconds=31)
    fetching.fetch_due(lambda _account: FakeMailman(), Sealer("another key"))
    assert "given again" in (state().last_error or "")


def test_a_mailbox_that_is_off_or_reads_nothing_is_left_alone(app: Flask, scene: Scene) -> None:
    add_mailbox(scene, "off@acme.test", incoming=SERVER, is_enabled=False)
    add_mailbox(scene, "none@acme.test")
    mailman = FakeMailman(*mails(1))
    assert look(scene, mailman) == 0
    assert mailman.looks == []
