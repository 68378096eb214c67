"""Chat Assignment of a teamspace: whoever manages teamspaces, in those that they reach."""

from __future__ import annotations

from tests.security.matrix.rows.kit import Row, roles

RULE = "/settings/teamspaces/<teamspace>/chat-assignment"
PATH = "/settings/teamspaces/{support}/chat-assignment"
FORM = {"method": "balanced", "auto_limit": "10", "autoclose_hours": "24"}
QUERY = "?method=voluntary&auto_limit=3&autoclose_hours=24&last=20"
MANAGERS = roles(401, users=403, ada=200)

ROWS = [
    Row(RULE, "GET", MANAGERS, PATH),
    Row(f"{RULE}/changes", "GET", MANAGERS, f"{PATH}/changes{QUERY}"),
    Row(f"{RULE}/dry-run", "GET", MANAGERS, f"{PATH}/dry-run{QUERY}"),
    Row(RULE, "PUT", roles(401, users=403, ada=409), PATH, {**FORM, "version": "of another time"}),
]
