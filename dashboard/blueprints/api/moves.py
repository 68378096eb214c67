"""Who has a conversation, and in which state: claim, takeover, transfer, status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.blueprints.api.answers import ConversationOut
from dashboard.blueprints.api.lookups import show
from dashboard.blueprints.api.operations import Reply, endpoint
from dashboard.blueprints.api.principals import UserPrincipal
from dashboard.blueprints.api.requests import Claim, StatusIn, Takeover, Transfer
from dashboard.models import db
from dashboard.models.errors import Invalid, NotFound
from dashboard.queries import api as queries
from dashboard.services import closing, transfers

_USERS = {"answers": {200: ConversationOut}, "speakers": (UserPrincipal,), "problems": (404, 409)}


@endpoint("POST", "/conversations/{id}/claim", body=Claim, **_USERS)
def claim(principal: UserPrincipal, public_id: str, body: Claim) -> Reply:
    """Claim a queued conversation, as a member of its eligible set; again by its Assignee it changes nothing."""
    transfers.claim(principal.viewer, public_id, body.epoch)
    return show(principal, public_id)


@endpoint("POST", "/conversations/{id}/takeover", body=Takeover, **_USERS)
def take_over(principal: UserPrincipal, public_id: str, body: Takeover) -> Reply:
    """Become the Assignee by sending a reply; the same `client_id` again changes nothing."""
    transfers.take_over(principal.viewer, public_id, body.text, body.client_id, body.epoch)
    return show(principal, public_id)


@endpoint("POST", "/conversations/{id}/transfers", body=Transfer, **_USERS)
def transfer(principal: UserPrincipal, public_id: str, body: Transfer) -> Reply:
    """Give the conversation to another user, or to a team, as its Assignee."""
    if body.user is not None:
        user = queries.find_user(db.session, body.user)
        with _unknown("user", user):
            transfers.transfer_to_user(principal.viewer, public_id, user or "", body.note, body.epoch)
    else:
        team = queries.find_team(db.session, body.team or "")
        with _unknown("team", team):
            transfers.transfer_to_team(principal.viewer, public_id, team or "", body.note, body.epoch)
    return show(principal, public_id)


@endpoint("PUT", "/conversations/{id}/status", body=StatusIn, **_USERS)
def set_status(principal: UserPrincipal, public_id: str, body: StatusIn) -> Reply:
    """Set the status, as the Assignee; `closed` gives a chat back to its AI agent."""
    closing.set_status(principal.viewer, public_id, body.status, body.epoch)
    return show(principal, public_id)


@contextmanager
def _unknown(noun: str, public_id: str | None) -> Iterator[None]:
    """Only who may transfer learns that there is no such user or team: whose addresses we know is nobody else's."""
    try:
        yield
    except Invalid:
        if public_id is None:
            raise NotFound(f"There is no such {noun}.") from None
        raise
