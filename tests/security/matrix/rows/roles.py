"""The settings of roles: for whoever manages roles, in this cast the admin."""

from __future__ import annotations

from tests.security.matrix.rows.kit import page, roles

R = "/settings/roles"
ONE = f"{R}/<role>"
DRAFT = {"type": "team", "name": "{new_name}", "permissions": "livechats.assigned"}
CHANGE = {"name": "Live agent", "permissions": "livechats.assigned", "version": "old"}


def admins(status: int) -> dict[str, int]:
    return roles(401, users=403, ada=status)


ROWS = [
    page(R, "GET", admins(200)),
    page(f"{R}/new", "GET", admins(200)),
    page(R, "POST", admins(200), DRAFT),
    page(ONE, "GET", admins(200)),
    page(ONE, "PUT", admins(409), CHANGE),
    page(f"{ONE}/deletion", "GET", admins(200)),
    page(ONE, "DELETE", admins(409)),
]
