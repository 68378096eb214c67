"""What the AI agent does with a message: start, match, ask elsewhere, fall back."""

import pytest

from dashboard.workflow.effects import RequestAnswer, Say
from dashboard.workflow.inputs import AnswerArrived, AnswerFailed
from dashboard.workflow.session import Session
from dashboard.workflow.tree import Tree
from tests.workflow.trail import (
    WANTS_HUMAN,
    Chat,
    fallback,
    hand_off,
    kinds,
    logs,
    received,
    say,
    started,
    texts,
    tree,
)

HOURS = received("hours", say("open", "We open at nine."), phrases=["opening hours", "when are you open"])


def test_the_first_message_fires_chat_started_and_is_then_matched_like_any_other() -> None:
    chat = Chat(tree(started(say("hello", "Hello!")), HOURS))
    assert texts(chat.person("When are you open?")) == ["Hello!", "We open at nine."]


def test_chat_started_fires_only_once() -> None:
    chat = Chat(tree(started(say("hello", "Hello!"))))
    chat.person("foo")
    assert texts(chat.person("bar")) == []


def test_a_disabled_chat_started_says_nothing() -> None:
    chat = Chat(tree({**started(say("hello", "Hello!")), "is_enabled": False}))
    assert kinds(chat.person("foo")) == ["RequestAnswer"]


def test_a_message_that_nothing_matches_is_asked_elsewhere() -> None:
    chat = Chat(tree(HOURS))
    assert chat.person("Do tents float?") == (RequestAnswer("Do tents float?", "en", 1),)


def test_an_answer_is_said_to_the_person() -> None:
    chat = Chat(tree())
    chat.person("Do tents float?")
    assert chat.happens(AnswerArrived("Some do.", "Do tents float?")) == (Say("Some do."),)


def test_a_message_is_matched_while_an_earlier_answer_is_still_worked_out() -> None:
    chat = Chat(tree(WANTS_HUMAN))
    chat.person("Do tents float?")
    assert kinds(chat.person("Let me talk to a human")) == ["RequestHandoff"]


def test_without_a_workflow_every_message_is_asked_elsewhere() -> None:
    chat = Chat(None)
    assert kinds(chat.person("hello")) == ["RequestAnswer"]
    assert chat.session.tree_version is None


def test_actions_run_in_order_and_disabled_ones_are_passed_over() -> None:
    actions = [say("a", "One"), say("b", "Two", is_enabled=False), say("c", "Three")]
    chat = Chat(tree(received("t", *actions, phrases=["count"])))
    assert texts(chat.person("count")) == ["One", "Three"]


def test_a_trigger_without_an_enabled_action_does_not_swallow_the_message() -> None:
    chat = Chat(tree(received("t", say("a", "One", is_enabled=False), phrases=["count"])))
    assert kinds(chat.person("count")) == ["RequestAnswer"]


def test_a_disabled_trigger_does_not_match() -> None:
    chat = Chat(tree({**HOURS, "is_enabled": False}))
    assert kinds(chat.person("opening hours")) == ["RequestAnswer"]


@pytest.mark.parametrize(
    ("misses", "expected"), [(1, ["First"]), (2, ["First", "Second"]), (4, ["First", "Second", "Second", "Second"])]
)
def test_each_miss_in_a_row_takes_the_next_fallback_level_and_the_last_repeats(
    misses: int, expected: list[str]
) -> None:
    chat = Chat(tree(fallback([say("f1", "First")], [say("f2", "Second")])))
    for _ in range(misses):
        chat.person("hm")
        chat.happens(AnswerArrived(None, "hm"))
    assert chat.said == expected


@pytest.mark.parametrize("comfort", ["an answer", "a match"])
def test_an_answer_or_a_match_begins_the_fallback_levels_again(comfort: str) -> None:
    chat = Chat(tree(HOURS, fallback([say("f1", "First")], [say("f2", "Second")])))
    chat.happens(AnswerArrived(None, "hm"))
    if comfort == "an answer":
        chat.happens(AnswerArrived("Aha", "hm"))
    else:
        chat.person("opening hours")
    assert texts(chat.happens(AnswerArrived(None, "hm"))) == ["First"]


def test_an_answer_that_fails_runs_the_fallback() -> None:
    chat = Chat(tree(fallback([say("f1", "First")])))
    chat.person("hm")
    assert texts(chat.happens(AnswerFailed("hm"))) == ["First"]


@pytest.mark.parametrize(
    "silent", [None, tree(), tree(fallback()), tree(fallback([])), tree(fallback([say("a", "b", is_enabled=False)]))]
)
def test_a_miss_is_never_met_with_silence(silent: Tree | None) -> None:
    chat = Chat(silent)
    chat.person("hm")
    effects = chat.happens(AnswerArrived(None, "hm"))
    assert logs(effects) == ["fallback_silent"]
    assert "Sorry" in texts(effects)[0]


def test_a_blank_answer_counts_as_a_miss() -> None:
    chat = Chat(tree(fallback([say("f1", "First")])))
    assert texts(chat.happens(AnswerArrived("  \n", "hm"))) == ["First"]


def test_a_fallback_may_hand_off_and_says_why() -> None:
    chat = Chat(tree(fallback([say("f1", "First")], [hand_off("h")])))
    chat.happens(AnswerArrived(None, "hm"))
    (request,) = chat.happens(AnswerFailed("what about my tent"))
    assert (request.node_key, request.reason, request.trigger_key, request.words) == (  # type: ignore[union-attr]
        "h",
        "answer_failed",
        "fallback",
        "what about my tent",
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Hello Pat"), ("es", "Hola Pat"), ("es-MX", "Hola Pat"), ("fr", "Hello Pat"), (None, "Hello Pat")],
)
def test_a_text_is_said_in_the_language_of_the_person_or_the_default_one(language: str | None, expected: str) -> None:
    hello = say("hello", "")
    hello["settings"] = {
        "texts": {"es": "Hola {{person_name}}", "en": "Hello {{ person_name }}"},
        "default_language": "en",
    }
    chat = Chat(tree(started(hello)), variables={"person_name": "Pat"})
    assert texts(chat.person("x", language)) == [expected]


def test_the_language_of_an_earlier_message_counts_while_the_new_one_is_unclear() -> None:
    chat = Chat(tree())
    chat.person("Hola amigo, buenos días", "es")
    assert chat.person("ok", None) == (RequestAnswer("ok", "es", 2),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{person_name|there}}!", "Hi there!"),
        ("Hi {{nobody}}!", "Hi !"),
        ("{{a}}", "{{b}}"),
        ("{{ b }} and {{b}}", "2 and 2"),
        ("{{ not closed }", "{{ not closed }"),
        ("{{b|x}}", "2"),
    ],
)
def test_variables_are_replaced_once_and_have_a_text_for_when_they_are_unknown(text: str, expected: str) -> None:
    chat = Chat(tree(started(say("hello", text))), variables={"a": "{{b}}", "b": "2"})
    assert texts(chat.person("x")) == [expected]


def test_quick_replies_go_with_the_text_in_its_language() -> None:
    settings = {
        "texts": {"en": "Which?", "es": "¿Cuál?"},
        "default_language": "en",
        "quick_replies": {"en": ["Red", "Blue"]},
    }
    chat = Chat(tree(started({"key": "which", "type": "send_message", "settings": settings})))
    assert chat.person("x")[0] == Say("Which?", ("Red", "Blue"), "which")
    chat = replace_session(chat)
    assert chat.person("x", "es")[0] == Say("¿Cuál?", (), "which")


def test_the_session_stays_on_the_version_it_started_with() -> None:
    chat = Chat(tree(HOURS, version=4))
    chat.person("hm")
    chat = chat.with_tree(tree(HOURS, version=5))
    chat.person("hm")
    assert chat.session.tree_version == 4


def replace_session(chat: Chat) -> Chat:
    chat.session = Session()
    return chat
