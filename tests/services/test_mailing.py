"""Mail out is sent once its transaction is committed, in order, again when it may help, and told when it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select

from dashboard.models import Mailbox, Outbox, db
from dashboard.models.enums import OutboxState
from dashboard.models.errors import Refused as RefusedByUs
from dashboard.services import jobs, mailing
from dashboard.services.sealing import Sealer
from dashboard.services.unit_of_work import unit_of_work
from integrations.fake import FakePostman
from integrations.port import CredentialsBroken, Mail, MailAccount, Refused, Retryable
from tests.factories import Scene
from tests.services.test_ticket_mail import add_mailbox

_o = Outbox.__table__.c
SEALER = Sealer("a key")


def mail(number: int) -> Mail:
    return Mail(f"m{number}@acme.test", "help@acme.test", "Acme", "nora@example.test", "Tent", f"Text {number}")


def queue(*numbers: int, about: dict[str, int] | None = None, mailbox_id: int | None = None) -> None:
    with unit_of_work() as uow:
        for number in numbers:
            mailing.queue_mail(uow, mail(number), stream="mail:1", about=about, mailbox_id=mailbox_id)


def deliver_due(postman: FakePostman, on_account: Callable[[MailAccount | None], None] = lambda _account: None) -> int:
    def postman_for(account: MailAccount | None) -> FakePostman:
        on_account(account)
        return postman

    taken = jobs.take_jobs("one")
    for job in taken:
        mailing.deliver(job, postman_for, SEALER, mailing.note_failure)
    return len(taken)


def states() -> list[OutboxState]:
    found = db.session.execute(select(_o.state).where(_o.kind == mailing.KIND).order_by(_o.id)).scalars().all()
    db.session.close()
    return list(found)


def test_mails_of_a_stream_leave_in_their_order(scene: Scene) -> None:
    postman = FakePostman()
    queue(1, 2)
    while deliver_due(postman):
        pass
    assert [each.message_id for each in postman.sent] == ["m1@acme.test", "m2@acme.test"]
    assert postman.sent[0] == mail(1)
    assert states() == [OutboxState.SENT, OutboxState.SENT]


def test_a_transaction_that_fails_sends_nothing(scene: Scene) -> None:
    def fail() -> None:
        with unit_of_work() as uow:
            mailing.queue_mail(uow, mail(1), stream="mail:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert jobs.take_jobs("one") == []


def test_what_may_work_later_is_tried_again_and_later_and_later(scene: Scene) -> None:
    postman = FakePostman(Retryable("busy"), Retryable("busy"))
    queue(1)
    deliver_due(postman)
    assert deliver_due(postman) == 0
    scene.clock.forward(seconds=21)
    deliver_due(postman)
    scene.clock.forward(seconds=21)
    assert deliver_due(postman) == 0
    scene.clock.forward(seconds=20)
    deliver_due(postman)
    assert [each.message_id for each in postman.sent] == ["m1@acme.test"]


def test_what_will_never_work_is_given_up_and_told_in_the_ticket(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    queue(1, 2, about={"conversation_id": scene.conversation(chat).id})
    postman = FakePostman(Refused("no such user"))
    while deliver_due(postman):
        pass
    assert states() == [OutboxState.DEAD, OutboxState.SENT]
    assert scene.timeline(chat)[-1].body.startswith("Not delivered to nora@example.test:")
    assert scene.timeline(chat)[-1].public_seq is None


def test_a_mail_waits_for_who_sets_the_password_right_and_the_ticket_is_told_once(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    queue(1, about={"conversation_id": scene.conversation(chat).id})
    postman = FakePostman(*[CredentialsBroken("wrong password")] * 2)
    for _ in range(3):
        deliver_due(postman)
        scene.clock.forward(minutes=10)
    assert states() == [OutboxState.SENT]
    told = [line.body for line in scene.timeline(chat) if line.body.startswith("Not delivered")]
    assert told == ["Not delivered to nora@example.test: wrong password. It is tried again for three days."]


def test_after_three_days_a_mail_is_given_up(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    queue(1, about={"conversation_id": scene.conversation(chat).id})
    scene.clock.forward(days=3, minutes=1)
    deliver_due(FakePostman(Retryable("busy")))
    assert states() == [OutboxState.DEAD]


def test_a_mailbox_sends_through_its_own_account(scene: Scene) -> None:
    with unit_of_work() as uow:
        outgoing = {"host": "mail.acme.test", "port": 587, "security": "starttls", "user": "acme"}
        mailbox_id = uow.conn.execute(
            insert(Mailbox.__table__)
            .values(
                public_id="0198", teamspace_id=scene.support, address="help@acme.test", name="Acme", is_enabled=True,
                outgoing=outgoing, incoming={}, position={}, secrets=SEALER.seal({"outgoing": "right"}),
                created_at=uow.now,
            )
            .returning(Mailbox.__table__.c.id)
        ).scalar_one()  # fmt: skip
    queue(1, mailbox_id=mailbox_id)
    accounts: list[MailAccount | None] = []
    deliver_due(FakePostman(), accounts.append)
    assert accounts == [MailAccount("mail.acme.test", 587, "starttls", "acme", "right")]


def test_a_password_that_cannot_be_opened_any_more_is_told_and_its_mails_wait(scene: Scene) -> None:
    server = {"host": "mail.acme.test", "port": 587, "security": "starttls", "user": "acme"}
    mailbox_id = add_mailbox(scene, outgoing=server, secrets=Sealer("another").seal({"outgoing": "right"}))
    chat = scene.claimed_by("bo")
    queue(1, about={"conversation_id": scene.conversation(chat).id}, mailbox_id=mailbox_id)
    deliver_due(FakePostman())
    assert states() == [OutboxState.PENDING]
    assert "given again" in scene.timeline(chat)[-1].body
    scene.change(Mailbox, mailbox_id, secrets=SEALER.seal({"outgoing": "right"}))
    scene.clock.forward(minutes=10)
    deliver_due(FakePostman())
    assert states() == [OutboxState.SENT]


def test_a_message_id_is_ascii_whatever_the_domain() -> None:
    assert mailing.new_message_id("hilfe@bücher.test").endswith("@xn--bcher-kva.test")


def test_sealed_secrets_open_only_with_their_key(app: Flask) -> None:
    sealed = SEALER.seal({"outgoing": "right"})
    assert "right" not in sealed
    assert SEALER.open(sealed) == {"outgoing": "right"}
    with pytest.raises(RefusedByUs):
        Sealer("another key").open(sealed)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Acme <help@acme.test>", ("Acme", "help@acme.test")),
        ('"Acme, Inc." <help@acme.test>', ("Acme, Inc.", "help@acme.test")),
        ("help@acme.test", ("", "help@acme.test")),
    ],
)
def test_an_address_is_split_from_its_name(value: str, found: tuple[str, str]) -> None:
    assert mailing.split_address(value) == found
