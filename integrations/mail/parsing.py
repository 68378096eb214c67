"""From the bytes of a mail to what it says: who wrote it, what answers which mail, and the words that are new in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import getaddresses, parseaddr
from typing import Any, cast

from integrations.mail.words import files_of, storable, without_quotation, words_of
from integrations.port import IncomingMail, Refused

MAX_ADDRESS = 254
MAX_HEADER = 8_000
MAX_CONTENT_HEADER = 2_000
"""Of a header only this much is read: the library's time grows with its square."""
MOST_HEADERS = 500
MOST_PARTS = 500
MAX_LINE = 200
MAX_NAME = 120
MOST_FILES = 50
"""So many attachments are named, and the others counted."""

_ID = re.compile(r"<([^<>\s\x00-\x1f\x7f]{1,990})>")
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
_PART = re.compile(rb"\n--[^\n]{1,80}\r?\n(content-[a-z-]+:|\r?\n)", re.IGNORECASE)


class _Policy(EmailPolicy):
    """The library's own, for headers of any length."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        limit = MAX_CONTENT_HEADER if name.lower().startswith("content-") else MAX_HEADER
        return super().header_fetch_parse(name, value[:limit])


_POLICY = _Policy()


def parse(raw: bytes) -> IncomingMail:
    """Raises Refused for what is no mail, or has no sender to answer."""
    try:
        if sum(1 for _ in _PART.finditer(raw)) > MOST_PARTS:
            raise Refused("the mail has too many parts")
        message = cast(EmailMessage, message_from_bytes(raw, policy=_POLICY))
        if len(message) > MOST_HEADERS:
            raise Refused("the mail has too many headers")
        return _read(message, raw)
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, AssertionError, RecursionError) as error:
        raise Refused(f"the mail cannot be read: {error!r}") from None


def _read(message: EmailMessage, raw: bytes) -> IncomingMail:
    name, address = _sender(message)
    own = _ids(message, "Message-ID")
    answers = [*_ids(message, "References"), *_ids(message, "In-Reply-To"), *_returned(message)]
    whole = words_of(message)
    is_machines, is_listed = _is_machines(message, address), _is_listed(message)
    return IncomingMail(
        # One without an id is known by its content, so that it is not taken twice.
        message_id=own[0] if own else hashlib.sha256(raw).hexdigest(),
        sender=address.lower(),
        sender_name=_clean(name)[:MAX_NAME].strip(),
        subject=_clean(str(message.get("Subject", ""))),
        text=without_quotation(whole),
        whole=whole,
        references=tuple(dict.fromkeys(answers)),
        is_automatic=is_machines or is_listed,
        list_id="" if is_machines else _list_id(message),
        files=tuple(_files(message)),
    )


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Whom an answer goes to: Reply-To where there is one. Raises Refused."""
    answers_to = [each for each in getaddresses([str(message.get("Reply-To", ""))]) if "@" in each[1]]
    name, address = parseaddr(str(message.get("From", "")))
    if answers_to:
        name, address = answers_to[0][0] or name, answers_to[0][1]
    if "@" not in address or len(address) > MAX_ADDRESS or storable(address) != address:
        raise Refused("the mail has no sender that could be answered")
    return name, address


def _ids(message: Message[Any, Any], header: str) -> list[str]:
    return [found for value in message.get_all(header, []) for found in _ID.findall(str(value))]


def _returned(message: EmailMessage) -> Iterator[str]:
    """The ids of the mails that a bounce brings back: it answers them, though it seldom says so (RFC 3462)."""
    for part in message.walk() if message.get_content_type() == "multipart/report" else ():
        if part.get_content_type() == "message/rfc822" and isinstance(inner := part.get_payload(0), Message):
            yield from _ids(inner, "Message-ID")
        elif part.get_content_type() == "text/rfc822-headers":
            yield from _ids(message_from_string(str(part.get_content()), policy=_POLICY), "Message-ID")


def _is_machines(message: EmailMessage, address: str) -> bool:
    """Out-of-office replies and bounces: nobody waits for an answer to them (RFC 3834)."""
    submitted = str(message.get("Auto-Submitted", "no")).lower()
    is_bounce = message.get_content_type() == "multipart/report" or str(message.get("Return-Path", "")).strip() == "<>"
    is_reply = str(message.get("Precedence", "")).lower() == "auto_reply"
    return not submitted.startswith("no") or is_bounce or is_reply or bool(_MACHINES.match(address))


def _is_listed(message: EmailMessage) -> bool:
    """Newsletters, and whatever else a mailing list hands on."""
    return "List-Id" in message or str(message.get("Precedence", "")).lower() in ("bulk", "list", "junk")


def _list_id(message: EmailMessage) -> str:
    """Its name as RFC 2919 has it, without the angle brackets."""
    return _clean(str(message.get("List-Id", ""))).rpartition("<")[2].rstrip(">").lower()


def _files(message: EmailMessage) -> Iterator[str]:
    files = files_of(message)
    for part in files[:MOST_FILES]:
        yield _clean(part.get_filename() or part.get_content_type())
    if len(files) > MOST_FILES:
        yield f"{len(files) - MOST_FILES} more"


def _clean(text: str) -> str:
    return " ".join(storable(text).split())[:MAX_LINE].strip()
