"""Tags of conversations: who may put them on, what they are called, who is told, and that nothing takes them away."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from dashboard.models import ConversationTag, Event, Person, Tag, db
from dashboard.models.errors import Invalid, NotFound, NotPermitted, OwnershipChanged
from dashboard.models.ids import new_public_id
from dashboard.queries.merging import load_preview
from dashboard.queries.rows import load_row
from dashboard.queries.tags import suggest
from dashboard.services import merging, tags
from dashboard.services.tags import tag_conversation, tag_person, untag_conversation
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene
from tests.queries.conftest import selects

__all__ = ["selects"]

_p = Person.__table__.c
_t = Tag.__table__.c


def worn(scene: Scene, chat: str) -> list[str]:
    """The names of a conversation's tags, as its row shows them."""
    db.session.close()
    row = load_row(db.session, scene.conversation(chat).id)
    db.session.close()
    return [name for _, name in row.tags]


def id_of(scene: Scene, name: str) -> str:
    return str(scene.scalar(select(_t.public_id).where(_t.name == name)))


def public_id(scene: Scene, person: str) -> str:
    return str(scene.scalar(select(_p.public_id).where(_p.id == scene.person(person))))


def fill(scene: Scene, count: int) -> None:
    """So many tags of Support."""
    rows = [{"public_id": new_public_id(), "teamspace_id": scene.support, "name": f"word {n}"} for n in range(count)]
    with unit_of_work() as uow:
        uow.conn.execute(insert(Tag.__table__), rows)


def test_a_tag_is_put_on_once_whatever_its_case_and_taken_off_again(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name in ("Refund", "refund", "  REFUND ", "Über", "über", "U\u0308ber", "Late  parcel"):
        tag_conversation(scene.viewer("bo"), chat, name)
    assert worn(scene, chat) == ["Late parcel", "Refund", "Über"]
    untag_conversation(scene.viewer("cy"), chat, id_of(scene, "Refund"))
    assert worn(scene, chat) == ["Late parcel", "Über"]
    assert len(scene.rows(Tag)) == 3, "it stays a tag of the teamspace"


def test_each_change_is_a_line_for_colleagues_and_does_not_move_the_conversation(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.conversation(chat)
    tag_conversation(scene.viewer("bo"), chat, "Refund")
    tag_conversation(scene.viewer("bo"), chat, "refund")
    untag_conversation(scene.viewer("cy"), chat, id_of(scene, "Refund"))
    untag_conversation(scene.viewer("cy"), chat, id_of(scene, "Refund"))
    added, removed = scene.timeline(chat)[-2:]
    assert (added.body, added.data["code"], added.public_seq) == (
        "Bo Lindqvist added the tag “Refund”.",
        "tagged",
        None,
    )
    assert (removed.body, removed.public_seq) == ("Cy Okafor took off the tag “Refund”.", None)
    after = scene.conversation(chat)
    assert (after.last_activity_at, after.epoch, after.last_seq) == (
        before.last_activity_at,
        before.epoch,
        before.last_seq + 2,
    )
    assert [each for each in scene.events() if each == "ConversationTagged"] == ["ConversationTagged"] * 2


def test_it_needs_manage(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.counts()
    for name, refusal in (("di", NotPermitted), ("fay", NotFound), ("eli", OwnershipChanged)):
        for act in (tag_conversation, untag_conversation):
            with pytest.raises(refusal):
                act(scene.viewer(name), chat, new_public_id())
    assert scene.counts() == before
    assert scene.rows(Tag) == []


def test_who_may_claim_a_waiting_chat_and_who_has_a_ticket_tag_it_too(scene: Scene) -> None:
    chat, ticket = scene.ask_for_human("pia"), scene.ticket("ada", assignee="eli")
    tag_conversation(scene.viewer("eli"), chat, "Refund")
    tag_conversation(scene.viewer("eli"), ticket, "Refund")
    assert worn(scene, chat) == worn(scene, ticket) == ["Refund"]
    with pytest.raises(NotPermitted):
        tag_conversation(scene.viewer("vi"), ticket, "Refund")


@pytest.mark.parametrize("name", ["", "   ", None, 5, ["x"], "a\x00b", "\ud800", "x" * 41])
def test_what_is_no_word_is_refused(scene: Scene, name: Any) -> None:
    chat = scene.claimed_by("bo")
    with pytest.raises(Invalid) as refused:
        tag_conversation(scene.viewer("bo"), chat, name)
    assert list(refused.value.fields) == ["tag"]
    assert scene.rows(Tag) == []


def test_a_word_of_another_teamspace_is_another_tag(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    with unit_of_work() as uow:
        row = {"public_id": new_public_id(), "teamspace_id": scene.wholesale, "name": "Refund"}
        uow.conn.execute(insert(Tag.__table__).values(row))
    tag_conversation(scene.viewer("bo"), chat, "Refund")
    [mine] = [each for each in scene.rows(Tag) if each.teamspace_id == scene.support]
    assert [each.tag_id for each in scene.rows(ConversationTag)] == [mine.id]
    untag_conversation(scene.viewer("bo"), chat, row["public_id"])
    assert worn(scene, chat) == ["Refund"]


def test_neither_a_conversation_nor_a_teamspace_has_tags_without_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = scene.claimed_by("bo")
    monkeypatch.setattr(tags, "MOST_TAGS", 2)
    for name in ("one", "two"):
        tag_conversation(scene.viewer("bo"), chat, name)
    with pytest.raises(Invalid, match="at most 2 tags"):
        tag_conversation(scene.viewer("bo"), chat, "three")
    tag_conversation(scene.viewer("bo"), chat, "ONE")
    assert [row.name for row in scene.rows(Tag)] == ["one", "two"], "what was refused is no tag either"
    monkeypatch.setattr(tags, "MOST_WORDS", 2)
    other = scene.claimed_by("bo", "pat")
    with pytest.raises(Invalid, match="as many as fit"):
        tag_conversation(scene.viewer("bo"), other, "three")
    tag_conversation(scene.viewer("bo"), other, "two")


def test_tags_stay_through_handoffs_closing_and_a_merge_of_two_records(scene: Scene) -> None:
    older, newer = scene.claimed_by("bo", "pia"), scene.claimed_by("cy", "pat")
    tag_conversation(scene.viewer("bo"), older, "Refund")
    tag_conversation(scene.viewer("cy"), newer, "Late parcel")
    for person, name in (("pia", "VIP"), ("pat", "Press")):
        tag_person(scene.viewer("ada"), public_id(scene, person), name)
    scene.give("bo", older, "Returns")
    scene.set_status("cy", newer, "closed")
    db.session.close()
    seen = load_preview(db.session, scene.person("pat"), scene.person("pia")).version
    db.session.close()
    merging.merge_people(scene.viewer("ada"), public_id(scene, "pat"), public_id(scene, "pia"), seen)
    assert scene.conversation(older).person_id == scene.conversation(newer).person_id
    assert (worn(scene, older), worn(scene, newer)) == (["Refund"], ["Late parcel"])


def test_the_pages_of_a_persons_open_conversations_hear_of_the_persons_tags(scene: Scene) -> None:
    chat = scene.claimed_by("bo", "pia")
    pia = public_id(scene, "pia")
    for name in ("VIP", "vip"):
        tag_person(scene.viewer("ada"), pia, name)
    tags.untag_person(scene.viewer("ada"), pia, id_of(scene, "VIP"))
    told = [row.conversation_id for row in scene.rows(Event) if row.kind == "PersonChanged"]
    assert told == [scene.conversation(chat).id] * 2, "once for each change"


def test_suggestions_begin_with_what_fits_best_and_was_used_lately(scene: Scene) -> None:
    chats = [scene.claimed_by("bo", name) for name in ("ann", "ben")]
    for chat, names in zip(chats, (("Refund", "Prefund"), ("Refund", "Reference")), strict=True):
        for name in names:
            tag_conversation(scene.viewer("bo"), chat, name)
    fill(scene, 20)
    db.session.close()
    found = suggest(db.session, scene.support, "REF", ())
    assert (found.names, found.new) == (("Refund", "Reference", "Prefund"), "REF")
    assert suggest(db.session, scene.support, "refund", ("Refund",)).names == ("Prefund",)
    assert suggest(db.session, scene.support, "refund", ("Refund",)).new == "", "it is a tag already"
    assert suggest(db.session, scene.support, "", ("Reference",)).names[:2] == ("Refund", "Prefund")
    assert len(suggest(db.session, scene.support, "word", ()).names) == 8
    assert suggest(db.session, scene.wholesale, "ref", ()).names == ()
    db.session.close()


def test_suggestions_take_two_selects_whatever_the_number_of_tags(scene: Scene, selects: list[str]) -> None:
    fill(scene, 50)
    selects.clear()
    suggest(db.session, scene.support, "wo", ())
    assert len([each for each in selects if each.startswith("SELECT")]) == 2
    db.session.close()
