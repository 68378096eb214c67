"""What is opened at the very moment of a merge belongs to the record that is kept, whoever is first (N7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Conversation, Person, db
from dashboard.queries.merging import load_preview
from dashboard.services import closing, mail_in, merging, messaging, programs, tickets
from dashboard.services.belonging import Stale
from dashboard.services.programs import PersonDetails
from dashboard.services.ticket_people import KnownPerson, NewPerson
from dashboard.services.tickets import TicketRequest
from integrations.port import IncomingMail
from tests.factories import HUMAN, Scene, make_tree
from tests.interleaving import interleave
from tests.services.test_ticket_mail import add_mailbox

_p = Person.__table__.c

PAT = "pat@example.test"
OPENS = "INSERT INTO conversation"
MOVES = "UPDATE conversation SET person_id"


def ticket(person: tickets.Recipient) -> TicketRequest:
    return TicketRequest("A torn tent", person, "It is torn.", client_id="t1")


def by_program(scene: Scene) -> Callable[[], object]:
    return lambda: tickets.create_ticket_for_person(scene.support, ticket(PersonDetails("pat")))


def by_program_with_a_new_name(scene: Scene) -> Callable[[], object]:
    return lambda: tickets.create_ticket_for_person(scene.support, ticket(PersonDetails("pat", "Pat Lund")))


def for_known(scene: Scene) -> Callable[[], object]:
    known, ada = KnownPerson(public_id(scene, "pat"), "pat@other.test"), scene.viewer("ada")
    return lambda: tickets.create_ticket(ada, ticket(known), "Support")


def for_address(scene: Scene) -> Callable[[], object]:
    bo = scene.viewer("bo")
    return lambda: tickets.create_ticket(bo, ticket(NewPerson("Pat", PAT, "k")), "Support")


def by_mail(scene: Scene) -> Callable[[], object]:
    box = add_mailbox(scene)
    mail = IncomingMail("m1@example.test", PAT, "Pat", "My tent", "The pole broke.")
    return lambda: mail_in.receive_mail(box, mail)


def first_message_by_program(scene: Scene) -> Callable[[], object]:
    return lambda: programs.start_conversation(scene.support, PersonDetails("pat"), "Hello", "m1")


def first_message(scene: Scene) -> Callable[[], object]:
    return lambda: messaging.start_chat(scene.channel, scene.persons["pat"], "Hello", "m1")


def by_workflow(scene: Scene) -> Callable[[], object]:
    """Bo closes a chat, and its workflow opens a ticket then."""
    tree = make_tree(asks_feedback=False)
    action = {"key": "ticket", "type": "create_ticket", "settings": {"subject": "Repair", "text": "As agreed."}}
    handoff = tree["triggers"][1]["actions"][0]
    handoff["children"] = {"on_close": [action]}
    scene.use_tree(tree)
    chat, bo = scene.claimed_by("bo", "pat"), scene.viewer("bo")
    return lambda: closing.set_status(bo, chat, "closed")


WAYS = {
    "a program's ticket": by_program,
    "a program's ticket with a name": by_program_with_a_new_name,
    "a ticket for somebody known": for_known,
    "a ticket for an address": for_address,
    "a mail": by_mail,
    "a program's first message": first_message_by_program,
    "a first message": first_message,
    "a workflow's ticket": by_workflow,
}


@pytest.fixture(params=WAYS)
def opening(request: pytest.FixtureRequest, scene: Scene) -> Callable[[], object]:
    """A call that opens something for Pat, whose record is about to be merged into Pia's."""
    scene.person("pia")
    scene.change(Person, scene.person("pat"), email=PAT)
    made: Callable[[], object] = WAYS[request.param](scene)
    return made


def public_id(scene: Scene, person: str) -> str:
    return str(scene.scalar(select(_p.public_id).where(_p.id == scene.person(person))))


def merging_pat(scene: Scene) -> Callable[[], None]:
    """Into Pia, as the preview is now."""
    db.session.close()
    seen = load_preview(db.session, scene.person("pia"), scene.person("pat")).version
    ids, ada = (public_id(scene, "pia"), public_id(scene, "pat")), scene.viewer("ada")
    return lambda: merging.merge_people(ada, *ids, seen)


def assert_all_is_the_kept_ones(scene: Scene, opened: Any) -> None:
    assert not isinstance(opened, Exception), opened
    rows = scene.rows(Conversation)
    assert rows
    assert {row.person_id for row in rows} == {scene.person("pia")}


def test_opened_before_the_merge_it_moves_with_it(app: Flask, scene: Scene, opening: Callable[[], object]) -> None:
    opened, merged = interleave(app, opening, OPENS, merging_pat(scene))
    if isinstance(merged, Stale):  # it saw that there is one conversation more: one looks again, and confirms
        merging_pat(scene)()
    assert_all_is_the_kept_ones(scene, opened)


def test_opened_while_it_merges_it_is_the_kept_ones_at_once(
    app: Flask, scene: Scene, opening: Callable[[], object]
) -> None:
    merged, opened = interleave(app, merging_pat(scene), MOVES, opening)
    assert merged is None
    assert_all_is_the_kept_ones(scene, opened)


def test_an_address_that_is_left_at_that_moment_is_not_lost(app: Flask, scene: Scene) -> None:
    scene.person("pia")
    scene.person("pat")
    merged, opened = interleave(app, merging_pat(scene), MOVES, for_known(scene))
    assert (merged, isinstance(opened, tickets.Opened)) == (None, True)
    emails = {row.name: row.email for row in scene.rows(Person)}
    assert emails["pia"] == "pat@other.test"


def test_what_waits_for_a_person_is_not_in_the_way_of_who_writes_as_the_kept_one(app: Flask, scene: Scene) -> None:
    """The kept record is locked too: its own messages come before or after the merge, and are answered."""
    scene.person("pat")
    chat = scene.write("pia", "Hello").conversation_public_id
    kept = scene.person("pia")
    merged, posted = interleave(
        app, merging_pat(scene), MOVES, lambda: messaging.start_chat(scene.channel, kept, HUMAN, "m2")
    )
    assert merged is None
    assert posted.conversation_public_id == chat
