"""Settings of teams and teamspaces: for whoever manages them, here the admin; one's own languages for everybody."""

from __future__ import annotations

from tests.security.matrix.rows.kit import Row, roles

T = "/settings/teams"
S = "/settings/teamspaces"
TEAM = {"name": "{new_name}"}
SPACE = {"name": "{new_name}", "agent_name": "Paddle", "languages": "en"}
OLD = {"name": "{new_name}", "version": "of another time"}


def admins(status: int) -> dict[str, int]:
    return roles(401, users=403, ada=status)


def row(rule: str, method: str, status: int, data: object = None) -> Row:
    path = rule.replace("<team>", "{front_line}").replace("<teamspace>", "{support}").replace("<user>", "{cy}")
    return Row(rule, method, admins(status), path, data)


ROWS = [
    row(T, "GET", 200),
    row(f"{T}/new", "GET", 200),
    row(T, "POST", 200, TEAM),
    row(f"{T}/<team>", "GET", 200),
    row(f"{T}/<team>", "PUT", 409, OLD),
    row(f"{T}/<team>/deletion", "GET", 200),
    row(f"{T}/<team>", "DELETE", 409),
    row(f"{T}/<team>/members/<user>/languages", "GET", 200),
    row(f"{T}/<team>/members/<user>/languages", "PUT", 409, {"languages": "en", "was": "fr"}),
    row(S, "GET", 200),
    row(f"{S}/new", "GET", 200),
    row(S, "POST", 200, SPACE),
    row(f"{S}/<teamspace>", "GET", 200),
    row(f"{S}/<teamspace>", "PUT", 409, OLD),
    row(f"{S}/<teamspace>/deletion", "GET", 200),
    row(f"{S}/<teamspace>", "DELETE", 409),
    Row("/account/languages", "PUT", roles(401, users=200), "/account/languages", {"languages": "en"}),
]
