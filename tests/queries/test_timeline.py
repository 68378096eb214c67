"""Windows of the timeline, the handoff packet in it, suggestions, drafts and read marks."""

from __future__ import annotations

from dashboard.models import db
from dashboard.queries.thread import load_thread
from dashboard.queries.timeline import TimelineItem, load_before, load_between, load_newest
from dashboard.services.reading import mark_read, save_draft
from tests.factories import HUMAN, Scene


def newest(scene: Scene, chat: str, limit: int = 50) -> list[TimelineItem]:
    db.session.close()
    return load_newest(db.session, scene.conversation(chat).id, limit)


def test_windows_are_in_order_and_meet_each_other(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for number in range(12):
        scene.reply("bo", chat, f"Line {number}")
    key = scene.conversation(chat).id
    tail = newest(scene, chat, 5)
    head = load_before(db.session, key, tail[0].seq, 50)
    seqs = [item.seq for item in [*head, *tail]]
    assert seqs == list(range(1, seqs[-1] + 1))
    assert [item.seq for item in load_between(db.session, key, 3, 6)] == [4, 5, 6]
    assert load_between(db.session, key, seqs[-1], seqs[-1] + 9) == []


def test_the_packet_lies_under_the_line_that_began_the_handoff(scene: Scene) -> None:
    scene.write("pia", "My tent leaks")
    chat = scene.ask_for_human("pia")
    items = newest(scene, chat)
    [begun] = [item for item in items if item.packet]
    packet = begun.packet
    assert packet is not None
    assert begun.data["code"] == "handed_off"
    assert begun.is_private
    assert packet.why == scene.handoff(chat).reason
    assert packet.words == HUMAN
    assert packet.asked[0] == "My tent leaks"
    assert packet.tried[0] == "Hi, I am Trail."
    assert packet.ai_agent == "Trail"


def test_every_handoff_of_a_chat_keeps_its_own_packet(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    scene.write("pia", "And my boots?")
    scene.ask_for_human("pia")
    packets = [item.packet for item in newest(scene, chat) if item.packet]
    assert len({packet.public_id for packet in packets}) == 2


def test_authors_are_named_by_public_ids_or_kinds_never_by_keys(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "Hello")
    authors = {item.author for item in newest(scene, chat)}
    assert authors == {"person", "ai_agent", "system", scene.viewer("bo").public_id}


def test_an_opened_thread_knows_draft_read_mark_and_newest_event(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    bo = scene.viewer("bo")
    save_draft(bo, chat, "Half a", is_note=True)
    mark_read(bo, chat, 4)
    mark_read(bo, chat, 2)
    thread = load_thread(db.session, bo, scene.conversation(chat).id)
    assert (thread.draft.body, thread.draft.is_note, thread.read_seq) == ("Half a", True, 4)
    assert thread.event > 0
    assert thread.row.last_seq == thread.messages[-1].seq
    save_draft(bo, chat, "")
    db.session.close()
    again = load_thread(db.session, scene.viewer("cy"), scene.conversation(chat).id)
    assert (again.draft.body, again.read_seq) == ("", 0)


def test_a_thread_is_read_with_few_selects_however_long_it_is(scene: Scene, selects: list[str]) -> None:
    chat = scene.claimed_by("bo")
    for number in range(60):
        scene.reply("bo", chat, f"Line {number}")
    key, viewer = scene.conversation(chat).id, scene.viewer("bo")
    selects.clear()
    thread = load_thread(db.session, viewer, key)
    assert len(selects) <= 7
    assert len(thread.messages) == 50
    assert thread.has_older
