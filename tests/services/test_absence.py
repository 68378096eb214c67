"""When the last lease ends: who is absent, what returns, and what a restart is forgiven (P2, P3, ADR 0013)."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import insert, select

from dashboard.models import AvailabilityChange, Presence, QueueEntry, UserSession
from dashboard.models.clock import set_clock, utcnow
from dashboard.models.enums import AvailabilityRecord, Handler, Status
from dashboard.models.errors import OwnershipChanged
from dashboard.models.ids import new_public_id
from dashboard.services import absence, availability, messaging, returning, sweeps
from dashboard.services.holding import hold
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree
from tests.services.test_concurrency import at_once

NOTE = "Back in the queue: Bo Lindqvist is no longer connected, and the person waits for an answer."


@pytest.fixture
def office(scene: Scene) -> Scene:
    """Support takes chats back from whoever drops out; Bo is online with one tab."""
    scene.configure(returns_when_absent=True)
    availability.connect(scene.users["bo"], "tab", "a process")
    availability.set_availability(scene.users["bo"], "online")
    return scene


def states(scene: Scene, name: str) -> list[str]:
    return [row.state.value for row in scene.rows(AvailabilityChange) if row.user_id == scene.users[name]]


def drop_out(scene: Scene, connection: str = "tab") -> None:
    """The laptop's lid is closed, and the grace goes by."""
    availability.disconnect(connection)
    scene.clock.forward(seconds=61)
    availability.expire_leases(spares_lost=True)


def leases(scene: Scene) -> list[str]:
    return [row.connection_id for row in scene.rows(Presence)]


def test_a_chat_that_waits_for_an_answer_returns_with_a_note_and_keeps_its_place(office: Scene) -> None:
    chat = office.ask_for_human("pia")
    younger = office.ask_for_human("ravi")
    office.give("bo", younger, "Returns")
    drop_out(office)
    assert (office.owner(chat), office.conversation(chat).status) == ("queue", Status.PENDING)
    assert office.waiting() == [chat, younger]
    assert [line.body for line in office.timeline(chat) if line.data.get("code") == "returned"] == [NOTE]
    assert office.conversation(chat).waiting_since is not None
    assert leases(office) == []


def test_answered_chats_and_tickets_stay_and_so_does_everything_where_it_is_off(office: Scene) -> None:
    answered, ticket, resolved = office.ask_for_human("pia"), office.ticket(), office.ask_for_human("ravi")
    office.reply("bo", answered, "One moment.")
    office.set_status("bo", resolved, "resolved")
    drop_out(office)
    assert [office.owner(each) for each in (answered, ticket, resolved)] == ["bo"] * 3
    office.present("bo")
    office.configure(returns_when_absent=False)
    unanswered = office.ask_for_human("sam")
    office.clock.forward(seconds=61)
    availability.expire_leases()
    assert office.owner(unanswered) == "bo"


def test_an_answered_chat_returns_once_the_person_writes_again(office: Scene) -> None:
    chat, quiet = office.ask_for_human("pia"), office.ask_for_human("ravi")
    for each in (chat, quiet):
        office.reply("bo", each, "One moment.")
    drop_out(office)
    sweeps.expire_presence(spares_lost=True)
    assert (office.owner(chat), office.owner(quiet)) == ("bo", "bo")
    office.write("pia", "Are you still there?")
    sweeps.expire_presence(spares_lost=True)
    assert (office.owner(chat), office.owner(quiet)) == ("queue", "bo")
    assert [line.body for line in office.timeline(chat) if line.data.get("code") == "returned"] == [NOTE]
    office.configure(returns_when_absent=False)
    office.write("ravi", "And you?")
    sweeps.expire_presence(spares_lost=True)
    assert office.owner(quiet) == "bo", "it is not set any more"


def test_a_resolved_chat_that_is_reopened_for_somebody_who_is_gone_returns(office: Scene) -> None:
    chat = office.ask_for_human("pia")
    office.set_status("bo", chat, "resolved")
    drop_out(office)
    office.write("pia", "It broke again.")
    sweeps.expire_presence(spares_lost=True)
    assert office.owner(chat) == "queue"


def test_what_somebody_got_while_they_were_gone_or_keeps_after_a_restart_stays(office: Scene) -> None:
    before = office.ask_for_human("ravi")
    office.reply("bo", before, "One moment.")
    drop_out(office)
    office.clock.forward(seconds=1)
    by_program = office.claimed_by("bo")
    sweeps.expire_presence(spares_lost=True)
    assert office.owner(by_program) == "bo"
    office.present("bo")
    office.clock.forward(minutes=10)  # the server is down
    office.write("ravi", "Are you still there?")
    sweeps.expire_presence(spares_lost=True)
    assert (states(office, "bo")[-1], office.owner(before)) == ("absent", "bo"), "they may be about to come back"
    office.present("bo")
    sweeps.expire_presence()
    assert office.owner(before) == "bo"


@pytest.mark.parametrize("status", ["open", "pending", "overdue"])
def test_every_open_status_returns(office: Scene, status: str) -> None:
    chat = office.ask_for_human("pia")
    if status != "open":
        office.set_status("bo", chat, status)
    drop_out(office)
    assert office.owner(chat) == "queue"


def test_a_colleague_who_is_free_gets_them_oldest_first(office: Scene) -> None:
    chats = [office.ask_for_human(person) for person in ("pia", "ravi", "sam")]
    office.configure(auto_limit=2)
    office.clock.forward(seconds=30)
    availability.disconnect("tab")
    office.clock.forward(seconds=31)
    office.online("cy")
    office.clock.forward(seconds=30)
    availability.expire_leases(spares_lost=True)
    assert [office.owner(chat) for chat in chats] == ["cy", "cy", "queue"]


def test_whoever_comes_back_may_get_it_again(office: Scene) -> None:
    chat = office.ask_for_human("pia")
    drop_out(office)
    office.present("bo")
    assert office.owner(chat) == "bo"
    assert office.codes(chat).count("returned") == 1


def test_the_last_of_several_devices_decides(office: Scene) -> None:
    availability.connect(office.users["bo"], "phone", "a process")
    chat = office.ask_for_human("pia")
    availability.disconnect("tab")
    office.clock.forward(seconds=50)
    assert availability.renew("a process", ["phone"]) == set()
    office.clock.forward(seconds=30)
    availability.expire_leases(spares_lost=True)
    assert (office.owner(chat), leases(office)) == ("bo", ["phone"])
    drop_out(office, "phone")
    assert (office.owner(chat), states(office, "bo")) == ("queue", ["present", "online", "absent"])


def test_signing_out_ends_it_at_once(office: Scene) -> None:
    chat = office.ask_for_human("pia")
    with unit_of_work() as uow:
        availability.end_presence(uow, office.users["bo"], None)
    assert (office.owner(chat), leases(office), states(office, "bo")[-1]) == ("queue", [], "absent")


def test_a_connection_that_ends_after_signing_out_makes_nobody_present_again(office: Scene) -> None:
    with unit_of_work() as uow:
        availability.end_presence(uow, office.users["bo"], None)
        uow._later.clear()  # the process dies right after the commit
    availability.disconnect("tab")
    assert office.owner(office.ask_for_human("pia")) == "queue"
    availability.expire_leases(spares_lost=True)
    assert (leases(office), states(office, "bo").count("absent")) == ([], 1)


def test_a_connection_that_is_written_after_its_sign_in_ended_has_no_lease(scene: Scene) -> None:
    with unit_of_work() as uow:
        row = {
            "public_id": new_public_id(), "token_hash": "x", "user_id": scene.users["bo"], "created_at": uow.now,
            "last_seen_at": uow.now, "last_input_at": uow.now, "expires_at": uow.now, "revoked_at": uow.now,
        }  # fmt: skip
        table = UserSession.__table__
        session_id = uow.conn.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    availability.connect(scene.users["bo"], "tab", "a process", session_id)
    assert (leases(scene), states(scene, "bo")) == ([], [])


def test_a_dead_server_makes_its_users_absent_and_takes_nothing_from_them_yet(office: Scene) -> None:
    chat = office.ask_for_human("pia")
    office.clock.forward(minutes=10)
    for _ in range(2):
        availability.expire_leases(spares_lost=True)
    assert (office.owner(chat), states(office, "bo")) == ("bo", ["present", "online", "absent"])
    assert office.owner(office.ask_for_human("ravi")) == "queue"
    availability.connect(office.users["bo"], "tab again", "another process")
    assert states(office, "bo")[-1] == "present"
    availability.expire_leases()
    assert (office.owner(chat), leases(office)) == ("bo", ["tab again"])


def test_whoever_has_not_come_back_to_the_new_server_drops_out(office: Scene) -> None:
    chat = office.ask_for_human("pia")
    office.clock.forward(minutes=10)
    availability.expire_leases(spares_lost=True)
    availability.expire_leases()
    assert (office.owner(chat), leases(office)) == ("queue", [])
    assert states(office, "bo") == ["present", "online", "absent"], "once"


def test_a_process_that_dies_in_the_middle_leaves_the_rest_to_the_next_sweep(
    office: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats = [office.ask_for_human(person) for person in ("pia", "ravi", "sam")]
    true, left = returning.return_to_queue, iter([1])

    def die(*given: object, **named: object) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        true(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(returning, "return_to_queue", die)
    with pytest.raises(KeyboardInterrupt):
        drop_out(office)
    assert [office.owner(chat) for chat in chats] == ["queue", "bo", "bo"]
    monkeypatch.setattr(returning, "return_to_queue", true)
    availability.expire_leases(spares_lost=True)
    assert [office.owner(chat) for chat in chats] == ["queue"] * 3
    assert [office.codes(chat).count("returned") for chat in chats] == [1] * 3


def test_a_reply_at_that_very_moment_is_sent_or_refused_and_never_both(app: Flask, office: Scene) -> None:
    chats = [office.ask_for_human(f"person {number}") for number in range(6)]
    bo = office.viewer("bo")
    availability.disconnect("tab")
    office.clock.forward(seconds=61)
    calls = [partial(messaging.send_reply, bo, chat, "Here I am", "reply") for chat in chats]
    answers = at_once(app, [*calls, partial(absence.settle, office.users["bo"]), availability.expire_leases])
    for chat, answer in zip(chats, answers, strict=False):
        said = [text for _, text in office.said(chat)].count("Here I am")
        if isinstance(answer, OwnershipChanged):
            assert (office.owner(chat), said, answer.current.handler) == ("queue", 0, Handler.QUEUE)
        else:
            assert (office.owner(chat), said, office.codes(chat).count("returned")) == ("bo", 1, 0)


def test_whoever_returned_a_conversation_is_not_picked_but_may_claim_it(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"users": [scene.viewer("eli").public_id]}))
    chat = scene.claimed_by("eli")
    scene.give("eli", chat, "bo")
    scene.online("bo", "eli")
    scene.away("eli")
    with unit_of_work() as uow:
        held = hold(uow, public_id=chat)
        returning.return_to_queue(uow, held, "Bo gave it back.", excluded_user_id=scene.users["bo"])
    assert scene.owner(chat) == "queue"
    scene.claim("bo", chat)
    scene.give("bo", chat, "cy")
    with unit_of_work() as uow:
        held = hold(uow, public_id=chat)
        returning.return_to_queue(uow, held, "Cy gave it back.")
    entry = scene.all(select(QueueEntry.__table__).where(QueueEntry.__table__.c.left_at.is_(None)))
    assert [row.excluded_user_id for row in entry] == [None], "until the next assignment only"


def test_the_record_of_availability_alternates(office: Scene) -> None:
    for _ in range(3):
        drop_out(office, leases(office)[0])
        office.present("bo")
    kinds = [each for each in states(office, "bo") if each in ("present", "absent")]
    assert kinds == [AvailabilityRecord.PRESENT, *[AvailabilityRecord.ABSENT, AvailabilityRecord.PRESENT] * 3]


def test_a_renewal_that_began_before_a_sign_out_brings_nothing_back(office: Scene) -> None:
    moment = utcnow()
    office.clock.forward(seconds=1)
    with unit_of_work() as uow:
        availability.end_presence(uow, office.users["bo"], None)
        uow._later.clear()  # the rest follows by the sweep
    set_clock(lambda: moment)
    assert availability.renew("a process", ["tab"]) == {"tab"}
    set_clock(office.clock.tick)


def test_renewing_leaving_and_signing_out_never_wait_for_each_other_in_a_circle(app: Flask, office: Scene) -> None:
    """A deadlock would fail the thread, and with it the test."""
    bo, pages = office.users["bo"], [f"page {letter}" for letter in "hgfedcba"]

    def sign_out() -> None:
        with unit_of_work() as uow:
            availability.end_presence(uow, bo, None)

    for _ in range(3):
        for page in pages:
            availability.connect(bo, page, "a process")
        calls = [partial(availability.renew, "a process", pages[::-1]), partial(availability.disconnect, *pages)]
        at_once(app, [*calls, sign_out, partial(availability.renew, "a process", pages)])
        assert (leases(office), states(office, "bo")[-1]) == ([], "absent")
