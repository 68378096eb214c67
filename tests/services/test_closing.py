"""Statuses, closing and what runs afterwards (L6, C1 to C7), and the way back to the queue."""

from __future__ import annotations

import pytest

from dashboard.models import Handoff, RolePermission
from dashboard.models.enums import Handler, Status
from dashboard.models.errors import Invalid, NotFound, NotPermitted, OwnershipChanged, Refused
from dashboard.services import closing, jobs, returning
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, QUESTION, Scene, make_tree


def texts_since(scene: Scene, chat: str, seq: int) -> list[str]:
    return [each.body for each in scene.timeline(chat) if each.kind.value == "text" and each.seq > seq]


def test_the_assignee_sets_every_status_and_none_but_closed_raises_the_epoch(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for status in ("pending", "overdue", "resolved", "open"):
        scene.set_status("bo", chat, status)
        row = scene.conversation(chat)
        assert (row.status.value, row.epoch, row.assignee_id) == (status, 2, scene.users["bo"])
        assert scene.handoff(chat).status is row.status
    scene.set_status("bo", chat, "closed")
    assert scene.conversation(chat).epoch == 3


def test_the_same_status_again_changes_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    before = scene.counts()
    scene.set_status("bo", chat, "open", epoch=1)
    assert scene.counts() == before


def test_what_is_no_status_is_refused(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for status in ("", "done", None, 1, ["open"], "OPEN"):
        with pytest.raises(Invalid):
            closing.set_status(scene.viewer("bo"), chat, status)


def test_others_take_over_first(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name, refusal in (("di", NotPermitted), ("ada", NotPermitted), ("cy", OwnershipChanged), ("fay", NotFound)):
        with pytest.raises(refusal):
            scene.set_status(name, chat, "resolved")


def test_a_queued_chat_stays_pending_and_is_closed_by_manage_all_only(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    with pytest.raises(Refused):
        scene.set_status("ada", chat, "resolved")
    for name in ("bo", "di"):
        with pytest.raises(NotPermitted):
            scene.set_status(name, chat, "closed")
    seq = scene.conversation(chat).last_seq
    scene.set_status("ada", chat, "closed")
    assert (scene.owner(chat), scene.conversation(chat).epoch, scene.waiting()) == ("ai_agent", 2, [])
    assert scene.handoff(chat).outcome == "closed_in_queue"
    assert texts_since(scene, chat, seq) == [], "no trigger"
    told = [each.data["code"] for each in scene.timeline(chat) if each.seq > seq and each.public_seq]
    assert told == ["not_joined"], "the person learns it (L7)"
    scene.set_status("ada", chat, "closed")  # repeated
    assert scene.conversation(chat).epoch == 2


def test_closing_is_one_step_back_to_the_ai_agent(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    row, handoff = scene.conversation(chat), scene.handoff(chat)
    assert (row.handler, row.status, row.assignee_id, row.waiting_since) == (Handler.AI_AGENT, None, None, None)
    assert (handoff.status, handoff.outcome) == (Status.CLOSED, "closed")
    assert (handoff.assignee_id, scene.load("bo")) == (scene.users["bo"], 0)
    assert {"closed", "left"} <= set(scene.codes(chat))
    assert scene.events().count("ConversationHandedBack") == 1


def test_after_the_close_trigger_then_nested_tree_then_the_ai_agent(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    seq = scene.conversation(chat).last_seq
    scene.set_status("bo", chat, "closed")
    assert len(texts_since(scene, chat, seq)) == 1, "the rating is asked for, and nothing more"
    scene.write("pia", "4")
    assert texts_since(scene, chat, seq)[-1] == "I am back."
    assert {each.epoch for each in scene.timeline(chat) if each.seq > seq and each.kind.value == "text"} == {3}
    scene.write("pia", QUESTION)
    assert scene.counts()["Outbox"] == 1
    assert "Hi, I am Trail." not in texts_since(scene, chat, seq), "Chat Started fires only for a new conversation"


def test_with_feedback_disabled_the_nested_tree_starts_at_once(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    chat = scene.claimed_by("bo")
    seq = scene.conversation(chat).last_seq
    scene.set_status("bo", chat, "closed")
    assert texts_since(scene, chat, seq) == ["I am back."]


def test_the_handoff_action_was_deleted_or_disabled_meanwhile(scene: Scene) -> None:
    for tree in (
        make_tree(asks_feedback=False, has_handoff=False),
        make_tree(asks_feedback=False, is_handoff_enabled=False),
    ):
        scene.use_tree(make_tree(asks_feedback=False))
        chat = scene.claimed_by("bo", f"person {scene.key()}")
        scene.use_tree(tree)
        seq = scene.conversation(chat).last_seq
        scene.set_status("bo", chat, "closed")
        assert texts_since(scene, chat, seq) == []
        assert "nested_tree_skipped" in scene.codes(chat)


def test_a_chat_taken_over_from_the_ai_agent_has_no_nested_tree(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    chat = scene.write("pia", "My tent is torn").conversation_public_id
    scene.take_over("ada", chat)
    seq = scene.conversation(chat).last_seq
    scene.set_status("ada", chat, "closed")
    assert texts_since(scene, chat, seq) == []
    assert "nested_tree_skipped" not in scene.codes(chat)


def test_a_repeated_close_is_answered_and_changes_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    before = scene.counts()
    scene.set_status("bo", chat, "closed")
    assert scene.counts() == before
    with pytest.raises(OwnershipChanged):
        scene.set_status("cy", chat, "closed")


def test_who_lost_the_chat_cannot_close_it(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.take_over("cy", chat)
    with pytest.raises(OwnershipChanged) as refusal:
        scene.set_status("bo", chat, "closed")
    assert refusal.value.current.assignee_name == "Cy Okafor"


def test_a_former_assignee_of_a_queued_chat_has_lost_it(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    with pytest.raises(OwnershipChanged):
        scene.set_status("bo", chat, "closed")


def test_a_later_handoff_is_a_new_livechat_and_the_older_one_stays(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    chat = scene.claimed_by("bo")
    first = scene.handoff(chat)
    scene.set_status("bo", chat, "closed")
    scene.write("pia", HUMAN)
    assert scene.handoff(chat).id != first.id
    assert len(scene.rows(Handoff)) == 2
    assert scene.handoff(chat).status is Status.PENDING


def test_a_resolved_chat_reopens_with_its_assignee_when_the_person_writes(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "Done")
    scene.set_status("bo", chat, "resolved")
    assert scene.load("bo") == 0
    posted = scene.write("pia", "One more thing")
    row = scene.conversation(chat)
    assert (row.status, scene.owner(chat), row.waiting_since) == (Status.OPEN, "bo", posted.message.created_at)
    assert scene.counts()["Timer"] == 0


def test_a_resolved_chat_closes_by_itself_after_its_hours(scene: Scene) -> None:
    scene.configure(autoclose_hours=2)
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "resolved")
    assert jobs.take_timers() == []
    scene.clock.forward(hours=2, seconds=1)
    closing.close_resolved(scene.timer())
    assert (scene.owner(chat), scene.handoff(chat).outcome) == ("ai_agent", "closed")
    assert "Bo Lindqvist left the conversation." in [each.body for each in scene.timeline(chat) if each.public_seq]


def test_a_timer_that_was_taken_before_a_reopening_closes_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "resolved")
    scene.clock.forward(hours=24, seconds=1)
    timer = scene.timer()
    scene.write("pia", "One more thing")
    closing.close_resolved(timer)
    assert scene.owner(chat) == "bo"


def test_overdue_comes_by_itself_on_open_chats_only(scene: Scene) -> None:
    scene.configure(overdue_minutes=10)
    chat, pending = scene.claimed_by("bo", "pia"), scene.claimed_by("bo", "ravi")
    scene.set_status("bo", pending, "pending")
    ticket = scene.ticket(assignee="bo")
    ids = [scene.conversation(each).id for each in (chat, pending, ticket)]
    scene.clock.forward(minutes=9)
    for each in ids:
        closing.mark_overdue(each)
    assert scene.conversation(chat).status is Status.OPEN
    scene.clock.forward(minutes=2)
    for each in ids * 2:
        closing.mark_overdue(each)
    assert [scene.conversation(each).status.value for each in (chat, pending, ticket)] == ["overdue", "pending", "open"]
    assert scene.codes(chat).count("overdue") == 1


def test_an_answered_chat_is_not_overdue_and_neither_is_any_without_the_setting(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.clock.forward(days=3)
    closing.mark_overdue(scene.conversation(chat).id)
    assert scene.conversation(chat).status is Status.OPEN
    scene.configure(overdue_minutes=10)
    scene.reply("bo", chat, "Here I am")
    closing.mark_overdue(scene.conversation(chat).id)
    assert scene.conversation(chat).status is Status.OPEN


def test_resolved_and_closed_tickets_keep_their_assignee(scene: Scene) -> None:
    ticket = scene.ticket(assignee="bo")
    for status in ("resolved", "open", "closed"):
        scene.set_status("bo", ticket, status)
        assert (scene.owner(ticket), scene.conversation(ticket).epoch) == ("bo", 1)
    with pytest.raises(Refused):
        scene.set_status("bo", ticket, "open")


def test_a_closed_queued_ticket_leaves_the_queue_for_good(scene: Scene) -> None:
    ticket = scene.ticket()
    scene.set_status("ada", ticket, "closed")
    scene.set_status("ada", ticket, "closed")
    scene.online("bo")
    row = scene.conversation(ticket)
    assert (row.status, row.handler, row.epoch, scene.waiting()) == (Status.CLOSED, Handler.QUEUE, 0, [])
    assert scene.codes(ticket).count("closed") == 1


def test_what_a_deactivated_user_had_returns_to_the_queue_with_its_place(scene: Scene) -> None:
    older, other = scene.claimed_by("bo", "pia"), scene.ask_for_human("ravi")
    waiting = scene.conversation(older).waiting_since
    scene.deactivate("bo")
    assert returning.return_orphans() == 1
    row = scene.conversation(older)
    assert (row.handler, row.status, row.epoch, row.waiting_since) == (Handler.QUEUE, Status.PENDING, 3, waiting)
    assert scene.waiting() == [older, other]
    assert "returned" in scene.codes(older)
    assert returning.return_orphans() == 0
    scene.claim("eli", older)  # the handoff's set was everyone


def test_who_loses_the_permission_loses_the_conversations(scene: Scene) -> None:
    chat, ticket = scene.claimed_by("bo"), scene.ticket(assignee="bo")
    with unit_of_work() as uow:
        table = RolePermission.__table__
        uow.conn.execute(table.delete().where(table.c.permission.in_(["livechats.assigned", "livechats.manage_teams"])))
    assert returning.return_orphans() == 1
    assert (scene.owner(chat), scene.owner(ticket)) == ("queue", "bo")


def test_what_returns_goes_to_its_team_or_when_that_is_empty_to_everyone(scene: Scene) -> None:
    chat, other = scene.claimed_by("bo", "pia"), scene.claimed_by("bo", "ravi")
    for each in (chat, other):
        scene.give("bo", each, "Returns")
        scene.claim("eli", each)
    scene.give("eli", other, "Front line")
    scene.claim("cy", other)
    scene.deactivate("eli")
    scene.deactivate("cy")
    assert returning.return_orphans() == 2
    with pytest.raises(OwnershipChanged):
        scene.claim("gus", other)  # waits for Front line
    scene.claim("gus", chat)  # Returns is empty
    scene.claim("bo", other)
    assert scene.conversation(other).team_id == scene.teams["Front line"]


def test_a_resolved_chat_of_somebody_gone_goes_to_the_queue_when_the_person_writes(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "resolved")
    scene.deactivate("bo")
    assert returning.return_orphans() == 0, "it is not open"
    scene.online("cy")
    scene.write("pia", "One more thing")
    assert scene.owner(chat) == "cy"
    assert scene.conversation(chat).waiting_since is not None
