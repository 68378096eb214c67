"""Offers: transfers that wait to be accepted, as their two users have them (T5)."""

from __future__ import annotations

from dashboard.blueprints.api import shapes
from dashboard.blueprints.api.answers import ConversationOut, OfferList, OfferOut
from dashboard.blueprints.api.lookups import show
from dashboard.blueprints.api.operations import Reply, endpoint
from dashboard.blueprints.api.principals import UserPrincipal
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.queries.offers import get_offer, load_standing
from dashboard.services import offers

_BY_ITS_USERS = {"speakers": (UserPrincipal,), "problems": (404, 409)}


@endpoint("GET", "/me/offers", answers={200: OfferList}, speakers=(UserPrincipal,))
def list_offers(principal: UserPrincipal) -> Reply:
    """What the user is offered and what they offer, as long as it can be answered.

    An offer stands for a minute. `conversation` is null where the user is asked: who accepts gets to see it.
    """
    rows = load_standing(db.session, principal.viewer, utcnow())
    return Reply(OfferList(items=[shapes.offer(row, principal.viewer) for row in rows]))


@endpoint("POST", "/offers/{id}/accept", answers={200: ConversationOut}, **_BY_ITS_USERS)
def accept_offer(principal: UserPrincipal, public_id: str) -> Reply:
    """Become the Assignee, as whom it is offered to; again it changes nothing."""
    return show(principal, offers.accept(principal.viewer, public_id))


@endpoint("POST", "/offers/{id}/decline", answers={200: OfferOut}, **_BY_ITS_USERS)
def decline_offer(principal: UserPrincipal, public_id: str) -> Reply:
    """Leave the conversation with its Assignee, as whom it is offered to; again it changes nothing."""
    offers.decline(principal.viewer, public_id)
    return _show(principal, public_id)


@endpoint("DELETE", "/offers/{id}", answers={200: OfferOut}, **_BY_ITS_USERS)
def withdraw_offer(principal: UserPrincipal, public_id: str) -> Reply:
    """Take it back before it is answered, as its sender; again it changes nothing."""
    offers.withdraw(principal.viewer, public_id)
    return _show(principal, public_id)


def _show(principal: UserPrincipal, public_id: str) -> Reply:
    return Reply(shapes.offer(get_offer(db.session, public_id), principal.viewer))
