"""Names of folders as IMAP servers know them."""

from __future__ import annotations

import re
from base64 import b64encode


def quoted(folder: str) -> str:
    """The folder's name in IMAP's own UTF-7 (RFC 3501, 5.1.3)."""
    named = re.sub(r"&|[^\x20-\x7e]+", lambda found: f"&{_base64(found[0])}-", folder)
    return '"' + named.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(text: str) -> str:
    if text == "&":
        return ""
    return b64encode(text.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",").decode()
