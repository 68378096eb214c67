"""From the bytes of a mail to what it says: who wrote it, what answers which mail, and the words that are new in it."""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.policy import default as policy
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

from integrations.port import IncomingMail, Refused

LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da"]
"""In which the line above a quotation is recognised: "On Monday … wrote:"."""
MAX_TEXT = 200_000
"""Of a longer body only this much is looked at."""

_ID = re.compile(r"<([^<>\s]{1,990})>")
_REPLY = EmailReplyParser(languages=LANGUAGES)
_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table"}
_UNSEEN = {"style", "script", "head", "title"}
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)


def parse(raw: bytes) -> IncomingMail:
    """Raises Refused for what is no mail, or has no sender to answer."""
    try:
        message = message_from_bytes(raw, policy=policy)
        return _read(message, raw)
    except (MessageError, LookupError, ValueError, AttributeError, TypeError) as error:
        raise Refused(f"the mail cannot be read: {error!r}") from None


def _read(message: EmailMessage, raw: bytes) -> IncomingMail:
    name, address = _sender(message)
    if "@" not in address:
        raise Refused("the mail has no sender that could be answered")
    own = _ids(message, "Message-ID")
    return IncomingMail(
        # One without an id is known by its content, so that it is not taken twice.
        message_id=own[0] if own else hashlib.sha256(raw).hexdigest(),
        sender=address.lower(),
        sender_name=_clean(name),
        subject=_clean(str(message.get("Subject", ""))),
        text=_text(message),
        references=tuple(dict.fromkeys([*_ids(message, "References"), *_ids(message, "In-Reply-To")])),
        is_automatic=_is_automatic(message, address),
        files=tuple(_clean(part.get_filename() or part.get_content_type()) for part in message.iter_attachments()),
    )


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Whom an answer goes to: Reply-To where there is one."""
    answers_to = [each for each in getaddresses([str(message.get("Reply-To", ""))]) if "@" in each[1]]
    name, address = parseaddr(str(message.get("From", "")))
    return (answers_to[0][0] or name, answers_to[0][1]) if answers_to else (name, address)


def _ids(message: EmailMessage, header: str) -> list[str]:
    return [found for value in message.get_all(header, []) for found in _ID.findall(str(value))]


def _is_automatic(message: EmailMessage, address: str) -> bool:
    """Out-of-office replies, bounces and newsletters: nobody waits for an answer to them (RFC 3834)."""
    submitted = str(message.get("Auto-Submitted", "no")).lower()
    precedence = str(message.get("Precedence", "")).lower()
    is_bounce = message.get_content_type() == "multipart/report" or str(message.get("Return-Path", "")).strip() == "<>"
    is_list = "List-Id" in message or precedence in ("bulk", "list", "junk", "auto_reply")
    return not submitted.startswith("no") or is_bounce or is_list or bool(_MACHINES.match(address))


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = _content(part)[:MAX_TEXT]
    plain = html_to_text(content) if part.get_content_subtype() == "html" else content
    plain = plain.replace("\r\n", "\n").replace("\x00", "")
    reply = _REPLY.parse_reply(plain) or ""
    return reply.strip() or plain.strip()


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # an unknown or a wrong charset: what can be read is better than nothing
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:200]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> str:
    """The words of a page, a line per block; nothing of it is ever shown as HTML."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = [line.strip() for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
