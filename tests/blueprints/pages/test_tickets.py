"""The dialog of a new ticket: what it offers, what it keeps, what it makes; and what leads from one to another."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from dashboard.models import Conversation, Mailbox, Person
from dashboard.models.enums import ConversationKind, Handler
from dashboard.services.programs import PersonDetails
from dashboard.services.tickets import TicketRequest, create_ticket
from tests.blueprints.pages.conftest import Office
from tests.factories import Scene


def support(scene: Scene) -> str:
    from dashboard.models import Teamspace

    return str(scene.scalar(select(Teamspace.public_id).where(Teamspace.id == scene.support)))


def form(scene: Scene, **changed: str) -> dict[str, str]:
    typed = {
        "client_id": "k1", "teamspace": support(scene), "to": "new", "name": "Nora Lund", "email": "nora@example.test",
        "assignee": "me", "subject": "Torn tent", "text": "Which pole broke?",
    }  # fmt: skip
    return {**typed, **changed}


def add_mailbox(scene: Scene) -> None:
    from tests.services.test_ticket_mail import add_mailbox as add

    add(scene)


def find_tickets(scene: Scene) -> list[Any]:
    return [row for row in scene.rows(Conversation) if row.kind is ConversationKind.TICKET]


def test_who_creates_tickets_finds_the_way_in_and_others_do_not(office: Office) -> None:
    assert office.browser("bo").page("/inbox").select_one('[hx-get="/tickets/new"]')
    assert not office.browser("di").page("/inbox").select_one('[hx-get="/tickets/new"]')
    assert office.browser("di").do("GET", "/tickets/new").status_code == 403


def test_the_dialog_offers_colleagues_and_teams_of_the_teamspace_only(office: Office) -> None:
    office.scene.online("eli")
    dialog = office.browser("bo").fragment("/tickets/new")
    users = [option.get_text() for option in dialog.select("#ticket-assignee optgroup option")]
    assert users == ["Eli Navarro · Online", "Ada Moreno · Away", "Cy Okafor · Away"]
    teams = [label.get_text(strip=True) for label in dialog.select(".ticket-teams label")]
    assert teams == ["Chatters", "Front line", "Returns"]
    assert not dialog.select_one("select[name=teamspace]")
    assert office.browser("ada").fragment("/tickets/new").select_one("select[name=teamspace]")


def test_from_a_chat_its_person_and_its_teamspace_stand_there_and_the_subject_is_to_be_written(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    dialog = office.browser("bo").fragment(f"/tickets/new?from={chat}")
    [person] = dialog.select("[name=person]")
    assert person.has_attr("checked")
    assert dialog.select_one("[name=from]")["value"] == chat
    assert dialog.select_one("[name=subject]")["value"] == ""
    assert "linked, not copied" in dialog.get_text()


def test_the_mailbox_that_it_goes_out_from_is_named(office: Office) -> None:
    assert office.browser("bo").fragment("/tickets/new").select_one("#ticket-choices")["data-mailbox"] == ""
    add_mailbox(office.scene)
    where = office.browser("bo").fragment("/tickets/new").select_one("#ticket-choices")
    assert where["data-mailbox"] == "help@acme.test"


def test_persons_are_found_by_name_and_address_within_the_teamspace_alone(office: Office) -> None:
    scene = office.scene
    scene.ask_for_human("pia")
    scene.change(Person, scene.person("pia"), email="pia@example.test")
    here = support(scene)
    for q in ("PIA", "pia@ex"):
        found = office.browser("bo").fragment(f"/tickets/persons?teamspace={here}&q={q}")
        assert [each["data-email"] for each in found.select("[name=person]")] == ["pia@example.test"]
    assert office.browser("bo").do("GET", "/tickets/persons?q=pia&teamspace=nowhere").status_code == 404
    assert office.browser("fay").do("GET", f"/tickets/persons?teamspace={here}&q=pia").status_code == 404
    wildcard = office.browser("bo").fragment(f"/tickets/persons?teamspace={here}&q=%25")
    assert not wildcard.select("[name=person]")
    scene.change(Person, scene.person("pia"), is_banned=True)
    assert not office.browser("bo").fragment(f"/tickets/persons?teamspace={here}&q=pia").select("[name=person]")


def test_who_is_chosen_stays_when_another_is_searched(office: Office) -> None:
    scene = office.scene
    chosen = str(scene.scalar(select(Person.public_id).where(Person.id == scene.person("pia"))))
    scene.ask_for_human("pia")
    scene.ask_for_human("nora")
    found = office.browser("bo").fragment(f"/tickets/persons?teamspace={support(scene)}&q=nora&person={chosen}")
    assert [each.has_attr("checked") for each in found.select("[name=person]")] == [True, False]


def test_creating_closes_the_dialog_and_opens_the_ticket(office: Office) -> None:
    answer = office.browser("bo").do("POST", "/tickets", **form(office.scene))
    assert answer.status_code == 204
    [ticket] = find_tickets(office.scene)
    told = json.loads(answer.headers["HX-Trigger"])
    assert told == {"close-dialog": {}, "ticket-created": {"c": ticket.public_id}}
    assert (ticket.subject, ticket.assignee_id) == ("Torn tent", office.scene.users["bo"])
    again = office.browser("bo").do("POST", "/tickets", **form(office.scene))
    assert json.loads(again.headers["HX-Trigger"]) == told
    assert len(find_tickets(office.scene)) == 1


def test_a_ticket_out_of_its_makers_sight_is_not_opened(office: Office) -> None:
    scene = office.scene
    answer = office.browser("eli").do("POST", "/tickets", **form(scene, assignee=scene.viewer("ada").public_id))
    assert json.loads(answer.headers["HX-Trigger"])["ticket-created"] == {}


def test_nobody_as_the_assignee_means_the_queue(office: Office) -> None:
    scene = office.scene
    team = scene.team_public_id("Returns")
    assert office.browser("bo").do("POST", "/tickets", **form(scene, assignee="", team=team)).status_code == 204
    [ticket] = find_tickets(scene)
    assert (ticket.handler, ticket.team_id) == (Handler.QUEUE, scene.teams["Returns"])


def test_what_is_wrong_is_said_beside_each_field_and_all_that_was_typed_stays(office: Office) -> None:
    typed = form(office.scene, email="nora@", subject=" ", assignee="", text="Hello <b>")
    answer = office.browser("bo").raw("POST", "/tickets", data=typed)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#ticket-form")
    from bs4 import BeautifulSoup

    page = BeautifulSoup(answer.text, "html.parser")
    assert {each["id"] for each in page.select(".wrong")} == {"wrong-email", "wrong-subject"}
    assert page.select_one("#ticket-email")["value"] == "nora@"
    assert page.select_one("#ticket-text").get_text() == "Hello <b>"
    assert page.select_one("#ticket-assignee option[selected]")["value"] == ""
    assert page.select_one("[name=client_id]")["value"] == "k1"
    assert page.select_one("[name=to][checked]")["value"] == "new"
    assert find_tickets(office.scene) == []


def test_a_client_id_that_was_used_for_other_words_gets_a_new_one(office: Office) -> None:
    browser = office.browser("bo")
    browser.do("POST", "/tickets", **form(office.scene))
    page = browser.fragment("/tickets", 422, "POST", **form(office.scene, text="Something else"))
    assert "created already" in page.get_text()
    assert page.select_one("[name=client_id]")["value"] != "k1"
    assert page.select_one("#ticket-text").get_text() == "Something else"


def test_links_lead_both_ways_and_only_for_who_may_see_the_other_end(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    office.browser("bo").do("POST", "/tickets", **form(scene, **{"from": chat}, assignee=scene.viewer("eli").public_id))
    [ticket] = find_tickets(scene)

    def links(name: str, conversation: str) -> list[tuple[str, str]]:
        strip = office.browser(name).fragment(f"/conversations/{conversation}").select_one(".thread-links")
        return [(link.get_text(), link["href"]) for link in strip.select("a")]

    assert links("di", ticket.public_id) == [("From the chat with pia", f"/conversations/{chat}")]
    assert links("di", chat) == [("Continued in “Torn tent”", f"/conversations/{ticket.public_id}")]
    assert links("eli", ticket.public_id) == []
    assert links("bo", chat) == []


def test_a_ticket_says_where_its_replies_go_out_from_or_why_nowhere(office: Office) -> None:
    scene = office.scene
    plain = scene.ticket(assignee="bo")
    add_mailbox(scene)
    office.browser("bo").do("POST", "/tickets", **form(scene))
    strips = [
        office.browser("bo").fragment(f"/conversations/{each}").select_one(".thread-links").get_text(" ", strip=True)
        for each in (plain, find_tickets(scene)[-1].public_id)
    ]
    assert strips == ["Not by mail: replies are kept here, and not mailed to the person", "help@acme.test"]
    assert [row.address for row in scene.rows(Mailbox)] == ["help@acme.test"]


def test_the_editor_of_a_ticket_says_where_no_reply_is_mailed_to(office: Office) -> None:
    scene = office.scene
    plain, chat = scene.ticket(assignee="bo"), scene.claimed_by("bo")
    add_mailbox(scene)
    office.browser("bo").do("POST", "/tickets", **form(scene))
    mailed = find_tickets(scene)[-1]

    def said(name: str, conversation: str) -> list[str]:
        composer = office.browser(name).fragment(f"/conversations/{conversation}").select_one("form.composer")
        return [each.get_text() for each in composer.select("[data-for-write=text]") if each.name == "p"]

    not_mailed = ["Not by mail: replies are kept here, and not mailed to the person"]
    assert [said("bo", each) for each in (plain, chat, mailed.public_id)] == [not_mailed, [], []]
    assert said("di", plain) == []  # who may not write needs no warning
    scene.change(Person, mailed.person_id, email=None)
    assert said("ada", mailed.public_id) == ["The person has no e-mail address: a reply is refused until they have one"]


def test_a_takeover_of_a_ticket_whose_person_has_no_address_changes_nothing(office: Office) -> None:
    scene = office.scene
    add_mailbox(scene)
    office.browser("bo").do("POST", "/tickets", **form(scene))
    ticket = find_tickets(scene)[-1]
    scene.change(Person, ticket.person_id, email=None)
    path = f"/conversations/{ticket.public_id}/takeover"
    answer = office.browser("ada").do("POST", path, text="Hello", client_id="t1")
    assert (answer.status_code, "no e-mail address" in answer.json["detail"]) == (409, True)
    now = scene.conversation(ticket.public_id)
    assert (now.assignee_id, now.epoch, now.last_seq) == (ticket.assignee_id, ticket.epoch, ticket.last_seq)


def test_the_list_shows_chats_or_tickets_alone_and_finds_subjects(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    request = TicketRequest("Zipper of the Skagen", PersonDetails("pat"), "It is stuck.", scene.viewer("bo").public_id)
    ticket = create_ticket(scene.viewer("ada"), request, "Support").public_id

    def listed(query: str) -> set[str]:
        return {row["data-c"] for row in office.browser("bo").fragment(f"/inbox/list?view=mine{query}").select(".row")}

    assert listed("") == {chat, ticket}
    assert listed("&kind=ticket") == {ticket}
    assert listed("&kind=chat") == {chat}
    assert listed("&q=skagen") == {ticket}
    page = office.browser("bo").page("/inbox?view=mine&kind=ticket")
    assert page.select_one("select[name=kind] option[selected]")["value"] == "ticket"
    assert json.loads(page.select_one("#rows")["data-filter"])["kind"] == "ticket"
    assert page.select_one(".row-subject").get_text() == "Zipper of the Skagen"
    assert office.browser("bo").do("GET", "/inbox?kind=letter").status_code == 422


def test_the_buttons_of_a_ticket_follow_its_status(office: Office) -> None:
    scene = office.scene
    ticket = scene.ticket(assignee="bo")

    def offered(name: str) -> list[str]:
        foot = office.browser(name).fragment(f"/conversations/{ticket}").select_one(".composer-foot")
        return [foot["data-may-write"], *[each.get_text(strip=True) for each in foot.select("button")]]

    assert offered("bo") == ["send", "Transfer", "Create ticket", "Send", "Add note"]
    assert offered("cy") == ["takeover", "Create ticket", "Takeover & Send", "Add note"]
    scene.set_status("bo", ticket, "resolved")
    assert offered("bo") == ["send", "Transfer", "Create ticket", "Send", "Add note"]
    scene.set_status("bo", ticket, "closed")
    assert offered("bo") == offered("cy") == ["", "Create ticket", "Add note"]


def test_a_closed_ticket_says_that_it_is_final(office: Office) -> None:
    scene = office.scene
    ticket = scene.ticket(assignee="bo")
    scene.set_status("bo", ticket, "closed")
    foot = office.browser("bo").fragment(f"/conversations/{ticket}").select_one(".composer-foot")
    assert foot["data-hint"] == "This ticket is closed for good. Create a new one to write to the person again"
