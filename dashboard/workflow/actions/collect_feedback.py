"""Collect Feedback: asks once for 1 to 5 stars and waits (C3)."""

from dataclasses import dataclass, replace
from typing import Any

from dashboard.workflow.actions.base import ActionType, Outcome, known_values, spoken_language
from dashboard.workflow.effects import AskFeedback, Log, Say
from dashboard.workflow.fields import Fields
from dashboard.workflow.inputs import Context
from dashboard.workflow.session import Session, WaitingForFeedback
from dashboard.workflow.texts import NOTHING, RATING_QUESTION, THANKS, Localised, localised_json, substitute

MAX_TIMEOUT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class CollectFeedbackSettings:
    """The question, the label of the comment field (empty: none), the thanks, the wait (None: the setting's)."""

    question: Localised = RATING_QUESTION
    comment_question: Localised = NOTHING
    thanks: Localised = THANKS
    timeout_seconds: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        timeout = {} if self.timeout_seconds is None else {"timeout_seconds": self.timeout_seconds}
        return {
            **timeout,
            **localised_json(question=self.question, comment_question=self.comment_question, thanks=self.thanks),
        }


def parse(fields: Fields) -> CollectFeedbackSettings:
    """Raises TreeError for a timeout outside 1 second to a week."""
    return CollectFeedbackSettings(
        question=fields.localised("question", RATING_QUESTION),
        comment_question=fields.localised("comment_question", NOTHING),
        thanks=fields.localised("thanks", THANKS),
        timeout_seconds=fields.optional_number("timeout_seconds", 1, MAX_TIMEOUT_SECONDS),
    )


def run(key: str, settings: CollectFeedbackSettings, session: Session, context: Context) -> Outcome:
    """Ask and wait. Not while a message of the person waits for its answer, and only once per close."""
    if session.deferred or (session.closing and session.closing.was_asked):
        return Outcome(session, (Log("feedback_not_asked", key),))
    language = spoken_language(session, context)
    values = known_values(session, context)
    number = session.asks + 1
    asked = replace(
        session,
        asks=number,
        waiting=WaitingForFeedback(key, number),
        closing=replace(session.closing, was_asked=True) if session.closing else None,
    )
    comment = substitute(settings.comment_question.in_language(language), values)
    question = Say(substitute(settings.question.in_language(language), values), (), key, "rating", comment)
    return Outcome(asked, (question, AskFeedback(key, settings.timeout_seconds, number)))


ACTION = ActionType(
    name="collect_feedback",
    label="Collect feedback",
    help="Asks for a rating from 1 to 5 stars. Another message, or no answer in time, counts as skipped.",
    parse=parse,
    run=run,
)
