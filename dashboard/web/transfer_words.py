"""What a transfer would do, in one sentence per target, said before anything is done (T3, T4, T5)."""

from __future__ import annotations

from dashboard.models.enums import ConversationKind
from dashboard.queries.transfer_targets import Targets, TeamTarget, UserTarget
from dashboard.services.offers import WINDOW

PRESENCE = {"online": "Online", "away": "Away", "absent": "Not here"}
NOTHING_YET = "Choose who gets it. Nothing happens before you press Transfer."


def of_user(user: UserTarget, targets: Targets) -> str:
    """Who is not there may get it all the same (T2)."""
    if targets.is_offered:
        there = "" if user.availability == "online" else f" {_where(user)}."
        seconds = int(WINDOW.total_seconds())
        return f"{user.name} is asked and has {seconds} seconds to accept. Until then it stays with you.{there}"
    if user.availability == "online":
        return f"{user.name} has it at once, and is told."
    return f"{_where(user)}. It goes to them all the same, and waits until they are back."


def of_team(team: TeamTarget, targets: Targets, kind: ConversationKind) -> str:
    """Whether somebody gets it at once, or it waits for the team (T4)."""
    it = "chat" if kind is ConversationKind.CHAT else "ticket"
    if not team.free:
        return f"Nobody in {team.name} is free. The {it} waits, visible to {team.name}."
    if targets.is_voluntary:
        return (
            f"Nothing is assigned by itself here. The {it} waits, visible to {team.name}, until one of them claims it."
        )
    return f"{team.free} of {team.members} free: Chat Assignment picks one of them at once."


def short_of_team(team: TeamTarget, targets: Targets) -> str:
    """The line under its name."""
    if not team.free:
        return f"Nobody in {team.name} is free: it will wait, visible to {team.name}"
    if targets.is_voluntary:
        return f"{team.free} of {team.members} free: it waits until one claims it"
    return f"{team.free} of {team.members} free: Chat Assignment picks one"


def _where(user: UserTarget) -> str:
    return f"{user.name} is Away" if user.availability == "away" else f"{user.name} has no page open"
