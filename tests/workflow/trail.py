"""The workflow of Trail, the AI agent of these tests, and a chat with it that plays the caller's part."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from dashboard.workflow.effects import Effect, Log, Say
from dashboard.workflow.engine import advance
from dashboard.workflow.inputs import Context, Input, PersonMessage
from dashboard.workflow.session import Session
from dashboard.workflow.tree import Tree

Json = dict[str, Any]
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def say(key: str, text: str, **more: Any) -> Json:
    return {"key": key, "type": "send_message", "settings": {"texts": {"en": text}}, **more}


def hand_off(key: str, *on_close: Json, is_enabled: bool = True, **settings: Any) -> Json:
    settings.setdefault("unavailable_message", {"en": "Nobody is here."})
    settings.setdefault("handoff_message", {"en": "A colleague takes over."})
    children = {"on_close": list(on_close)} if on_close else {}
    return {
        "key": key,
        "type": "human_handoff",
        "is_enabled": is_enabled,
        "settings": settings,
        "children": children,
    }


def rate(key: str = "rate", is_enabled: bool = True, **settings: Any) -> Json:
    settings.setdefault("question", {"en": "How was it?"})
    settings.setdefault("thanks", {"en": "Thanks for rating."})
    return {"key": key, "type": "collect_feedback", "is_enabled": is_enabled, "settings": settings}


def open_ticket(key: str = "ticket", is_enabled: bool = True, **settings: Any) -> Json:
    settings = {"subject": "From {{person_name|a visitor}}", "text": "{{last_message}}", **settings}
    return {"key": key, "type": "create_ticket", "is_enabled": is_enabled, "settings": settings}


def started(*actions: Json) -> Json:
    return {"key": "start", "type": "chat_started", "actions": list(actions)}


def received(key: str, *actions: Json, **settings: Any) -> Json:
    return {"key": key, "type": "message_received", "settings": settings, "actions": list(actions)}


def fallback(*levels: list[Json]) -> Json:
    return {"key": "fallback", "type": "fallback", "levels": list(levels)}


def closed(*actions: Json, is_enabled: bool = True) -> Json:
    return {
        "key": "closed",
        "type": "chat_closed_by_live_agent",
        "is_enabled": is_enabled,
        "actions": list(actions),
    }


def tree(*triggers: Json, version: int = 1) -> Tree:
    """A tree with these triggers and the permanent ones."""
    types = {each["type"] for each in triggers}
    permanent = [each for each in (started(), closed(rate())) if each["type"] not in types]
    return Tree.from_json({"version": version, "triggers": [*triggers, *permanent]})


WANTS_HUMAN = received("human", hand_off("to_team", say("back", "I am back.")), intents=["asks_for_person"])


@dataclass
class Chat:
    """A conversation with Trail; every input's effects are returned, and all that was said is kept."""

    tree: Tree | None
    session: Session = field(default_factory=Session)
    variables: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en", "es")
    seq: int = 0
    said: list[str] = field(default_factory=list)

    def person(self, text: str, language: str | None = "en") -> tuple[Effect, ...]:
        self.seq += 1
        return self.happens(PersonMessage(text, language, self.seq))

    def happens(self, event: Input) -> tuple[Effect, ...]:
        context = Context(MORNING, self.seq, self.languages, self.variables)
        step = advance(self.tree, self.session, event, context)
        self.session = Session.from_json(step.session.to_json())
        assert self.session == step.session
        self.said += texts(step.effects)
        return step.effects

    def with_tree(self, newer: Tree) -> "Chat":
        """The same chat after somebody saved another version."""
        return replace(self, tree=newer)


def texts(effects: tuple[Effect, ...]) -> list[str]:
    return [each.text for each in effects if isinstance(each, Say)]


def logs(effects: tuple[Effect, ...]) -> list[str]:
    return [each.code for each in effects if isinstance(each, Log)]


def kinds(effects: tuple[Effect, ...]) -> list[str]:
    return [type(each).__name__ for each in effects]
