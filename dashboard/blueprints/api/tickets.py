"""Tickets: created by users and programs."""

from __future__ import annotations

from dashboard.blueprints.api.answers import ConversationOut
from dashboard.blueprints.api.conversations import details
from dashboard.blueprints.api.lookups import show
from dashboard.blueprints.api.operations import Reply, endpoint
from dashboard.blueprints.api.principals import Principal, UserPrincipal
from dashboard.blueprints.api.requests import NewTicket
from dashboard.services import tickets
from dashboard.services.tickets import TicketRequest


@endpoint("POST", "/tickets", body=NewTicket, answers={201: ConversationOut}, problems=(404, 409))
def create_ticket(principal: Principal, body: NewTicket) -> Reply:
    """Create a ticket with an Assignee, or queue it for teams or the teamspace.

    By users who manage tickets assigned to them, in the teamspace that they share with the Assignee, or by a
    secret in its own. A user's text is their message, a secret's is the person's.
    """
    request = TicketRequest(body.subject, details(body.person), body.text, body.assignee, tuple(body.teams or ()))
    if isinstance(principal, UserPrincipal):
        public_id = tickets.create_ticket(principal.viewer, request, body.teamspace)
    else:
        public_id = tickets.create_ticket_for_person(principal.teamspace_id, request)
    return show(principal, public_id, 201)
