"""A ticket by mail, there and back: each mail once, in its ticket, and no machine opens one (L9, T8)."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from dashboard.models import Conversation, Mailbox, MailMessage, Message, Outbox, Person, Teamspace, db
from dashboard.models.enums import AuthorKind, Handler, MessageKind, Status
from dashboard.models.errors import Obstacle
from dashboard.queries.merging import load_preview
from dashboard.queries.teamspaces import load_removal
from dashboard.services import mail_in, merging, tickets
from dashboard.services.programs import PersonDetails
from dashboard.services.teamspace_deletion import delete_teamspace
from dashboard.services.tickets import TicketRequest
from dashboard.services.unit_of_work import unit_of_work
from integrations.port import IncomingMail
from tests.factories import Scene

NORA = "nora@example.test"
HELLO = IncomingMail("n1@example.test", NORA, "Nora Lund", "My tent", "The pole broke.")


def add_mailbox(scene: Scene, address: str = "help@acme.test", **columns: object) -> int:
    values = {
        "public_id": scene.key(), "teamspace_id": scene.support, "address": address, "name": "Acme Outdoor",
        "is_enabled": True, "outgoing": {}, "incoming": {}, "position": {}, **columns,
    }  # fmt: skip
    with unit_of_work() as uow:
        made = insert(Mailbox.__table__).values(**values, created_at=uow.now).returning(Mailbox.__table__.c.id)
        return int(uow.conn.execute(made).scalar_one())


@pytest.fixture
def mailbox(scene: Scene) -> int:
    return add_mailbox(scene)


def ticket_of(taken: mail_in.Taken) -> str:
    found = select(Conversation.public_id).where(Conversation.id == taken.conversation_id)
    public_id = db.session.execute(found).scalar_one()
    db.session.close()
    return str(public_id)


def receive(mailbox: int, mail: IncomingMail = HELLO) -> str:
    return ticket_of(mail_in.receive_mail(mailbox, mail))


def sent() -> list[dict[str, object]]:
    found = db.session.execute(select(Outbox.payload).where(Outbox.kind == "mail").order_by(Outbox.id)).scalars().all()
    db.session.close()
    return [each["mail"] for each in found]


def said(public_id: str) -> list[tuple[AuthorKind, str]]:
    texts = (
        select(Message.author_kind, Message.body)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.public_id == public_id, Message.kind == MessageKind.TEXT)
        .order_by(Message.seq)
    )
    found = [(row.author_kind, row.body) for row in db.session.execute(texts)]
    db.session.close()
    return found


def test_a_mail_opens_a_ticket_that_waits_for_somebody(scene: Scene, mailbox: int) -> None:
    taken = mail_in.receive_mail(mailbox, HELLO)
    assert taken.outcome == "opened"
    row = scene.conversation(ticket_of(taken))
    assert (row.kind, row.handler, row.status, row.subject) == ("ticket", Handler.QUEUE, Status.PENDING, "My tent")
    assert row.waiting_since is not None
    person = db.session.execute(select(Person).where(Person.id == row.person_id)).scalar_one()
    assert (person.name, person.email) == ("Nora Lund", NORA)
    assert said(row.public_id) == [(AuthorKind.PERSON, "The pole broke.")]


def test_the_same_mail_again_changes_nothing(scene: Scene, mailbox: int) -> None:
    receive(mailbox)
    assert mail_in.receive_mail(mailbox, HELLO).outcome == "duplicate"
    assert db.session.execute(select(func.count()).select_from(Message).where(Message.kind == "text")).scalar() == 1


def test_a_reply_goes_out_threaded_and_the_answer_comes_back_into_the_ticket(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.claim("bo", ticket)
    scene.reply("bo", ticket, "Which pole?")
    [mail] = sent()
    assert (mail["to"], mail["sender"], mail["subject"]) == (NORA, "help@acme.test", "Re: My tent")
    assert (mail["in_reply_to"], mail["references"]) == ("n1@example.test", ["n1@example.test"])
    assert mail["text"] == "Which pole?"

    answer = replace(HELLO, message_id="n2@example.test", text="The long one.", references=(str(mail["message_id"]),))
    assert receive(mailbox, answer) == ticket
    assert [text for _, text in said(ticket)] == ["The pole broke.", "Which pole?", "The long one."]
    assert scene.conversation(ticket).waiting_since is not None

    scene.reply("bo", ticket, "It is on its way.")
    assert sent()[-1]["in_reply_to"] == "n2@example.test"


def test_a_note_and_a_line_of_activity_are_never_mailed(scene: Scene, mailbox: int) -> None:
    from dashboard.services import messaging

    ticket = receive(mailbox)
    scene.claim("bo", ticket)
    messaging.add_note(scene.viewer("bo"), ticket, "An old customer.", scene.key())
    scene.set_status("bo", ticket, "resolved")
    assert sent() == []


def test_a_takeover_of_a_ticket_is_mailed_too(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.take_over("ada", ticket, "I take care of it.")
    assert [each["text"] for each in sent()] == ["I take care of it."]


def test_a_mail_to_a_resolved_ticket_opens_it_again(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.claim("bo", ticket)
    scene.set_status("bo", ticket, "resolved")
    receive(mailbox, replace(HELLO, message_id="n2@x", text="Not yet!", references=("n1@example.test",)))
    row = scene.conversation(ticket)
    assert (row.status, row.assignee_id) == (Status.OPEN, scene.users["bo"])


def test_a_mail_to_a_closed_ticket_opens_a_new_one_linked_to_it(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.claim("bo", ticket)
    scene.set_status("bo", ticket, "closed")
    fresh = receive(mailbox, replace(HELLO, message_id="n2@x", text="Again!", references=("n1@example.test",)))
    assert fresh != ticket
    assert scene.conversation(fresh).origin_id == scene.conversation(ticket).id
    assert said(ticket) == [(AuthorKind.PERSON, "The pole broke.")]


def test_another_persons_answer_opens_a_ticket_of_theirs(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    forwarded = IncomingMail("e1@x", "eve@example.test", "Eve", "My tent", "Tell me more.", ("n1@example.test",))
    other = receive(mailbox, forwarded)
    assert other != ticket
    assert said(ticket) == [(AuthorKind.PERSON, "The pole broke.")]
    assert scene.conversation(other).origin_id == scene.conversation(ticket).id


def test_of_several_records_with_the_address_the_tickets_person_answers(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.change(Person, scene.person("pia"), email=NORA)  # the same customer chatted later, and left their address
    answer = replace(HELLO, message_id="n2@x", text="More.", references=("n1@example.test",))
    assert receive(mailbox, answer) == ticket


def test_an_address_that_a_visitor_left_is_not_taken_for_who_writes_from_it(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.change(Person, scene.person("pia"), email=NORA)
    again = receive(mailbox, replace(HELLO, message_id="n2@x"))
    assert scene.conversation(again).person_id == scene.conversation(ticket).person_id


def test_a_merged_record_still_answers_by_its_address(scene: Scene, mailbox: int) -> None:
    scene.change(Person, scene.person("pia"), email=NORA)
    ticket = receive(mailbox)
    merge(scene, "kit", "pia")
    receive(mailbox, replace(HELLO, message_id="n2@x", text="More.", references=("n1@example.test",)))
    assert [text for _, text in said(ticket)] == ["The pole broke.", "More."]
    assert scene.conversation(receive(mailbox, replace(HELLO, message_id="n3@x"))).person_id == scene.person("kit")


def merge(scene: Scene, kept: str, other: str) -> None:
    keys = scene.person(kept), scene.person(other)
    seen = load_preview(db.session, *keys).version
    one, two = (db.session.execute(select(Person.public_id).where(Person.id == key)).scalar_one() for key in keys)
    db.session.close()
    merging.merge_people(scene.viewer("ada"), one, two, seen)


def test_a_mail_from_an_old_address_does_not_undo_what_colleagues_corrected(scene: Scene, mailbox: int) -> None:
    person = scene.conversation(receive(mailbox)).person_id
    scene.change(Person, person, name="Nora Lund-Berg", email="nora@work.test")
    assert scene.conversation(receive(mailbox, replace(HELLO, message_id="n2@x"))).person_id == person
    stored = db.session.execute(select(Person).where(Person.id == person)).scalar_one()
    assert (stored.name, stored.email) == ("Nora Lund-Berg", "nora@work.test")


def test_a_mail_that_answers_none_of_ours_is_taken_whole(scene: Scene, mailbox: int) -> None:
    forwarded = replace(HELLO, text="See this.", whole="See this.\n\nYour order is lost.", references=("s1@shop.test",))
    ticket = receive(mailbox, forwarded)
    assert said(ticket) == [(AuthorKind.PERSON, "See this.\n\nYour order is lost.")]
    answer = replace(HELLO, message_id="n2@x", text="Well?", whole="Well?\n> Hello", references=("n1@example.test",))
    assert said(receive(mailbox, answer))[-1] == (AuthorKind.PERSON, "Well?")


def test_a_mail_to_two_mailboxes_of_a_teamspace_is_one(scene: Scene, mailbox: int) -> None:
    receive(mailbox)
    assert mail_in.receive_mail(add_mailbox(scene, "returns@acme.test"), HELLO).outcome == "duplicate"


def test_a_deleted_teamspace_takes_no_mail(scene: Scene) -> None:
    box = add_mailbox(scene, teamspace_id=scene.wholesale)
    space = scene.scalar(select(Teamspace.public_id).where(Teamspace.id == scene.wholesale))
    seen = load_removal(db.session, scene.wholesale).seen
    db.session.close()
    delete_teamspace(scene.viewer("ada"), str(space), seen)
    assert mail_in.receive_mail(box, HELLO).outcome == "gone"
    assert scene.scalar(select(Mailbox.is_enabled)) is False


def test_mail_never_answers_across_teamspaces(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    elsewhere = add_mailbox(scene, "sales@acme.test", teamspace_id=scene.wholesale)
    taken = mail_in.receive_mail(elsewhere, replace(HELLO, message_id="n2@x", references=("n1@example.test",)))
    other = scene.conversation(ticket_of(taken))
    assert (other.teamspace_id, other.origin_id) == (scene.wholesale, None)
    assert other.public_id != ticket


@pytest.mark.parametrize(
    ("mail", "outcome"),
    [
        (replace(HELLO, is_automatic=True), "automatic"),
        (replace(HELLO, sender="help@acme.test"), "own"),
    ],
)
def test_what_nobody_wrote_opens_nothing(scene: Scene, mailbox: int, mail: IncomingMail, outcome: str) -> None:
    assert mail_in.receive_mail(mailbox, mail).outcome == outcome
    assert db.session.execute(select(func.count()).select_from(Conversation)).scalar() == 0


@pytest.mark.parametrize(("list_id", "outcome"), [("help.acme.test", "opened"), ("news.shop.test", "automatic")])
def test_a_mailbox_that_is_a_mailing_list_takes_what_it_hands_on(
    scene: Scene, mailbox: int, list_id: str, outcome: str
) -> None:
    mail = replace(HELLO, is_automatic=True, list_id=list_id)
    assert mail_in.receive_mail(mailbox, mail).outcome == outcome


def test_an_out_of_office_reply_is_told_and_answers_nothing(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.claim("bo", ticket)
    scene.reply("bo", ticket, "Which pole?")
    away = replace(HELLO, message_id="o1@x", subject="Away", is_automatic=True, references=("n1@example.test",))
    assert mail_in.receive_mail(mailbox, away).outcome == "automatic"
    assert scene.conversation(ticket).waiting_since is None
    assert "\u201cAway\u201d" in scene.timeline(ticket)[-1].body


def test_a_banned_persons_mail_is_not_taken(scene: Scene, mailbox: int) -> None:
    ticket = receive(mailbox)
    scene.change(Person, scene.conversation(ticket).person_id, is_banned=True)
    assert mail_in.receive_mail(mailbox, replace(HELLO, message_id="n2@x")).outcome == "banned"


def test_a_long_mail_is_taken_whole_and_its_files_are_named(scene: Scene, mailbox: int) -> None:
    long = "word " * 10_000
    ticket = receive(mailbox, replace(HELLO, text=long, files=("pole.png",)))
    assert said(ticket) == [(AuthorKind.PERSON, long.strip())]
    assert any("pole.png" in line.body for line in scene.timeline(ticket))


def test_a_ticket_of_a_user_is_mailed_to_its_person(scene: Scene, mailbox: int) -> None:
    request = TicketRequest("Your order", PersonDetails("pat", "Pat", "pat@example.test"), "It is here.", None)
    ticket = tickets.create_ticket(scene.viewer("ada"), request, "Support").public_id
    [mail] = sent()
    assert (mail["to"], mail["subject"], mail["in_reply_to"]) == ("pat@example.test", "Your order", None)
    assert scene.conversation(ticket).mailbox_id == mailbox


def test_without_an_address_or_a_mailbox_a_ticket_is_not_mailed(scene: Scene) -> None:
    person = PersonDetails("pat", "Pat", "pat@example.test")
    tickets.create_ticket(scene.viewer("ada"), TicketRequest("One", person, "It is here."), "Support")
    add_mailbox(scene)
    tickets.create_ticket(scene.viewer("ada"), TicketRequest("Two", PersonDetails("nobody"), "It is here."), "Support")
    assert sent() == []


@pytest.mark.parametrize(("change", "words"), [("address", "e-mail address"), ("switch", "switched off")])
def test_a_reply_that_no_mail_could_carry_is_refused_before_anything_changes(
    scene: Scene, mailbox: int, change: str, words: str
) -> None:
    ticket = receive(mailbox)
    if change == "address":
        scene.change(Person, scene.conversation(ticket).person_id, email=None)
    else:
        with unit_of_work() as uow:
            uow.conn.execute(update(Mailbox.__table__).values(is_enabled=False))
    with pytest.raises(Obstacle, match=words):
        scene.take_over("ada", ticket)
    assert scene.conversation(ticket).handler is Handler.QUEUE
    assert len(said(ticket)) == 1


def test_of_many_who_bring_one_mail_at_once_one_is_taken(app: Flask, scene: Scene, mailbox: int) -> None:
    outcomes: list[str] = []

    def bring() -> None:
        with app.app_context():
            outcomes.append(mail_in.receive_mail(mailbox, HELLO).outcome)

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["duplicate"] * 5 + ["opened"]
    assert db.session.execute(select(func.count()).select_from(Conversation)).scalar() == 1
    assert db.session.execute(select(func.count()).select_from(MailMessage)).scalar() == 1
