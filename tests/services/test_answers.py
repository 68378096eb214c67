"""Answers that come later: said under the epoch they were asked in, or kept for the new owner (L3, L7)."""

from __future__ import annotations

from datetime import timedelta

from dashboard.models import Outbox
from dashboard.models.enums import OutboxState
from dashboard.services import answers, jobs
from tests.factories import HUMAN, QUESTION, Scene, make_tree

ANSWER = "It weighs 1.9 kg."


def test_a_question_that_nothing_matches_is_asked_elsewhere_with_epoch_and_deadline(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    assert (job.payload["question"], job.epoch) == (QUESTION, 0)
    assert job.deadline_at == scene.timeline(chat)[0].created_at + timedelta(seconds=60)


def test_the_answer_is_said_once_however_often_it_arrives(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    for _ in range(3):
        answers.answer_arrived(job, ANSWER)
    assert [text for _, text in scene.said(chat)].count(ANSWER) == 1
    assert scene.rows(Outbox)[0].state is OutboxState.SENT


def test_no_answer_is_a_miss_and_a_failure_is_never_silence(scene: Scene) -> None:
    first = scene.write("pia", QUESTION).conversation_public_id
    answers.answer_arrived(scene.job(), None)
    second = scene.write("ravi", QUESTION).conversation_public_id
    answers.answer_failed(scene.job())
    assert [scene.said(chat)[-1] for chat in (first, second)] == [("ai_agent", "Sorry?")] * 2


def test_a_reply_that_comes_after_a_takeover_is_kept_and_never_sent(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    scene.take_over("ada", chat, "Let me look.")
    answers.answer_arrived(job, ANSWER)
    assert ANSWER not in [text for _, text in scene.said(chat)]
    [kept] = scene.suggestions()
    assert (kept.body, kept.author_name, kept.state.value, kept.epoch) == (ANSWER, "Trail", "open", 0)
    assert "SuggestionKept" in scene.events()
    before = scene.conversation(chat).last_seq
    answers.answer_arrived(job, ANSWER)
    assert (len(scene.suggestions()), scene.conversation(chat).last_seq) == (1, before)


def test_a_reply_that_comes_after_the_whole_livechat_is_late_too(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    chat = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    scene.write("pia", HUMAN)
    scene.claim("bo", chat)
    scene.set_status("bo", chat, "closed")
    answers.answer_arrived(job, ANSWER)
    assert ANSWER not in [text for _, text in scene.said(chat)]
    assert len(scene.suggestions()) == 1


def test_a_late_failure_says_and_keeps_nothing(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    scene.take_over("ada", chat)
    before = scene.conversation(chat).last_seq
    answers.answer_failed(job)
    assert (scene.conversation(chat).last_seq, scene.suggestions()) == (before, [])
    assert jobs.take_jobs("a worker") == []


def test_a_handoff_does_not_wait_for_an_answer_that_is_being_worked_out(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    scene.job()
    scene.write("pia", HUMAN)
    assert scene.owner(chat) == "queue"


def test_two_questions_are_answered_in_order(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    scene.write("pia", "And how long is it?")
    first = scene.job()
    assert jobs.take_jobs("another worker") == [], "the second waits for the first"
    answers.answer_arrived(first, ANSWER)
    answers.answer_arrived(scene.job(), "Two metres.")
    assert [text for who, text in scene.said(chat) if who == "ai_agent"][-2:] == [ANSWER, "Two metres."]


def test_an_answer_lost_with_its_process_is_worked_out_again(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    lost = scene.job()
    assert jobs.take_jobs("another worker") == []
    scene.clock.forward(seconds=16)
    again = scene.job()
    assert (again.id, again.idempotency_key) == (lost.id, lost.idempotency_key)
    answers.answer_arrived(again, ANSWER)
    answers.answer_arrived(lost, ANSWER)
    assert [text for _, text in scene.said(chat)].count(ANSWER) == 1


def test_the_faq_travels_with_the_question(scene: Scene) -> None:
    from dashboard.models import db
    from dashboard.services.setup import Entry, add_faq
    from dashboard.services.unit_of_work import unit_of_work

    with unit_of_work() as uow:
        add_faq(uow, scene.trail, [Entry("en", QUESTION, ANSWER, ("tent weight",))])
    [entry] = answers.load_faq(db.session, scene.trail)
    assert (entry["question"], entry["answer"], entry["phrases"], entry["language"]) == (
        QUESTION, ANSWER, ["tent weight"], "en",
    )  # fmt: skip
    db.session.close()
