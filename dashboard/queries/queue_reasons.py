"""Why a conversation still waits, in words: who could take it now, and why nobody did (A6). Nothing here reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.models.enums import Method
from dashboard.queries.candidates import Candidate
from dashboard.queries.queue_agents import Space
from dashboard.queries.queue_sets import Listed

NAMES = 5
"""How many names stand in a sentence before the rest is counted."""

ORDER = ("at_limit", "away", "absent", "transferred_it", "no_tickets")
LABELS = {
    "away": "away",
    "absent": "not connected",
    "transferred_it": "transferred it away",
    "no_tickets": "without the permission for tickets",
}
NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True)
class EligibleSet:
    """Whom it waits for; `excluded` gave it away and is not picked."""

    is_everyone: bool = True
    listed: Listed = field(default_factory=Listed)
    excluded: int | None = None
    is_chat: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """Two with the same key in one teamspace have the same reason."""
        return self.is_everyone, frozenset(self.listed.users), frozenset(self.listed.teams), self.excluded, self.is_chat

    def holds(self, user_id: int) -> bool:
        if self.is_everyone or user_id in self.listed.users:
            return True
        return any(user_id in members for _, members in self.listed.teams.values())

    @property
    def label(self) -> str:
        """`Returns and Bo Lindqvist`, without who gave it away; empty for everyone, and when all of it is gone."""
        users, teams = self.listed.users, [name for name, _ in self.listed.teams.values()]
        return listed(sorted(teams) + sorted(users[each] for each in users if each != self.excluded or not teams))


@dataclass(frozen=True)
class Group:
    """Live agents who could not take it for one reason."""

    label: str
    count: int
    names: str


@dataclass(frozen=True)
class Reason:
    """`blocked` says why nobody can ever get it as things are, and `remedy` what to do; both empty otherwise."""

    for_whom: str
    free: str
    free_count: int
    groups: tuple[Group, ...]
    blocked: str = ""
    remedy: str = ""


def explain_waiting(space: Space, waits_for: EligibleSet, agents: Sequence[Candidate]) -> Reason:
    """Why a conversation with this eligible set waits in this teamspace, by what its live agents are doing now."""
    sorted_out: dict[str | None, list[Candidate]] = {}
    for agent in agents:
        sorted_out.setdefault(obstacle(space, waits_for, agent), []).append(agent)
    free = [each.name for each in sorted_out.get(None, ())]
    groups = tuple(_group(code, sorted_out[code], space) for code in ORDER if code in sorted_out)
    blocked, remedy = _blocked(space, waits_for, agents, sorted_out)
    for_whom = waits_for.label or f"everyone in {space.name}"
    return Reason(for_whom, listed(free), len(free), groups, blocked, remedy)


def obstacle(space: Space, waits_for: EligibleSet, agent: Candidate) -> str | None:
    """Why this agent could not be picked, as a code of the receipt; None when they may be."""
    return agent.obstacle(
        limit=space.limit,
        is_eligible=waits_for.holds(agent.user_id),
        is_excluded=agent.user_id == waits_for.excluded,
        is_chat=waits_for.is_chat,
    )


def listed(names: Sequence[str]) -> str:
    """`Ana, Bo and Cy`; of many the first few, and how many more."""
    shown = list(names[:NAMES])
    if len(names) > NAMES:
        shown.append(f"{len(names) - NAMES} more")
    return ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else "".join(shown)


def _group(code: str, agents: Sequence[Candidate], space: Space) -> Group:
    label = LABELS.get(code, "")
    if code == "at_limit":
        held = {each.open_chats for each in agents}
        label = f"at limit {held.pop()}/{space.limit}" if len(held) == 1 else f"at the limit of {space.limit}"
    return Group(label, len(agents), listed([each.name for each in agents]))


def _blocked(
    space: Space, waits_for: EligibleSet, agents: Sequence[Candidate], by: Mapping[str | None, Sequence[Candidate]]
) -> tuple[str, str]:
    if not agents:
        return f"No live agent is in {space.name}.", f"Link a team with live agents to {space.name}."
    eligible = [each for each in agents if each not in by.get(NOT_ELIGIBLE, ())]
    label = waits_for.label or ("the list it was for" if not waits_for.is_everyone else space.name)
    if not eligible:
        return f"Nobody in {label} is a live agent of {space.name}.", f"Add a live agent to {label}, or take it over."
    if len(by.get("no_tickets", ())) == len(eligible):
        return f"Nobody in {label} manages tickets.", "Give somebody there a role that manages tickets."
    can = [each for each in eligible if each not in by.get("no_tickets", ())]
    if space.method is not Method.VOLUNTARY and [each.user_id for each in can] == [waits_for.excluded]:
        name = can[0].name
        return (
            f"Only {name} could get it, and transferred it away.",
            f"{name} may claim it; or add somebody to {label}.",
        )
    return "", ""
