"""The record that a dry run replays: the last handoffs, what waited before them, no other teamspace (A7)."""

from __future__ import annotations

from dashboard.models import db
from dashboard.models.enums import Method
from dashboard.queries.recorded import History, Hold, Stay
from dashboard.queries.replay import has_handoffs, load_history
from dashboard.services import messaging
from tests.factories import HUMAN, Scene, make_tree

BUDGET = 11
"""What a page of 200 handoffs costs as well."""


def load(scene: Scene, last: int = 50) -> History:
    history = load_history(db.session, scene.support, last, scene.clock.now)
    db.session.close()
    return history


def people(history: History) -> list[str]:
    return [each.person for each in history.episodes]


def test_there_is_nothing_to_replay_before_the_first_handoff(scene: Scene) -> None:
    scene.write("pia", "How heavy is the blue tent?")
    assert not has_handoffs(db.session, scene.support)
    db.session.close()
    scene.ask_for_human("pia")
    assert has_handoffs(db.session, scene.support)
    assert not has_handoffs(db.session, scene.wholesale)
    assert load_history(db.session, scene.wholesale, 50, scene.clock.now).episodes == ()


def test_handoffs_before_anybodys_availability_was_recorded_are_left_out_and_counted(scene: Scene) -> None:
    for person in ("pia", "ravi"):
        scene.ask_for_human(person)
    assert (people(load(scene)), load(scene).left_out) == ([], 2)
    scene.online("bo")
    scene.ask_for_human("sam")
    assert (people(load(scene)), load(scene).left_out) == (["sam"], 2)


def test_an_episode_tells_its_stays_and_holds_in_order(scene: Scene) -> None:
    scene.online("bo", "eli")
    chat = scene.ask_for_human("pia")
    owner = scene.owner(chat)
    scene.give(owner, chat, "Returns" if owner == "bo" else "Front line")
    segments = load(scene).episodes[0].segments
    assert [type(each) for each in segments] == [Stay, Hold, Stay, Hold]
    again = segments[2]
    assert isinstance(again, Stay)
    assert again.excluded_user_id == scene.users[owner]
    assert again.eligible is not None
    assert scene.users[owner] in again.eligible
    assert segments[0].eligible is None, "everyone"  # type: ignore[union-attr]


def test_the_eligible_set_of_teams_is_spelled_out_by_todays_members(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    scene.online("eli")
    scene.ask_for_human("pia")
    stay = load(scene).episodes[0].segments[0]
    assert isinstance(stay, Stay)
    assert {scene.users[name] for name in ("bo", "cy")} <= (stay.eligible or set())
    assert scene.users["eli"] not in (stay.eligible or set())


def test_only_the_last_ones_are_replayed_and_the_older_fill_slots_beside_them(scene: Scene) -> None:
    scene.configure(auto_limit=2)
    scene.online("bo")
    for person in ("pia", "ravi", "sam", "tess"):
        scene.ask_for_human(person)
    history = load(scene, last=1)
    assert people(history) == ["tess"]
    assert [hold.user_id for hold in history.beside] == [scene.users["bo"]] * 2, "two are held"
    assert [len(each.segments) for each in history.earlier] == [1], "and one waits in front"
    assert history.last_assigned == {scene.users["bo"]: max(hold.from_at for hold in history.beside)}


def test_what_resolves_and_reopens_a_chat_is_told_with_its_hold(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    scene.set_status("bo", chat, "resolved")
    scene.write("pia", "One more thing")
    scene.set_status("bo", chat, "closed")
    hold = load(scene).episodes[0].first_hold
    assert hold is not None
    assert [counts for _, counts in hold.turns] == [False, True, False]


def test_tickets_fill_no_slot_but_are_told_and_closed_ones_are_forgotten(scene: Scene) -> None:
    old, new = scene.ticket(assignee="bo"), scene.ticket(assignee="bo")
    scene.set_status("bo", old, "closed")
    scene.online("cy")
    scene.ask_for_human("pia")
    tickets = [hold for hold in load(scene).beside if not hold.is_chat]
    assert [hold.from_at for hold in tickets] == [scene.conversation(new).owner_since]


def test_chats_of_another_teamspace_are_not_told(scene: Scene) -> None:
    scene.online("fay", "bo")
    messaging.start_chat(scene.other_channel, scene.person("pat"), HUMAN, scene.key())
    scene.ask_for_human("pia")
    history = load(scene)
    assert people(history) == ["pia"]
    assert scene.users["fay"] not in {each.user_id for each in (*history.agents, *history.changes, *history.beside)}


def test_whose_turn_it_was_before_is_read_from_the_receipts(scene: Scene) -> None:
    scene.configure(method=Method.ROUND_ROBIN)
    scene.online("bo", "cy")
    for person in ("pia", "ravi"):
        scene.ask_for_human(person)
    first, turn = load(scene).turn, load(scene, last=1).turn
    assert first is None
    assert turn is not None
    assert turn.user_id == scene.users["bo"]
    assert turn.at == next(each.in_ring_since for each in load(scene).agents if each.user_id == turn.user_id)


def test_it_costs_the_same_whatever_the_number_of_handoffs(scene: Scene, selects: list[str]) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    scene.online("bo")
    costs = []
    for persons in (1, 6):
        for number in range(persons):
            scene.ask_for_human(f"person {persons}-{number}")
        db.session.close()
        selects.clear()
        load(scene)
        costs.append(len([each for each in selects if each.lstrip().upper().startswith(("SELECT", "WITH"))]))
    assert costs[0] == costs[1] <= BUDGET
