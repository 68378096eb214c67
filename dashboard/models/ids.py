"""Public identifiers: UUIDv7, ordered by time, unguessable in their last 74 bits."""

from __future__ import annotations

import os
import time
import uuid


def new_public_id() -> str:
    """A UUID of version 7 (RFC 9562) as text."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def is_public_id(text: object) -> bool:
    """Whether `text` is a UUID in the one form that we hand out."""
    try:
        return isinstance(text, str) and len(text) == 36 and str(uuid.UUID(text)) == text
    except ValueError:
        return False
