"""Fetching by IMAP from a server that speaks it over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations.mail.imap import AT_ONCE, CLOCKS, MAX_BYTES, ImapMailman
from integrations.port import CredentialsBroken, Fetched, MailAccount, Place, Retryable
from tests.mail_servers import DAY, Imap, imap_server, raw

NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
START = Place(since=NOW)
"""Of a mailbox that was made just now."""
READ = Place(7, 5, 0, NOW)


@pytest.fixture
def server() -> Iterator[Imap]:
    with imap_server(3, 5, 8) as server:
        yield server


@pytest.fixture
def account(server: Imap) -> MailAccount:
    return MailAccount("127.0.0.1", server.port, "none", "help", "right")


def look(account: MailAccount, place: Place) -> list[Fetched]:
    return list(ImapMailman(account, timeout=10).fetch("INBOX", place, NOW + DAY))


def taken(account: MailAccount, place: Place) -> list[str]:
    return [each.mail.message_id for each in look(account, place) if each.mail]


def test_what_came_after_the_last_is_fetched_oldest_first_and_left_unread(server: Imap, account: MailAccount) -> None:
    assert taken(account, Place(7, 0)) == ["n3@x", "n5@x", "n8@x"]
    assert taken(account, READ) == ["n8@x"]
    assert not any("STORE" in each or each.startswith("SELECT") for each in server.seen)
    assert all("PEEK" in each for each in server.seen if "BODY" in each)


def test_the_last_one_does_not_come_again(account: MailAccount) -> None:
    assert taken(account, replace(READ, uid=8)) == []


@pytest.mark.parametrize("says_next", [True, False])
def test_a_new_mailbox_takes_nothing_that_was_there_and_all_that_comes(
    server: Imap, account: MailAccount, says_next: bool
) -> None:
    server.says_next = says_next
    [end] = look(account, START)
    assert (end.mail, end.place) == (None, Place(7, 8, 0, NOW + DAY - CLOCKS))
    server.mails[9] = raw(9)  # an old mail that somebody moves here is as good as a new one
    assert taken(account, end.place) == ["n9@x"]


def test_what_came_between_the_making_of_a_mailbox_and_its_first_look_is_taken(
    server: Imap, account: MailAccount
) -> None:
    server.came = {5: NOW - timedelta(seconds=1), 8: NOW}
    assert taken(account, START) == ["n8@x"]


def test_an_empty_folder_begins_with_its_first_mail(server: Imap, account: MailAccount) -> None:
    server.mails = {}
    [end] = look(account, START)
    server.mails = {1: raw(1)}
    assert taken(account, end.place) == ["n1@x"]


def test_a_folder_numbered_anew_is_read_again_from_the_time_of_the_last_look(
    server: Imap, account: MailAccount
) -> None:
    server.came = {3: NOW + DAY, 8: NOW}
    assert taken(account, replace(READ, validity=6)) == ["n3@x", "n8@x"]


def test_a_long_folder_numbered_anew_is_read_again_over_several_looks(server: Imap, account: MailAccount) -> None:
    old, new = range(1, 6), range(6, 6 + AT_ONCE + 2)
    server.mails = {number: raw(number) for number in (*old, *new)}
    server.came = dict.fromkeys((*new, 2), NOW) | {7: NOW - timedelta(hours=1)}
    first = look(account, Place(6, 90, 0, NOW))
    server.mails[99] = raw(99)
    second = look(account, first[-1].place)
    found = [each.mail.message_id for each in (*first, *second) if each.mail]
    assert found == [f"n{number}@x" for number in (2, *new, 99) if number != 7]
    assert (len(first), second[-1].place) == (AT_ONCE, Place(7, 99, 0, NOW + DAY - CLOCKS))


def test_a_mail_that_does_not_say_when_it_came_is_taken(server: Imap, account: MailAccount) -> None:
    assert taken(account, Place(6, 90)) == ["n3@x", "n5@x", "n8@x"]


def test_a_probe_signs_in_and_looks_for_the_folder(server: Imap, account: MailAccount) -> None:
    mailman = ImapMailman(account, timeout=10)
    mailman.probe("INBOX")
    assert not any("FETCH" in each for each in server.seen)
    with pytest.raises(CredentialsBroken, match="no folder Elsewhere: refused"):
        mailman.probe("Elsewhere")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"security": "tls"}, Retryable, "does not speak TLS"),
        ({"security": "starttls"}, CredentialsBroken, "TLS not supported"),
        ({"password": "wrong"}, CredentialsBroken, "password: refused"),
        ({"host": "a..test"}, Retryable, "no server of the name"),
    ],
)
def test_why_it_does_not_work_is_said_in_words(
    account: MailAccount, change: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ImapMailman(replace(account, **change), timeout=10).probe("INBOX")  # type: ignore[arg-type]


def test_a_wrong_password_and_a_wrong_folder_are_told_apart_from_trouble(server: Imap, account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken, match="password"):
        look(replace(account, password="wrong"), START)
    with pytest.raises(CredentialsBroken, match="folder"):
        list(ImapMailman(account).fetch("Elsewhere", START, NOW))


def test_a_password_that_cannot_be_said_is_a_wrong_one(account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken, match="ASCII"):
        look(replace(account, password="rücht"), START)


def test_a_folder_may_have_any_name(server: Imap, account: MailAccount) -> None:
    ImapMailman(account, timeout=10).probe("INBOX/Wünsche & mehr")
    assert 'EXAMINE "INBOX/W&APw-nsche &- mehr"' in server.seen


def test_a_server_that_is_not_there_is_tried_again(server: Imap, account: MailAccount) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
    with pytest.raises(Retryable):
        look(replace(account, port=free), START)


def test_what_is_too_large_or_no_mail_is_passed_over(server: Imap, account: MailAccount) -> None:
    server.mails = {1: b"x" * (MAX_BYTES + 1), 2: b"no mail", 3: raw(3)}
    assert [(each.place.uid, each.mail is None) for each in look(account, Place(7, 0))[:-1]] == [
        (1, True), (2, True), (3, False)
    ]  # fmt: skip


def test_a_look_that_is_given_up_leaves_no_connection_behind(server: Imap, account: MailAccount) -> None:
    begun = ImapMailman(account, timeout=10).fetch("INBOX", Place(7, 0), NOW)
    assert next(begun).place.uid == 3
    begun.close()  # type: ignore[attr-defined]
    assert server.seen[-1] == "LOGOUT"
