"""The person's rating after a livechat (C3)."""

from __future__ import annotations

from dashboard.models import Conversation
from dashboard.models.enums import Handler
from dashboard.models.errors import Invalid, NotFound, Refused
from dashboard.services import flow, jobs
from dashboard.services.holding import find_and_hold, hold
from dashboard.services.text import clean_text
from dashboard.services.unit_of_work import unit_of_work
from dashboard.workflow import inputs
from dashboard.workflow.session import Session, WaitingForFeedback

_c = Conversation.__table__.c


def rate(public_id: str, person_id: int, stars: object, comment: object = None) -> None:
    """Give 1 to 5 stars while they are awaited; raises Invalid, NotFound, or Refused when nobody asked."""
    if not isinstance(stars, int) or isinstance(stars, bool) or not 1 <= stars <= 5:
        raise Invalid({"stars": "One to five stars are expected."})
    words = clean_text(comment or "", "comment", limit=2_000, required=False)
    with unit_of_work() as uow:
        held = hold(uow, public_id=public_id)
        if held.person_id != person_id:
            raise NotFound
        session = Session.from_json(held.flow_state)
        if held.handler is not Handler.AI_AGENT or not isinstance(session.waiting, WaitingForFeedback):
            raise Refused("A rating is not awaited at the moment.")
        flow.step(uow, held, inputs.FeedbackGiven(stars, words or None))


def give_up_waiting(timer: jobs.DueTimer) -> None:
    """The time for feedback is over: it counts as skipped, and the flow goes on."""
    with unit_of_work() as uow:
        held = find_and_hold(uow, _c.id == timer.payload["conversation_id"])
        if not jobs.consume_timer(uow, timer.id) or held is None or held.handler is not Handler.AI_AGENT:
            return
        flow.step(uow, held, inputs.FeedbackTimeout(timer.payload["ask_number"]))
