"""The user behind a personal token: their availability."""

from __future__ import annotations

from dashboard.blueprints.api.answers import AvailabilityOut
from dashboard.blueprints.api.operations import Reply, endpoint
from dashboard.blueprints.api.principals import UserPrincipal
from dashboard.blueprints.api.requests import AvailabilityIn
from dashboard.models import db
from dashboard.queries import api as queries
from dashboard.services import availability

_OWN = {"answers": {200: AvailabilityOut}, "speakers": (UserPrincipal,)}


@endpoint("GET", "/me/availability", **_OWN)
def show_availability(principal: UserPrincipal) -> Reply:
    """What the user declares: online or away."""
    return Reply(AvailabilityOut(availability=queries.get_availability(db.session, principal.viewer.user_id).value))


@endpoint("PUT", "/me/availability", body=AvailabilityIn, **_OWN)
def set_availability(principal: UserPrincipal, body: AvailabilityIn) -> Reply:
    """Declare online or away; who is online and has a live connection is assigned conversations."""
    wanted = availability.set_availability(principal.viewer.user_id, body.availability)
    return Reply(AvailabilityOut(availability=wanted.value))
