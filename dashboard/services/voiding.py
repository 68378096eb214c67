"""The end of an offer by what happens around it: its conversation moves on, so that nothing is left to accept (T5)."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from dashboard.models import TransferOffer, User, db
from dashboard.models.enums import OfferState
from dashboard.queries.offers import find_hopeless
from dashboard.services.events import OfferSettled
from dashboard.services.holding import Held, hold
from dashboard.services.jobs import cancel_timer
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_o = TransferOffer.__table__.c
_u = User.__table__.c

# Built once: it runs with every change of owner.
_VOID = (
    update(TransferOffer.__table__)
    .where(_o.conversation_id == bindparam("held_id"), _o.state == OfferState.OPEN)
    .values(state=OfferState.VOIDED, decided_at=bindparam("at"))
    .returning(_o.public_id, _o.from_user_id, _o.to_user_id)
)


def void_offer(uow: UnitOfWork, held: Held, why: str) -> None:
    """An offer that waits for its answer is over, with a line that says `why`; nothing when there is none."""
    for offer in uow.conn.execute(_VOID, {"held_id": held.id, "at": uow.now}).all():
        name = uow.conn.execute(select(_u.name).where(_u.id == offer.to_user_id)).scalar_one()
        cancel_timer(uow, offer_timer_key(offer.public_id))
        activity(uow, held, "offer_voided", f"The offer to {name} is void: {why}.", to=name)
        state = OfferState.VOIDED.value
        uow.emit(OfferSettled(held.id, held.teamspace_id, offer.from_user_id, offer.to_user_id, state))


def end_hopeless() -> int:
    """Void what is offered to somebody who may not have it any more, or is deactivated; answers how many.

    Call it after roles, teams or users changed; the sweep does it as well. Each is a transaction of its own.
    """
    offered = [row.conversation_id for row in find_hopeless(db.session)]
    db.session.close()
    return sum(_end_if_hopeless(each) for each in offered)


def _end_if_hopeless(conversation_id: int) -> bool:
    with unit_of_work() as uow:
        held = hold(uow, id=conversation_id)
        if not find_hopeless(uow.conn, conversation_id):
            return False
        void_offer(uow, held, "they may no longer have the conversation")
    return True


def offer_timer_key(public_id: str) -> str:
    """The key of the timer that ends an offer's minute."""
    return f"offer:{public_id}"
