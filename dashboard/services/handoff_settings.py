"""What an editor is told about the settings of a Human Handoff that cannot be saved, field by field (H3 to H5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.queries.handoff_choices import Choices
from dashboard.workflow.actions.human_handoff import HumanHandoffSettings, Targets
from dashboard.workflow.fields import MAX_ITEMS, MAX_TEXT

MESSAGES = ("handoff_message", "unavailable_message")
NOBODY = "Choose at least one user or team, or another way to assign."


def find_mistakes(
    settings: Mapping[str, Any], before: HumanHandoffSettings, choices: Choices, teamspace: str
) -> dict[str, str]:
    """Field → sentence. Who is listed already may stay, also when they have left the teamspace."""
    mistakes = dict(_in_messages(settings))
    known = {each.value for each in choices.here} | members_of(before)
    lists = {"assign": settings["assign"]}
    lists |= {f"by_language.{language}": each for language, each in settings["by_language"].items()}
    for name, each in lists.items():
        sentence = _in_list(each, known, teamspace)
        if sentence:
            mistakes[name] = sentence
    return mistakes


def members_of(settings: HumanHandoffSettings) -> set[str]:
    """Everybody who stands in any of the lists, as `user:…` and `team:…`."""
    return {value for each in (settings.assign, *settings.by_language.values()) for value in values_of(each)}


def values_of(targets: Targets) -> tuple[str, ...]:
    """The members of one list."""
    return (*(f"team:{each}" for each in targets.teams), *(f"user:{each}" for each in targets.users))


def _in_messages(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in MESSAGES:
        texts: Mapping[str, str] = settings.get(field, {})
        for language, text in texts.items():
            sentence = _in_text(text)
            if sentence:
                yield f"{field}.{language}", sentence
        default = settings.get("default_language")
        if texts and default not in texts:
            yield f"{field}.{default}", "Write this one too: it is what is said in every language without a text."


def _in_text(text: str) -> str | None:
    if len(text) > MAX_TEXT:
        return f"It is too long: at most {MAX_TEXT:,} characters."
    if "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text):
        return "It contains characters that cannot be stored."
    return None


def _in_list(targets: Mapping[str, Any], known: set[str], teamspace: str) -> str | None:
    if targets.get("everyone"):
        return None
    users, teams = targets["users"], targets["teams"]
    if not users and not teams:
        return NOBODY
    if max(len(users), len(teams)) > MAX_ITEMS:
        return f"At most {MAX_ITEMS} users and {MAX_ITEMS} teams fit into a list: use a team."
    if not {*(f"user:{each}" for each in users), *(f"team:{each}" for each in teams)} <= known:
        return f"Somebody in this list has never worked in {teamspace}."
    return None
