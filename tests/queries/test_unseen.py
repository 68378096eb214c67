"""What is unseen: given and not looked at, or written to since; one's own acts are not (P6)."""

from __future__ import annotations

from dashboard.models import db
from dashboard.queries.unseen import load_queued_since, load_unseen
from dashboard.services import reading
from tests.factories import Scene


def unseen(scene: Scene, name: str) -> list[tuple[str, str]]:
    """(kind, chat) of everything that is unseen by this user."""
    viewer = scene.viewer(name)
    return [(each.kind, each.public_id) for each in load_unseen(db.session, viewer)]


def read(scene: Scene, name: str, chat: str) -> None:
    reading.mark_read(scene.viewer(name), chat, scene.conversation(chat).last_seq)


def test_what_was_assigned_is_unseen_until_it_is_read_and_then_what_the_person_writes(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    assert unseen(scene, "bo") == [("assigned", chat)]
    assert unseen(scene, "cy") == []
    read(scene, "bo", chat)
    assert unseen(scene, "bo") == []
    scene.write("pia", "Are you there?")
    assert unseen(scene, "bo") == [("message", chat)]
    read(scene, "bo", chat)
    assert unseen(scene, "bo") == []


def test_each_conversation_has_a_mark_of_its_own(scene: Scene) -> None:
    scene.online("bo")
    old, new = scene.ask_for_human("pia"), scene.ask_for_human("raul")
    read(scene, "bo", old)
    scene.write("pia", "Are you there?")
    assert sorted(unseen(scene, "bo")) == sorted([("message", old), ("assigned", new)])


def test_what_was_read_before_it_was_given_is_not_seen_yet(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    read(scene, "cy", chat)
    scene.give("bo", chat, "cy")
    assert unseen(scene, "cy") == [("assigned", chat)]
    assert unseen(scene, "bo") == []
    read(scene, "cy", chat)
    assert unseen(scene, "cy") == []


def test_ones_own_acts_give_nothing(scene: Scene) -> None:
    claimed, taken = scene.claimed_by("bo"), scene.ask_for_human("raul")
    for chat in (claimed, taken):
        read(scene, "bo", chat)
    scene.take_over("bo", taken)
    ticket = scene.ticket("bo", assignee="bo")
    assert ("assigned", ticket) not in unseen(scene, "bo")
    assert not [chat for kind, chat in unseen(scene, "bo") if kind == "assigned"]
    assert {chat for _, chat in unseen(scene, "bo")} <= {ticket}


def test_an_answer_a_note_and_an_activity_line_are_no_news(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    read(scene, "bo", chat)
    scene.reply("bo", chat, "One moment")
    scene.set_status("bo", chat, "pending")
    assert unseen(scene, "bo") == []


def test_what_went_to_somebody_else_or_was_closed_is_not_counted(scene: Scene) -> None:
    scene.online("bo")
    taken, closed = scene.ask_for_human("pia"), scene.ask_for_human("raul")
    scene.take_over("cy", taken)
    scene.set_status("bo", closed, "closed")
    assert unseen(scene, "bo") == []
    assert ("assigned", taken) not in unseen(scene, "cy")


def test_what_comes_back_rings_again(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    read(scene, "bo", chat)
    scene.give("bo", chat, "cy")
    scene.give("cy", chat, "bo")
    assert unseen(scene, "bo") == [("assigned", chat)]


def test_what_was_queued_meanwhile_is_told_to_who_may_claim_it_while_it_waits(scene: Scene) -> None:
    before = scene.clock.tick()
    chat = scene.ask_for_human("pia")
    after = scene.clock.tick()
    for name, since, found in [("bo", before, [chat]), ("bo", after, []), ("fay", before, []), ("di", before, [])]:
        viewer = scene.viewer(name)
        assert [each.public_id for each in load_queued_since(db.session, viewer, since)] == found
    scene.claim("cy", chat)
    assert load_queued_since(db.session, scene.viewer("bo"), before) == ()


def test_it_takes_one_select_and_says_who_wrote_what(scene: Scene, selects: list[str]) -> None:
    scene.online("bo")
    scene.ask_for_human("pia")
    viewer = scene.viewer("bo")
    selects.clear()
    [one] = load_unseen(db.session, viewer)
    assert len([each for each in selects if each.startswith("SELECT")]) == 1
    assert one.person_name == "pia"
    assert one.preview
