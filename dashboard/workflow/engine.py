"""The step function: a tree, a session, an input and a context go in; the next session and the effects come out.

It is pure and deterministic. The caller applies the effects in order, in the transaction that stores the session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.workflow.effects import Effect, Log, Say
from dashboard.workflow.feedback import feedback_given, feedback_timed_out, parse_rating, skip_feedback
from dashboard.workflow.handoffs import accepted, closed, handed_back, ignored, unavailable
from dashboard.workflow.inputs import (
    AnswerArrived,
    AnswerFailed,
    ClosedByLiveAgent,
    Context,
    FeedbackGiven,
    FeedbackTimeout,
    HandedBack,
    HandoffAccepted,
    HandoffIgnored,
    HandoffUnavailable,
    Input,
    PersonMessage,
)
from dashboard.workflow.running import Run
from dashboard.workflow.session import Reason, Session, WaitingForFeedback, WaitingForHandoff
from dashboard.workflow.tree import Tree, TriggerType

__all__ = ["Step", "advance"]


@dataclass(frozen=True)
class Step:
    """The outcome of one input."""

    session: Session
    effects: tuple[Effect, ...]


def advance(tree: Tree | None, session: Session, input: Input, context: Context) -> Step:
    """Decide what follows from the input.

    `tree` is the version that `session.tree_version` pins, the newest when that is None and for `ClosedByLiveAgent`;
    None when the AI agent has no workflow at all.
    """
    run = Run(tree or Tree(), session, context)
    run.pin()
    _HANDLERS[type(input)](run, input)
    return Step(run.session, tuple(run.effects))


def _person_wrote(run: Run, message: PersonMessage) -> None:
    waiting = run.session.waiting
    rating = parse_rating(message.text) if isinstance(waiting, WaitingForFeedback) else None
    if rating:
        feedback_given(run, FeedbackGiven(rating))
    elif isinstance(waiting, WaitingForHandoff):
        if not waiting.is_accepted:
            run.update(deferred=(*run.session.deferred, message))
    else:
        run.update(
            person_messages_since_handback=run.session.person_messages_since_handback + 1,
            language=message.language or run.session.language,
            deferred=(*run.session.deferred, message),
        )
        _take_up(run)


def _take_up(run: Run) -> None:
    """Answer what the person wrote, after an awaited rating is given up, or Chat Started has run."""
    if isinstance(run.session.waiting, WaitingForFeedback):
        skip_feedback(run, run.session.waiting)
        return
    if not run.session.started:
        run.update(started=True)
        message = run.session.deferred[0]
        for trigger in run.tree.of_type(TriggerType.CHAT_STARTED):
            run.because("chat_started", trigger.key, message.text, message.at_seq)
            run.play(trigger.actions)
    run.go_on()


def _answer_arrived(run: Run, answer: AnswerArrived) -> None:
    if run.session.is_silent:
        run.emit(Log("unexpected_input", "answer"))
    elif answer.text is None or not answer.text.strip():
        _miss(run, "fallback", answer.question)
    else:
        run.update(misses=0)
        run.emit(Say(answer.text))


def _answer_failed(run: Run, answer: AnswerFailed) -> None:
    if run.session.is_silent:
        run.emit(Log("unexpected_input", "answer"))
    else:
        _miss(run, "answer_failed", answer.question)


def _miss(run: Run, reason: Reason, question: str) -> None:
    """An awaited rating is given up first, as for a new message: two questions at a time would cross."""
    while isinstance(run.session.waiting, WaitingForFeedback):
        skip_feedback(run, run.session.waiting)
    if run.session.waiting is None:
        run.fall_back(reason, question)


_HANDLERS: dict[type, Callable[[Run, Any], None]] = {
    PersonMessage: _person_wrote,
    AnswerArrived: _answer_arrived,
    AnswerFailed: _answer_failed,
    HandoffAccepted: accepted,
    HandoffUnavailable: unavailable,
    HandoffIgnored: ignored,
    ClosedByLiveAgent: closed,
    HandedBack: handed_back,
    FeedbackGiven: feedback_given,
    FeedbackTimeout: feedback_timed_out,
}
