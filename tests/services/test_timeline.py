"""The timeline's two numberings, and the boundary that no late word crosses (L3, L4)."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from dashboard.models import Conversation, Event, Message
from dashboard.models.enums import AuthorKind, Handler, MessageKind
from dashboard.models.errors import OwnershipChanged
from dashboard.services import messaging, timeline
from dashboard.services.holding import Held, hold
from dashboard.services.timeline import SYSTEM, Author
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from tests.factories import Scene

AI = Author("ai:1", AuthorKind.AI_AGENT, "Trail")
PIA = Author("person:1", AuthorKind.PERSON, "Pia")


def move_on(uow: UnitOfWork, held: Held, **columns: object) -> None:
    """Change the row behind the back of what was read."""
    uow.conn.execute(update(Conversation.__table__).where(Conversation.__table__.c.id == held.id).values(columns))


def test_both_numberings_are_gapless_and_the_persons_has_no_private_lines(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    messaging.add_note(scene.viewer("bo"), chat, "Known customer.", "note")
    scene.reply("bo", chat, "Hello")
    scene.give("bo", chat, "cy")
    scene.set_status("cy", chat, "closed")
    rows = scene.timeline(chat)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    public = [row for row in rows if row.public_seq is not None]
    assert [row.public_seq for row in public] == list(range(1, len(public) + 1))
    assert {row.kind for row in public} == {MessageKind.TEXT, MessageKind.ACTIVITY}
    assert {row.data["code"] for row in public if row.kind is MessageKind.ACTIVITY} == {"joined", "left"}


def test_every_entry_has_its_event_in_order(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    posted = [row.data for row in scene.rows(Event) if row.kind == "MessagePosted"]
    assert [(each["seq"], each["public_seq"]) for each in posted] == [
        (row.seq, row.public_seq) for row in scene.timeline(chat)
    ]


def test_a_public_word_of_our_side_is_refused_once_handler_or_epoch_moved_on(scene: Scene) -> None:
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    before = scene.counts()

    def speak_late(columns: dict[str, object]) -> None:
        with unit_of_work() as uow:
            held = hold(uow, public_id=chat)
            move_on(uow, held, **columns)
            timeline.append(uow, held, AI, "Too late")

    later: tuple[dict[str, object], ...] = ({"epoch": 7}, {"handler": Handler.EXTERNAL})
    for columns in later:
        with pytest.raises(OwnershipChanged) as refusal:
            speak_late(columns)
        assert refusal.value.current.handler in (Handler.AI_AGENT, Handler.EXTERNAL)
    assert scene.counts() == before


def test_the_persons_words_and_private_lines_are_stored_whatever_moved_on(scene: Scene) -> None:
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    with unit_of_work() as uow:
        held = hold(uow, public_id=chat)
        last = held.last_seq
        move_on(uow, held, epoch=7)
        timeline.append(uow, held, PIA, "Hello?")
        timeline.append(uow, held, SYSTEM, "Logged.", kind=MessageKind.ACTIVITY, is_public=False, data={"code": "x"})
        assert held.last_seq == last + 2
        move_on(uow, held, epoch=0)


def test_the_row_shows_the_last_text_only_and_at_most_its_beginning(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "x" * 500)
    messaging.add_note(scene.viewer("bo"), chat, "A note", "note")
    scene.set_status("bo", chat, "pending")
    assert scene.conversation(chat).last_text == "x" * 160


def test_a_live_agents_entry_keeps_name_and_alias_of_the_moment(scene: Scene) -> None:
    from dashboard.models import User

    scene.change(User, scene.users["bo"], alias="B.")
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "Hello")
    joined = next(row for row in scene.timeline(chat) if row.data.get("code") == "joined")
    assert joined.body == "B. joined the conversation."
    reply = scene.timeline(chat)[-1]
    assert (reply.author_name, reply.alias, reply.user_id) == ("Bo Lindqvist", "B.", scene.users["bo"])


def test_the_last_words_are_the_ones_that_were_stored(scene: Scene) -> None:
    chat = scene.write("pia", "first").conversation_public_id
    scene.write("pia", "second")
    bodies = [row.body for row in scene.rows(Message) if row.author_kind is AuthorKind.PERSON]
    assert bodies == ["first", "second"]
    assert scene.conversation(chat).last_text == "second"
