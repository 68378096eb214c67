"""Fetching by IMAP: mail is read where it lies and left there; what was read is known by its uid."""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress

from integrations.mail.parsing import parse
from integrations.port import CredentialsBroken, Fetched, IncomingMail, MailAccount, Refused, Retryable

log = logging.getLogger(__name__)

TIMEOUT = 30.0
MAX_BYTES = 10 * 1024 * 1024
"""A larger mail is passed over: its text would not be taken whole anyway."""
AT_ONCE = 50
"""Mails that one look takes; the next look goes on."""


class ImapMailman:
    """Fetches from one account."""

    def __init__(self, account: MailAccount, timeout: float = TIMEOUT) -> None:
        self._account = account
        self._timeout = timeout

    def fetch(self, folder: str, validity: int | None, after_uid: int) -> Iterator[Fetched]:
        """What came after `after_uid`, oldest first; raises Retryable, CredentialsBroken."""
        try:
            server = self._connect()
            try:
                yield from _read(server, folder, validity, after_uid)
            finally:
                with suppress(imaplib.IMAP4.error, OSError):
                    server.logout()
        except imaplib.IMAP4.error as error:
            raise Retryable(f"the mailbox could not be read: {error}") from None
        except OSError as error:
            raise Retryable(f"the mail server could not be reached: {error}") from None

    def probe(self, folder: str) -> None:
        """Sign in and open the folder; raises Retryable, CredentialsBroken."""
        for _ in self.fetch(folder, None, 2**32 - 2):
            return

    def _connect(self) -> imaplib.IMAP4:
        account = self._account
        context = ssl.create_default_context()
        server: imaplib.IMAP4
        if account.security == "tls":
            server = imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=self._timeout)
        else:
            server = imaplib.IMAP4(account.host, account.port, timeout=self._timeout)
            if account.security == "starttls":
                server.starttls(context)
        try:
            server.login(account.user, account.password)
        except (imaplib.IMAP4.error, UnicodeError) as error:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()
            what = "they may only be ASCII" if isinstance(error, UnicodeError) else error
            raise CredentialsBroken(f"the mail server refused name and password: {what}") from None
        return server


def _read(server: imaplib.IMAP4, folder: str, validity: int | None, after_uid: int) -> Iterator[Fetched]:
    status, said = server.select(_quoted(folder), readonly=True)
    if status != "OK":
        raise CredentialsBroken(f"there is no folder {folder}: {said[0]!r}")
    now = int((server.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
    after = after_uid if validity in (None, now) else 0
    _, found = server.uid("SEARCH", None, f"UID {after + 1}:*")  # type: ignore[arg-type]
    uids = sorted(int(each) for each in (found[0] or b"").split())
    for uid in [each for each in uids if each > after][:AT_ONCE]:  # "n:*" also names the last one when none is newer
        yield Fetched(uid, now, _parse(uid, _fetch_one(server, uid)))


def _quoted(folder: str) -> str:
    """The folder's name in IMAP's own UTF-7 (RFC 3501, 5.1.3)."""
    named = re.sub(r"&|[^\x20-\x7e]+", lambda found: f"&{_base64(found[0])}-", folder)
    return '"' + named.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(text: str) -> str:
    if text == "&":
        return ""
    return b64encode(text.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",").decode()


def _parse(uid: int, raw: bytes) -> IncomingMail | None:
    try:
        return parse(raw)
    except Refused as error:
        log.warning("mail %s was passed over: %s", uid, error)
        return None


def _fetch_one(server: imaplib.IMAP4, uid: int) -> bytes:
    """Empty for one that is too large, or gone meanwhile."""
    _, sizes = server.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = re.search(rb"RFC822\.SIZE (\d+)", sizes[0]) if isinstance(sizes[0], bytes) else None
    if size is None or int(size[1]) > MAX_BYTES:
        return b""
    _, parts = server.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")
