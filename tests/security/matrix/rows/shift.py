"""The shift handover and one's own sign-ins: every user's, about what is theirs alone."""

from __future__ import annotations

from tests.security.matrix.rows.kit import SIGNED_IN, page, roles

HANDOVER = "/me/shift-handover"
REFUSED = roles(401, users=422)

ROWS = [
    page(HANDOVER, "GET", SIGNED_IN),
    # A ticket of bo's: whoever else sends it is refused in the form, and nobody learns whose it is.
    page(
        HANDOVER,
        "POST",
        roles(401, users=409, bo=200),
        {
            "conversation": "{ticket}",
            "all": "return",
        },
    ),
    page(HANDOVER, "POST", REFUSED, {"conversation": "{ticket}", "all": "transfer"}),
    page("/me/activity", "GET", SIGNED_IN),
    page("/me/activity", "POST", SIGNED_IN, {"age": "5"}),
    page("/account/profile", "PUT", REFUSED, {"name": "", "alias": ""}),
    page("/account/password", "PUT", REFUSED, {"current": "not the password", "new": "whatever it may be"}),
    page("/account/sessions", "DELETE", SIGNED_IN),
    page("/account/sessions/<session>", "DELETE", SIGNED_IN),
]
