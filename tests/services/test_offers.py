"""An offered transfer: the sender keeps it until it is accepted, and whatever ends the offer ends it once (T5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from dashboard.models import Assignment, TeamMember, Timer, TransferOffer, Workspace, db
from dashboard.models.enums import AssignmentHow, OfferState, Plan, Status
from dashboard.models.errors import Invalid, NotFound, PlanRequired, Refused
from dashboard.queries.offers import load_offers
from dashboard.services import jobs, offers, shift, transfers, undo, users, voiding
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene


@pytest.fixture(autouse=True)
def _offers_are_wanted(scene: Scene) -> None:
    scene.configure(offers_transfers=True)


def offer_of(scene: Scene) -> Any:
    """The latest offer."""
    return scene.rows(TransferOffer)[-1]


def offered(scene: Scene, to: str = "cy", note: str | None = None) -> tuple[str, str]:
    """A chat of bo's that is offered, and the offer."""
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, to, note)
    return chat, str(offer_of(scene).public_id)


def accept(scene: Scene, name: str, offer: str) -> str:
    return offers.accept(scene.viewer(name), offer)


def codes(scene: Scene, chat: str) -> list[Any]:
    return [line.data.get("code") for line in scene.timeline(chat)]


def lines(scene: Scene, chat: str) -> list[str]:
    return [line.body for line in scene.timeline(chat) if line.kind.value == "activity"]


def run_timers() -> None:
    for timer in jobs.take_timers():
        assert timer.kind == offers.TIMER
        offers.expire(timer)


def test_nothing_changes_until_it_is_accepted(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    epoch = scene.conversation(chat).epoch
    given = transfers.transfer_to_user(scene.viewer("bo"), chat, scene.viewer("cy").public_id, "Knows tents")
    assert (given.is_offer, given.to) == (True, "Cy Okafor")
    row = scene.conversation(chat)
    assert (row.assignee_id, row.epoch, row.status) == (scene.users["bo"], epoch, Status.OPEN)
    assert codes(scene, chat)[-1] == "offered"
    assert offer_of(scene).state is OfferState.OPEN


def test_accepted_it_is_a_transfer_by_its_sender(scene: Scene) -> None:
    chat, offer = offered(scene, "eli", "Knows tents")
    epoch = scene.conversation(chat).epoch
    assert accept(scene, "eli", offer) == chat
    row = scene.conversation(chat)
    assert (row.assignee_id, row.epoch) == (scene.users["eli"], epoch + 1)
    latest = scene.rows(Assignment)[-1]
    assert (latest.how, latest.by_user_id, latest.note) == (AssignmentHow.TRANSFER, scene.users["bo"], "Knows tents")
    assert codes(scene, chat)[-2:] == ["transferred", "joined"]
    assert offer_of(scene).state is OfferState.ACCEPTED
    assert accept(scene, "eli", offer) == chat
    assert scene.conversation(chat).epoch == epoch + 1


def test_its_sender_can_undo_an_accepted_one(scene: Scene) -> None:
    chat, offer = offered(scene)
    accept(scene, "cy", offer)
    undo.undo_transfer(scene.viewer("bo"), chat)
    assert scene.owner(chat) == "bo"


def test_declined_it_stays_and_another_may_be_asked(scene: Scene) -> None:
    chat, offer = offered(scene)
    offers.decline(scene.viewer("cy"), offer)
    offers.decline(scene.viewer("cy"), offer)
    assert (scene.owner(chat), codes(scene, chat)[-1]) == ("bo", "offer_declined")
    with pytest.raises(Refused, match="declined already"):
        accept(scene, "cy", offer)
    scene.give("bo", chat, "eli")
    accept(scene, "eli", str(offer_of(scene).public_id))
    assert scene.owner(chat) == "eli"


def test_after_a_minute_it_is_over_even_before_its_timer_has_run(scene: Scene) -> None:
    chat, offer = offered(scene)
    scene.clock.forward(seconds=60)
    with pytest.raises(Refused, match="run out"):
        accept(scene, "cy", offer)
    run_timers()
    assert offer_of(scene).state is OfferState.EXPIRED
    assert (scene.owner(chat), codes(scene, chat)[-1]) == ("bo", "offer_expired")


def test_one_that_was_answered_has_no_timer(scene: Scene) -> None:
    _, offer = offered(scene)
    accept(scene, "cy", offer)
    assert not [each for each in scene.rows(Timer) if each.kind == offers.TIMER]


def test_a_new_one_may_follow_one_that_ran_out_before_its_timer(scene: Scene) -> None:
    chat, _ = offered(scene)
    scene.clock.forward(seconds=61)
    scene.give("bo", chat, "eli")
    assert [each.state for each in scene.rows(TransferOffer)] == [OfferState.EXPIRED, OfferState.OPEN]


def test_its_sender_withdraws_it(scene: Scene) -> None:
    chat, offer = offered(scene)
    for name in ("cy", "eli", "ada"):
        with pytest.raises(NotFound):
            offers.withdraw(scene.viewer(name), offer)
    offers.withdraw(scene.viewer("bo"), offer)
    with pytest.raises(Refused, match="no longer stands"):
        accept(scene, "cy", offer)
    assert (scene.owner(chat), codes(scene, chat)[-1]) == ("bo", "offer_withdrawn")


def test_a_second_one_is_refused_in_words_and_the_same_again_changes_nothing(scene: Scene) -> None:
    chat, _ = offered(scene)
    with pytest.raises(Refused, match="offered to Cy Okafor already"):
        scene.give("bo", chat, "eli")
    scene.give("bo", chat, "cy")
    assert len(scene.rows(TransferOffer)) == 1


@pytest.mark.parametrize("name", ["bo", "eli", "ada", "di", "fay"])
def test_nobody_else_answers_it(scene: Scene, name: str) -> None:
    chat, offer = offered(scene)
    for verb in (offers.accept, offers.decline):
        with pytest.raises(NotFound):
            verb(scene.viewer(name), offer)
    assert scene.owner(chat) == "bo"


ENDS: dict[str, Callable[[Scene, str], object]] = {
    "a takeover": lambda scene, chat: scene.take_over("ada", chat),
    "a transfer to a team": lambda scene, chat: scene.give("bo", chat, "Returns"),
    "the close": lambda scene, chat: scene.set_status("bo", chat, "closed"),
    "a return": lambda scene, chat: shift.hand_over(scene.viewer("bo"), [shift.Decision(chat, shift.Choice.RETURN)]),
}


@pytest.mark.parametrize("what", ENDS)
def test_any_change_of_owner_voids_it(scene: Scene, what: str) -> None:
    chat, offer = offered(scene)
    ENDS[what](scene, chat)
    assert offer_of(scene).state is OfferState.VOIDED
    owner = scene.owner(chat)
    with pytest.raises(Refused, match="no longer stands"):
        accept(scene, "cy", offer)
    assert scene.owner(chat) == owner
    scene.clock.forward(seconds=60)
    run_timers()
    assert offer_of(scene).state is OfferState.VOIDED


def test_the_close_of_a_ticket_voids_it_too(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    scene.give("bo", ticket, "cy")
    scene.set_status("bo", ticket, "closed")
    assert offer_of(scene).state is OfferState.VOIDED


def test_a_ticket_is_offered_to_who_manages_tickets(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    scene.give("bo", ticket, "eli")
    accept(scene, "eli", str(offer_of(scene).public_id))
    assert scene.owner(ticket) == "eli"
    with pytest.raises(Invalid):
        scene.give("eli", ticket, "di")


def test_replies_and_statuses_leave_it_standing(scene: Scene) -> None:
    chat, offer = offered(scene)
    scene.reply("bo", chat, "One moment.")
    scene.write("pia", "Fine.")
    scene.set_status("bo", chat, "pending")
    accept(scene, "cy", offer)
    assert scene.owner(chat) == "cy"


def test_plan_and_roles_count_as_of_the_acceptance(scene: Scene) -> None:
    chat, offer = offered(scene)
    scene.change(Workspace, 1, plan=Plan.FREE)
    with pytest.raises(PlanRequired):
        accept(scene, "cy", offer)
    scene.change(Workspace, 1, plan=Plan.ENTERPRISE)
    with unit_of_work() as uow:
        uow.conn.execute(delete(TeamMember).where(TeamMember.user_id == scene.users["cy"]))
    with pytest.raises(Refused, match="no longer allows"):
        accept(scene, "cy", offer)
    assert scene.owner(chat) == "bo"
    assert not load_offers(db.session, scene.viewer("cy"), scene.clock.now).asked
    assert voiding.end_hopeless() == 1


def test_who_may_not_have_it_any_more_is_not_asked_any_more(scene: Scene) -> None:
    chat, _ = offered(scene)
    assert voiding.end_hopeless() == 0
    cy = scene.viewer("cy").public_id
    users.deactivate_user(scene.viewer("ada"), cy, 0)
    assert (scene.owner(chat), offer_of(scene).state) == ("bo", OfferState.VOIDED)
    assert lines(scene, chat)[-1] == "The offer to Cy Okafor is void: they may no longer have the conversation."
    scene.give("bo", chat, "eli")
    assert offer_of(scene).state is OfferState.OPEN


def test_every_ending_is_told_in_the_timeline_by_whom_and_why(scene: Scene) -> None:
    """T8: who, when and why; the person reads nothing of it."""
    chat = scene.claimed_by("bo")
    for answer, name in ((offers.decline, "cy"), (offers.withdraw, "bo")):
        scene.give("bo", chat, "cy", "Knows tents")
        answer(scene.viewer(name), str(offer_of(scene).public_id))
    scene.give("bo", chat, "cy")
    scene.clock.forward(seconds=60)
    run_timers()
    scene.give("bo", chat, "cy")
    accept(scene, "cy", str(offer_of(scene).public_id))
    scene.give("cy", chat, "eli")
    scene.take_over("bo", chat)
    said = [line for line in lines(scene, chat) if "offer" in line]
    assert said == [
        "Bo Lindqvist offered it to Cy Okafor: “Knows tents”",
        "Cy Okafor declined the offer.",
        "Bo Lindqvist offered it to Cy Okafor: “Knows tents”",
        "Bo Lindqvist withdrew the offer.",
        "Bo Lindqvist offered it to Cy Okafor.",
        "Cy Okafor did not answer the offer in time.",
        "Bo Lindqvist offered it to Cy Okafor.",
        "Cy Okafor accepted the offer of Bo Lindqvist.",
        "Cy Okafor offered it to Eli Navarro.",
        "The offer to Eli Navarro is void: whoever made it no longer has the conversation.",
    ]
    assert not [line.body for line in scene.timeline(chat) if "offer" in line.body and line.public_seq is not None]


def test_what_ends_an_offer_ends_its_timer(scene: Scene) -> None:
    chat, _ = offered(scene)
    scene.take_over("ada", chat)
    ticket = scene.ticket(assignee="bo")
    scene.give("bo", ticket, "cy")
    scene.set_status("bo", ticket, "closed")
    assert lines(scene, ticket)[-2:] == [
        "The offer to Cy Okafor is void: the ticket is closed.",
        "Bo Lindqvist closed the ticket.",
    ]
    assert not [each for each in scene.rows(Timer) if each.kind == offers.TIMER]


def test_in_a_shift_handover_it_stays_until_accepted(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    decision = shift.Decision(chat, shift.Choice.USER, scene.viewer("cy").public_id, "Over to you")
    [outcome] = shift.hand_over(scene.viewer("bo"), [decision])
    assert (outcome.refusal, outcome.is_offered, scene.owner(chat)) == (None, True, "bo")


def test_without_the_setting_nobody_is_asked(scene: Scene) -> None:
    scene.configure(offers_transfers=False)
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    assert (scene.owner(chat), scene.rows(TransferOffer)) == ("cy", [])
