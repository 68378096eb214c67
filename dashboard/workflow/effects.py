"""What the engine wants done. `services/flow.py` applies the effects in the transaction that stores the new session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dashboard.workflow.actions.human_handoff import HumanHandoffSettings


@dataclass(frozen=True)
class Say:
    """The AI agent tells the person something.

    `ask` "rating" shows stars in webchat, and a field for a comment when there is a `comment_question`.
    """

    text: str
    quick_replies: tuple[str, ...] = ()
    node_key: str | None = None
    ask: Literal["rating"] | None = None
    comment_question: str = ""


@dataclass(frozen=True)
class RequestAnswer:
    """Nothing in the tree matched: find an answer elsewhere, then feed `AnswerArrived` or `AnswerFailed`."""

    question: str
    language: str | None
    at_seq: int


@dataclass(frozen=True)
class RequestHandoff:
    """A Human Handoff action was reached. Answer it in the same transaction: Accepted, Unavailable or Ignored.

    `handoff_message` is ready to be written (H7), before the handler changes; `language` chooses the
    `targets` of the settings; it is None when unknown and when the AI agent has only one (H5).
    `reason` is one of `session.REASONS`, `words` the person's own that led here, `variables` go with the handoff (C4).
    """

    node_key: str
    settings: "HumanHandoffSettings"
    reason: str
    trigger_key: str | None
    words: str
    handoff_message: str
    language: str | None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenTicket:
    """A Create Ticket action was reached: open one beside the chat, for its person (T8).

    What the person is told is a `Say` of its own. `assignee` is a user's public id, `teams` those of teams;
    subject and text are ready to be written.
    """

    node_key: str
    subject: str
    text: str
    assignee: str | None = None
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskFeedback:
    """A rating is awaited; set a timer that feeds `FeedbackTimeout(ask_number)`. The question itself is a `Say`.

    `timeout_seconds` None: as long as the teamspace's setting says (C3).
    """

    node_key: str
    timeout_seconds: int | None
    ask_number: int


@dataclass(frozen=True)
class RecordFeedback:
    """Keep the rating (1 to 5) and the comment on the livechat (C3)."""

    rating: int
    comment: str | None


@dataclass(frozen=True)
class FeedbackSkipped:
    """The awaited rating will not come: cancel its timer and take the stars away."""

    ask_number: int


@dataclass(frozen=True)
class Log:
    """A private entry in the timeline; `code` is one of `LOG_CODES`."""

    code: str
    detail: str = ""


LOG_CODES = {
    "handoff_unavailable": "Nobody was available for the handoff.",
    "handoff_ignored": "A handoff was ignored because the chat is already being handed over.",
    "handoff_loop": "A handoff was ignored because the person has not written since the last one ended.",
    "nested_tree_skipped": "The Human Handoff action is gone or disabled, so its actions after the close were skipped.",
    "feedback_not_asked": "The rating was not asked for: it was asked before, or a message of the person waits.",
    "feedback_invalid": "A rating outside 1 to 5 was ignored.",
    "feedback_late": "A rating came when none was awaited.",
    "position_lost": "The action to go on after is gone; the rest of its actions was skipped.",
    "unexpected_input": "Something happened that nothing was waiting for.",
    "fallback_silent": "No Fallback action could speak, so the built-in apology was sent.",
}

Effect = Say | RequestAnswer | RequestHandoff | OpenTicket | AskFeedback | RecordFeedback | FeedbackSkipped | Log
