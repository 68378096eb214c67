"""Offered transfers: what stands can be accepted, what is over was answered once, what was accepted was given (T5)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, func, literal, or_, select

from dashboard.models import Assignment, Conversation, Timer, TransferOffer
from dashboard.models.enums import AssignmentHow, Handler, OfferState, Status
from dashboard.queries.offers import find_hopeless
from dashboard.services.voiding import offer_timer_key

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_o = TransferOffer.__table__.c
_t = Timer.__table__.c

_is_open = _o.state == OfferState.OPEN


def standing(conn: Connection) -> Iterator[str]:
    """The sender of an offer that stands is the Assignee, under the epoch of the offer, of what is not closed."""
    rows = select(_o.public_id, _c.public_id.label("conversation"), _c.handler, _c.assignee_id, _c.status)
    joined = rows.join(Conversation.__table__, _c.id == _o.conversation_id).where(_is_open)
    for row in conn.execute(joined.where(or_(_c.handler != Handler.LIVE_AGENT, _c.status == Status.CLOSED))):
        yield f"Offers: {row.conversation} is with {row.handler}, {row.status}, and the offer {row.public_id} stands."
    for row in conn.execute(joined.where(_c.assignee_id.is_distinct_from(_o.from_user_id))):
        yield f"Offers: {row.public_id} of {row.conversation} is not by its Assignee, who is {row.assignee_id}."
    for row in conn.execute(joined.where(_c.epoch != _o.epoch)):
        yield f"Offers: {row.public_id} of {row.conversation} is of another epoch."
    twice = select(_o.conversation_id).where(_is_open).group_by(_o.conversation_id).having(func.count() > 1)
    for key in conn.execute(twice).scalars():
        yield f"Offers: conversation {key} is offered twice at once."


def targets(conn: Connection) -> Iterator[str]:
    """Whom it is offered to is somebody else, who may have it."""
    for row in find_hopeless(conn):
        yield f"Offers: {row.public_id} waits for user {row.to_user_id}, who may not have the conversation."
    for public_id in conn.execute(select(_o.public_id).where(_o.from_user_id == _o.to_user_id)).scalars():
        yield f"Offers: {public_id} was made to its own sender."


def endings(conn: Connection) -> Iterator[str]:
    """What stands ends by its timer, what is over knows when; what was accepted was given at that moment."""
    rings = exists().where(_t.key == literal(offer_timer_key("")) + _o.public_id, _t.due_at == _o.expires_at)
    for public_id in conn.execute(select(_o.public_id).where(_is_open, ~rings)).scalars():
        yield f"Offers: nothing ends {public_id} when its minute is over."
    for public_id in conn.execute(select(_o.public_id).where(~_is_open, rings)).scalars():
        yield f"Offers: {public_id} is over, and its timer still runs."
    for public_id in conn.execute(select(_o.public_id).where(_is_open != _o.decided_at.is_(None))).scalars():
        yield f"Offers: {public_id} is over and was not settled, or was settled and stands."
    given = exists().where(
        _a.conversation_id == _o.conversation_id, _a.how == AssignmentHow.TRANSFER, _a.user_id == _o.to_user_id,
        _a.by_user_id == _o.from_user_id, _a.epoch == _o.epoch + 1, _a.from_at == _o.decided_at,
    )  # fmt: skip
    for public_id in conn.execute(select(_o.public_id).where(and_(_o.state == OfferState.ACCEPTED, ~given))).scalars():
        yield f"Offers: {public_id} was accepted, and the conversation was not given."
