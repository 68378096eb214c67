"""The words of a mail: from its body, with and without the mail that is quoted under them, never fewer than written.

Everybody can send us anything: each step takes time in proportion to what it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart

from integrations.mail.pages import html_to_text
from integrations.mail.quotations import find_quotation, has_answers

MAX_TEXT = 200_000
"""Of longer words only this much is taken."""
MAX_PAGE = 500_000
"""Of a page so much is read: most of it may be styles, and images that are written out."""

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
"""What no message of ours may contain (`services/text.py`): a mail is not lost for it."""


def storable(text: str) -> str:
    """The text without control characters and lone surrogates; a form feed is the line end that it means."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\x0c", "\n"))


def words_of(message: EmailMessage) -> str:
    """Everything that the mail says: its body, and what its writer went on to write under an image."""
    body = next((found for kind in ("plain", "html") if (found := _body(message, kind))), "")
    return "\n\n".join(filter(None, [body, *(_text(part) for part in texts_below(message))]))[:MAX_TEXT]


def texts_below(message: EmailMessage) -> list[MIMEPart]:
    """Parts that are words of the mail and no attachments, as some programs write them around images."""
    return [part for part in _attached(message) if part.get_content_type() == "text/plain" and not _is_file(part)]


def files_of(message: EmailMessage) -> list[MIMEPart]:
    """Its attachments."""
    words = {id(part) for part in texts_below(message)}
    return [part for part in _attached(message) if id(part) not in words]


def without_quotation(words: str) -> str:
    """Without the mail that is quoted under them; all of them where somebody answers between the quoted lines."""
    lines = words.split("\n")
    start = find_quotation(lines)
    if start is None or has_answers(lines[start:]):
        return words
    return "\n".join(lines[:start]).strip() or words


def _attached(message: EmailMessage) -> Iterator[MIMEPart]:
    yield from message.iter_attachments()


def _is_file(part: MIMEPart) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return _text(part) if part is not None else ""


def _text(part: MIMEPart) -> str:
    content = _content(part)[:MAX_PAGE]
    words = html_to_text(content) if part.get_content_subtype() == "html" else content
    return storable(words[:MAX_TEXT]).strip()


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # an unknown or a wrong charset: what can be read is better than nothing
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
