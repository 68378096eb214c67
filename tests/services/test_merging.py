"""Two records of one person become one: what moves, which live chat ends, and who is told (N7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.models import Conversation, Handoff, Message, Person, PersonNote, VisitorToken, db
from dashboard.models.enums import Handler, Status
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Obstacle, OwnershipChanged, Refused
from dashboard.queries.merging import Preview, load_preview
from dashboard.queries.people import PeopleFilters, load_people
from dashboard.queries.person import get_person
from dashboard.queries.webchat import find_chat
from dashboard.services import answers, merging, messaging, people, programs, tags, tickets, visitors
from dashboard.services.belonging import Stale
from dashboard.services.programs import PersonDetails
from dashboard.services.tickets import TicketRequest
from tests.factories import HUMAN, QUESTION, Scene

_p = Person.__table__.c


def record(scene: Scene, person: str) -> Any:
    return scene.one(select(Person.__table__).where(_p.id == scene.person(person)))


def preview(scene: Scene, kept: str, other: str) -> Preview:
    db.session.close()
    found = load_preview(db.session, scene.person(kept), scene.person(other))
    db.session.close()
    return found


def merge(scene: Scene, kept: str, other: str, by: str = "ada", seen: str | None = None) -> None:
    version = seen or preview(scene, kept, other).version
    merging.merge_people(scene.viewer(by), record(scene, kept).public_id, record(scene, other).public_id, version)


def names(scene: Scene, viewer: str = "ada", **filters: str) -> set[str]:
    db.session.close()
    page = load_people(db.session, scene.viewer(viewer), PeopleFilters(**filters))
    db.session.close()
    return {row.external_id for row in page.rows}


def test_everything_of_the_other_record_is_the_kept_ones_afterwards(scene: Scene) -> None:
    chat, ada = scene.ask_for_human("pia"), scene.viewer("ada")
    scene.person("pat")
    pia, pat = record(scene, "pia").public_id, record(scene, "pat").public_id
    scene.change(Person, scene.person("pia"), email="pia@example.com", details={"city": "Oslo", "tier": "gold"})
    scene.change(Person, scene.person("pat"), details={"tier": "silver"})
    people.add_note(ada, pia, "Likes tents")
    for person, tag in ((pia, "Press"), (pia, "VIP"), (pat, "vip")):
        tags.tag_person(ada, person, tag)

    merge(scene, "pat", "pia")

    kept = record(scene, "pat")
    assert (kept.name, kept.email, kept.details) == ("pat", "pia@example.com", {"city": "Oslo", "tier": "silver"})
    assert scene.conversation(chat).person_id == kept.id
    assert [row.person_id for row in scene.rows(PersonNote)] == [kept.id]
    assert [name for _, name in get_person(db.session, ada, pat).tags] == ["Press", "VIP"]
    assert record(scene, "pia").merged_into_id == kept.id
    assert names(scene) == {"pat"}
    assert names(scene, q="pia") == {"pat"}, "by the e-mail that it got"
    with pytest.raises(NotFound):
        get_person(db.session, ada, pia)


def test_of_two_live_chats_on_one_channel_the_newest_stays_live(scene: Scene) -> None:
    older = scene.claimed_by("bo", "pia")
    newer = scene.claimed_by("cy", "pat")

    merge(scene, "pia", "pat")

    ended = scene.conversation(older)
    assert (ended.handler, ended.status, ended.assignee_id, ended.team_id) == (Handler.EXTERNAL, None, None, None)
    assert ended.continued_in_id == scene.conversation(newer).id
    assert (scene.owner(newer), scene.load("bo"), scene.load("cy")) == ("cy", 0, 1)
    handoff = scene.handoff(older)
    assert (handoff.outcome, handoff.status, handoff.closed_at is not None) == ("merged", Status.CLOSED, True)
    assert scene.codes(older)[-2:] == ["merged", "continued"]
    assert scene.codes(newer)[-2:] == ["merged", "continued"]
    assert scene.events().count("ConversationMerged") == 1
    assert find_chat(db.session, scene.person("pia"), scene.channel).public_id == newer  # type: ignore[union-attr]


def test_a_chat_that_waits_leaves_the_queue_when_it_ends(scene: Scene) -> None:
    waiting, newer = scene.ask_for_human("pia"), scene.write("pat", "Hello").conversation_public_id
    merge(scene, "pat", "pia")
    assert scene.waiting() == []
    assert (scene.owner(waiting), scene.owner(newer)) == ("external", "ai_agent")


def test_a_slot_that_a_merge_frees_serves_the_queue(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    older = scene.ask_for_human("pia")
    scene.write("pat", "Hello")
    waiting = scene.ask_for_human("quin")
    assert (scene.owner(older), scene.owner(waiting)) == ("bo", "queue")
    merge(scene, "pat", "pia")
    assert scene.owner(waiting) == "bo"


def test_an_answer_that_was_being_worked_out_is_not_said_in_an_ended_chat(scene: Scene) -> None:
    ended = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    scene.write("pat", "Hello")
    merge(scene, "pat", "pia")
    said = scene.said(ended)
    answers.answer_arrived(job, "1.9 kg")
    assert scene.said(ended) == said


def test_an_ended_chat_takes_nothing_any_more(scene: Scene) -> None:
    older = scene.claimed_by("bo", "pia")
    scene.write("pat", "Hello")
    merge(scene, "pat", "pia")
    with pytest.raises(OwnershipChanged):
        scene.reply("bo", older, "Still there?")
    with pytest.raises(Refused):
        scene.take_over("ada", older)
    with pytest.raises(Obstacle):
        messaging.receive_message(older, scene.person("pat"), "Hello?", "late")


def test_chats_on_different_channels_both_stay_live(scene: Scene) -> None:
    program = programs.start_conversation(scene.support, PersonDetails("crm-7", "Pat"), "Hello", "m1")
    shop = scene.write("pia", "Hello").conversation_public_id
    scene.persons["crm"] = scene.conversation(program.conversation_public_id).person_id
    merge(scene, "pia", "crm")
    assert {scene.owner(shop), scene.owner(program.conversation_public_id)} == {"ai_agent"}


def test_whoever_writes_under_the_merged_record_writes_to_the_kept_person(scene: Scene) -> None:
    first = programs.start_conversation(scene.support, PersonDetails("crm-7", "Pat"), "One", "m1")
    chat = first.conversation_public_id
    scene.persons["crm"] = scene.conversation(chat).person_id
    merge(scene, "pia", "crm")
    again = programs.start_conversation(scene.support, PersonDetails("crm-7", "Pat"), "One", "m1")
    second = programs.start_conversation(scene.support, PersonDetails("crm-7", "Patricia"), "Two", "m2")
    assert (again.is_new, second.is_new) == (False, True)
    assert {again.conversation_public_id, second.conversation_public_id} == {chat}
    assert record(scene, "pia").name == "pia"
    assert scene.conversation(chat).person_id == scene.person("pia")


def test_two_programs_number_their_messages_for_themselves_and_nothing_is_lost_or_doubled(scene: Scene) -> None:
    scene.persons["one"], scene.persons["two"] = (
        scene.conversation(
            programs.start_conversation(scene.support, PersonDetails(key), f"{key} 1", "m1").conversation_public_id
        ).person_id
        for key in ("one", "two")
    )
    merge(scene, "one", "two")
    for _ in range(2):  # each is sent again
        for key in ("one", "two"):
            for number in (1, 2):
                programs.start_conversation(scene.support, PersonDetails(key), f"{key} {number}", f"m{number}")
    texts = sorted(row.body for row in scene.rows(Message) if row.author_kind.value == "person")
    assert texts == ["one 1", "one 2", "two 1", "two 2"]


def test_a_message_into_the_conversation_is_known_again_after_the_merge(scene: Scene) -> None:
    chat = scene.write("pia", "Hello", "m1").conversation_public_id
    messaging.receive_message(chat, scene.person("pia"), "Anybody?", "m2")
    merge(scene, "pat", "pia")
    assert not messaging.receive_message(chat, scene.person("pat"), "Anybody?", "m2").is_new
    assert messaging.receive_message(chat, scene.person("pat"), "Another text", "m2").is_new
    with pytest.raises(Invalid):
        messaging.receive_message(chat, scene.person("pat"), "A third", "m2")


def test_a_visitors_key_opens_the_kept_persons_chat(scene: Scene) -> None:
    key = visitors.open_session(scene.channel, scene.support)
    [token] = scene.rows(VisitorToken)
    scene.persons["visitor"] = token.person_id
    messaging.start_chat(scene.channel, token.person_id, "From the visitor", "v1")
    chat = scene.write("pat", "Hello").conversation_public_id
    merge(scene, "pat", "visitor")
    visitor = visitors.get_visitor(db.session, key, scene.channel)
    assert (visitor.person_id, visitor.name) == (scene.person("pat"), "pat")
    posted = messaging.start_chat(scene.channel, visitor.writes_as, "Me again", "v2")
    again = messaging.start_chat(scene.channel, visitor.writes_as, "From the visitor", "v1")
    assert (posted.conversation_public_id, again.is_new) == (chat, False)
    assert visitors.leave_email(visitor, "pat@example.com") == record(scene, "pat").email


def test_chains_stay_one_step_long(scene: Scene) -> None:
    for name in ("one", "two", "three"):
        scene.person(name)
    merge(scene, "two", "one")
    merge(scene, "three", "two")
    assert {record(scene, name).merged_into_id for name in ("one", "two")} == {scene.person("three")}
    posted = scene.write("one", "Hello")
    assert scene.conversation(posted.conversation_public_id).person_id == scene.person("three")


def test_a_ban_of_either_record_stays(scene: Scene) -> None:
    scene.person("pat")
    people.set_ban(scene.viewer("ada"), record(scene, "pia").public_id, is_banned=True)
    merge(scene, "pat", "pia")
    with pytest.raises(Obstacle):
        scene.write("pat", "Hello")


def test_a_ticket_of_the_merged_record_belongs_to_the_kept_one(scene: Scene) -> None:
    first = scene.ticket("bo", assignee="bo")
    scene.persons["ticket person"] = scene.conversation(first).person_id
    merge(scene, "pia", "ticket person")
    second = scene.ticket("bo", assignee="bo")
    assert {scene.conversation(each).person_id for each in (first, second)} == {scene.person("pia")}
    assert scene.owner(first) == "bo"


def test_a_programs_ticket_is_known_again_after_the_merge(scene: Scene) -> None:
    request = TicketRequest("Torn", PersonDetails("pat"), "It is torn.", client_id="t1")
    scene.person("pat")
    first = tickets.create_ticket_for_person(scene.support, request)
    merge(scene, "pia", "pat")
    again = tickets.create_ticket_for_person(scene.support, request)
    assert (again.public_id, again.is_new) == (first.public_id, False)
    kept = tickets.create_ticket_for_person(scene.support, replace(request, person=PersonDetails("pia")))
    assert kept.is_new, "that program numbers its tickets for itself"


def test_what_was_not_shown_is_not_done(scene: Scene) -> None:
    scene.claimed_by("bo", "pia")
    scene.write("pat", "Hello")
    seen = preview(scene, "pat", "pia").version
    scene.write("pia", "I am the newest now")
    before = scene.counts()
    with pytest.raises(Stale):
        merge(scene, "pat", "pia", seen=seen)
    assert scene.counts() == before


def test_only_who_manages_people_merges_and_never_across_teamspaces(scene: Scene) -> None:
    scene.claimed_by("bo", "pia")
    scene.person("pat")
    with pytest.raises(NotPermitted):
        merge(scene, "pat", "pia", by="bo")
    scene.change(Person, scene.person("pat"), teamspace_id=scene.wholesale)
    with pytest.raises(NotFound):
        merge(scene, "pat", "pia")
    with pytest.raises(NotFound):
        merging.merge_people(scene.viewer("ada"), record(scene, "pia").public_id, record(scene, "pia").public_id, "")
    assert record(scene, "pia").merged_into_id is None


def test_a_record_is_merged_once(scene: Scene) -> None:
    for name in ("pia", "pat", "quin"):
        scene.person(name)
    merge(scene, "pat", "pia")
    with pytest.raises(Refused):
        merge(scene, "quin", "pia")


def test_whose_chat_ended_is_seen_as_before(scene: Scene) -> None:
    """The Assignee keeps View through the livechat that was theirs (6a); nobody else gains anything."""
    older = scene.claimed_by("bo", "pia")
    scene.claimed_by("eli", "pat")
    assert names(scene, "eli") == {"pat"}
    merge(scene, "pat", "pia")
    assert names(scene, "bo") == {"pat"}
    assert names(scene, "fay") == set()
    assert scene.conversation(older).handler is Handler.EXTERNAL
    assert {row.outcome for row in scene.rows(Handoff)} == {"merged", None}
    assert [row.id for row in scene.rows(Conversation) if row.person_id == scene.person("pia")] == []
    assert HUMAN in [text for _, text in scene.said(older)]
