"""The rating after a livechat: asked once, kept with it, skipped by a message or by time (C3)."""

from __future__ import annotations

import pytest

from dashboard.models import db
from dashboard.models.errors import Invalid, NotFound, Refused
from dashboard.queries.public_view import public_messages
from dashboard.services import feedback, jobs
from tests.factories import QUESTION, Scene, make_tree


def closed_chat(scene: Scene, person: str = "pia") -> str:
    chat = scene.claimed_by("bo", person)
    scene.set_status("bo", chat, "closed")
    return chat


def test_stars_and_comment_are_kept_with_the_livechat(scene: Scene) -> None:
    chat = closed_chat(scene)
    feedback.rate(chat, scene.person("pia"), 5, "Quick and kind.")
    handoff = scene.handoff(chat)
    assert (handoff.rating, handoff.rating_comment) == (5, "Quick and kind.")
    assert handoff.rated_at is not None
    assert (scene.said(chat)[-1][1], scene.counts()["Timer"]) == ("I am back.", 0)
    assert scene.events().count("FeedbackGiven") == 1


def test_a_digit_is_a_rating_while_one_is_awaited_and_a_message_otherwise(scene: Scene) -> None:
    chat = closed_chat(scene)
    scene.write("pia", "4")
    assert scene.handoff(chat).rating == 4
    scene.write("pia", "5")
    assert scene.handoff(chat).rating == 4


def test_the_question_for_a_comment_goes_with_the_stars(scene: Scene) -> None:
    tree = make_tree()
    closed = tree["triggers"][-1]["actions"][0]
    for question, data in (({"en": "Why?"}, {"ask": "rating", "comment_question": "Why?"}), ({}, {"ask": "rating"})):
        closed["settings"] = {"comment_question": question}
        scene.use_tree(tree)
        chat = closed_chat(scene, f"pia-{len(data)}")
        items = public_messages(db.session, scene.conversation(chat).id)
        db.session.close()
        assert items[-1]["data"] == data


def test_it_is_asked_once(scene: Scene) -> None:
    chat = closed_chat(scene)
    feedback.rate(chat, scene.person("pia"), 3)
    with pytest.raises(Refused):
        feedback.rate(chat, scene.person("pia"), 5)
    assert scene.handoff(chat).rating == 3


def test_what_is_no_rating_is_refused(scene: Scene) -> None:
    chat = closed_chat(scene)
    for stars in (0, 6, -1, 2.5, "5", None, True, [5]):
        with pytest.raises(Invalid):
            feedback.rate(chat, scene.person("pia"), stars)
    with pytest.raises(Invalid):
        feedback.rate(chat, scene.person("pia"), 5, "x" * 2_001)
    assert scene.handoff(chat).rating is None


def test_nobody_rates_another_persons_chat_or_one_that_was_not_asked_for(scene: Scene) -> None:
    chat = closed_chat(scene)
    with pytest.raises(NotFound):
        feedback.rate(chat, scene.person("ravi"), 5)
    live = scene.claimed_by("bo", "sam")
    with pytest.raises(Refused):
        feedback.rate(live, scene.person("sam"), 5)


def test_another_message_skips_it_and_is_then_answered(scene: Scene) -> None:
    chat = closed_chat(scene)
    scene.write("pia", QUESTION)
    assert scene.handoff(chat).rating is None
    assert scene.said(chat)[-1] == ("ai_agent", "I am back.")
    assert [job.payload["question"] for job in jobs.take_jobs("a worker")] == [QUESTION]
    assert scene.counts()["Timer"] == 0


def test_time_skips_it(scene: Scene) -> None:
    scene.configure(feedback_minutes=3)
    chat = closed_chat(scene)
    scene.clock.forward(minutes=2)
    assert jobs.take_timers() == []
    scene.clock.forward(minutes=1, seconds=1)
    timer = scene.timer()
    feedback.give_up_waiting(timer)
    feedback.give_up_waiting(timer)
    assert [text for _, text in scene.said(chat)].count("I am back.") == 1
    with pytest.raises(Refused):
        feedback.rate(chat, scene.person("pia"), 5)


def test_a_timer_that_rings_late_finds_a_rated_chat_or_the_next_livechat_untouched(scene: Scene) -> None:
    chat = closed_chat(scene)
    scene.clock.forward(minutes=11)
    timer = scene.timer()
    feedback.rate(chat, scene.person("pia"), 5)
    scene.claimed_by("bo", "pia")
    scene.set_status("bo", chat, "closed")
    feedback.give_up_waiting(timer)
    feedback.rate(chat, scene.person("pia"), 2)
    assert scene.handoff(chat).rating == 2
