"""Runs the AI agent's mind: loads a session, steps the workflow, applies its effects in one transaction (DESIGN 8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from dashboard.models import Handoff, Teamspace
from dashboard.models.enums import HandoffSource
from dashboard.services import jobs
from dashboard.services.events import FeedbackGiven as FeedbackGivenEvent
from dashboard.services.handoff import HandoffRequest, Outcome, hand_off
from dashboard.services.holding import Held
from dashboard.services.minds import Mind, context_of, load_mind
from dashboard.services.queueing import EVERYONE, EligibleSet, find_targets
from dashboard.services.ticket_flow import open_for_flow
from dashboard.services.timeline import activity, append
from dashboard.services.unit_of_work import UnitOfWork
from dashboard.workflow import effects, inputs
from dashboard.workflow.engine import advance
from dashboard.workflow.session import Session

_h = Handoff.__table__.c
_s = Teamspace.__table__.c

ANSWER_DEADLINE = timedelta(seconds=60)
"""How long an answer may take before the failure branch runs."""

REASONS = {
    "asks_for_person": "The person asked for a human.",
    "phrase": "A trigger of the workflow matched.",
    "fallback": "The AI agent had no answer.",
    "answer_failed": "The AI agent could not work out an answer.",
    "chat_started": "Every chat goes to people.",
    "closed_by_live_agent": "A live agent closed the chat.",
}


def step(uow: UnitOfWork, held: Held, given: inputs.Input) -> None:
    """Feed one input to the conversation's session and apply all that follows from it."""
    mind = load_mind(uow, held, given)
    session = Session.from_json(held.flow_state)
    waiting: list[inputs.Input] = [given]
    while waiting:
        result = advance(mind.tree, session, waiting.pop(0), context_of(uow, held, mind))
        session = result.session
        for effect in result.effects:
            answer = _apply(uow, held, mind, effect)
            if answer is not None:
                waiting.append(answer)
    tree_id = mind.tree_id if session.tree_version is not None else None
    held.write(uow, flow_state=session.to_json(), workflow_version_id=tree_id)


def _apply(uow: UnitOfWork, held: Held, mind: Mind, effect: effects.Effect) -> inputs.Input | None:
    """Do what the engine wants; a handoff is answered at once, with an input of its own."""
    match effect:
        case effects.Say():
            _say(uow, held, mind, effect)
        case effects.RequestAnswer():
            _request_answer(uow, held, effect)
        case effects.RequestHandoff():
            return _request_handoff(uow, held, mind, effect)
        case effects.OpenTicket():
            open_for_flow(uow, held, mind.author, effect)
        case effects.AskFeedback():
            _await_feedback(uow, held, effect)
        case effects.RecordFeedback():
            _record_feedback(uow, held, effect)
        case effects.FeedbackSkipped():
            jobs.cancel_timer(uow, _feedback_key(held))
        case effects.Log():
            sentence = effects.LOG_CODES.get(effect.code, effect.code)
            activity(uow, held, effect.code, sentence, detail=effect.detail)
    return None


def _say(uow: UnitOfWork, held: Held, mind: Mind, effect: effects.Say) -> None:
    data: dict[str, Any] = {}
    if effect.quick_replies:
        data["quick_replies"] = list(effect.quick_replies)
    if effect.ask:
        data["ask"] = effect.ask
    if effect.comment_question:
        data["comment_question"] = effect.comment_question
    append(uow, held, mind.author, effect.text, data=data)


def _request_answer(uow: UnitOfWork, held: Held, effect: effects.RequestAnswer) -> None:
    jobs.enqueue(
        uow,
        f"answers:{held.id}",
        "answer",
        {
            "conversation_id": held.id,
            "ai_agent_id": held.ai_agent_id,
            "question": effect.question,
            "language": effect.language,
        },
        idempotency_key=f"answer:{held.id}:{effect.at_seq}:{held.epoch}",
        epoch=held.epoch,
        deadline_at=uow.now + ANSWER_DEADLINE,
    )


def _request_handoff(uow: UnitOfWork, held: Held, mind: Mind, effect: effects.RequestHandoff) -> inputs.Input:
    request = HandoffRequest(
        source=HandoffSource.NODE,
        reason=REASONS.get(effect.reason, effect.reason),
        words=effect.words,
        trigger=effect.trigger_key,
        node_key=effect.node_key,
        eligible=_find_eligible(uow, held, effect),
        is_availability_checked=effect.settings.availability_check,
        variables=effect.variables,
    )
    return _answer_handoff(uow, held, mind, effect, request)


def _find_eligible(uow: UnitOfWork, held: Held, effect: effects.RequestHandoff) -> EligibleSet:
    """The language's own list, else the default one, else everyone: the first with a live agent left in it (H4, H5)."""
    for language, each in effect.settings.lists(effect.language):
        found = find_targets(
            uow, held.teamspace_id, everyone=each.everyone, users=each.users, teams=each.teams, language=language
        )
        if found is not None:
            return found
    return EVERYONE


def _answer_handoff(
    uow: UnitOfWork, held: Held, mind: Mind, effect: effects.RequestHandoff, request: HandoffRequest
) -> inputs.Input:
    outcome = hand_off(uow, held, request, farewell=(mind.author, effect.handoff_message))
    if outcome is Outcome.ACCEPTED:
        return inputs.HandoffAccepted(effect.node_key)
    if outcome is Outcome.UNAVAILABLE:
        return inputs.HandoffUnavailable(effect.node_key)
    return inputs.HandoffIgnored(effect.node_key)


def _await_feedback(uow: UnitOfWork, held: Held, effect: effects.AskFeedback) -> None:
    minutes = uow.conn.execute(select(_s.feedback_minutes).where(_s.id == held.teamspace_id)).scalar_one()
    due_at = uow.now + timedelta(seconds=effect.timeout_seconds or minutes * 60)
    payload = {"conversation_id": held.id, "ask_number": effect.ask_number}
    jobs.set_timer(uow, _feedback_key(held), "feedback_timeout", due_at, payload)


def _record_feedback(uow: UnitOfWork, held: Held, effect: effects.RecordFeedback) -> None:
    jobs.cancel_timer(uow, _feedback_key(held))
    if held.handoff_id is None:
        return
    uow.conn.execute(
        update(Handoff.__table__)
        .where(_h.id == held.handoff_id)
        .values(rating=effect.rating, rating_comment=effect.comment, rated_at=uow.now)
    )
    activity(uow, held, "rated", f"Rated {effect.rating} of 5.", rating=effect.rating, comment=effect.comment)
    uow.emit(FeedbackGivenEvent(held.id, held.teamspace_id, held.handoff_id))


def _feedback_key(held: Held) -> str:
    return f"feedback:{held.id}"
