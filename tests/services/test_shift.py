"""The shift handover: each conversation by itself, nothing twice, and the loser of a race is told (P4, A5, L8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from dashboard.models import Assignment, Conversation, QueueEntry, RolePermission
from dashboard.models.enums import Handler, Plan, Status
from dashboard.models.errors import Invalid, NotFound, NotPermitted, OwnershipChanged, PlanRequired, Refused
from dashboard.services import plans, returning, shift
from dashboard.services.shift import Choice, Decision, Outcome
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, build_scene, make_tree
from tests.races import race

ROUNDS = 6


def decide(scene: Scene, chat: str, choice: Choice, to: str = "", note: str = "") -> Decision:
    """As the page that shows the chat now would send it."""
    target = scene.team_public_id(to) if to in scene.teams else scene.viewer(to).public_id if to else ""
    return Decision(chat, choice, target, note, scene.conversation(chat).epoch)


def hand_over(scene: Scene, *decisions: Decision, name: str = "bo") -> list[Outcome]:
    return shift.hand_over(scene.viewer(name), decisions)


def refusals(outcomes: list[Outcome]) -> list[type | None]:
    return [type(each.refusal) if each.refusal else None for each in outcomes]


def forbid(scene: Scene, permission: str) -> None:
    """Live agents lose it."""
    with unit_of_work() as uow:
        table = RolePermission.__table__
        uow.conn.execute(
            delete(table).where(table.c.permission == permission, table.c.role_id.in_(scene.roles.values()))
        )


def test_each_conversation_goes_where_it_was_sent(scene: Scene) -> None:
    chats = [scene.claimed_by("bo", person) for person in ("pia", "nora", "ola", "kim")]
    to_eli, to_team, back, kept = chats
    outcomes = hand_over(
        scene,
        decide(scene, to_eli, Choice.USER, "eli", "Speaks Spanish"),
        decide(scene, to_team, Choice.TEAM, "Returns"),
        decide(scene, back, Choice.RETURN, note="Asked for a refund"),
        decide(scene, kept, Choice.KEEP),
    )
    assert refusals(outcomes) == [None] * 4
    assert [scene.owner(chat) for chat in chats] == ["eli", "queue", "queue", "bo"]
    assert scene.timeline(back)[-1].body == "Bo Lindqvist returned it to the queue: “Asked for a refund”"
    assert scene.timeline(back)[-1].public_seq is None, "the note is for colleagues"
    assert scene.conversation(kept).epoch == 2
    assert scene.load("bo") == 1


def test_what_was_returned_keeps_its_place_and_is_not_picked_for_the_one_who_returned_it(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "bo"
    requested = scene.handoff(chat).requested_at

    returning.return_conversation(scene.viewer("bo"), chat)  # still Online, and nobody else is

    row = scene.conversation(chat)
    assert (row.handler, row.status, row.assignee_id) == (Handler.QUEUE, Status.PENDING, None)
    [entry] = [each for each in scene.rows(QueueEntry) if each.left_at is None]
    assert (entry.queued_at, entry.excluded_user_id) == (requested, scene.users["bo"])
    scene.claim("bo", chat)
    assert scene.owner(chat) == "bo"


def test_what_was_returned_goes_to_somebody_who_is_free(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.online("eli")
    returning.return_conversation(scene.viewer("bo"), chat)
    assert scene.owner(chat) == "eli"


def test_who_returned_what_others_were_asked_for_still_sees_it(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Returns")]}))
    chat = scene.ask_for_human("pia")
    scene.take_over("ada", chat)
    scene.give("ada", chat, "bo")
    returning.return_conversation(scene.viewer("bo"), chat)
    scene.claim("bo", chat)
    assert scene.owner(chat) == "bo"


def test_a_ticket_is_returned_like_a_chat(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    assert refusals(hand_over(scene, decide(scene, ticket, Choice.RETURN))) == [None]
    assert scene.owner(ticket) == "queue"


def test_the_same_form_twice_does_nothing_twice(scene: Scene) -> None:
    chats = [scene.claimed_by("bo", person) for person in ("pia", "nora", "ola")]
    scene.online("eli")
    decisions = [
        decide(scene, chats[0], Choice.USER, "cy", "Once"),
        decide(scene, chats[1], Choice.TEAM, "Returns", "Once"),
        decide(scene, chats[2], Choice.RETURN, note="Once"),
    ]
    assert refusals(hand_over(scene, *decisions)) == [None] * 3
    owners, before = [scene.owner(chat) for chat in chats], scene.counts()
    assert owners == ["cy", "eli", "eli"]

    assert refusals(hand_over(scene, *decisions)) == [None] * 3
    assert ([scene.owner(chat) for chat in chats], scene.counts()) == (owners, before)


def test_another_decision_about_what_is_gone_is_refused(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    to_cy, to_eli = decide(scene, chat, Choice.USER, "cy"), decide(scene, chat, Choice.USER, "eli")
    back = decide(scene, chat, Choice.RETURN)
    hand_over(scene, to_cy)
    assert refusals(hand_over(scene, to_cy, to_eli, back)) == [None, OwnershipChanged, OwnershipChanged]
    assert scene.owner(chat) == "cy"


def test_what_somebody_took_over_is_told_and_stops_none_of_the_others(scene: Scene) -> None:
    taken, other = scene.claimed_by("bo", "pia"), scene.claimed_by("bo", "nora")
    decisions = [decide(scene, taken, Choice.USER, "eli", "Kept?"), decide(scene, other, Choice.RETURN)]
    scene.take_over("cy", taken)

    outcomes = hand_over(scene, *decisions)

    assert refusals(outcomes) == [OwnershipChanged, None]
    refusal = outcomes[0].refusal
    assert isinstance(refusal, OwnershipChanged)
    assert refusal.current.assignee_name == "Cy Okafor"
    assert (scene.owner(taken), scene.owner(other)) == ("cy", "queue")


def test_what_went_away_and_came_back_is_not_touched_by_a_page_from_before(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    decision = decide(scene, chat, Choice.RETURN)
    scene.give("bo", chat, "cy")
    scene.give("cy", chat, "bo", "You know them best")
    assert refusals(hand_over(scene, decision)) == [OwnershipChanged]
    assert scene.owner(chat) == "bo"


def test_what_was_closed_meanwhile_stays_closed(scene: Scene) -> None:
    closed, resolved = scene.claimed_by("bo", "pia"), scene.claimed_by("bo", "nora")
    decisions = [decide(scene, chat, Choice.RETURN) for chat in (closed, resolved)]
    scene.set_status("bo", closed, "closed")
    scene.set_status("bo", resolved, "resolved")
    assert refusals(hand_over(scene, *decisions)) == [OwnershipChanged, Refused]
    assert (scene.owner(closed), scene.owner(resolved)) == ("ai_agent", "bo")


def test_without_the_plan_they_are_returned_but_not_transferred(scene: Scene) -> None:
    plans.set_plan(Plan.FREE)
    chats = [scene.claimed_by("bo", person) for person in ("pia", "nora")]
    outcomes = hand_over(scene, decide(scene, chats[0], Choice.USER, "cy"), decide(scene, chats[1], Choice.RETURN))
    assert refusals(outcomes) == [PlanRequired, None]
    assert [scene.owner(chat) for chat in chats] == ["bo", "queue"]


def test_without_the_permission_they_are_returned_but_not_transferred(scene: Scene) -> None:
    chats = [scene.claimed_by("bo", person) for person in ("pia", "nora")]
    forbid(scene, "livechats.transfer")
    outcomes = hand_over(scene, decide(scene, chats[0], Choice.TEAM, "Returns"), decide(scene, chats[1], Choice.RETURN))
    assert refusals(outcomes) == [NotPermitted, None]
    assert [scene.owner(chat) for chat in chats] == ["bo", "queue"]


def test_nobody_returns_what_is_not_theirs(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name, refusal in (("fay", NotFound), ("di", NotPermitted), ("cy", OwnershipChanged)):
        with pytest.raises(refusal):
            returning.return_conversation(scene.viewer(name), chat)
    assert scene.owner(chat) == "bo"


def test_a_note_that_cannot_be_kept_is_refused_before_anything_is_done(scene: Scene) -> None:
    chats = [scene.claimed_by("bo", person) for person in ("pia", "nora")]
    decisions = [decide(scene, chats[0], Choice.RETURN), decide(scene, chats[1], Choice.RETURN, note="x" * 1_001)]
    with pytest.raises(Invalid) as refusal:
        hand_over(scene, *decisions)
    assert list(refusal.value.fields) == [chats[1]]
    assert [scene.owner(chat) for chat in chats] == ["bo", "bo"]


def test_a_takeover_against_a_handover_leaves_one_owner_and_one_loser_who_is_told(
    app: Flask, database_uri: str, tmp_path: Path
) -> None:
    scene = build_scene()
    chats = [scene.claimed_by("bo", f"person {number}") for number in range(ROUNDS)]
    calls = []
    for chat in chats:
        epoch = scene.conversation(chat).epoch
        calls.append({"do": "shift", "user_id": scene.users["bo"], "conversation": chat, "epoch": epoch})
        taking = {"do": "take_over", "user_id": scene.users["cy"], "conversation": chat, "text": "Mine."}
        calls.append({**taking, "epoch": epoch})

    outcomes = race(database_uri, tmp_path, calls, processes=1 if database_uri.startswith("sqlite") else 4)

    for chat in chats:
        mine = {each["call"]["do"]: each["result"] for each in outcomes if each["call"]["conversation"] == chat}
        assert sorted(mine.values()) == ["done", "ownership-changed"]
        assert scene.owner(chat) == ("queue" if mine["shift"] == "done" else "cy")
        assert scene.conversation(chat).epoch == 3
    still = [row for row in scene.rows(Assignment) if row.until_at is None]
    owned = [row for row in scene.rows(Conversation) if row.assignee_id is not None]
    assert len(still) == len(owned)
