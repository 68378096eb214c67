"""The settings: users come to the first section that is theirs, or to their account."""

from __future__ import annotations

from tests.security.matrix.rows.kit import page, roles

ROWS = [
    page("/settings", "GET", roles(401, users=303)),
]
