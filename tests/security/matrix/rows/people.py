"""People: seen by whoever may see a conversation of theirs, changed by whoever manages people, here the admin."""

from __future__ import annotations

from tests.security.matrix.rows.kit import SIGNED_IN, page, roles

P = "/people"
ONE = f"{P}/<person>"


def seen(status: int) -> dict[str, int]:
    """Whoever sees bo's chat sees its person."""
    return roles(401, fay=404, eli=404, cy=status, bo=status, di=status, ada=status)


def managed(status: int) -> dict[str, int]:
    return roles(401, fay=404, eli=404, cy=403, bo=403, di=403, ada=status)


ROWS = [
    page(P, "GET", SIGNED_IN, query="?q=nobody"),
    page(ONE, "GET", seen(200)),
    page(ONE, "PUT", managed(409), {"name": "Pia", "email": "", "details": "", "version": "old"}),
    page(f"{ONE}/ban", "GET", managed(200)),
    page(f"{ONE}/ban", "PUT", managed(200)),
    page(f"{ONE}/ban", "DELETE", managed(200)),
    page(f"{ONE}/notes", "POST", seen(200), {"text": "Likes tents"}),
    page(f"{ONE}/notes/<note>", "DELETE", roles(401, fay=404, eli=404, cy=403, bo=200, di=403, ada=403)),
    page(f"{ONE}/tags", "POST", managed(200), {"tag": "Press"}),
    page(f"{ONE}/tags/<tag>", "DELETE", managed(200)),
    page(f"{ONE}/merge", "GET", managed(200)),
    page(f"{ONE}/merge/<other>", "GET", managed(200)),
    # Refused before anybody is looked up.
    page(f"{ONE}/merge/<other>", "POST", roles(401, users=403, ada=409), {"seen": "old"}),
]
