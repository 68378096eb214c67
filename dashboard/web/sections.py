"""Where the pages are: the entries of the rail and of the settings, and which permission opens each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dashboard.models.permissions import CONVERSATION_PERMISSIONS
from dashboard.models.visibility import QUEUE_PERMISSIONS


@dataclass(frozen=True)
class Section:
    """`key` is what a page sets as its `section`; any of `permissions` opens it, and none listed means everybody."""

    key: str
    label: str
    address: str
    icon: str
    permissions: tuple[str, ...] = ()

    def is_open_to(self, permissions: Collection[str]) -> bool:
        return not self.permissions or any(each in permissions for each in self.permissions)


@dataclass(frozen=True)
class Group:
    """A headline in the settings, and what stands under it."""

    label: str
    sections: tuple[Section, ...]


SETTINGS: tuple[Group, ...] = (
    Group(
        "Workspace",
        (
            Section("workspace", "General", "/settings/workspace", "settings", ("workspace.manage",)),
            Section("users", "Users", "/settings/users", "user-round", ("users.manage",)),
            Section("roles", "Roles", "/settings/roles", "shield", ("roles.manage",)),
            Section("teams", "Teams", "/settings/teams", "users", ("teams.manage",)),
            Section("teamspaces", "Teamspaces", "/settings/teamspaces", "layers", ("teamspaces.manage",)),
            Section("plan", "Plan", "/settings/plan", "credit-card", ("plan.manage",)),
        ),
    ),
)
"""The column of the settings. Account is everybody's and stands in the avatar's menu."""

_SETTINGS = tuple(each for group in SETTINGS for section in group.sections for each in section.permissions)

RAIL: tuple[Section, ...] = (
    Section("inbox", "Inbox", "/inbox", "inbox"),
    Section("queue", "Queue", "/queue", "hourglass", QUEUE_PERMISSIONS),
    Section("people", "People", "/people", "users", ("people.manage", *CONVERSATION_PERMISSIONS)),
    Section("ai_agents", "AI agents", "/ai-agents", "sparkles", ("ai_agents.manage",)),
    Section("settings", "Settings", "/settings", "settings", _SETTINGS),
)

BAR = 4
"""How many entries a phone's bar has room for beside the avatar."""


def rail_for(permissions: Collection[str]) -> list[Section]:
    """The entries of the rail that these permissions open."""
    return [each for each in RAIL if each.is_open_to(permissions)]


def kept_in_bar(entries: list[Section]) -> int:
    """How many of these a phone's bar shows; where not all fit, the last place is the menu of the others."""
    return len(entries) if len(entries) <= BAR else BAR - 1


def settings_for(permissions: Collection[str]) -> list[Group]:
    """The settings that these permissions open, without empty groups."""
    groups = [
        Group(group.label, tuple(each for each in group.sections if each.is_open_to(permissions))) for group in SETTINGS
    ]
    return [group for group in groups if group.sections]
