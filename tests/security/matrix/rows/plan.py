"""The settings of the plan: for whoever manages it, in this cast the admin."""

from __future__ import annotations

from tests.security.matrix.rows.kit import page, roles

P = "/settings/plan"


def admins(status: int) -> dict[str, int]:
    return roles(401, users=403, ada=status)


ROWS = [
    page(P, "GET", admins(200)),
    page(f"{P}/changes/<plan>", "GET", admins(200)),
    page(P, "PUT", admins(200), {"plan": "enterprise"}),
]
