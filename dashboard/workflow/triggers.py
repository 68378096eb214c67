"""The trigger types: what starts actions, the settings of each, and the words of the editor."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboard.workflow.fields import Fields

INTENTS = ("asks_for_person",)


class TriggerType(StrEnum):
    """Everything that can start actions."""

    CHAT_STARTED = "chat_started"
    MESSAGE_RECEIVED = "message_received"
    FALLBACK = "fallback"
    CHAT_CLOSED_BY_LIVE_AGENT = "chat_closed_by_live_agent"


PERMANENT = (TriggerType.CHAT_STARTED, TriggerType.CHAT_CLOSED_BY_LIVE_AGENT)
PERMANENT_ACTION = "collect_feedback"

LABELS = {
    TriggerType.CHAT_STARTED: "Chat started",
    TriggerType.MESSAGE_RECEIVED: "Message received",
    TriggerType.FALLBACK: "Fallback",
    TriggerType.CHAT_CLOSED_BY_LIVE_AGENT: "Chat closed by live agent",
}
HELP = {
    TriggerType.CHAT_STARTED: "Runs once, at the first message of a new conversation.",
    TriggerType.MESSAGE_RECEIVED: "Runs when a message is close to one of the phrases and to none of the exclusions.",
    TriggerType.FALLBACK: "Runs when there is no answer. Each miss in a row takes the next level.",
    TriggerType.CHAT_CLOSED_BY_LIVE_AGENT: "Runs when a live agent closes the chat, before the handoff's own actions.",
}


@dataclass(frozen=True)
class TriggerSettings:
    """Only Message Received has any: approximate phrases, exclusions, and intents that Baton recognises by itself."""

    phrases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        lists = {"phrases": self.phrases, "exclusions": self.exclusions, "intents": self.intents}
        return {name: list(items) for name, items in lists.items() if items}


def parse_settings(kind: TriggerType, fields: Fields) -> TriggerSettings:
    """Raises TreeError for a Message Received that no message could ever match."""
    if kind is not TriggerType.MESSAGE_RECEIVED:
        fields.finish()
        return TriggerSettings()
    settings = TriggerSettings(fields.texts("phrases"), fields.texts("exclusions"), fields.texts("intents"))
    fields.finish()
    unknown = [each for each in settings.intents if each not in INTENTS]
    if unknown:
        raise fields.error("intents", f"{unknown[0]} is not one of {', '.join(INTENTS)}")
    if not settings.phrases and not settings.intents:
        raise fields.error("phrases", "needs at least one phrase or intent")
    return settings
