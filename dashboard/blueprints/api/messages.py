"""Messages: read a timeline by number, write as a user or as the person."""

from __future__ import annotations

from dashboard.blueprints.api import shapes
from dashboard.blueprints.api.answers import MessageOut, MessagePage
from dashboard.blueprints.api.lookups import get_row, require_epoch
from dashboard.blueprints.api.operations import Reply, endpoint
from dashboard.blueprints.api.principals import Principal, TeamspacePrincipal, UserPrincipal
from dashboard.blueprints.api.requests import MessageQuery, NewMessage
from dashboard.models import db
from dashboard.models.errors import NotFound, NotPermitted
from dashboard.queries import api as queries
from dashboard.queries.public_view import public_messages
from dashboard.services import messaging
from dashboard.services.timeline import Posted

MESSAGES = "/conversations/{id}/messages"


@endpoint("GET", MESSAGES, query=MessageQuery, answers={200: MessagePage}, problems=(404,))
def list_messages(principal: Principal, public_id: str, query: MessageQuery) -> Reply:
    """Read a timeline, oldest first.

    A user reads messages, notes and activity; a secret reads what the person sees, in the person's numbering.
    Go on with `after` = the last item's `seq` until that is `last_seq`.
    """
    row = get_row(principal, public_id)
    if principal.is_secret:
        seen = public_messages(db.session, row.id, query.after, query.limit, upto=row.public_seq)
        return Reply(MessagePage(items=[shapes.public_message(item) for item in seen], last_seq=row.public_seq))
    rows = queries.list_messages(db.session, row.id, query.after, row.last_seq, query.limit)
    return Reply(MessagePage(items=[shapes.message(each, is_secret=False) for each in rows], last_seq=row.last_seq))


@endpoint("POST", MESSAGES, body=NewMessage, answers={200: MessageOut, 201: MessageOut}, problems=(404, 409))
def post_message(principal: Principal, public_id: str, body: NewMessage) -> Reply:
    """Write a message.

    A user writes as the Assignee, or a note among colleagues; a secret writes as the person, and a text 1 to 5 is
    the rating while one is awaited. The same `client_id` again answers the same message with 200.
    """
    if isinstance(principal, UserPrincipal):
        posted = _post_as_user(principal, public_id, body)
    else:
        posted = _post_as_person(principal, public_id, body)
    return Reply(shapes.message(posted.message, is_secret=principal.is_secret), 201 if posted.is_new else 200)


def _post_as_user(principal: UserPrincipal, public_id: str, body: NewMessage) -> Posted:
    if body.kind == "note":
        return messaging.add_note(principal.viewer, public_id, body.text, body.client_id)
    return messaging.send_reply(principal.viewer, public_id, body.text, body.client_id, body.epoch)


def _post_as_person(principal: TeamspacePrincipal, public_id: str, body: NewMessage) -> Posted:
    person_id = queries.find_person_id(db.session, public_id, principal.teamspace_id)
    if person_id is None:
        raise NotFound
    if body.kind == "note":
        raise NotPermitted("Notes are for users; a teamspace secret writes as the person.")
    if body.epoch is not None:
        row = get_row(principal, public_id)
        if not queries.is_stored(db.session, row.id, body.client_id):
            require_epoch(row, body.epoch)
    return messaging.receive_message(public_id, person_id, body.text, body.client_id)
