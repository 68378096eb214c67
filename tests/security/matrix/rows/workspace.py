"""The workspace's own settings: for who manages the workspace."""

from __future__ import annotations

from tests.security.matrix.rows.kit import page, roles

ROWS = [
    page("/settings/workspace", "GET", roles(401, users=403, ada=200)),
    page("/settings/workspace", "PUT", roles(401, users=403, ada=422), {"name": "Acme", "time_zone": "Nowhere"}),
]
