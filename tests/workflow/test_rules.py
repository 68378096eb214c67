"""Who asks for a person, in six languages, and who only seems to."""

import time

import pytest

from dashboard.workflow.rules import asks_for_person
from tests.workflow.sentences import ASKS, ASKS_NOT, table


@pytest.mark.parametrize(("language", "text"), table(ASKS))
def test_a_wish_for_a_person_is_recognised(language: str, text: str) -> None:
    assert asks_for_person(text, language)
    assert asks_for_person(text), "must not depend on the detected language"


@pytest.mark.parametrize(("language", "text"), table(ASKS_NOT))
def test_what_only_looks_like_it_is_left_alone(language: str, text: str) -> None:
    assert asks_for_person(text, language) is None
    assert asks_for_person(text) is None


def test_the_tables_are_large() -> None:
    assert len(table(ASKS)) >= 300
    assert len(table(ASKS_NOT)) >= 300


@pytest.mark.parametrize("language", ["en", "es"])
def test_upper_case_punctuation_and_spaces_do_not_matter(language: str) -> None:
    for _, text in table({language: ASKS[language]}):
        assert asks_for_person(f"  {text.upper()}  !!! "), text


def test_the_match_says_what_asked_and_in_which_language() -> None:
    match = asks_for_person("My order is late. I want to talk to a human!")
    assert match is not None
    assert (match.words, match.language) == ("i want to talk to a human", "en")


@pytest.mark.parametrize(
    "text",
    [
        "real live " * 800,
        "talk to " + "real live " * 700,
        "customer service " * 400 + "number",
        "human " * 8 + "x",
        "human " * 330 + "x",
        "human human human human human human x, " * 200,
        "dont want to " * 600 + "talk to a human",
        "mit einem " * 800,
        "que me " * 1000,
        "a" * 8000,
        "👋" * 8000,
        "\x00\ud800" * 100,
        "I" + " really" * 1500 + " want a human",
    ],
)
def test_hostile_texts_are_decided_quickly(text: str) -> None:
    begin = time.process_time()
    asks_for_person(text)
    assert time.process_time() - begin < 2
