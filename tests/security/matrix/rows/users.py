"""The settings of users: for whoever manages users, in this cast the admin; links for whoever has one."""

from __future__ import annotations

from tests.security.matrix.rows.kit import page, roles

U = "/settings/users"
ONE = f"{U}/<user>"
INVITATION = f"{U}/invitations/<invitation>"


def admins(status: int) -> dict[str, int]:
    return roles(401, users=403, ada=status)


ROWS = [
    page(U, "GET", admins(200)),
    page(f"{U}/invitations/new", "GET", admins(200)),
    page(f"{U}/invitations", "POST", admins(200), {"email": "{new_email}", "name": "Zoe", "roles": "{role}"}),
    page(f"{INVITATION}/mails", "POST", admins(200)),
    page(INVITATION, "DELETE", admins(200)),
    page(ONE, "GET", admins(200)),
    page(ONE, "PUT", admins(409), {"name": "Vi", "roles": "{role}", "version": "old"}),
    page(f"{ONE}/deactivation", "GET", admins(200)),
    page(f"{ONE}/deactivation", "POST", admins(200), {"seen": "0"}),
    page(f"{ONE}/deactivation", "DELETE", admins(200)),
    page(f"{ONE}/sessions", "DELETE", admins(200)),
    page(f"{ONE}/password-links", "POST", admins(200)),
    page("/invitations/<token>", "GET", roles(404)),
    page("/invitations/<token>", "POST", roles(404), {"name": "Zoe", "password": "a good password"}),
]
