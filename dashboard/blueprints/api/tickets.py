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


@endpoint("POST", "/tickets", body=NewTicket, answers={200: ConversationOut, 201: ConversationOut}, problems=(404, 409))
def create_ticket(principal: Principal, body: NewTicket) -> Reply:
    """Create a ticket with an Assignee, or queue it for teams or the teamspace.

    By users who manage tickets assigned to them, in the teamspace that they share with the Assignee, or by a
    secret in its own. A user's text is their message, a secret's is the person's. 200: the same `client_id` made
    this ticket before.
    """
    teams = tuple(body.teams or ())
    request = TicketRequest(body.subject, details(body.person), body.text, body.assignee, teams, body.client_id)
    if isinstance(principal, UserPrincipal):
        opened = tickets.create_ticket(principal.viewer, request, body.teamspace)
    else:
        opened = tickets.create_ticket_for_person(principal.teamspace_id, request)
    return show(principal, opened.public_id, 201 if opened.is_new else 200)
