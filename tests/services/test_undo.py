"""A transfer is taken back by its sender, within ten seconds, and only while nobody has acted on it (T3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Assignment, Conversation, Teamspace, db
from dashboard.models.enums import AssignmentHow, Handler, Method, Status
from dashboard.models.errors import NotFound, OwnershipChanged, Refused
from dashboard.services import messaging, transfers, undo
from tests.factories import Scene
from tests.together import race


def take_back(scene: Scene, name: str, chat: str) -> None:
    undo.undo_transfer(scene.viewer(name), chat)


def to_team(scene: Scene, chat: str, team: str = "Returns") -> None:
    transfers.transfer_to_team(scene.viewer("bo"), chat, scene.team_public_id(team))


def hows(scene: Scene, chat: str) -> list[AssignmentHow]:
    rows = select(Assignment.how).join(Conversation, Conversation.id == Assignment.conversation_id)
    found = list(db.session.execute(rows.where(Conversation.public_id == chat).order_by(Assignment.id)).scalars())
    db.session.close()
    return found


def test_a_transfer_to_a_user_is_taken_back_and_raises_the_epoch(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    before = scene.conversation(chat).epoch
    take_back(scene, "bo", chat)
    row = scene.conversation(chat)
    assert (row.assignee_id, row.status, row.epoch) == (scene.users["bo"], Status.OPEN, before + 1)
    assert hows(scene, chat)[-1] is AssignmentHow.UNDO
    assert [line.data.get("code") for line in scene.timeline(chat)][-2:] == ["undone", "joined"]


def test_a_transfer_to_a_team_that_waits_is_taken_back(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    to_team(scene, chat)
    assert scene.conversation(chat).handler is Handler.QUEUE
    take_back(scene, "bo", chat)
    row = scene.conversation(chat)
    assert (row.assignee_id, row.team_id) == (scene.users["bo"], None)


def test_a_transfer_to_a_team_that_was_assigned_is_taken_back(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.online("eli")
    to_team(scene, chat)
    assert scene.conversation(chat).assignee_id == scene.users["eli"]
    take_back(scene, "bo", chat)
    assert scene.conversation(chat).assignee_id == scene.users["bo"]


def test_it_comes_back_as_it_was(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "pending")
    scene.give("bo", chat, "cy")
    take_back(scene, "bo", chat)
    assert scene.conversation(chat).status is Status.PENDING


def test_pressing_twice_is_pressing_once(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    take_back(scene, "bo", chat)
    epoch = scene.conversation(chat).epoch
    take_back(scene, "bo", chat)
    assert scene.conversation(chat).epoch == epoch


def test_after_ten_seconds_it_is_too_late(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    scene.clock.forward(seconds=10)
    with pytest.raises(Refused, match="too late"):
        take_back(scene, "bo", chat)
    assert scene.conversation(chat).assignee_id == scene.users["cy"]


def test_once_its_new_owner_has_written_it_is_theirs(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    scene.reply("cy", chat, "Hello, Cy here.")
    with pytest.raises(OwnershipChanged):
        take_back(scene, "bo", chat)


@pytest.mark.parametrize(("to", "closer"), [("cy", "cy"), ("Returns", "ada")])
def test_a_ticket_that_is_closed_meanwhile_stays_closed(scene: Scene, to: str, closer: str) -> None:
    ticket = scene.ticket(assignee="bo")
    scene.give("bo", ticket, to)
    scene.set_status(closer, ticket, "closed")
    with pytest.raises(Refused, match="closed"):
        take_back(scene, "bo", ticket)
    assert (scene.conversation(ticket).status, scene.owner(ticket) != "bo") == (Status.CLOSED, True)


def test_the_persons_message_meanwhile_hinders_nobody(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    scene.write("pia", "Are you there?")
    take_back(scene, "bo", chat)
    row = scene.conversation(chat)
    assert row.assignee_id == scene.users["bo"]
    assert row.waiting_since is not None


@pytest.mark.parametrize("name", ["cy", "ada", "di"])
def test_only_its_sender_takes_it_back(scene: Scene, name: str) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    with pytest.raises(Refused):
        take_back(scene, name, chat)
    assert scene.conversation(chat).assignee_id == scene.users["cy"]


def test_a_stranger_learns_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    with pytest.raises(NotFound):
        take_back(scene, "fay", chat)


def test_who_was_faster_with_a_claim_keeps_it(scene: Scene) -> None:
    scene.change(Teamspace, scene.support, method=Method.VOLUNTARY)
    chat = scene.claimed_by("bo")
    to_team(scene, chat)
    scene.claim("eli", chat)
    with pytest.raises(OwnershipChanged):
        take_back(scene, "bo", chat)


def test_a_later_transfer_is_not_taken_back_by_the_first_sender(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "cy")
    scene.give("cy", chat, "eli")
    with pytest.raises(Refused):
        take_back(scene, "bo", chat)


def acts(scene: Scene, chat: str) -> dict[str, Callable[[], object]]:
    """Bo takes the transfer back while Cy answers."""
    bo, cy, key = scene.viewer("bo"), scene.viewer("cy"), scene.key()
    return {
        "bo": lambda: undo.undo_transfer(bo, chat),
        "cy": lambda: messaging.send_reply(cy, chat, "Hello, Cy here.", key),
    }


def test_of_an_undo_and_a_reply_at_once_one_wins(app: Flask, scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for _ in range(6):
        scene.give("bo", chat, "cy")
        outcomes = race(app, acts(scene, chat))
        owner = scene.conversation(chat).assignee_id
        assert sorted(outcomes.values()) == ["done", "ownership-changed"]
        assert owner == scene.users["bo" if outcomes["bo"] == "done" else "cy"]
        if outcomes["cy"] == "done":
            scene.give("cy", chat, "bo")
