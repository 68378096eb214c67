"""From the AI agent to people: who may get the chat, what they are told, and what a second request does (SPEC 3)."""

from __future__ import annotations

import pytest

from dashboard.models import AIAgent, Team, TeamspaceTeam, User
from dashboard.models.enums import Handler, HandoffSource, Status
from dashboard.models.errors import NotFound, NotPermitted
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, Scene, make_tree


def with_targets(
    scene: Scene, *, users: tuple[str, ...] = (), teams: tuple[str, ...] = (), check: bool = False
) -> None:
    listed = {
        "users": [scene.viewer(each).public_id for each in users],
        "teams": [scene.team_public_id(each) for each in teams],
    }
    scene.use_tree(make_tree(check=check, assign=listed))


def test_a_handoff_is_one_step_from_the_ai_agent_to_the_queue(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    row, handoff = scene.conversation(chat), scene.handoff(chat)
    assert (row.handler, row.status, row.epoch, row.assignee_id) == (Handler.QUEUE, Status.PENDING, 1, None)
    assert (handoff.source, handoff.node_key, handoff.closed_at) == (HandoffSource.NODE, "to_people", None)
    assert row.waiting_since == handoff.requested_at
    assert scene.waiting() == [chat]
    assert scene.events().count("ConversationHandedOff") == 1


def test_the_packet_says_why_what_was_asked_and_what_was_tried(scene: Scene) -> None:
    scene.write("pia", "My tent is torn")
    chat = scene.ask_for_human("pia")
    packet = scene.handoff(chat).packet
    assert packet["reason"] == "The person asked for a human."
    assert packet["words"] == HUMAN
    assert packet["asked"] == ["My tent is torn", HUMAN]
    assert packet["tried"][0] == "Hi, I am Trail."
    assert packet["language"] == "en"


def test_with_the_check_off_it_waits_for_whoever_comes(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "queue"
    scene.online("bo")
    assert scene.owner(chat) == "bo"


def test_with_the_check_on_and_nobody_there_the_ai_agent_keeps_the_chat_and_goes_on(scene: Scene) -> None:
    scene.use_tree(make_tree(check=True))
    scene.present("bo")  # Away
    chat = scene.ask_for_human("pia")
    assert (scene.owner(chat), scene.conversation(chat).epoch) == ("ai_agent", 0)
    assert "handoff_unavailable" in scene.codes(chat)
    texts = [text for who, text in scene.said(chat) if who == "ai_agent"]
    assert texts[-1] == "Anything else?"
    assert "A colleague will help." not in texts
    assert len(texts) == 3, "the person is told that nobody is available"


def test_an_eligible_agent_at_the_limit_counts_as_online(scene: Scene) -> None:
    scene.use_tree(make_tree(check=True))
    scene.configure(auto_limit=1)
    scene.online("bo")
    assert scene.owner(scene.ask_for_human("pia")) == "bo"
    assert scene.owner(scene.ask_for_human("ravi")) == "queue"


def test_somebody_online_outside_the_eligible_set_does_not_count(scene: Scene) -> None:
    with_targets(scene, users=("eli",), check=True)
    scene.online("bo", "cy")
    assert scene.owner(scene.ask_for_human("pia")) == "ai_agent"
    scene.online("eli")
    assert scene.owner(scene.ask_for_human("ravi")) == "eli"


def test_without_any_live_agent_nobody_is_available_even_with_the_check_off(scene: Scene) -> None:
    with unit_of_work() as uow:
        uow.conn.execute(TeamspaceTeam.__table__.delete())
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "ai_agent"
    assert "handoff_unavailable" in scene.codes(chat)


def test_switched_off_for_the_ai_agent_it_counts_as_nobody_available(scene: Scene) -> None:
    scene.change(AIAgent, scene.trail, is_handoff_enabled=False)
    scene.online("bo")
    assert scene.owner(scene.ask_for_human("pia")) == "ai_agent"


def test_only_the_eligible_set_sees_the_pending_chat_and_claims_it(scene: Scene) -> None:
    with_targets(scene, users=("cy",), teams=("Returns",))
    chat = scene.ask_for_human("pia")
    with pytest.raises(NotFound):
        scene.claim("bo", chat)
    for name in ("di", "vi", "ada"):  # they view all
        with pytest.raises(NotPermitted):
            scene.claim(name, chat)
    scene.claim("eli", chat)
    assert scene.owner(chat) == "eli"


def test_each_language_has_its_own_list_and_an_unknown_one_the_default(scene: Scene) -> None:
    eli = {"users": [scene.viewer("eli").public_id]}
    bo = {"users": [scene.viewer("bo").public_id]}
    scene.use_tree(make_tree(assign=bo, by_language={"es": eli}))
    scene.online("bo", "eli")
    spanish = scene.write("pia", "Hola, quiero hablar con una persona por favor").conversation_public_id
    assert (scene.conversation(spanish).language, scene.owner(spanish)) == ("es", "eli")
    assert scene.owner(scene.ask_for_human("ravi")) == "bo"


def test_targets_that_left_the_teamspace_widen_to_everyone(scene: Scene) -> None:
    with_targets(scene, users=("fay",))
    scene.online("fay", "bo")
    assert scene.owner(scene.ask_for_human("pia")) == "bo"


def test_a_second_request_while_it_waits_is_not_a_second_handoff(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    scene.write("pia", HUMAN)
    assert scene.conversation(chat).epoch == 1
    assert scene.events().count("ConversationHandedOff") == 1


def test_no_second_handoff_without_a_new_message_since_the_hand_back(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    assert scene.owner(chat) == "ai_agent"
    scene.write("pia", HUMAN)
    assert scene.owner(chat) == "queue"


def test_a_takeover_from_the_ai_agent_is_a_handoff_of_its_own_without_a_node(scene: Scene) -> None:
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    scene.take_over("ada", chat, "Let me see.")
    handoff = scene.handoff(chat)
    assert (handoff.source, handoff.node_key, handoff.status) == (HandoffSource.TAKEOVER, None, Status.OPEN)
    assert handoff.packet["asked"] == ["My tent is torn"]
    assert scene.conversation(chat).waiting_since is None


def test_a_team_counts_everyone_who_holds_its_role(scene: Scene) -> None:
    scene.change(Team, scene.teams["Returns"], role_id=scene.roles["Chats only"])
    with_targets(scene, teams=("Returns",))
    chat = scene.ask_for_human("pia")
    scene.claim("gus", chat)
    assert scene.owner(chat) == "gus"


def test_a_deactivated_live_agent_counts_for_nothing(scene: Scene) -> None:
    for name in ("bo", "cy", "eli", "vi", "gus"):
        scene.change(User, scene.users[name], is_active=False)
    assert scene.owner(scene.ask_for_human("pia")) == "ai_agent"
