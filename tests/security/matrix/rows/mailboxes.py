"""The mailboxes of a teamspace: for whoever manages teamspaces, in this cast the admin."""

from __future__ import annotations

from tests.security.matrix.rows.kit import page, roles

M = "/settings/teamspaces/<teamspace>/mailboxes"
DRAFT = {"address": "{new_email}", "name": "Acme", "is_enabled": "1"}


def admins(status: int) -> dict[str, int]:
    return roles(401, users=403, ada=status)


ROWS = [
    page(M, "GET", admins(200)),
    page(f"{M}/new", "GET", admins(200)),
    page(M, "POST", admins(200), DRAFT),
    page(f"{M}/<mailbox>", "GET", admins(200)),
    page(f"{M}/<mailbox>", "PUT", admins(409), {**DRAFT, "version": "old"}),
    page(f"{M}/tests", "POST", admins(200), DRAFT),
    page(f"{M}/<mailbox>/tests", "POST", admins(200), DRAFT),
    page(f"{M}/<mailbox>/hooks", "POST", admins(200)),
    page("/hooks/mail/<token>", "POST", roles(404)),
]
