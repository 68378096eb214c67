"""What counts as text that a person may send, and the sentence when it does not."""

from __future__ import annotations

import re

from dashboard.models.errors import Invalid

MAX_TEXT = 8_000
MAX_CLIENT_ID = 80

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(raw: object, field: str = "text", *, limit: int = MAX_TEXT, required: bool = True) -> str:
    """The text with its outer blank lines cut; raises Invalid naming the field.

    Refused: other types, nothing but white space, more than `limit` characters, NUL and other control
    characters, and lone surrogates (they have no UTF-8).
    """
    if not isinstance(raw, str):
        raise Invalid({field: "Text is expected here."})
    text = raw.replace("\r\n", "\n").strip()
    if not text:
        if required:
            raise Invalid({field: "Write something first."})
        return ""
    if len(text) > limit:
        raise Invalid({field: f"That is {len(text):,} characters; {limit:,} fit in one message."})
    if _CONTROL.search(text) or not _is_encodable(text):
        raise Invalid({field: "It contains characters that cannot be stored. Remove them and send again."})
    return text


def clean_line(raw: object, field: str, *, limit: int = 200, required: bool = True) -> str:
    """`clean_text` on one line: any white space becomes a blank."""
    return " ".join(clean_text(raw, field, limit=limit, required=required).split())


def clean_client_id(raw: object) -> str:
    """The sender's own id of a message, by which a repeated send is recognised (N5)."""
    text = clean_line(raw, "client_id", limit=MAX_CLIENT_ID)
    if not text.isascii() or not text.isprintable():
        raise Invalid({"client_id": "Printable ASCII is expected here."})
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
