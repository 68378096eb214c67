"""A workflow in words: labels and one-line summaries of its parts, their settings, and how two versions differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from dashboard.services.handoff_settings import MESSAGES, values_of
from dashboard.web.templating import language
from dashboard.workflow.actions import action_types
from dashboard.workflow.actions.base import ActionSettings
from dashboard.workflow.actions.collect_feedback import CollectFeedbackSettings
from dashboard.workflow.actions.create_ticket import CreateTicketSettings
from dashboard.workflow.actions.human_handoff import HumanHandoffSettings, Targets
from dashboard.workflow.actions.send_message import SendMessageSettings
from dashboard.workflow.nodes import Node, Trigger
from dashboard.workflow.texts import Localised
from dashboard.workflow.triggers import HELP, LABELS, TriggerSettings, TriggerType

ICONS = {
    "chat_started": "play",
    "message_received": "message-square",
    "fallback": "corner-down-right",
    "chat_closed_by_live_agent": "log-out",
    "send_message": "send",
    "human_handoff": "user-round",
    "create_ticket": "ticket",
    "collect_feedback": "star",
}
INTENTS = {"asks_for_person": "Asks for a person"}
FIELD_NAMES = {
    "texts": "Text",
    "timeout_seconds": "Seconds to wait",
    "text": "First note in the ticket",
    "assignee": "Assignee",
    "teams": "Teams",
    "message": "Message to the person",
    "availability_check": "User availability check",
    "assign": "Assign chat",
    "handoff_message": "Handoff message",
    "unavailable_message": "“Nobody is available” message",
}
FEW = 4
"""So many phrases stand in the tree; all of them beside it."""
ASSIGN_IN = "Assign in"
QUEUE = "Nobody: it waits in the queue"
BUILT_IN = "Baton\u2019s own words"

Names = Callable[[str], str]
"""From `user:…` and `team:…` to a name."""


@dataclass(frozen=True)
class Fact:
    """One setting: lines of text, each perhaps with the language that it is in; `items` are short ones."""

    label: str
    lines: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


def label_of(part: Node | Trigger) -> str:
    return LABELS[part.type] if isinstance(part, Trigger) else action_types()[part.type].label


def help_of(part: Node | Trigger) -> str:
    return HELP[part.type] if isinstance(part, Trigger) else action_types()[part.type].help


def icon_of(part: Node | Trigger) -> str:
    return ICONS.get(str(part.type), "workflow")


def summary_of(part: Node | Trigger) -> str:
    """What it says or does, short enough for a line of the tree."""
    match part.settings:
        case TriggerSettings():
            return _of_trigger(part.settings)
        case SendMessageSettings():
            return part.settings.texts.in_language(None)
        case CollectFeedbackSettings():
            return part.settings.question.in_language(None)
        case CreateTicketSettings():
            return part.settings.subject
        case HumanHandoffSettings():
            return _of_handoff(part.settings)
    return ""


def lists_of(trigger: Trigger) -> list[tuple[str, tuple[Node, ...]]]:
    """What hangs under a trigger, each list with its heading: the levels of a Fallback have one."""
    if trigger.type is not TriggerType.FALLBACK:
        return [("", trigger.actions)]
    last = len(trigger.levels)
    return [(_level(number, last), nodes) for number, nodes in enumerate(trigger.levels, 1)]


def branches_of(node: Node) -> list[tuple[str, tuple[Node, ...]]]:
    """The branches of an action with their headings, in the order of its type."""
    kinds = action_types()[node.type].branches
    return [(each.label, node.children.get(each.name, ())) for each in kinds]


def facts_of(settings: ActionSettings | TriggerSettings, spoken: tuple[str, ...], names: Names) -> list[Fact]:
    """Every setting of an action or trigger, to be read; users and teams by name."""
    if isinstance(settings, CreateTicketSettings):
        return [*_whose(settings, names), *_facts(replace(settings, assignee=None, teams=()), spoken)]
    return _facts(settings, spoken)


def named_by(settings: CreateTicketSettings) -> list[str]:
    """The users and teams of a ticket, as Names wants them."""
    named = [f"user:{settings.assignee}"] if settings.assignee else []
    return named + [f"team:{each}" for each in settings.teams]


def _whose(settings: CreateTicketSettings, names: Names) -> list[Fact]:
    teams = tuple(names(f"team:{each}") for each in settings.teams)
    named = Fact(FIELD_NAMES["assignee"], (("", names(f"user:{settings.assignee}") if settings.assignee else QUEUE),))
    return [named, *([Fact(FIELD_NAMES["teams"], items=teams)] if teams else [])]


def _facts(settings: ActionSettings | TriggerSettings, spoken: tuple[str, ...]) -> list[Fact]:
    values = [(each.name, getattr(settings, each.name)) for each in fields(settings)]  # type: ignore[arg-type]
    return [_fact(name, value, spoken) for name, value in values if value not in (None, (), {}, "")]


def differences(before: HumanHandoffSettings, after: HumanHandoffSettings, names: Names) -> list[Difference]:
    """What became of the settings of a Human Handoff from one version to another."""
    old, new = dict(_lines(before, names)), dict(_lines(after, names))
    return [
        Difference(label, old.get(label, _absent(label)), new.get(label, _absent(label)))
        for label in dict.fromkeys((*old, *new))
        if old.get(label) != new.get(label)
    ]


def _of_trigger(settings: TriggerSettings) -> str:
    intents = [INTENTS.get(each, each) for each in settings.intents]
    phrases = [f"“{each}”" for each in settings.phrases[:FEW]]
    more = len(settings.phrases) - FEW
    return " · ".join((*intents, *phrases, *([f"{more} more"] if more > 0 else [])))


def _of_handoff(settings: HumanHandoffSettings) -> str:
    count = len(values_of(settings.assign))
    who = "All users" if settings.assign.everyone else f"{count} listed"
    own = [language(each) for each in settings.by_language]
    check = "only when somebody is online" if settings.availability_check else ""
    return " · ".join(filter(None, (who, f"own list: {', '.join(own)}" if own else "", check)))


def _level(number: int, last: int) -> str:
    if last == 1:
        return "Every time"
    return f"Miss {number} in a row" if number < last else f"Miss {number} in a row, and each after it"


def _fact(name: str, value: Any, spoken: tuple[str, ...]) -> Fact:
    label = FIELD_NAMES.get(name, name.replace("_", " ").capitalize())
    if isinstance(value, Localised):
        shown = {each: text for each, text in value.texts.items() if each in spoken or not value.is_built_in}
        lines = tuple((language(each), text) for each, text in shown.items())
        return Fact(label, lines, note=BUILT_IN if value.is_built_in else "")
    if isinstance(value, Mapping):
        return Fact(label, tuple((language(each), " · ".join(items)) for each, items in value.items()))
    if isinstance(value, tuple):
        return Fact(label, items=tuple(INTENTS.get(str(each), str(each)) for each in value))
    return Fact(label, (("", "On" if value is True else "Off" if value is False else str(value)),))


def _lines(settings: HumanHandoffSettings, names: Names) -> Iterator[tuple[str, str]]:
    yield FIELD_NAMES["availability_check"], "on" if settings.availability_check else "off"
    yield FIELD_NAMES["assign"], _targets(settings.assign, names)
    for code, targets in settings.by_language.items():
        yield f"{ASSIGN_IN} {language(code)}", _targets(targets, names)
    for name in MESSAGES:
        message: Localised = getattr(settings, name)
        if message.is_built_in:
            yield FIELD_NAMES[name], BUILT_IN
            continue
        for code, text in message.texts.items():
            yield f"{FIELD_NAMES[name]} in {language(code)}", f"“{text}”"
        yield f"Default language of the {FIELD_NAMES[name]}", language(message.default_language)


def _absent(label: str) -> str:
    return "the default list" if label.startswith(ASSIGN_IN) else "not set"


def _targets(targets: Targets, names: Names) -> str:
    if targets.everyone:
        return "all users in the teamspace"
    return ", ".join(sorted(map(names, values_of(targets))))
