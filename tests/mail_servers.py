"""Mail servers for tests: a real one for SMTP, and one that speaks as much IMAP as a reader needs; real sockets."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
LONG_AGO = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def raw(number: int) -> bytes:
    return f"From: n{number}@example.test\r\nMessage-ID: <n{number}@x>\r\n\r\nMail {number}\r\n".encode()


@dataclass
class Imap:
    """One folder, INBOX, with mails by uid; it answers what a reader asks, and nothing else."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    came: dict[int, datetime] = field(default_factory=dict)
    says_next: bool = True
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
            with suppress(OSError), connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: object) -> None:
        def say(line: bytes) -> None:
            stream.write(line + b"\r\n")  # type: ignore[attr-defined]
            stream.flush()  # type: ignore[attr-defined]

        say(b"* OK ready")
        for line in iter(stream.readline, b""):  # type: ignore[attr-defined]
            tag, _, command = line.decode("latin-1").strip().partition(" ")
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
            if self.says_next:
                yield f"* OK [UIDNEXT {max(self.mails, default=0) + 1}] next".encode()
        elif command.startswith("UID SEARCH"):
            yield ("* SEARCH " + " ".join(map(str, self._found(command)))).encode()
        elif command.startswith("UID FETCH"):
            uid = int(command.split()[2])
            content = self.mails[uid]
            if "RFC822.SIZE" in command:
                came = imaplib.Time2Internaldate(self.came.get(uid, LONG_AGO))
                yield f"* 1 FETCH (UID {uid} RFC822.SIZE {len(content)} INTERNALDATE {came})".encode()
            else:
                yield f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}".encode() + b"\r\n" + content + b")"

    def _found(self, command: str) -> list[int]:
        first, last = re.search(r"UID (\d+):(\d+|\*)", command).groups()  # type: ignore[union-attr]
        newest = max(self.mails, default=0)
        until = newest if last == "*" else int(last)
        found = [uid for uid in sorted(self.mails) if int(first) <= uid <= until or (uid == newest and last == "*")]
        since = re.search(r"SINCE (\S+)", command)
        day = parsedate_to_datetime(f"{since[1]} 00:00:00 +0000").date() if since else None
        return [uid for uid in found if day is None or self.came.get(uid, LONG_AGO).date() >= day]


@contextmanager
def imap_server(*numbers: int) -> Iterator[Imap]:
    """With these mails; it talks to one reader at a time."""
    server = Imap({number: raw(number) for number in numbers})
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()


@dataclass
class Smtp:
    """What the server was given, and how it answers a recipient."""

    taken: list[Envelope] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"acme", b"right"), handled=False)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def smtp_server(office: Smtp, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """It takes the name “acme” with the password “right”; the port on which it listens."""
    port = free_port()
    settings = {"authenticator": authenticate, "auth_require_tls": False}
    made = Controller(office, "127.0.0.1", port, ssl_context=tls, **settings)
    made.start()
    yield port
    made.stop()


def self_signed(folder: Path) -> ssl.SSLContext:
    """The context of a server whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.acme.test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    path = folder / "server.pem"
    path.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
