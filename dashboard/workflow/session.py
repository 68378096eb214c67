"""What the AI agent remembers of one conversation between two inputs: an immutable value that is stored as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from dashboard.workflow.inputs import PersonMessage

FORMAT = 1
MAX_EPISODES = 20

Reason = Literal["chat_started", "asks_for_person", "phrase", "fallback", "answer_failed", "closed_by_live_agent"]
REASONS: tuple[str, ...] = Reason.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class WaitingForHandoff:
    """The AI agent is silent (L5). Not yet accepted: the caller still has to answer `RequestHandoff`."""

    node_key: str | None
    is_accepted: bool


@dataclass(frozen=True)
class WaitingForFeedback:
    """A rating is awaited; the flow goes on after `node_key`."""

    node_key: str
    ask_number: int


Waiting = WaitingForHandoff | WaitingForFeedback


@dataclass(frozen=True)
class Closing:
    """The way back from a livechat: the trigger's actions, then those nested under the handoff (C2)."""

    node_key: str | None
    variables: Mapping[str, str]
    stage: Literal["trigger", "nested"] = "trigger"
    was_asked: bool = False


@dataclass(frozen=True)
class Cause:
    """Why the running actions run: becomes the reason of a handoff that they reach."""

    reason: str
    trigger_key: str | None
    words: str
    at_seq: int


@dataclass(frozen=True)
class Episode:
    """An earlier handoff that has ended (C6); `ended_at` is ISO 8601."""

    agent_name: str | None
    ended_at: str
    outcome: str
    node_key: str | None = None


@dataclass(frozen=True)
class Session:
    """State of the flow. `tree_version` None: run on the newest version, which the next input pins."""

    tree_version: int | None = None
    started: bool = False
    language: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    waiting: Waiting | None = None
    closing: Closing | None = None
    cause: Cause | None = None
    deferred: tuple[PersonMessage, ...] = ()
    misses: int = 0
    asks: int = 0
    last_handoff_seq: int | None = None
    last_handback_seq: int | None = None
    person_messages_since_handback: int = 0
    episodes: tuple[Episode, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether the chat is out of the AI agent's hands, or about to be (L5)."""
        return isinstance(self.waiting, WaitingForHandoff)

    @property
    def may_hand_off(self) -> bool:
        """False right after a hand back, until the person writes again (H9)."""
        return self.last_handback_seq is None or self.person_messages_since_handback > 0

    def handed_back(self, episode: Episode, at_seq: int) -> "Session":
        """Remember that a handoff ended (C6, H9)."""
        episodes = (*self.episodes, episode)[-MAX_EPISODES:]
        return replace(
            self,
            started=True,
            waiting=None,
            closing=None,
            cause=None,
            deferred=(),
            misses=0,
            last_handback_seq=at_seq,
            person_messages_since_handback=0,
            episodes=episodes,
        )

    def fresh(self) -> "Session":
        """A new session of the same conversation (C4): nothing of the flow survives, what the AI agent knows does."""
        return replace(self, tree_version=None, variables={}, waiting=None, closing=None, cause=None, misses=0)

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back, in this and every later release."""
        waiting = {"kind": _KIND[type(self.waiting)], **asdict(self.waiting)} if self.waiting else None
        return {"format": FORMAT, **asdict(self), "waiting": waiting}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any] | None) -> "Session":
        """Read a stored session; None and an empty object are a new one. Raises ValueError for a newer format."""
        if not raw:
            return cls()
        if raw.get("format") != FORMAT:
            raise ValueError(f"This session has format {raw.get('format')!r}, this release reads {FORMAT}.")
        known = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
        return cls(**known | _load_parts(raw))


_KIND: dict[type, str] = {WaitingForHandoff: "handoff", WaitingForFeedback: "feedback"}
_WAITING: dict[str, type[Waiting]] = {"handoff": WaitingForHandoff, "feedback": WaitingForFeedback}


def _load_parts(raw: Mapping[str, Any]) -> dict[str, Any]:
    waiting, closing, cause = (dict(raw.get(name) or {}) for name in ("waiting", "closing", "cause"))
    return {
        "waiting": _WAITING[waiting.pop("kind")](**waiting) if waiting else None,
        "closing": Closing(**closing) if closing else None,
        "cause": Cause(**cause) if cause else None,
        "deferred": tuple(PersonMessage(**each) for each in raw.get("deferred", ())),
        "episodes": tuple(Episode(**each) for each in raw.get("episodes", ())),
    }
