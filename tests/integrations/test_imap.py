"""Fetching by IMAP from a server that speaks it over a real socket."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from integrations.mail.imap import MAX_BYTES, ImapMailman
from integrations.port import CredentialsBroken, MailAccount, Retryable


def raw(number: int) -> bytes:
    return f"From: n{number}@example.test\r\nMessage-ID: <n{number}@x>\r\n\r\nMail {number}\r\n".encode()


@dataclass
class Server:
    """One folder, INBOX, with mails by uid; it answers what a reader asks, and nothing else."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    seen: list[str] = field(default_factory=list)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: object) -> None:
        def say(line: bytes) -> None:
            stream.write(line + b"\r\n")  # type: ignore[attr-defined]
            stream.flush()  # type: ignore[attr-defined]

        say(b"* OK ready")
        for line in iter(stream.readline, b""):  # type: ignore[attr-defined]
            tag, _, command = line.decode().strip().partition(" ")
            self.seen.append(command)
            for answer in self._answers(command):
                say(answer)
            is_refused = command.startswith("LOGIN") and '"right"' not in command
            is_refused |= command.startswith("EXAMINE") and "INBOX" not in command
            say(f"{tag} {'NO refused' if is_refused else 'OK done'}".encode())
            if command == "LOGOUT":
                return

    def _answers(self, command: str) -> Iterator[bytes]:
        if command == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1"
        elif command.startswith("EXAMINE"):
            yield f"* {len(self.mails)} EXISTS".encode()
            yield f"* OK [UIDVALIDITY {self.validity}] valid".encode()
        elif command.startswith("UID SEARCH"):
            first = int(re.search(r"UID (\d+):\*", command)[1])  # type: ignore[index]
            newest = max(self.mails, default=0)
            found = [uid for uid in sorted(self.mails) if uid >= first or uid == newest]
            yield ("* SEARCH " + " ".join(map(str, found))).encode()
        elif command.startswith("UID FETCH"):
            uid = int(command.split()[2])
            content = self.mails[uid]
            if "RFC822.SIZE" in command:
                yield f"* 1 FETCH (UID {uid} RFC822.SIZE {len(content)})".encode()
            else:
                yield f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}".encode() + b"\r\n" + content + b")"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server({3: raw(3), 5: raw(5), 8: raw(8)})
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()


@pytest.fixture
def account(server: Server) -> MailAccount:
    return MailAccount("127.0.0.1", server.port, "none", "help", "right")


def fetch(account: MailAccount, validity: int | None, after: int) -> list[tuple[int, str]]:
    found = ImapMailman(account, timeout=10).fetch("INBOX", validity, after)
    return [(each.uid, each.mail.message_id if each.mail else "") for each in found]


def test_what_came_after_the_last_is_fetched_oldest_first_and_left_unread(server: Server, account: MailAccount) -> None:
    assert fetch(account, None, 0) == [(3, "n3@x"), (5, "n5@x"), (8, "n8@x")]
    assert fetch(account, 7, 5) == [(8, "n8@x")]
    assert not any("STORE" in each or each.startswith("SELECT") for each in server.seen)
    assert all("PEEK" in each for each in server.seen if "BODY" in each)


def test_the_last_one_does_not_come_again(account: MailAccount) -> None:
    assert fetch(account, 7, 8) == []


def test_a_folder_numbered_anew_is_read_from_its_beginning(account: MailAccount) -> None:
    assert [uid for uid, _ in fetch(account, 6, 8)] == [3, 5, 8]


def test_a_wrong_password_and_a_wrong_folder_are_told_apart_from_trouble(server: Server, account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken, match="password"):
        fetch(replace(account, password="wrong"), None, 0)
    with pytest.raises(CredentialsBroken, match="folder"):
        list(ImapMailman(account).fetch("Elsewhere", None, 0))


def test_a_password_that_cannot_be_said_is_a_wrong_one(account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken, match="ASCII"):
        fetch(replace(account, password="rücht"), None, 0)


def test_a_folder_may_have_any_name(server: Server, account: MailAccount) -> None:
    list(ImapMailman(account, timeout=10).fetch("INBOX/Wünsche & mehr", None, 0))
    assert 'EXAMINE "INBOX/W&APw-nsche &- mehr"' in server.seen


def test_a_server_that_is_not_there_is_tried_again(server: Server, account: MailAccount) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
    with pytest.raises(Retryable):
        fetch(replace(account, port=free), None, 0)


def test_what_is_too_large_or_no_mail_is_passed_over(server: Server, account: MailAccount) -> None:
    server.mails = {1: b"x" * (MAX_BYTES + 1), 2: b"no mail", 3: raw(3)}
    assert fetch(account, None, 0) == [(1, ""), (2, ""), (3, "n3@x")]


def test_a_look_that_is_given_up_leaves_no_connection_behind(server: Server, account: MailAccount) -> None:
    look = ImapMailman(account, timeout=10).fetch("INBOX", None, 0)
    assert next(look).uid == 3
    look.close()  # type: ignore[attr-defined]
    assert server.seen[-1] == "LOGOUT"
