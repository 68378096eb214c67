"""What can happen to a conversation from the AI agent's point of view, and what it may know while it thinks.

Inputs are facts: the engine never asks whether they are true, it only decides what follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class PersonMessage:
    """The person wrote; `language` is the detected one or None, `at_seq` the message's number in the timeline."""

    text: str
    language: str | None
    at_seq: int


@dataclass(frozen=True)
class AnswerArrived:
    """The answer to an earlier `RequestAnswer`; `text` None says that nothing is known (a miss: Fallback)."""

    text: str | None
    question: str


@dataclass(frozen=True)
class AnswerFailed:
    """The answer to an earlier `RequestAnswer` went wrong or missed its deadline (Fallback, never silence)."""

    question: str


@dataclass(frozen=True)
class HandoffAccepted:
    """The conversation left the AI agent. `node_key` None: by takeover, rule, LLM or API (C7). Valid in any state."""

    node_key: str | None


@dataclass(frozen=True)
class HandoffUnavailable:
    """Nobody could take the requested handoff: the person is told and the flow goes on after it (H3)."""

    node_key: str


@dataclass(frozen=True)
class HandoffIgnored:
    """The requested handoff was refused because one is already under way (H9): logged, and the flow goes on."""

    node_key: str


@dataclass(frozen=True)
class ClosedByLiveAgent:
    """A live agent closed the livechat (C2). `variables` are those stored with the handoff, `node_key` None is C7."""

    node_key: str | None
    variables: Mapping[str, str] = field(default_factory=dict)
    agent_name: str | None = None
    outcome: str = "closed"


@dataclass(frozen=True)
class HandedBack:
    """Back with the AI agent without a live agent's close: a queued chat was closed (C1), a connection is gone (R6)."""

    agent_name: str | None = None
    outcome: str = "closed"


@dataclass(frozen=True)
class FeedbackGiven:
    """The rating form was sent: 1 to 5 stars and perhaps a comment."""

    rating: int
    comment: str | None = None


@dataclass(frozen=True)
class FeedbackTimeout:
    """Time is over. `ask_number` is that of `AskFeedback`: a stale timer's is ignored, None always counts."""

    ask_number: int | None = None


Input = (
    PersonMessage
    | AnswerArrived
    | AnswerFailed
    | HandoffAccepted
    | HandoffUnavailable
    | HandoffIgnored
    | ClosedByLiveAgent
    | HandedBack
    | FeedbackGiven
    | FeedbackTimeout
)


@dataclass(frozen=True)
class Context:
    """What the conversation knows at this moment. `languages` are the AI agent's, its default first."""

    now: datetime
    last_seq: int = 0
    languages: tuple[str, ...] = ("en",)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def default_language(self) -> str:
        """The language to speak when nothing better is known."""
        return self.languages[0] if self.languages else "en"
