"""The inbox's filter as it stands in the address: read, checked, and written back (N1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboard.models.enums import ConversationKind, Handler, Status
from dashboard.models.errors import Invalid
from dashboard.models.ids import is_public_id
from dashboard.models.visibility import Viewer

VIEWS = {"mine": "Mine", "unassigned": "Unassigned", "teams": "My teams", "all": "All", "ai": "AI agent"}
SORTS = {"newest": "Newest first", "oldest": "Oldest first", "waiting": "Waiting longest"}
MAX_QUERY = 200
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,8}")
_IDS = ("assignee", "team", "channel", "tag")
_NAMES = ("kind", "status", "handler", "assignee", "team", "channel", "language", "tag", "sort")
_ENUMS: dict[str, frozenset[str]] = {
    "view": frozenset(VIEWS),
    "sort": frozenset(SORTS),
    "kind": frozenset(ConversationKind),
    "status": frozenset(Status),
    "handler": frozenset(Handler),
}


@dataclass(frozen=True)
class Filters:
    """Empty text means: no restriction. `assignee`, `team`, `channel` and `tag` are public ids."""

    view: str
    q: str = ""
    kind: str = ""
    status: str = ""
    handler: str = ""
    assignee: str = ""
    team: str = ""
    channel: str = ""
    language: str = ""
    tag: str = ""
    sort: str = "newest"

    @property
    def has_chips(self) -> bool:
        """Whether anything in the filter panel is set."""
        return any(getattr(self, name) for name in _NAMES if name != "sort") or self.sort != "newest"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q) or self.has_chips

    @property
    def cleared_url(self) -> str:
        return address(Filters(view=self.view))

    @property
    def as_json(self) -> str:
        """What a page needs to decide whether a changed conversation belongs to its list."""
        wanted = {name: getattr(self, name) for name in ("view", "q", *_NAMES)}
        return json.dumps({name: value for name, value in wanted.items() if value})

    def get(self, name: str) -> str:
        value: str = getattr(self, name)
        return value

    def in_view(self, view: str) -> Filters:
        return replace(self, view=view)


def read_filters(values: Mapping[str, str], viewer: Viewer) -> Filters:
    """The filter in an address; raises Invalid naming each parameter that is not one of ours."""
    wrong: dict[str, str] = {}
    found = {name: values.get(name, "").strip() for name in ("view", "q", *_NAMES)}
    for name, allowed in _ENUMS.items():
        if found[name] and found[name] not in allowed:
            wrong[name] = f"There is no such {name}."
    for name in _IDS:
        if found[name] and not is_public_id(found[name]):
            wrong[name] = f"There is no such {name}."
    if len(found["q"]) > MAX_QUERY or "\x00" in found["q"]:
        wrong["q"] = f"Search for at most {MAX_QUERY} ordinary characters."
    if found["language"] and not _LANGUAGE.fullmatch(found["language"]):
        wrong["language"] = "There is no such language."
    if wrong:
        raise Invalid(wrong)
    found["view"] = found["view"] or default_view(viewer)
    found["sort"] = found["sort"] or "newest"
    return Filters(**found)


def default_view(viewer: Viewer) -> str:
    return "mine" if viewer.agent_teamspace_ids else "all"


def address(filters: Filters, **more: str) -> str:
    """The inbox's address with this filter; only what is set stands in it."""
    return "/inbox?" + urlencode(_parameters(filters) | more)


def list_address(filters: Filters, **more: str) -> str:
    return "/inbox/list?" + urlencode(_parameters(filters) | more)


def _parameters(filters: Filters) -> dict[str, str]:
    named: Iterable[tuple[str, str]] = ((name, filters.get(name)) for name in ("view", "q", *_NAMES))
    return {name: value for name, value in named if value and (name, value) != ("sort", "newest")}
