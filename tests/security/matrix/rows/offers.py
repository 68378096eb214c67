"""Offers: whom it is offered to answers, who offers withdraws; for everybody else there is none."""

from __future__ import annotations

from tests.security.matrix.rows.kit import SIGNED_IN, api, page, roles

OFFER = "/offers/<offer>"
BY_API = "/api/v1/offers/<public_id>"
PROGRAMS = {"secret": 403, "other_secret": 403}

ROWS = [
    page("/offers", "GET", SIGNED_IN),
    # Bo offers a ticket to cy.
    page(f"{OFFER}/accept", "POST", roles(401, users=404, cy=200)),
    page(f"{OFFER}/decline", "POST", roles(401, users=404, cy=204)),
    page(OFFER, "DELETE", roles(401, users=404, bo=204)),
    # The same through the API; a secret speaks for persons, who transfer nothing.
    api("/api/v1/me/offers", "GET", roles(401, users=200, **PROGRAMS)),
    api(f"{BY_API}/accept", "POST", roles(401, users=404, cy=200, **PROGRAMS), on="offer"),
    api(f"{BY_API}/decline", "POST", roles(401, users=404, cy=200, **PROGRAMS), on="offer"),
    api(BY_API, "DELETE", roles(401, users=404, bo=200, **PROGRAMS), on="offer"),
]
