"""What a transfer and an accepted offer share: who may give, who may have it, and the change itself (T2, T5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard.models import User
from dashboard.models.enums import AssignmentHow, Handler, Status
from dashboard.models.errors import Invalid, NotPermitted, Refused
from dashboard.models.ids import is_public_id
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, Viewer, may_have, noun
from dashboard.services import plans
from dashboard.services.access import Action, can, hold_for, refuse
from dashboard.services.events import ConversationTransferred
from dashboard.services.holding import Held
from dashboard.services.jobs import cancel_timer
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.reopening import autoclose_key
from dashboard.services.timeline import activity, joined
from dashboard.services.unit_of_work import UnitOfWork

_u = User.__table__.c


def hold_for_transfer(uow: UnitOfWork, viewer: Viewer, public_id: str, epoch: int | None) -> tuple[Viewer, Held, Scope]:
    """The conversation locked for its Assignee, whose role and plan allow transfers (T1, T2)."""
    viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
    plans.require(uow.conn, "transfers")
    held.require_epoch(uow, epoch)
    if not can(viewer, Action.TRANSFER, scope):
        sentence = "Only the Assignee transfers a conversation, with a role that allows it."
        if held.assignee_id == viewer.user_id:
            raise NotPermitted(sentence)
        refuse(uow, viewer, held, scope, sentence)
    require_not_closed(held)
    return viewer, held, scope


def require_not_closed(held: Held) -> None:
    """Raises Refused for a ticket that is closed for good."""
    if held.status is Status.CLOSED:
        raise Refused("This ticket is closed.")


def find_target(uow: UnitOfWork, held: Held, public_id: str) -> Viewer:
    """A live agent of the teamspace; for tickets one who manages tickets there (T2). Raises Invalid."""
    found = None
    if is_public_id(public_id):
        found = uow.conn.execute(select(_u.id).where(_u.public_id == public_id)).scalar()
    target = load_viewer(uow.conn, found) if found else None
    if target is None or f"{noun(held.kind)}.assigned" not in target.permissions:
        raise Invalid({"user": "This user cannot have the conversation."})
    if not may_have(target, held.kind, held.teamspace_id):
        raise Invalid({"user": "This user is not a live agent of this teamspace."})
    return target


def give_to_user(
    uow: UnitOfWork, held: Held, scope: Scope, sender: Viewer, target: Viewer, words: str, *, was_offered: bool = False
) -> None:
    """Make `target` the Assignee, with the records of a transfer by `sender` (T8); the caller routes."""
    was = state_of(held)
    cancel_timer(uow, autoclose_key(held))
    # Assigning sets Open; an Overdue one stays so until it is answered (L6).
    status = Status.OVERDUE if held.status is Status.OVERDUE else Status.OPEN
    how = AssignmentHow.TRANSFER
    change_owner(uow, held, Owner(Handler.LIVE_AGENT, status, target.user_id, None, how, sender.user_id, words or None))
    tell_transfer(uow, held, sender, target.name, words, was)
    joined(uow, held, target.user_id, target.shown_name, how)
    where, before = (held.id, held.teamspace_id), scope.to_json()
    uow.emit(ConversationTransferred(*where, before, held.epoch, target.user_id, None, was_offered))


def state_of(held: Held) -> dict[str, Any]:
    """What Undo brings back (T3)."""
    return {"status": held.status, "team_id": held.team_id}


def tell_transfer(uow: UnitOfWork, held: Held, sender: Viewer, to: str, note: str, was: dict[str, Any]) -> None:
    sentence = f"{sender.name} transferred to {to}" + (f": “{note}”" if note else ".")
    activity(uow, held, "transferred", sentence, by_user_id=sender.user_id, to=to, note=note or None, was=was)
