"""Tickets: made once, by users and by workflows, linked to where they came from, with whoever they name (L9, T8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard.models import Conversation, Message, Person, db
from dashboard.models.enums import ConversationKind, Handler, MessageKind, Status
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Obstacle
from dashboard.services import tickets
from dashboard.services.programs import PersonDetails
from dashboard.services.ticket_people import KnownPerson, NewPerson
from dashboard.services.tickets import TicketRequest
from tests.factories import Scene, make_tree, say
from tests.together import at_once

TENT = TicketRequest("Torn tent", NewPerson("Nora Lund", "nora@example.test", "k"), "It is torn.", client_id="one")


def find_tickets() -> list[Any]:
    statement = select(Conversation.__table__).where(Conversation.kind == ConversationKind.TICKET)
    found = list(db.session.execute(statement.order_by(Conversation.id)).all())
    db.session.close()
    return found


def entries(conversation_id: int) -> list[tuple[MessageKind, str]]:
    of_it = select(Message.kind, Message.body).where(Message.conversation_id == conversation_id).order_by(Message.seq)
    found = [(row.kind, row.body) for row in db.session.execute(of_it)]
    db.session.close()
    return found


def person_of(public_id: str) -> Any:
    theirs = select(Person).join(Conversation, Conversation.person_id == Person.id)
    found = db.session.execute(theirs.where(Conversation.public_id == public_id)).scalar_one()
    db.session.close()
    return found


def person_public_id(scene: Scene, name: str) -> str:
    return str(scene.scalar(select(Person.public_id).where(Person.id == scene.person(name))))


def ticket_tree(**settings: Any) -> dict[str, Any]:
    action = {
        "key": "ticket",
        "type": "create_ticket",
        "settings": {"subject": "Repair for {{person_name}}", "text": "{{last_message}}", **settings},
    }
    trigger = {"key": "repair", "type": "message_received", "settings": {"phrases": ["repair my tent"]}}
    base = make_tree()
    return {**base, "triggers": [{**trigger, "actions": [action, say("more", "Anything else?")]}, *base["triggers"]]}


def test_the_same_request_sent_twice_makes_one_ticket(scene: Scene) -> None:
    first = tickets.create_ticket(scene.viewer("bo"), TENT, "Support")
    again = tickets.create_ticket(scene.viewer("bo"), TENT, "Support")
    assert (first.is_new, again.is_new) == (True, False)
    assert first.public_id == again.public_id
    assert len(find_tickets()) == 1


def test_two_at_the_same_moment_make_one_ticket(scene: Scene, app: Flask) -> None:
    viewer = scene.viewer("bo")
    made = at_once(app, [lambda: tickets.create_ticket(viewer, TENT, "Support")] * 4)
    assert sorted(each.is_new for each in made) == [False, False, False, True]
    assert len({each.public_id for each in made}) == len(find_tickets()) == 1


def test_other_words_under_the_same_client_id_are_refused(scene: Scene) -> None:
    tickets.create_ticket(scene.viewer("bo"), TENT, "Support")
    with pytest.raises(Invalid) as error:
        tickets.create_ticket(scene.viewer("bo"), replace(TENT, text="Something else."), "Support")
    assert set(error.value.fields) == {"client_id"}
    assert len(find_tickets()) == 1


def test_a_programs_ticket_sent_twice_is_one(scene: Scene) -> None:
    request = TicketRequest("Torn", PersonDetails("pat"), "It is torn.", client_id="p1")
    assert tickets.create_ticket_for_person(scene.support, request).is_new
    assert not tickets.create_ticket_for_person(scene.support, request).is_new
    assert len(find_tickets()) == 1


def test_an_address_that_is_known_is_the_person_who_has_it(scene: Scene) -> None:
    first = tickets.create_ticket(scene.viewer("bo"), TENT, "Support").public_id
    shouted = NewPerson("N. Lund", "NORA@example.test", "other")
    second = tickets.create_ticket(scene.viewer("bo"), replace(TENT, person=shouted, client_id="two"), "Support")
    assert person_of(first).id == person_of(second.public_id).id
    assert person_of(first).name == "Nora Lund"


def test_two_new_persons_without_an_address_are_two(scene: Scene) -> None:
    for key in ("a", "b"):
        request = replace(TENT, person=NewPerson("Nora", None, key), client_id=key)
        tickets.create_ticket(scene.viewer("bo"), request, "Support")
    assert len({each.person_id for each in find_tickets()}) == 2


def test_an_address_given_for_somebody_known_is_kept_only_when_there_was_none(scene: Scene) -> None:
    scene.claimed_by("bo", "pia")
    pia = person_public_id(scene, "pia")
    made = [
        tickets.create_ticket(
            scene.viewer("bo"), replace(TENT, person=KnownPerson(pia, email), client_id=email), "Support"
        ).public_id
        for email in ("pia@example.test", "else@example.test")
    ]
    assert {person_of(each).email for each in made} == {"pia@example.test"}


def test_nobody_of_another_teamspace_can_be_the_recipient(scene: Scene) -> None:
    pia = person_public_id(scene, "pia")
    with pytest.raises(Invalid, match="person of this teamspace"):
        tickets.create_ticket(scene.viewer("fay"), replace(TENT, person=KnownPerson(pia)), "Wholesale")
    assert find_tickets() == []


def test_a_user_chooses_among_the_persons_whom_they_see(scene: Scene) -> None:
    scene.claimed_by("bo", "pia")
    request = replace(TENT, person=KnownPerson(person_public_id(scene, "pia"), "else@example.test"))
    with pytest.raises(Invalid, match="person of this teamspace"):
        tickets.create_ticket(scene.viewer("eli"), request, "Support")
    assert scene.scalar(select(Person.email).where(Person.id == scene.person("pia"))) is None
    assert tickets.create_ticket(scene.viewer("bo"), request, "Support").is_new


@pytest.mark.parametrize(("name", "kept"), [("bo", True), ("ada", False)])
def test_a_users_ticket_changes_only_persons_whom_they_may_change(scene: Scene, name: str, kept: bool) -> None:
    scene.change(Person, scene.person("pia"), email="pia@example.test")
    details = PersonDetails("pia", "Eve", "eve@example.test")
    made = tickets.create_ticket(scene.viewer(name), replace(TENT, person=details), "Support").public_id
    person = person_of(made)
    assert (person.name, person.email) == (("pia", "pia@example.test") if kept else ("Eve", "eve@example.test"))


def test_what_was_not_known_of_a_person_is_added_by_a_users_ticket(scene: Scene) -> None:
    scene.person("pia")
    details = PersonDetails("pia", "Pia Sand", "pia@example.test")
    person = person_of(tickets.create_ticket(scene.viewer("bo"), replace(TENT, person=details), "Support").public_id)
    assert (person.name, person.email) == ("pia", "pia@example.test")


def test_an_address_of_a_merged_record_is_the_kept_person(scene: Scene) -> None:
    scene.change(Person, scene.person("pia"), email="nora@example.test", merged_into_id=scene.person("kit"))
    made = tickets.create_ticket(scene.viewer("bo"), TENT, "Support").public_id
    assert scene.conversation(made).person_id == scene.person("kit")


def test_a_banned_person_gets_no_ticket_from_us(scene: Scene) -> None:
    scene.claimed_by("bo", "pia")
    scene.change(Person, scene.person("pia"), is_banned=True)
    with pytest.raises(Obstacle, match="banned"):
        tickets.create_ticket(
            scene.viewer("bo"), replace(TENT, person=KnownPerson(person_public_id(scene, "pia"))), "Support"
        )
    assert find_tickets() == []


def test_everything_that_is_wrong_is_said_at_once(scene: Scene) -> None:
    with pytest.raises(Invalid) as error:
        tickets.create_ticket(scene.viewer("bo"), replace(TENT, subject=" ", text=""), "Support")
    assert set(error.value.fields) == {"subject", "text"}


def test_who_manages_no_tickets_creates_none(scene: Scene) -> None:
    with pytest.raises(NotPermitted):
        tickets.create_ticket(scene.viewer("di"), TENT, "Support")


def test_a_ticket_from_a_chat_is_linked_and_both_say_so(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.conversation(chat)
    tickets.create_ticket(scene.viewer("bo"), replace(TENT, origin=chat, assignee="cy@acme.test"), "Support")
    [ticket] = find_tickets()
    assert (ticket.origin_id, ticket.assignee_id) == (before.id, scene.users["cy"])
    assert entries(ticket.id)[1] == (MessageKind.ACTIVITY, "Bo Lindqvist created the ticket.")
    assert entries(before.id)[-1] == (MessageKind.ACTIVITY, "Bo Lindqvist created a ticket from here.")
    after = scene.conversation(chat)
    assert (after.handler, after.epoch, after.assignee_id) == (before.handler, before.epoch, before.assignee_id)


def test_a_conversation_out_of_sight_is_no_origin(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name, space in (("eli", "Support"), ("fay", "Wholesale"), ("ada", "Wholesale")):
        with pytest.raises(NotFound):
            tickets.create_ticket(scene.viewer(name), replace(TENT, origin=chat), space)
    assert find_tickets() == []


def test_closed_is_final_and_a_colleague_may_take_over_what_is_resolved(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    scene.set_status("bo", ticket, "resolved")
    scene.take_over("cy", ticket, "One thing more.")
    assert (scene.owner(ticket), scene.conversation(ticket).status) == ("cy", Status.OPEN)
    scene.set_status("cy", ticket, "closed")
    with pytest.raises(Obstacle):
        scene.reply("cy", ticket, "Too late.")
    with pytest.raises(Obstacle):
        scene.take_over("bo", ticket)
    assert scene.owner(ticket) == "cy"


def test_a_workflow_opens_a_ticket_for_its_assignee_and_the_chat_stays_with_the_ai_agent(scene: Scene) -> None:
    scene.use_tree(ticket_tree(assignee=scene.viewer("eli").public_id, message={"en": "A ticket is open."}))
    chat = scene.write("pia", "repair my tent").conversation_public_id
    [ticket] = find_tickets()
    row = scene.conversation(chat)
    assert (ticket.assignee_id, ticket.status, ticket.origin_id) == (scene.users["eli"], Status.OPEN, row.id)
    assert (ticket.subject, ticket.person_id) == ("Repair for pia", row.person_id)
    assert entries(ticket.id)[0] == (MessageKind.NOTE, "repair my tent")
    assert [text for kind, text in entries(row.id) if kind is MessageKind.TEXT][-2:] == [
        "A ticket is open.",
        "Anything else?",
    ]
    assert row.handler is Handler.AI_AGENT


@pytest.mark.parametrize("gone", ["deactivated", "unknown", "elsewhere", "no tickets"])
def test_an_assignee_who_is_gone_when_the_flow_comes_means_the_queue_of_its_teams(scene: Scene, gone: str) -> None:
    named = {"unknown": "0198", "elsewhere": scene.viewer("fay").public_id, "no tickets": scene.viewer("gus").public_id}
    scene.use_tree(
        ticket_tree(assignee=named.get(gone, scene.viewer("eli").public_id), teams=[scene.team_public_id("Front line")])
    )
    if gone == "deactivated":
        scene.deactivate("eli")
    scene.write("pia", "repair my tent")
    [ticket] = find_tickets()
    assert (ticket.handler, ticket.status, ticket.team_id) == (Handler.QUEUE, Status.PENDING, scene.teams["Front line"])
    scene.claim("cy", ticket.public_id)
    assert scene.owner(ticket.public_id) == "cy"


def test_teams_without_a_live_agent_mean_the_queue_of_the_teamspace(scene: Scene) -> None:
    scene.use_tree(ticket_tree(teams=[scene.team_public_id("Trade desk")]))
    scene.write("pia", "repair my tent")
    [ticket] = find_tickets()
    assert ticket.team_id is None
    scene.claim("eli", ticket.public_id)


def test_a_queued_ticket_of_a_workflow_is_routed_in_the_same_transaction(scene: Scene) -> None:
    scene.online("eli")
    scene.use_tree(ticket_tree())
    scene.write("pia", "repair my tent")
    assert [each.assignee_id for each in find_tickets()] == [scene.users["eli"]]


def test_a_message_sent_twice_opens_one_ticket(scene: Scene) -> None:
    scene.use_tree(ticket_tree())
    for _ in range(2):
        scene.write("pia", "repair my tent", "same")
    assert len(find_tickets()) == 1


def test_it_runs_under_the_close_of_a_live_agent(scene: Scene) -> None:
    tree = make_tree(asks_feedback=False)
    action = {"key": "after", "type": "create_ticket", "settings": {"subject": "Check", "text": "Call back."}}
    tree["triggers"][-1]["actions"].append(action)
    scene.use_tree(tree)
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    assert [each.subject for each in find_tickets()] == ["Check"]
    assert scene.scalar(select(func.count()).where(Conversation.id == find_tickets()[0].origin_id)) == 1


def test_who_handles_chats_only_neither_sees_nor_claims_a_ticket_that_waits_for_their_team(scene: Scene) -> None:
    ticket = scene.ticket(teams=["Chatters", "Front line"])
    with pytest.raises(NotFound):
        scene.claim("gus", ticket)
    scene.claim("bo", ticket)
    assert scene.conversation(ticket).assignee_id == scene.users["bo"]
