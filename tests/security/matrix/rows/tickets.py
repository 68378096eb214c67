"""New tickets: for whoever manages tickets assigned to them, in their own teamspaces and from what they may see."""

from __future__ import annotations

from tests.security.matrix.rows.kit import Row, page, roles

HERE = "?teamspace={support}"
TICKET = {
    "client_id": "{new_email}",
    "teamspace": "{support}",
    "to": "new",
    "name": "Zoe",
    "email": "{new_email}",
    "assignee": "me",
    "subject": "A tent",
    "text": "About your tent.",
}
MANAGERS = roles(401, users=204, di=403)
IN_SUPPORT = roles(401, users=200, di=403, fay=404)

ROWS: list[Row] = [
    page("/tickets/new", "GET", roles(401, users=200, di=403)),
    page("/tickets/new", "GET", roles(401, users=200, di=403, fay=404, eli=404), query="?from={chat}"),
    page("/tickets/choices", "GET", IN_SUPPORT, query=HERE),
    page("/tickets/persons", "GET", IN_SUPPORT, query=f"{HERE}&q=a"),
    page("/tickets", "POST", MANAGERS | {"fay": 404}, TICKET),
    page("/tickets", "POST", MANAGERS | {"fay": 404, "eli": 404}, {**TICKET, "from": "{ticket}"}),
]
