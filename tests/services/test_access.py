"""Who may do what: one function for pages, API, socket and search (6a, DESIGN 3.10)."""

from __future__ import annotations

import pytest

from dashboard.models import db
from dashboard.models.errors import NotFound, NotPermitted
from dashboard.models.scopes import load_scope
from dashboard.services import access
from dashboard.services.access import Action, can
from tests.factories import Scene, make_tree

ALL = tuple(Action)
EVERYBODY = ("ada", "bo", "cy", "eli", "di", "vi", "gus", "fay")


def allowed(scene: Scene, chat: str) -> dict[str, set[str]]:
    """What each may do, for those who may do anything."""
    scope = load_scope(db.session, scene.conversation(chat).id)
    viewers = {name: scene.viewer(name) for name in EVERYBODY}
    found = {name: {each.value for each in ALL if can(viewer, each, scope)} for name, viewer in viewers.items()}
    return {name: actions for name, actions in found.items() if actions}


READ = {"view", "note"}
MANAGE = READ | {"tag"}
OWN = MANAGE | {"reply", "transfer", "set_status", "return"}


def test_a_chat_of_the_ai_agent_is_for_view_all_and_manage_all(scene: Scene) -> None:
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    assert allowed(scene, chat) == {"ada": MANAGE | {"takeover"}, "di": READ, "vi": READ}


def test_a_queued_chat_is_for_its_eligible_set(scene: Scene) -> None:
    listed = {"users": [scene.viewer("bo").public_id], "teams": [scene.team_public_id("Chatters")]}
    scene.use_tree(make_tree(assign=listed))
    chat = scene.ask_for_human("pia")
    member = MANAGE | {"claim", "takeover"}
    assert allowed(scene, chat) == {
        "ada": MANAGE | {"takeover", "close_queued"}, "bo": member, "gus": member, "di": READ, "vi": READ,
    }  # fmt: skip


def test_a_live_agents_chat_is_theirs_their_teams_and_of_those_who_see_all(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    assert allowed(scene, chat) == {
        "ada": MANAGE | {"takeover"}, "bo": OWN, "cy": MANAGE | {"takeover"}, "di": READ, "vi": READ,
    }  # fmt: skip


def test_a_chat_of_a_team_is_managed_by_that_team_too(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Chatters")
    scene.claim("bo", chat)
    assert allowed(scene, chat)["gus"] == MANAGE | {"takeover"}


def test_a_closed_livechat_is_viewed_but_not_managed_by_who_had_it(scene: Scene) -> None:
    chat = scene.claimed_by("gus")
    scene.set_status("gus", chat, "closed")
    assert allowed(scene, chat) == {"ada": MANAGE | {"takeover"}, "gus": READ, "di": READ, "vi": READ}


def test_a_livechat_closed_in_the_queue_keeps_its_last_assignee_and_team(scene: Scene) -> None:
    chat = scene.claimed_by("gus")
    scene.give("gus", chat, "Returns")
    scene.set_status("ada", chat, "closed")
    assert allowed(scene, chat)["gus"] == allowed(scene, chat)["eli"] == READ


def test_an_assignee_without_the_transfer_permission_replies_and_closes_only(scene: Scene) -> None:
    chat = scene.claimed_by("vi")
    assert allowed(scene, chat)["vi"] == OWN - {"transfer"}


def test_permissions_for_chats_say_nothing_about_tickets(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    assert "gus" not in allowed(scene, ticket)
    assert allowed(scene, ticket)["cy"] == MANAGE | {"takeover"}


def test_a_permission_reaches_only_linked_teamspaces(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    assert "fay" not in allowed(scene, chat)
    with pytest.raises(NotFound):
        access.get_conversation_id(db.session, scene.viewer("fay"), chat)


def test_an_id_is_found_only_by_who_may_see_it_and_only_in_its_one_form(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    assert access.get_conversation_id(db.session, scene.viewer("bo"), chat) == scene.conversation(chat).id
    for wrong in (chat.upper(), f"{{{chat}}}", chat.replace("-", ""), "", "1", "\x00"):
        with pytest.raises(NotFound):
            access.get_conversation_id(db.session, scene.viewer("bo"), wrong)


def test_a_deactivated_user_is_nobody(scene: Scene) -> None:
    scene.deactivate("bo")
    with pytest.raises(NotPermitted):
        scene.viewer("bo")
