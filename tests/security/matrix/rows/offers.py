"""Offers: whom it is offered to answers, who offers withdraws; for everybody else there is none."""

from __future__ import annotations

from tests.security.matrix.rows.kit import SIGNED_IN, page, roles

OFFER = "/offers/<offer>"

ROWS = [
    page("/offers", "GET", SIGNED_IN),
    # Bo offers a ticket to cy.
    page(f"{OFFER}/accept", "POST", roles(401, users=404, cy=200)),
    page(f"{OFFER}/decline", "POST", roles(401, users=404, cy=204)),
    page(OFFER, "DELETE", roles(401, users=404, bo=204)),
]
