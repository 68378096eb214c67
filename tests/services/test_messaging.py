"""Messages in and out: one chat per person, one row per client_id, gapless numbers, nothing said by the wrong one."""

from __future__ import annotations

import pytest

from dashboard.models import Channel, Conversation, Person
from dashboard.models.enums import Handler, MessageKind, Status
from dashboard.models.errors import Invalid, NotFound, Obstacle, OwnershipChanged
from dashboard.services import messaging
from tests.factories import HUMAN, QUESTION, Scene


def test_the_first_message_starts_a_chat_and_is_then_matched_like_any_other(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    assert scene.said(chat) == [
        ("person", HUMAN),
        ("ai_agent", "Hi, I am Trail."),
        ("ai_agent", "A colleague will help."),
    ]
    assert scene.conversation(chat).handler is Handler.QUEUE


def test_a_second_message_goes_into_the_live_chat_and_fires_no_second_chat_started(scene: Scene) -> None:
    first = scene.write("pia", QUESTION)
    second = scene.write("pia", QUESTION)
    assert second.conversation_public_id == first.conversation_public_id
    assert [who for who, _ in scene.said(first.conversation_public_id)].count("ai_agent") == 1


def test_the_same_client_id_answers_the_same_message_and_writes_nothing(scene: Scene) -> None:
    first = scene.write("pia", HUMAN, "one")
    before = scene.counts()
    again = scene.write("pia", HUMAN, "one")
    assert (first.is_new, again.is_new, again.message) == (True, False, first.message)
    assert scene.counts() == before


def test_the_same_client_id_with_another_text_is_refused(scene: Scene) -> None:
    scene.write("pia", HUMAN, "one")
    with pytest.raises(Invalid) as refusal:
        scene.write("pia", "Something else", "one")
    assert set(refusal.value.fields) == {"client_id"}


def test_two_persons_may_use_the_same_client_id(scene: Scene) -> None:
    chats = {scene.write(name, QUESTION, "one").conversation_public_id for name in ("pia", "ravi")}
    assert len(chats) == 2


def test_a_repeat_finds_its_message_in_the_chat_that_continues_elsewhere(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION, "one").conversation_public_id
    scene.change(Conversation, scene.conversation(chat).id, handler=Handler.EXTERNAL)
    again = scene.write("pia", QUESTION, "one")
    assert (again.is_new, again.conversation_public_id) == (False, chat)
    new = scene.write("pia", QUESTION, "two")
    assert (new.is_new, new.conversation_public_id == chat) == (True, False)


def test_a_chat_that_continues_elsewhere_takes_no_message(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    scene.change(Conversation, scene.conversation(chat).id, handler=Handler.EXTERNAL)
    with pytest.raises(Obstacle):
        messaging.receive_message(chat, scene.person("pia"), "Hello?", "new")


def test_nobody_writes_into_another_persons_chat(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    with pytest.raises(NotFound):
        messaging.receive_message(chat, scene.person("ravi"), "Hello?", "one")


def test_a_banned_person_writes_nothing_and_gets_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.change(Person, scene.person("pia"), is_banned=True)
    before = scene.counts()
    with pytest.raises(Obstacle):
        scene.write("pia", "Hello?")
    with pytest.raises(Obstacle):
        messaging.receive_message(chat, scene.person("pia"), "Hello?", "one")
    with pytest.raises(Obstacle):
        scene.reply("bo", chat, "Hello")
    assert scene.counts() == before


def test_a_disconnected_channel_takes_neither_messages_nor_replies(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.change(Channel, scene.channel, is_connected=False)
    with pytest.raises(Obstacle):
        scene.write("ravi", "Hello?")
    with pytest.raises(Obstacle):
        scene.reply("bo", chat, "Hello")


def test_what_is_no_text_or_no_client_id_is_refused_before_anything_is_written(scene: Scene) -> None:
    before = scene.counts()
    texts: tuple[object, ...] = ("", "  \n", "x" * 8_001, "nul \x00", "half a pair \ud800", None, 7, ["text"], {})
    for text in texts:
        with pytest.raises(Invalid) as refusal:
            messaging.start_chat(scene.channel, scene.person("pia"), text, "one")
        assert set(refusal.value.fields) == {"text"}
    for client_id in ("", "x" * 81, "schön", "tab\x01", None, 3):
        with pytest.raises(Invalid) as refusal:
            messaging.start_chat(scene.channel, scene.person("pia"), "Hello", client_id)
        assert set(refusal.value.fields) == {"client_id"}
    assert scene.counts() == before


def test_eight_thousand_characters_of_any_script_are_kept_to_the_letter(scene: Scene) -> None:
    text = ("a😀<b>&é\n" * 1_200)[:8_000].strip()
    posted = scene.write("pia", text)
    assert posted.message.body == text
    assert scene.timeline(posted.conversation_public_id)[0].body == text


def test_an_unknown_channel_or_person_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        messaging.start_chat(999_999, scene.person("pia"), "Hello", "one")
    with pytest.raises(NotFound):
        messaging.start_chat(scene.channel, 999_999, "Hello", "one")


def test_only_the_assignee_replies_and_others_learn_who_that_is(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name in ("cy", "ada", "di"):
        with pytest.raises(OwnershipChanged) as refusal:
            scene.reply(name, chat, "Hello")
        assert refusal.value.current.assignee_name == "Bo Lindqvist"
    assert scene.reply("bo", chat, "Hello").is_new


def test_a_stranger_gets_not_found_whatever_they_try(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    with pytest.raises(NotFound):
        scene.reply("fay", chat, "Hello")
    with pytest.raises(NotFound):
        messaging.add_note(scene.viewer("fay"), chat, "Hello", "one")
    with pytest.raises(NotFound):
        scene.reply("bo", "no-such-id", "Hello")


def test_a_reply_written_under_an_older_epoch_is_refused(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    queued = scene.conversation(chat).epoch
    scene.claim("bo", chat)
    with pytest.raises(OwnershipChanged) as refusal:
        scene.reply("bo", chat, "Hello", epoch=queued)
    assert refusal.value.current.epoch == queued + 1
    assert scene.reply("bo", chat, "Hello", epoch=queued + 1).is_new


def test_a_repeated_reply_is_answered_even_after_the_chat_has_moved_on(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    first = scene.reply("bo", chat, "Hello", "one")
    scene.take_over("cy", chat)
    again = scene.reply("bo", chat, "Hello", "one")
    assert (again.is_new, again.message) == (False, first.message)


def test_a_reply_answers_the_person_and_counts_once_as_first_reply(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    assert scene.conversation(chat).waiting_since == scene.handoff(chat).requested_at
    scene.reply("bo", chat, "Hello")
    first = scene.handoff(chat).first_reply_at
    assert first is not None
    assert scene.conversation(chat).waiting_since is None
    scene.reply("bo", chat, "Anything else?")
    assert scene.handoff(chat).first_reply_at == first


def test_waiting_since_is_the_oldest_unanswered_message(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "Hello")
    oldest = scene.write("pia", "And another thing")
    scene.clock.forward(minutes=5)
    scene.write("pia", "And one more")
    assert scene.conversation(chat).waiting_since == oldest.message.created_at


def test_a_note_answers_nobody_and_is_not_the_persons_to_see(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.conversation(chat)
    note = messaging.add_note(scene.viewer("di"), chat, "Known customer.", "one")
    after = scene.conversation(chat)
    assert (note.message.kind, note.message.public_seq) == (MessageKind.NOTE, None)
    assert (after.last_seq, after.public_seq) == (before.last_seq + 1, before.public_seq)
    assert (after.waiting_since, after.last_text) == (before.waiting_since, before.last_text)


def test_a_note_and_a_reply_with_one_client_id_are_not_the_same(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    messaging.add_note(scene.viewer("bo"), chat, "Hello", "one")
    with pytest.raises(Invalid):
        scene.reply("bo", chat, "Hello", "one")


def test_the_ai_agent_is_silent_while_somebody_else_has_the_chat(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    before = len(scene.said(chat))
    scene.write("pia", "Hello? Can I talk to a human?")
    scene.claim("bo", chat)
    scene.write("pia", "Are you there?")
    assert [who for who, _ in scene.said(chat)[before:]] == ["person", "person"]


def test_overdue_ends_with_the_assignees_reply(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "overdue")
    scene.reply("bo", chat, "Sorry for the wait")
    assert scene.conversation(chat).status is Status.OPEN
    assert scene.handoff(chat).status is Status.OPEN


def test_a_closed_ticket_takes_no_more_words(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    scene.set_status("bo", ticket, "closed")
    person = scene.conversation(ticket).person_id
    with pytest.raises(Obstacle):
        messaging.receive_message(ticket, person, "One more thing", "one")
    with pytest.raises(Obstacle):
        scene.reply("bo", ticket, "Yes?")
    with pytest.raises(Obstacle):
        scene.take_over("ada", ticket)
