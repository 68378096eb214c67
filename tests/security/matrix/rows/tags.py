"""Tags: of a conversation for whoever manages it; of a teamspace for whoever manages teamspaces, here the admin."""

from __future__ import annotations

from tests.security.matrix.rows.kit import C, page, roles, strangers

T = f"{C}/tags"
S = "/settings/teamspaces/<teamspace>/tags"

MANAGED = strangers(cy=200, bo=200, di=403, ada=200)


def admins(status: int) -> dict[str, int]:
    return roles(401, users=403, ada=status)


ROWS = [
    page(T, "GET", MANAGED, query="?tag=re"),
    page(T, "POST", MANAGED, {"tag": "Refund"}),
    page(f"{T}/<tag>", "DELETE", MANAGED),
    page(S, "GET", admins(200), query="?q=re"),
    page(S, "POST", admins(200), {"name": "{new_name}"}),
    page(f"{S}/<tag>", "GET", admins(200)),
    page(f"{S}/<tag>", "PUT", admins(409), {"name": "{new_name}", "was": "another name"}),
    page(f"{S}/<tag>", "DELETE", admins(409), {"seen": "old"}),
    page(f"{S}/<tag>/deletion", "GET", admins(200)),
    page(f"{S}/<tag>/merge/<into>", "POST", admins(409), {"seen": "old"}),
]
