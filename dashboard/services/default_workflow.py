"""The workflow that an AI agent starts with: it greets, hands over to people, apologises, asks for a rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Node = dict[str, Any]

HANDOFF_KEY = "to_a_person"


def default_tree(name: str) -> Node:
    """The tree for an AI agent of that name, in English."""
    return {
        "version": 1,
        "triggers": [
            {
                "key": "start",
                "type": "chat_started",
                "actions": [say("greeting", f"Hello! This is {name}, an AI agent. How can I help?")],
            },
            {
                "key": "asks_for_person",
                "type": "message_received",
                "settings": {"intents": ["asks_for_person"]},
                "actions": [
                    {
                        "key": HANDOFF_KEY,
                        "type": "human_handoff",
                        "settings": {"availability_check": False, "assign": {"everyone": True}},
                        "children": {"on_close": [say("back", f"This is {name} again. Is there anything else?")]},
                    }
                ],
            },
            {
                "key": "no_answer",
                "type": "fallback",
                "levels": [
                    [say("again", "I am not sure that I understood. Could you say it in other words?")],
                    [
                        say(
                            "offer",
                            "I have no answer to that. A person can help.",
                            replies={"en": ["Talk to a person"]},
                        )
                    ],
                ],
            },
            {
                "key": "closed",
                "type": "chat_closed_by_live_agent",
                "actions": [
                    {
                        "key": "rate",
                        "type": "collect_feedback",
                        "settings": {"comment_question": {"en": "Is there anything to add?"}},
                    }
                ],
            },
        ],
    }


def say(key: str, en: str, es: str | None = None, replies: Mapping[str, Sequence[str]] | None = None) -> Node:
    """A Send Message action in English and perhaps Spanish."""
    texts = {"en": en, **({"es": es} if es else {})}
    settings: Node = {"texts": texts, "default_language": "en"}
    if replies:
        settings["quick_replies"] = {language: list(items) for language, items in replies.items()}
    return {"key": key, "type": "send_message", "settings": settings}
