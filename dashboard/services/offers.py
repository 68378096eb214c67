"""Offers: where a teamspace wants it, a transfer to a user waits for a minute to be accepted (T5).

The sender stays Assignee until then. The conversation is locked before its offer, as by everybody who changes its
owner, so of an acceptance, a withdrawal, the end of the minute and any change of owner one is first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from dashboard.models import Teamspace, TransferOffer, User
from dashboard.models.enums import OfferState
from dashboard.models.errors import Invalid, NotFound, Refused
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import assignment, giving, jobs, plans
from dashboard.services.access import Action, can, get_viewer
from dashboard.services.events import OfferMade, OfferSettled
from dashboard.services.holding import Held, hold
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.services.voiding import offer_timer_key

_o = TransferOffer.__table__.c
_s = Teamspace.__table__.c
_u = User.__table__.c

WINDOW = timedelta(seconds=60)
TIMER = "offer_expired"
OVER = {
    OfferState.ACCEPTED: "This offer was accepted already.",
    OfferState.DECLINED: "This offer was declined already.",
    OfferState.EXPIRED: "This offer has run out: it stands for a minute.",
    OfferState.VOIDED: "This offer no longer stands: it was withdrawn, or the conversation has moved on.",
}


@dataclass(frozen=True)
class _Both:
    """An offer with its conversation, both locked."""

    held: Held
    offer: Row[Any]


def are_wanted(uow: UnitOfWork, teamspace_id: int) -> bool:
    """Whether transfers to users are offered here, as of now."""
    return bool(uow.conn.execute(select(_s.offers_transfers).where(_s.id == teamspace_id)).scalar())


def make_offer(uow: UnitOfWork, held: Held, sender: Viewer, target: Viewer, words: str) -> None:
    """Ask `target`; the same again changes nothing. Raises Refused while another offer stands."""
    standing = _find_standing(uow, held)
    if standing is not None and standing.expires_at > uow.now:
        if standing.to_user_id == target.user_id:
            return
        name = uow.conn.execute(select(_u.name).where(_u.id == standing.to_user_id)).scalar_one()
        raise Refused(f"It is offered to {name} already. Withdraw that offer first, or wait for the answer.")
    if standing is not None:
        _expire(uow, held, standing)
    public_id, expires_at = new_public_id(), uow.now + WINDOW
    row = {
        "public_id": public_id, "conversation_id": held.id, "from_user_id": sender.user_id,
        "to_user_id": target.user_id, "note": words or None, "state": OfferState.OPEN, "epoch": held.epoch,
        "created_at": uow.now, "expires_at": expires_at,
    }  # fmt: skip
    uow.conn.execute(insert(TransferOffer.__table__).values(row))
    jobs.set_timer(uow, offer_timer_key(public_id), TIMER, expires_at, {"offer": public_id})
    sentence = f"{sender.name} offered it to {target.name}" + (f": “{words}”" if words else ".")
    activity(uow, held, "offered", sentence, by_user_id=sender.user_id, to=target.name, note=words or None)
    uow.emit(OfferMade(held.id, held.teamspace_id, sender.user_id, target.user_id))


def accept(viewer: Viewer, public_id: str) -> str:
    """The transfer happens, by its sender (T5); answers the conversation. Accepted again it changes nothing.

    Raises NotFound for everybody else, Refused when the offer is over, and what a transfer would be refused with.
    """
    with unit_of_work() as uow:
        both = _hold(uow, public_id)
        held, offer = both.held, both.offer
        if offer.to_user_id != viewer.user_id:
            raise NotFound
        if offer.state is OfferState.ACCEPTED and held.assignee_id == viewer.user_id:
            return held.public_id
        _require_standing(uow, both)
        plans.require(uow.conn, "transfers")
        giving.require_not_closed(held)
        sender, scope = get_viewer(uow.conn, offer.from_user_id), held.scope(uow)
        if offer.epoch != held.epoch or not can(sender, Action.TRANSFER, scope):
            raise Refused(OVER[OfferState.VOIDED])
        target = _find_target(uow, held, viewer)
        _settle(uow, held, offer, OfferState.ACCEPTED)
        sentence = f"{viewer.name} accepted the offer of {sender.name}."
        activity(uow, held, "offer_accepted", sentence, by_user_id=viewer.user_id)
        giving.give_to_user(uow, held, scope, sender, target, offer.note or "", was_offered=True)
        assignment.route_now_and_after(uow, held.teamspace_id)
        return held.public_id


def decline(viewer: Viewer, public_id: str) -> None:
    """It stays with its sender, who is told. Raises NotFound for everybody else, Refused when the offer is over."""
    with unit_of_work() as uow:
        both = _hold(uow, public_id)
        if both.offer.to_user_id != viewer.user_id:
            raise NotFound
        if both.offer.state is OfferState.DECLINED:
            return
        _require_standing(uow, both)
        _settle(uow, both.held, both.offer, OfferState.DECLINED)
        activity(uow, both.held, "offer_declined", f"{viewer.name} declined the offer.", by_user_id=viewer.user_id)


def withdraw(viewer: Viewer, public_id: str) -> None:
    """Its sender takes it back before it is answered. Raises as `decline`."""
    with unit_of_work() as uow:
        both = _hold(uow, public_id)
        if both.offer.from_user_id != viewer.user_id:
            raise NotFound
        if both.offer.state is OfferState.VOIDED:
            return
        _require_standing(uow, both)
        _settle(uow, both.held, both.offer, OfferState.VOIDED)
        activity(uow, both.held, "offer_withdrawn", f"{viewer.name} withdrew the offer.", by_user_id=viewer.user_id)


def expire(timer: jobs.DueTimer) -> None:
    """The minute is over, and nobody has answered."""
    with unit_of_work() as uow:
        both = _hold(uow, timer.payload["offer"])
        if jobs.consume_timer(uow, timer.id) and both.offer.state is OfferState.OPEN:
            _expire(uow, both.held, both.offer)


def _hold(uow: UnitOfWork, public_id: str) -> _Both:
    """Raises NotFound."""
    found = select(_o.conversation_id).where(_o.public_id == public_id)
    conversation_id = uow.conn.execute(found).scalar() if is_public_id(public_id) else None
    if conversation_id is None:
        raise NotFound
    held = hold(uow, id=conversation_id)
    offer = select(TransferOffer.__table__).where(_o.public_id == public_id)
    return _Both(held, uow.conn.execute(offer.with_for_update()).one())


def _require_standing(uow: UnitOfWork, both: _Both) -> None:
    state = both.offer.state
    if state is OfferState.OPEN and both.offer.expires_at <= uow.now:
        state = OfferState.EXPIRED  # its timer is about to say so
    if state is not OfferState.OPEN:
        raise Refused(OVER[state])


def _find_target(uow: UnitOfWork, held: Held, viewer: Viewer) -> Viewer:
    """Roles and teams may have changed within the minute."""
    try:
        return giving.find_target(uow, held, viewer.public_id)
    except Invalid:
        raise Refused("Your role no longer allows you to have this conversation.") from None


def _find_standing(uow: UnitOfWork, held: Held) -> Row[Any] | None:
    standing = select(TransferOffer.__table__).where(_o.conversation_id == held.id, _o.state == OfferState.OPEN)
    return uow.conn.execute(standing).first()


def _expire(uow: UnitOfWork, held: Held, offer: Row[Any]) -> None:
    name = uow.conn.execute(select(_u.name).where(_u.id == offer.to_user_id)).scalar_one()
    _settle(uow, held, offer, OfferState.EXPIRED)
    activity(uow, held, "offer_expired", f"{name} did not answer the offer in time.", to=name)


def _settle(uow: UnitOfWork, held: Held, offer: Row[Any], state: OfferState) -> None:
    uow.conn.execute(update(TransferOffer.__table__).where(_o.id == offer.id).values(state=state, decided_at=uow.now))
    jobs.cancel_timer(uow, offer_timer_key(offer.public_id))
    uow.emit(OfferSettled(held.id, held.teamspace_id, offer.from_user_id, offer.to_user_id, state.value))
