"""What an AI agent said too late: the new owner sends it as their own words, or dismisses it (L3)."""

from __future__ import annotations

from sqlalchemy import select, update

from dashboard.models import Conversation, Suggestion
from dashboard.models.enums import SuggestionState
from dashboard.models.errors import NotFound, OwnershipChanged
from dashboard.models.ids import is_public_id
from dashboard.models.visibility import Viewer
from dashboard.services.access import Action, can, hold_for
from dashboard.services.events import SuggestionSettled
from dashboard.services.messaging import post_reply
from dashboard.services.timeline import Posted
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_g = Suggestion.__table__.c
_c = Conversation.__table__.c


def send_suggestion(viewer: Viewer, suggestion_public_id: str) -> Posted | None:
    """The Assignee sends it as it is; None when it was settled before.

    Raises NotFound, OwnershipChanged for whoever is not the Assignee, Obstacle when it could not reach the person.
    """
    with unit_of_work() as uow:
        return _settle(uow, viewer, suggestion_public_id, SuggestionState.USED)


def dismiss_suggestion(viewer: Viewer, suggestion_public_id: str, *, was_used: bool = False) -> None:
    """Put it aside; `was_used` when its text went into the editor instead."""
    state = SuggestionState.USED if was_used else SuggestionState.DISMISSED
    with unit_of_work() as uow:
        _settle(uow, viewer, suggestion_public_id, state, is_sent=False)


def _settle(
    uow: UnitOfWork, viewer: Viewer, public_id: str, state: SuggestionState, *, is_sent: bool = True
) -> Posted | None:
    row = None
    if is_public_id(public_id):
        row = uow.conn.execute(
            select(_g.id, _g.body, _c.public_id)
            .join(Conversation.__table__, _c.id == _g.conversation_id)
            .where(_g.public_id == public_id)
        ).first()
    if row is None:
        raise NotFound
    viewer, held, scope = hold_for(uow, viewer.user_id, row.public_id)
    if not can(viewer, Action.REPLY, scope):
        raise OwnershipChanged(held.ownership(uow))
    done = uow.conn.execute(
        update(Suggestion.__table__).where(_g.id == row.id, _g.state == SuggestionState.OPEN).values(state=state)
    )
    if done.rowcount == 0:
        return None
    uow.emit(SuggestionSettled(held.id, held.teamspace_id, row.id))
    return post_reply(uow, held, viewer, row.body, f"suggestion:{public_id}") if is_sent else None
