"""The form of a Human Handoff: filled from its settings or from what was typed, and read back as settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from dashboard.models.ids import is_public_id
from dashboard.services.handoff_settings import MESSAGES, values_of
from dashboard.workflow.actions.human_handoff import HumanHandoffSettings, Targets
from dashboard.workflow.texts import HANDOFF, UNAVAILABLE, Localised

DEFAULT, EVERYONE, SPECIFIC = "default", "everyone", "specific"
BUILT_IN: Mapping[str, Localised] = {"handoff_message": HANDOFF, "unavailable_message": UNAVAILABLE}

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOST_LANGUAGES = 40


@dataclass(frozen=True)
class ListChoice:
    """One list: the default one or everyone, or these `user:…` and `team:…`, which are kept while another is chosen."""

    mode: str
    members: tuple[str, ...] = ()

    @classmethod
    def of(cls, targets: Targets | None) -> ListChoice:
        if targets is None:
            return cls(DEFAULT)
        return cls(EVERYONE if targets.everyone else SPECIFIC, values_of(targets))

    @classmethod
    def read(cls, form: MultiDict[str, str], name: str, modes: tuple[str, ...]) -> ListChoice:
        mode = form.get(name, "")
        listed = dict.fromkeys(each for each in form.getlist(f"{name}.members") if _is_member(each))
        return cls(mode if mode in modes else modes[0], tuple(listed))

    @property
    def chosen(self) -> tuple[str, ...]:
        """Who is listed, when a list is what counts."""
        return self.members if self.mode == SPECIFIC else ()

    def to_json(self) -> dict[str, Any]:
        return {
            "everyone": self.mode == EVERYONE,
            "users": [each.removeprefix("user:") for each in self.chosen if each.startswith("user:")],
            "teams": [each.removeprefix("team:") for each in self.chosen if each.startswith("team:")],
        }


@dataclass(frozen=True)
class HandoffForm:
    """What stands in the form. `languages` are the `spoken` ones of the AI agent, and others with words or lists."""

    spoken: tuple[str, ...]
    languages: tuple[str, ...]
    default_language: str
    is_availability_checked: bool
    messages: Mapping[str, Mapping[str, str]]
    assign: ListChoice
    by_language: Mapping[str, ListChoice]

    @classmethod
    def of(cls, settings: HumanHandoffSettings, spoken: tuple[str, ...]) -> HandoffForm:
        """Filled from settings; `spoken` are the languages of the AI agent."""
        own = {name: getattr(settings, name) for name in MESSAGES}
        texts = {name: {} if each.is_built_in else dict(each.texts) for name, each in own.items()}
        languages = _unique(spoken, *texts.values(), settings.by_language)
        defaults = [each.default_language for each in own.values() if not each.is_built_in]
        return cls(
            spoken=spoken,
            languages=languages,
            default_language=next(iter((*defaults, *languages)), "en"),
            is_availability_checked=settings.availability_check,
            messages=texts,
            assign=ListChoice.of(settings.assign),
            by_language={each: ListChoice.of(settings.by_language.get(each)) for each in languages},
        )

    @classmethod
    def read(cls, form: MultiDict[str, str], spoken: tuple[str, ...]) -> HandoffForm:
        """Filled with what was typed, right or wrong."""
        shown = [each for each in form.getlist("languages") if _LANGUAGE.fullmatch(each)]
        languages = _unique(spoken, shown[:_MOST_LANGUAGES])
        typed = {name: {each: _text(form, f"{name}.{each}") for each in languages} for name in MESSAGES}
        default = form.get("default_language", "")
        modes = (DEFAULT, EVERYONE, SPECIFIC)
        return cls(
            spoken=spoken,
            languages=languages,
            default_language=default if default in languages else next(iter(languages), "en"),
            is_availability_checked="availability_check" in form,
            messages={name: {each: text for each, text in texts.items() if text} for name, texts in typed.items()},
            assign=ListChoice.read(form, "assign", modes[1:]),
            by_language={each: ListChoice.read(form, f"by_language.{each}", modes) for each in languages},
        )

    @property
    def has_lists(self) -> bool:
        """Whether languages have lists of their own (H5): those of an AI agent with one language only stay in sight."""
        return len(self.spoken) > 1 or any(each.mode != DEFAULT for each in self.by_language.values())

    def to_json(self) -> dict[str, Any]:
        """As in the tree; texts that are all empty are left out, which makes them the built-in ones."""
        texts = {name: dict(each) for name, each in self.messages.items() if each}
        default = {"default_language": self.default_language} if texts else {}
        lists = {each: choice.to_json() for each, choice in self.by_language.items() if choice.mode != DEFAULT}
        return {
            "availability_check": self.is_availability_checked,
            "assign": self.assign.to_json(),
            "by_language": lists,
            **default,
            **texts,
        }

    def hint(self, name: str, language: str) -> str:
        """What is said when this text stays empty."""
        texts = self.messages[name]
        return texts.get(self.default_language, "") if texts else BUILT_IN[name].in_language(language)


def _unique(*parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part))


def _text(form: MultiDict[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()


def _is_member(value: str) -> bool:
    kind, _, public_id = value.partition(":")
    return kind in ("user", "team") and is_public_id(public_id)
