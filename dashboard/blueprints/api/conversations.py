"""Conversations: start one as a person, list them, look at one."""

from __future__ import annotations

from dashboard.blueprints.api import shapes
from dashboard.blueprints.api.answers import ConversationOut, ConversationPage
from dashboard.blueprints.api.lookups import get_row, show
from dashboard.blueprints.api.operations import Reply, endpoint
from dashboard.blueprints.api.principals import Principal, TeamspacePrincipal, UserPrincipal
from dashboard.blueprints.api.requests import ConversationQuery, NewConversation, PersonIn
from dashboard.models import db
from dashboard.models.enums import Handler, Status
from dashboard.models.errors import NotPermitted
from dashboard.queries import api as queries
from dashboard.services import programs
from dashboard.services.programs import PersonDetails


@endpoint(
    "POST",
    "/conversations",
    body=NewConversation,
    answers={200: ConversationOut, 201: ConversationOut},
    speakers=(TeamspacePrincipal,),
    problems=(404, 409),
)
def start_conversation(principal: TeamspacePrincipal, body: NewConversation) -> Reply:
    """Write as a person.

    201 starts a chat with the AI agent. 200: the same `client_id` was sent before, or the person has a live chat
    on the channel, to which the text was appended.
    """
    posted = programs.start_conversation(
        principal.teamspace_id, details(body.person), body.text, body.client_id, body.ai_agent
    )
    is_started = posted.is_new and posted.message.seq == 1
    return show(principal, posted.conversation_public_id, 201 if is_started else 200)


@endpoint("GET", "/conversations", query=ConversationQuery, answers={200: ConversationPage})
def list_conversations(principal: Principal, query: ConversationQuery) -> Reply:
    """List conversations, latest activity first.

    A user's are those that they may view, a secret's those of its teamspace; a secret cannot ask by `assignee`.
    """
    chosen = queries.ConversationFilter(
        handler=Handler(query.handler) if query.handler else None,
        status=Status(query.status) if query.status else None,
        assignee=_assignee(principal, query.assignee),
    )
    rows, cursor = queries.list_conversations(db.session, principal.reach, chosen, query.cursor, query.limit)
    items = [shapes.conversation(row, is_secret=principal.is_secret) for row in rows]
    return Reply(ConversationPage(items=items, next_cursor=cursor))


@endpoint("GET", "/conversations/{id}", answers={200: ConversationOut}, problems=(404,))
def show_conversation(principal: Principal, public_id: str) -> Reply:
    """Look at one conversation."""
    return Reply(shapes.conversation(get_row(principal, public_id), is_secret=principal.is_secret))


def details(person: PersonIn) -> PersonDetails:
    return PersonDetails(person.external_id, person.name, person.email)


def _assignee(principal: Principal, reference: str | None) -> str | None:
    if reference is None:
        return None
    if not isinstance(principal, UserPrincipal):
        raise NotPermitted("A teamspace secret does not know who the Assignees are.")
    return principal.viewer.public_id if reference == "me" else reference
