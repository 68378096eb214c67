"""Closing and handing back (SPEC 7): trigger, feedback, nested actions, fresh session."""

from dataclasses import replace

import pytest

from dashboard.workflow.effects import AskFeedback, FeedbackSkipped, RecordFeedback, Say
from dashboard.workflow.inputs import (
    AnswerArrived,
    ClosedByLiveAgent,
    FeedbackGiven,
    FeedbackTimeout,
    HandedBack,
    HandoffAccepted,
    HandoffUnavailable,
    Input,
)
from dashboard.workflow.session import Episode, WaitingForFeedback
from dashboard.workflow.tree import Tree
from tests.workflow.trail import (
    MORNING,
    WANTS_HUMAN,
    Chat,
    closed,
    fallback,
    hand_off,
    kinds,
    logs,
    rate,
    received,
    say,
    started,
    texts,
    tree,
)

HOURS = received("hours", say("open", "At nine."), phrases=["opening hours"])
FULL = tree(
    started(say("hello", "Hello!")),
    WANTS_HUMAN,
    HOURS,
    closed(say("bye", "{{live_agent_name}} is gone."), rate(), say("end", "Rated {{rating|nothing}}.")),
)


def closed_by_ana(chat: Chat, key: str | None = "to_team", **variables: str) -> tuple[str, ...]:
    return tuple(texts(chat.happens(ClosedByLiveAgent(key, variables, "Ana", "solved"))))


def with_ana(workflow: Tree | None = FULL, key: str | None = "to_team") -> Chat:
    chat = Chat(workflow)
    chat.person("human please")
    chat.happens(HandoffAccepted(key))
    chat.said.clear()
    return chat


def test_the_trigger_runs_first_then_the_rating_then_the_nested_actions() -> None:
    chat = with_ana()
    assert closed_by_ana(chat) == ("Ana is gone.", "How was it?")
    assert texts(chat.happens(FeedbackGiven(4, "nice"))) == ["Thanks for rating.", "Rated 4.", "I am back."]


def test_the_rating_is_asked_with_stars_and_a_timer() -> None:
    chat = with_ana(tree(WANTS_HUMAN, closed(rate(timeout_seconds=60, comment_question={"en": "Why?"}))))
    effects = chat.happens(ClosedByLiveAgent("to_team"))
    assert effects == (Say("How was it?", (), "rate", "rating", "Why?"), AskFeedback("rate", 60, 1))


def test_without_a_time_of_its_own_the_rating_is_awaited_as_long_as_the_setting_says() -> None:
    chat = with_ana()
    (asked,) = [each for each in chat.happens(ClosedByLiveAgent("to_team")) if isinstance(each, AskFeedback)]
    assert asked.timeout_seconds is None


def test_the_rating_and_its_comment_are_recorded() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert chat.happens(FeedbackGiven(2, "slow"))[0] == RecordFeedback(2, "slow")


@pytest.mark.parametrize("text", ["4", " 4 ", "4 stars", "★★★★", "4/5"])
def test_a_digit_or_stars_as_a_message_are_the_rating(text: str) -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert chat.person(text)[0] == RecordFeedback(4, None)


def test_another_message_skips_the_rating_runs_the_nested_actions_and_is_then_answered() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    effects = chat.person("opening hours?")
    assert kinds(effects)[0] == "FeedbackSkipped"
    assert texts(effects) == ["Rated nothing.", "I am back.", "At nine."]


def test_after_a_skipped_rating_a_new_request_for_a_person_is_a_new_handoff() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert kinds(chat.person("I need a human again"))[-1] == "RequestHandoff"


def test_no_rating_in_time_counts_as_skipped_and_the_flow_goes_on() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    effects = chat.happens(FeedbackTimeout(1))
    assert effects[0] == FeedbackSkipped(1)
    assert texts(effects)[-1] == "I am back."
    assert chat.session.waiting is None


def test_the_timer_of_an_earlier_question_does_not_end_the_present_one() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    chat.happens(FeedbackGiven(5))
    chat.person("human please")
    chat.happens(HandoffAccepted("to_team"))
    closed_by_ana(chat)
    assert chat.happens(FeedbackTimeout(1)) == ()
    assert chat.session.waiting == WaitingForFeedback("rate", 2)


def test_with_feedback_disabled_the_nested_actions_start_at_once() -> None:
    chat = with_ana(tree(WANTS_HUMAN, closed(rate(is_enabled=False))))
    assert closed_by_ana(chat) == ("I am back.",)


def test_with_the_trigger_disabled_the_nested_actions_start_at_once() -> None:
    chat = with_ana(tree(WANTS_HUMAN, closed(rate(), is_enabled=False)))
    assert closed_by_ana(chat) == ("I am back.",)


def test_feedback_is_asked_once_even_when_the_nested_actions_would_ask_again() -> None:
    twice = received("human", hand_off("to_team", rate("again"), say("back", "Back.")), intents=["asks_for_person"])
    chat = with_ana(tree(twice))
    closed_by_ana(chat)
    effects = chat.happens(FeedbackGiven(3))
    assert logs(effects) == ["feedback_not_asked"]
    assert texts(effects)[-1] == "Back."


def test_nested_actions_may_ask_when_the_trigger_did_not() -> None:
    nested = received("human", hand_off("to_team", rate("later"), say("back", "Back.")), intents=["asks_for_person"])
    chat = with_ana(tree(nested, closed(rate(is_enabled=False))))
    closed_by_ana(chat)
    assert chat.session.waiting == WaitingForFeedback("later", 1)
    assert texts(chat.person("5"))[-1] == "Back."


def test_an_invalid_rating_keeps_waiting() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert logs(chat.happens(FeedbackGiven(6))) == ["feedback_invalid"]
    assert isinstance(chat.session.waiting, WaitingForFeedback)


def test_a_rating_that_comes_late_is_logged_and_not_recorded() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    chat.happens(FeedbackTimeout())
    assert logs(chat.happens(FeedbackGiven(5))) == ["feedback_late"]


def test_variables_of_the_trigger_end_with_it_and_the_nested_actions_see_those_of_the_handoff() -> None:
    nested = hand_off("to_team", say("back", "{{order}} {{rating|none}} {{outcome|none}}"))
    workflow = tree(
        received("human", nested, intents=["asks_for_person"]),
        closed(rate(), say("c", "{{order}} {{rating}} {{outcome}}")),
    )
    chat = with_ana(workflow)
    closed_by_ana(chat, order="4711")
    assert texts(chat.happens(FeedbackGiven(5))) == ["Thanks for rating.", "4711 5 solved", "4711 none none"]


def test_then_a_fresh_session_starts_in_which_chat_started_does_not_fire_again() -> None:
    chat = with_ana()
    closed_by_ana(chat, order="4711")
    chat.happens(FeedbackGiven(5))
    assert chat.session.variables == {}
    assert chat.session.closing is None
    assert chat.session.tree_version is None
    assert texts(chat.person("opening hours")) == ["At nine."]


def test_even_a_chat_that_was_taken_over_before_the_first_message_does_not_start_again() -> None:
    chat = Chat(FULL)
    chat.happens(HandoffAccepted(None))
    closed_by_ana(chat, None)
    chat.happens(FeedbackTimeout())
    assert "Hello!" not in texts(chat.person("opening hours"))


@pytest.mark.parametrize(
    "newer",
    [
        tree(HOURS, closed(rate()), version=2),
        tree(
            received("human", hand_off("to_team", say("back", "I am back."), is_enabled=False), phrases=["x"]),
            version=2,
        ),
    ],
    ids=["deleted", "disabled"],
)
def test_when_the_handoff_action_is_gone_the_trigger_runs_and_the_nested_actions_are_skipped(newer: Tree) -> None:
    chat = with_ana().with_tree(newer)
    assert closed_by_ana(chat) == ("How was it?",)
    effects = chat.happens(FeedbackGiven(5))
    assert logs(effects) == ["nested_tree_skipped"]
    assert texts(effects) == ["Thanks for rating."]
    assert chat.session.closing is None


def test_a_close_runs_on_the_newer_version_that_it_is_given() -> None:
    moved = received("other", say("x", "x"), hand_off("to_team", say("new", "New words.")), phrases=["y"])
    chat = with_ana().with_tree(tree(moved, version=7))
    closed_by_ana(chat)
    assert chat.session.tree_version == 7
    assert texts(chat.happens(FeedbackGiven(5)))[-1] == "New words."


def test_a_chat_taken_over_straight_from_the_agent_has_no_nested_actions() -> None:
    chat = with_ana(key=None)
    closed_by_ana(chat, None)
    effects = chat.happens(FeedbackGiven(5))
    assert texts(effects) == ["Thanks for rating.", "Rated 5."]
    assert logs(effects) == []


def test_without_a_workflow_a_close_just_hands_back() -> None:
    chat = with_ana(None, None)
    assert chat.happens(ClosedByLiveAgent(None, {}, "Ana")) == ()
    assert kinds(chat.person("hm")) == ["RequestAnswer"]


def test_a_queued_chat_that_is_closed_comes_back_without_the_trigger() -> None:
    chat = with_ana()
    assert chat.happens(HandedBack("Ada", "closed")) == ()
    assert chat.session.waiting is None
    assert texts(chat.person("opening hours")) == ["At nine."]


def test_the_agent_knows_who_helped_when_and_with_what_outcome() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert chat.session.episodes == (Episode("Ana", MORNING.isoformat(), "solved", "to_team"),)


def test_only_the_latest_twenty_episodes_are_kept() -> None:
    chat = with_ana()
    for number in range(25):
        chat.happens(HandedBack(f"agent {number}"))
    assert [each.agent_name for each in chat.session.episodes] == [f"agent {n}" for n in range(5, 25)]


def test_what_is_said_after_the_episode_may_name_the_live_agent() -> None:
    human = received(
        "human", hand_off("to_team", say("back", "{{live_agent_name}} has left.")), intents=["asks_for_person"]
    )
    chat = with_ana(tree(human, closed(rate(is_enabled=False))))
    assert closed_by_ana(chat) == ("Ana has left.",)


def test_a_takeover_while_a_rating_is_awaited_gives_the_rating_up() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert chat.happens(HandoffAccepted(None)) == (FeedbackSkipped(1),)
    assert chat.session.closing is None


def test_a_second_close_while_a_rating_is_awaited_asks_anew() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    effects = chat.happens(ClosedByLiveAgent("to_team", {}, "Bo"))
    assert effects[0] == FeedbackSkipped(1)
    assert texts(effects) == ["Bo is gone.", "How was it?"]


def test_a_late_answer_is_said_and_the_rating_is_still_awaited() -> None:
    chat = with_ana()
    closed_by_ana(chat)
    assert texts(chat.happens(AnswerArrived("Yes.", "q"))) == ["Yes."]
    assert isinstance(chat.session.waiting, WaitingForFeedback)


def test_a_late_miss_gives_the_rating_up_and_is_not_met_with_silence() -> None:
    chat = with_ana(tree(WANTS_HUMAN, fallback([say("f", "Sorry?")])))
    closed_by_ana(chat)
    effects = chat.happens(AnswerArrived(None, "q"))
    assert texts(effects) == ["I am back.", "Sorry?"]


def test_a_message_that_skips_the_rating_waits_for_a_nested_handoff_to_be_decided() -> None:
    nested = hand_off("to_team", hand_off("second"), say("after", "After."))
    chat = with_ana(tree(received("human", nested, intents=["asks_for_person"]), HOURS))
    closed_by_ana(chat)
    assert kinds(chat.person("opening hours")) == ["FeedbackSkipped", "RequestHandoff"]
    assert texts(chat.happens(HandoffUnavailable("second"))) == ["Nobody is here.", "After.", "At nine."]


def test_feedback_outside_a_close_waits_in_the_same_way() -> None:
    chat = Chat(tree(received("survey", rate("ask"), say("then", "Then."), phrases=["rate you"])))
    chat.person("I want to rate you")
    assert texts(chat.person("3")) == ["Thanks for rating.", "Then."]


def test_a_waiting_message_is_not_held_up_by_a_question_in_chat_started() -> None:
    chat = Chat(tree(started(rate("early")), HOURS))
    effects = chat.person("opening hours")
    assert logs(effects) == ["feedback_not_asked"]
    assert texts(effects) == ["At nine."]


@pytest.mark.parametrize("event", [FeedbackGiven(5), FeedbackTimeout()])
def test_when_the_action_that_asked_is_gone_the_close_still_comes_to_its_end(event: Input) -> None:
    chat = with_ana()
    closed_by_ana(chat)
    chat.tree = tree(WANTS_HUMAN, closed(rate("other")))
    effects = chat.happens(event)
    assert logs(effects) == ["position_lost"]
    assert texts(effects) == ["I am back."]
    assert chat.session == replace(chat.session, waiting=None, closing=None)
