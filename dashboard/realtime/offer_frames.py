"""What the two users of an offer hear (T5): that there is something to read, and nothing of the conversation."""

from __future__ import annotations

from typing import Final

from dashboard.realtime.event_row import EventRow, Frame

OFFER_EVENTS: Final = frozenset({"OfferMade", "OfferSettled"})
"""Of no concern to whoever else sees the conversation; whom it is offered to may not see it."""
OFFERS: Final = "<!--offers-->"
"""Their pages read their offers again."""


def tell_of_offers(events: list[EventRow]) -> list[Frame]:
    """One frame for both users of each offer that was made or is over."""
    pairs = [(each.data["from_user_id"], each.data["to_user_id"]) for each in events if each.kind in OFFER_EVENTS]
    users = {f"user:{user_id}" for pair in pairs for user_id in pair}
    return [(users, OFFERS)] if users else []
