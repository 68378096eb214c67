"""Claim, transfer and takeover: who may, who wins, and what becomes of team, status and place (SPEC 6, L8, A5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from dashboard.models import Assignment, Conversation, Person, TeamMember
from dashboard.models.enums import AssignmentHow, Handler, Status
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Obstacle, OwnershipChanged, PlanRequired, Refused
from dashboard.services import plans, transfers
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree


def history(scene: Scene, chat: str) -> list[tuple[str, AssignmentHow, bool]]:
    """(who, how, still) in order."""
    by_id = {user_id: name for name, user_id in scene.users.items()}
    _a = Assignment.__table__.c
    own = select(Assignment.__table__).where(_a.conversation_id == scene.conversation(chat).id).order_by(_a.id)
    return [(by_id[row.user_id], row.how, row.until_at is None) for row in scene.all(own)]


def team_of(scene: Scene, chat: str) -> str | None:
    by_id = {team_id: name for name, team_id in scene.teams.items()}
    team_id = scene.conversation(chat).team_id
    return by_id[team_id] if team_id else None


def test_a_claim_makes_the_chat_theirs_open_and_recorded(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    row = scene.conversation(chat)
    assert (row.handler, row.status, row.epoch) == (Handler.LIVE_AGENT, Status.OPEN, 2)
    assert (history(scene, chat), scene.load("bo"), scene.waiting()) == ([("bo", AssignmentHow.CLAIM, True)], 1, [])
    assert scene.timeline(chat)[-1].body == "Bo Lindqvist joined the conversation."


def test_a_claim_by_whoever_has_it_changes_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.counts()
    scene.claim("bo", chat, epoch=1)
    assert (scene.counts(), scene.conversation(chat).epoch) == (before, 2)


def test_the_loser_of_a_claim_learns_who_won(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    with pytest.raises(OwnershipChanged) as refusal:
        scene.claim("cy", chat)
    current = refusal.value.current
    assert (current.handler, current.assignee_name, current.epoch) == (Handler.LIVE_AGENT, "Bo Lindqvist", 2)
    assert current.at == scene.conversation(chat).owner_since


def test_a_loser_who_cannot_see_it_any_more_still_learns_who_won(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    with pytest.raises(OwnershipChanged):
        scene.claim("eli", chat)  # of another team
    with pytest.raises(NotFound):
        scene.claim("fay", chat)  # never eligible


def test_a_former_member_of_the_eligible_set_loses_to_a_transfer_to_a_team(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    with pytest.raises(OwnershipChanged) as refusal:
        scene.claim("cy", chat)
    assert refusal.value.current.handler is Handler.QUEUE


def test_who_views_all_and_was_never_eligible_may_not_claim(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    for name in ("di", "ada"):
        with pytest.raises(NotPermitted):
            scene.claim(name, chat)


def test_a_new_handoff_forgets_who_had_a_stake_in_the_last_one(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False, assign={"users": [scene.viewer("eli").public_id]}))
    chat = scene.claimed_by("eli")
    scene.set_status("eli", chat, "closed")
    scene.use_tree(make_tree(asks_feedback=False, assign={"users": [scene.viewer("bo").public_id]}))
    scene.ask_for_human("pia")
    scene.claim("bo", chat)
    with pytest.raises(NotPermitted):
        scene.claim("eli", chat)  # sees it through the closed livechat


def test_a_ticket_has_losers_too(scene: Scene) -> None:
    ticket = scene.ticket()
    scene.claim("bo", ticket)
    with pytest.raises(OwnershipChanged) as refusal:
        scene.claim("eli", ticket)
    assert refusal.value.current.assignee_name == "Bo Lindqvist"


def test_a_transfer_to_a_user_is_one_step_with_its_record(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.write("pia", "And my stove is broken")
    waiting = scene.conversation(chat).waiting_since
    scene.give("bo", chat, "eli", "Speaks Spanish")
    row = scene.conversation(chat)
    assert (row.epoch, row.status, row.waiting_since) == (3, Status.OPEN, waiting)
    assert history(scene, chat) == [("bo", AssignmentHow.CLAIM, False), ("eli", AssignmentHow.TRANSFER, True)]
    assert (scene.load("bo"), scene.load("eli")) == (0, 1)
    assert scene.scalar(select(Assignment.__table__.c.note).order_by(Assignment.__table__.c.id.desc())) == (
        "Speaks Spanish"
    )
    note = next(each for each in scene.timeline(chat) if each.data.get("code") == "transferred")
    assert (note.public_seq, note.data["note"]) == (None, "Speaks Spanish")


def test_assigning_sets_open_but_an_overdue_one_stays_so_until_it_is_answered(scene: Scene) -> None:
    for before, after in (("pending", "open"), ("resolved", "open"), ("overdue", "overdue")):
        chat = scene.claimed_by("bo", before)
        scene.set_status("bo", chat, before)
        scene.give("bo", chat, "cy")
        assert scene.conversation(chat).status.value == after
        assert scene.handoff(chat).resolved_at is None


def test_only_the_assignee_transfers(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name, refusal in (("cy", OwnershipChanged), ("di", NotPermitted), ("fay", NotFound)):
        with pytest.raises(refusal):
            scene.give(name, chat, "eli")
    assert scene.owner(chat) == "bo"


def test_a_transfer_needs_the_permission_and_the_plan(scene: Scene) -> None:
    chat = scene.claimed_by("vi")
    with pytest.raises(NotPermitted):
        scene.give("vi", chat, "bo")
    other = scene.claimed_by("bo", "ravi")
    plans.set_plan("free")
    with pytest.raises(PlanRequired) as refusal:
        scene.give("bo", other, "cy")
    assert (refusal.value.feature, refusal.value.needs) == ("transfers", "lite")


def test_nobody_else_than_a_live_agent_of_the_teamspace_is_a_target(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.deactivate("eli")
    for target in (scene.viewer("fay").public_id, scene.viewer("di").public_id, scene.viewer("bo").public_id, "x\x00"):
        with pytest.raises(Invalid):
            transfers.transfer_to_user(scene.viewer("bo"), chat, target)
    with pytest.raises(Invalid):
        transfers.transfer_to_team(scene.viewer("bo"), chat, scene.team_public_id("Trade desk"))
    with pytest.raises(Invalid):
        transfers.transfer_to_team(scene.viewer("bo"), chat, "\x00")
    with pytest.raises(Invalid):
        transfers.transfer_to_user(scene.viewer("bo"), chat, scene.viewer("cy").public_id, note="x" * 1_001)
    assert scene.conversation(chat).epoch == 2


def test_a_ticket_goes_to_whoever_manages_tickets_live_agent_or_not(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    with pytest.raises(Invalid):
        scene.give("bo", ticket, "gus")
    scene.give("bo", ticket, "ada")
    assert scene.owner(ticket) == "ada"


def test_a_team_with_somebody_free_gets_it_by_chat_assignment_never_the_sender(scene: Scene) -> None:
    scene.online("bo", "cy")
    chat = scene.ask_for_human("pia")
    sender = scene.owner(chat)
    scene.give(sender, chat, "Front line", "Please look")
    other = {"bo": "cy", "cy": "bo"}[sender]
    assert (scene.owner(chat), team_of(scene, chat)) == (other, "Front line")
    assert history(scene, chat)[-1] == (other, AssignmentHow.AUTO, True)


def test_a_team_with_nobody_free_gets_it_pending_and_visible_to_that_team(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    requested = scene.handoff(chat).requested_at
    scene.give("bo", chat, "Returns")
    row = scene.conversation(chat)
    assert (row.handler, row.status, row.assignee_id) == (Handler.QUEUE, Status.PENDING, None)
    assert scene.handoff(chat).requested_at == requested
    with pytest.raises(OwnershipChanged):
        scene.claim("cy", chat)
    scene.claim("eli", chat)
    assert team_of(scene, chat) == "Returns"


def test_the_sender_is_not_picked_but_sees_it_and_may_claim_it_back(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    scene.online("bo")
    assert scene.owner(chat) == "queue"
    scene.claim("bo", chat)
    assert (scene.owner(chat), team_of(scene, chat)) == ("bo", "Returns")


def test_the_sender_may_be_picked_again_after_the_next_assignment(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Front line")
    scene.claim("cy", chat)
    scene.online("bo")
    scene.give("cy", chat, "Front line")
    assert scene.owner(chat) == "bo"


def test_the_team_is_kept_through_claim_and_assignment_and_cleared_by_the_rest(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    chat = scene.claimed_by("bo")
    assert team_of(scene, chat) is None, "a handoff does not set it"
    scene.give("bo", chat, "Returns")
    scene.claim("eli", chat)
    assert team_of(scene, chat) == "Returns"
    scene.give("eli", chat, "bo")
    assert team_of(scene, chat) is None
    scene.give("bo", chat, "Returns")
    scene.take_over("ada", chat)
    assert team_of(scene, chat) is None
    scene.give("ada", chat, "Returns")
    scene.claim("eli", chat)
    scene.set_status("eli", chat, "closed")
    assert team_of(scene, chat) is None
    assert scene.handoff(chat).team_id == scene.teams["Returns"], "the closed livechat keeps its last team"


def test_a_takeover_is_owner_and_reply_in_one(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    posted = scene.take_over("cy", chat, "I will help you.")
    row = scene.conversation(chat)
    assert (scene.owner(chat), row.epoch, row.waiting_since) == ("cy", 3, None)
    assert scene.said(chat)[-1] == ("live_agent", "I will help you.")
    assert [each.epoch for each in scene.timeline(chat) if each.seq == posted.message.seq] == [3]
    assert history(scene, chat)[-1] == ("cy", AssignmentHow.TAKEOVER, True)
    assert (scene.load("bo"), scene.load("cy")) == (0, 1)


def test_a_repeated_takeover_is_the_same_even_after_it_was_lost_again(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    first = scene.take_over("cy", chat, "Mine.", "one")
    scene.take_over("ada", chat)
    before = scene.counts()
    again = scene.take_over("cy", chat, "Mine.", "one")
    assert (again.is_new, again.message, scene.owner(chat), scene.counts()) == (False, first.message, "ada", before)


def test_a_takeover_by_the_assignee_is_a_reply(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.take_over("bo", chat, "Hello")
    assert (scene.conversation(chat).epoch, scene.said(chat)[-1][1]) == (2, "Hello")


def test_an_obstacle_or_an_empty_draft_refuses_before_anything_changes(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.counts()
    with pytest.raises(Invalid):
        scene.take_over("cy", chat, "   ")
    scene.change(Person, scene.person("pia"), is_banned=True)
    with pytest.raises(Obstacle):
        scene.take_over("cy", chat)
    assert (scene.owner(chat), scene.counts()) == ("bo", before)


def test_a_queued_chat_is_taken_over_by_its_eligible_set_and_by_manage_all(scene: Scene) -> None:
    first, second, third = (scene.ask_for_human(person) for person in ("pia", "ravi", "sam"))
    scene.take_over("eli", first)
    scene.take_over("ada", second)
    for name in ("di", "vi"):
        with pytest.raises(NotPermitted):
            scene.take_over(name, third)
    assert (scene.owner(first), scene.owner(second), scene.owner(third)) == ("eli", "ada", "queue")


def test_a_takeover_reaches_as_far_as_manage_reaches(scene: Scene) -> None:
    chat = scene.claimed_by("gus")
    with pytest.raises(OwnershipChanged):
        scene.take_over("bo", chat)  # was eligible, is of another team
    with pytest.raises(NotPermitted):
        scene.take_over("di", chat)
    with pytest.raises(NotFound):
        scene.take_over("fay", chat)
    scene.take_over("ada", chat)


def test_chats_of_the_ai_agent_are_taken_over_by_manage_all_only(scene: Scene) -> None:
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    with pytest.raises(NotFound):
        scene.take_over("bo", chat)
    with pytest.raises(NotPermitted):
        scene.take_over("di", chat)
    scene.take_over("ada", chat)
    assert scene.owner(chat) == "ada"


def test_a_colleague_who_loses_against_the_close_learns_that_the_ai_agent_has_it(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    with pytest.raises(OwnershipChanged) as refusal:
        scene.take_over("cy", chat)
    assert refusal.value.current.handler is Handler.AI_AGENT


def test_what_continues_elsewhere_is_read_only(scene: Scene) -> None:
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    scene.change(Conversation, scene.conversation(chat).id, handler=Handler.EXTERNAL)
    with pytest.raises(Refused):
        scene.take_over("ada", chat)


def test_a_takeover_from_the_ai_agent_ends_the_wait_for_a_rating(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    waiting: dict[str, Any] = scene.conversation(chat).flow_state["waiting"]
    assert waiting["kind"] == "feedback"
    scene.take_over("ada", chat)
    assert scene.conversation(chat).flow_state["waiting"]["kind"] == "handoff"
    assert scene.counts()["Timer"] == 0


def test_stale_epochs_are_refused_by_every_verb(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    bo, cy = scene.viewer("bo"), scene.viewer("cy")
    calls: list[Callable[[], object]] = [
        lambda: transfers.claim(cy, chat, 1),
        lambda: transfers.take_over(cy, chat, "Mine", "one", 1),
        lambda: transfers.transfer_to_user(bo, chat, cy.public_id, epoch=1),
        lambda: transfers.transfer_to_team(bo, chat, scene.team_public_id("Returns"), epoch=1),
        lambda: scene.set_status("bo", chat, "pending", epoch=1),
    ]
    before = scene.counts()
    for call in calls:
        with pytest.raises(OwnershipChanged) as refusal:
            call()
        assert refusal.value.current.epoch == 2
    assert scene.counts() == before


def test_permissions_are_those_of_the_moment_not_of_the_page(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    bo = scene.viewer("bo")
    with unit_of_work() as uow:
        uow.conn.execute(delete(TeamMember.__table__).where(TeamMember.__table__.c.user_id == bo.user_id))
    with pytest.raises(NotFound):
        transfers.claim(bo, chat)
    cy = scene.viewer("cy")
    scene.deactivate("cy")
    with pytest.raises(NotPermitted):
        transfers.claim(cy, chat)
