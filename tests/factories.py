"""The named cast of service tests: Acme's people and its AI agent Trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.models.enums import ChannelKind, RoleType
from dashboard.services.setup import (
    ADMIN,
    LIVE_AGENT,
    MANAGER,
    add_ai_agent,
    add_channel,
    add_role,
    add_team,
    add_teamspace,
    add_user,
    add_workspace,
)
from dashboard.services.unit_of_work import unit_of_work
from tests.scene import HUMAN, Clock, Scene

__all__ = ["HUMAN", "QUESTION", "Clock", "Scene", "build_scene", "make_tree", "say"]

QUESTION = "How heavy is the blue tent?"
VIEWER = "Viewer"
CHATS_ONLY = "Chats only"

USERS: dict[str, tuple[str, str, Sequence[str], str | None]] = {
    "ada": ("Ada Moreno", ADMIN, (), None),
    "bo": ("Bo Lindqvist", LIVE_AGENT, ("Front line",), None),
    "cy": ("Cy Okafor", LIVE_AGENT, ("Front line",), None),
    "eli": ("Eli Navarro", LIVE_AGENT, ("Returns",), None),
    "di": ("Di Castellan", MANAGER, (), "Support"),
    "vi": ("Vi Brandt", VIEWER, ("Front line",), None),
    "gus": ("Gus Chatter", CHATS_ONLY, ("Chatters",), None),
    "fay": ("Fay Thornton", LIVE_AGENT, ("Trade desk",), None),
}
TEAMS = {"Front line": "Support", "Returns": "Support", "Chatters": "Support", "Trade desk": "Wholesale"}


def say(key: str, text: str) -> dict[str, Any]:
    return {"key": key, "type": "send_message", "settings": {"texts": {"en": text}}}


def make_tree(
    *,
    check: bool = False,
    assign: dict[str, Any] | None = None,
    by_language: dict[str, Any] | None = None,
    asks_feedback: bool = True,
    has_handoff: bool = True,
    is_handoff_enabled: bool = True,
) -> dict[str, Any]:
    """Trail's workflow: it greets, hands off when asked to, says sorry, and asks for a rating after a close."""
    settings = {"availability_check": check, "assign": assign or {"everyone": True}, "by_language": by_language or {}}
    handoff = {
        "key": "to_people",
        "type": "human_handoff",
        "is_enabled": is_handoff_enabled,
        "settings": {**settings, "handoff_message": {"en": "A colleague will help."}},
        "children": {"on_close": [say("nested", "I am back.")]},
    }
    human = [handoff, say("after_handoff", "Anything else?")] if has_handoff else [say("alone", "Only me here.")]
    return {
        "version": 1,
        "triggers": [
            {"key": "start", "type": "chat_started", "actions": [say("hello", "Hi, I am Trail.")]},
            {
                "key": "human",
                "type": "message_received",
                "settings": {"intents": ["asks_for_person"]},
                "actions": human,
            },
            {"key": "fallback", "type": "fallback", "levels": [[say("again", "Sorry?")]]},
            {
                "key": "closed",
                "type": "chat_closed_by_live_agent",
                "actions": [{"key": "rate", "type": "collect_feedback", "is_enabled": asks_feedback}],
            },
        ],
    }


def build_scene(tree: dict[str, Any] | None = None) -> Scene:
    """Write the cast into the empty database of the current application. Everybody is Away."""
    clock = Clock()
    with unit_of_work() as uow:
        bench = add_workspace(uow, "Acme Outdoor")
        view = ("livechats.view_all", "tickets.view_all", "livechats.assigned")
        chats = ("livechats.assigned", "livechats.manage_teams", "livechats.transfer")
        extra = {
            VIEWER: add_role(uow, bench.workspace_id, VIEWER, RoleType.WORKSPACE, view),
            CHATS_ONLY: add_role(uow, bench.workspace_id, CHATS_ONLY, RoleType.TEAM, chats),
        }
        roles = {**bench.roles, **extra}
        spaces = {name: add_teamspace(uow, bench.workspace_id, name) for name in ("Support", "Wholesale")}
        teams = {name: add_team(uow, bench.workspace_id, name, [spaces[space]]) for name, space in TEAMS.items()}
        users = {
            key: add_user(
                uow, bench.workspace_id, f"{key}@acme.test", name, roles=[roles[role]],
                teams=[teams[each] for each in in_teams], teamspaces=[spaces[space]] if space else (),
            )
            for key, (name, role, in_teams, space) in USERS.items()
        }  # fmt: skip
        trail = add_ai_agent(uow, spaces["Support"], "Trail", ["en", "es"], tree or make_tree())
        dock = add_ai_agent(uow, spaces["Wholesale"], "Dock", ["en"], make_tree())
        channel = add_channel(uow, spaces["Support"], trail, ChannelKind.WEBCHAT, "Shop")
        other = add_channel(uow, spaces["Wholesale"], dock, ChannelKind.WEBCHAT, "Trade")
    return Scene(
        support=spaces["Support"], users=users, teams=teams, clock=clock, wholesale=spaces["Wholesale"], trail=trail,
        channel=channel, other_channel=other, roles=roles,
    )  # fmt: skip
