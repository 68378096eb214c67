"""The Queue page, for who sees livechats of their teams or all, and the receipt of one conversation."""

from __future__ import annotations

from tests.security.matrix.rows.kit import SIGNED_IN, C, page, seen

ROWS = [
    page("/queue", "GET", SIGNED_IN),
    page("/queue/list", "GET", SIGNED_IN),
    page(f"{C}/why", "GET", seen(200)),
    page(f"{C}/why", "GET", seen(200), on="queued"),
]
