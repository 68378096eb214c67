"""Fetching by IMAP: mail is read where it lies and left there; what was read is known by its uid."""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from integrations.mail.folder_names import quoted
from integrations.mail.parsing import parse
from integrations.mail.trouble import trouble
from integrations.port import (
    CredentialsBroken,
    Fetched,
    IncomingMail,
    MailAccount,
    Place,
    PortError,
    Refused,
    Retryable,
)

log = logging.getLogger(__name__)

TIMEOUT = 30.0
PROBE_TIMEOUT = 10.0
"""For whoever waits at a screen."""
MAX_BYTES = 10 * 1024 * 1024
"""A larger mail is passed over: its text would not be taken whole anyway."""
AT_ONCE = 50
"""Mails that one look takes; the next look goes on."""
CLOCKS = timedelta(hours=1)
"""By so much a server's clock may be behind ours: what came just before a look is looked at twice, and taken once."""

ReadMail = Callable[[bytes], IncomingMail]


class ImapMailman:
    """Fetches from one account; `read` takes a mail apart, and raises Refused for what is none."""

    def __init__(self, account: MailAccount, timeout: float = TIMEOUT, read: ReadMail = parse) -> None:
        self._account = account
        self._timeout = timeout
        self._read = read

    def fetch(self, folder: str, place: Place, at: datetime) -> Iterator[Fetched]:
        """What came after `place`, oldest first; raises Retryable, CredentialsBroken.

        A folder of an unknown numbering is read from its beginning, but only what came since `place.since`.
        """
        with self._opened(folder, self._timeout) as server:
            yield from _look(server, place, at, self._read)

    def probe(self, folder: str) -> None:
        """Sign in and open the folder; raises Retryable, CredentialsBroken."""
        with self._opened(folder, min(self._timeout, PROBE_TIMEOUT)):
            return

    @contextmanager
    def _opened(self, folder: str, timeout: float) -> Iterator[imaplib.IMAP4]:
        try:
            server = self._connect(timeout)
            try:
                status, said = server.select(quoted(folder), readonly=True)
                if status != "OK":
                    raise CredentialsBroken(f"there is no folder {folder}: {_words(said[0])}")
                yield server
            finally:
                with suppress(imaplib.IMAP4.error, OSError):
                    server.logout()
        except imaplib.IMAP4.error as error:
            raise Retryable(f"the mailbox could not be read: {_words(error)}") from None
        except OSError as error:
            raise trouble(error, self._account.host, self._account.port) from None

    def _connect(self, timeout: float) -> imaplib.IMAP4:
        try:
            server = self._greet(timeout)
        except UnicodeError as error:
            raise trouble(error, self._account.host, self._account.port) from None
        try:
            server.login(self._account.user, self._account.password)
        except (imaplib.IMAP4.error, UnicodeError) as error:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()
            raise _refusal(error) from None
        return server

    def _greet(self, timeout: float) -> imaplib.IMAP4:
        account = self._account
        context = ssl.create_default_context()
        if account.security == "tls":
            return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=timeout)
        server = imaplib.IMAP4(account.host, account.port, timeout=timeout)
        if account.security == "starttls":
            try:
                server.starttls(context)
            except imaplib.IMAP4.error as error:
                server.shutdown()
                raise CredentialsBroken(f"the mail server does not do what is set: {_words(error)}") from None
            except BaseException:
                server.shutdown()
                raise
        return server


def _refusal(error: Exception) -> PortError:
    if isinstance(error, imaplib.IMAP4.abort):  # the connection broke off: it says nothing of the password
        return Retryable(f"the mail server broke off: {_words(error)}")
    what = "they may only be ASCII" if isinstance(error, UnicodeError) else _words(error)
    return CredentialsBroken(f"the mail server refused name and password: {what}")


def _words(said: object) -> str:
    """What a server said, as the library hands it on: bytes, or an error made of bytes."""
    first = said.args[0] if isinstance(said, Exception) and said.args else said
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def _look(server: imaplib.IMAP4, place: Place, at: datetime, read: ReadMail) -> Iterator[Fetched]:
    place = _numbered(server, place)
    found = _find_new(server, place)
    for uid in found[:AT_ONCE]:
        place = replace(place, uid=uid)
        yield Fetched(place, _take(server, place, read))
    if len(found) <= AT_ONCE:
        end = max(place.uid, place.until)
        yield Fetched(Place(place.validity, end, 0, at - CLOCKS), None)


def _numbered(server: imaplib.IMAP4, place: Place) -> Place:
    """The place in the folder's numbers of today: when they are others, all that lies there is behind it."""
    validity = _number(server, "UIDVALIDITY") or 0
    if place.validity == validity:
        return place
    following = _number(server, "UIDNEXT")
    # Who does not say the next number has a last mail: "n:*" names it, however large n is.
    until = following - 1 if following else max(_search(server, f"{2**32 - 1}:*"), default=0)
    return Place(validity, 0, until, place.since)


def _number(server: imaplib.IMAP4, name: str) -> int | None:
    said = server.response(name)[1]
    return int(said[0]) if said and said[0] else None


def _find_new(server: imaplib.IMAP4, place: Place) -> list[int]:
    """Uids behind the place, the oldest first; "n:*" also names the last one when none is newer."""
    known = max(place.uid, place.until)
    newer = [uid for uid in _search(server, f"{known + 1}:*") if uid > known]
    if place.uid >= place.until:
        return newer
    # The search knows days alone, in any time zone.
    day = f" SINCE {imaplib.Time2Internaldate(place.since - timedelta(days=1))[1:12]}" if place.since else ""
    older = _search(server, f"{place.uid + 1}:{place.until}{day}")
    return sorted({*older, *newer})


def _search(server: imaplib.IMAP4, which: str) -> list[int]:
    _, found = server.uid("SEARCH", None, f"UID {which}")  # type: ignore[arg-type]
    return sorted(int(each) for each in (found[0] or b"").split())


def _take(server: imaplib.IMAP4, place: Place, read: ReadMail) -> IncomingMail | None:
    try:
        raw = _fetch_one(server, place)
        return read(raw) if raw else None
    except Refused as error:
        log.warning("mail %s was passed over: %s", place.uid, error)
        return None


def _fetch_one(server: imaplib.IMAP4, place: Place) -> bytes:
    """Empty for one that is gone meanwhile, or was there before the mailbox; raises Refused for one too large."""
    _, facts = server.uid("FETCH", str(place.uid), "(RFC822.SIZE INTERNALDATE)")
    said = facts[0] if isinstance(facts[0], bytes) else b""
    size = re.search(rb"RFC822\.SIZE (\d+)", said)
    if size is None or _is_old(said, place):
        return b""
    if int(size[1]) > MAX_BYTES:
        raise Refused("it is too large")
    _, parts = server.uid("FETCH", str(place.uid), "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


def _is_old(said: bytes, place: Place) -> bool:
    """Whether it was there before; what does not say when it came is taken rather than lost."""
    came = re.search(rb'INTERNALDATE "([^"]+)"', said)
    if place.uid > place.until or place.since is None or came is None:
        return False
    with suppress(ValueError):
        return parsedate_to_datetime(came[1].decode("ascii", "replace")) < place.since.replace(microsecond=0)
    return False
