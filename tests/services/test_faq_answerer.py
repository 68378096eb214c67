"""The built-in answerer: approximate, deterministic, and in the person's language."""

from __future__ import annotations

import pytest

from dashboard.services.demo import faq
from dashboard.services.faq_answerer import FaqAnswerer
from integrations.port import Entry, Question

ENTRIES = tuple(Entry(each.question, each.answer, tuple(each.phrases), each.language) for each in faq.TRAIL)


def question(text: str, language: str | None = "en") -> Question:
    return Question("key", text, language, "en", ENTRIES)


def answer(text: str, language: str | None = "en") -> str | None:
    found = FaqAnswerer().answer(question(text, language))
    return found.text if found else None


@pytest.mark.parametrize("entry", faq.TRAIL, ids=lambda entry: entry.question)
def test_every_entry_answers_its_own_question_and_phrases(entry: Entry) -> None:
    for text in (entry.question, *entry.phrases):
        assert answer(text, entry.language) == entry.answer, text


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("hi, how much is the shipping please?", "4.90 per parcel"),
        ("HOW DO I WASH MY RAIN JACKET", "At 30 degrees"),
        ("can my hiking boots be resoled", "Most of our hiking boots"),
        ("do you deliver to norway?", "Yes, to 31 countries"),
        ("what payment methods do you accept", "Cards, PayPal"),
        ("how long does the delivery take", "Two to four working days"),
    ],
)
def test_other_words_for_the_same_are_understood(text: str, begins: str) -> None:
    assert str(answer(text)).startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "can my dog wear the kids rain coat",
        "tell me a joke",
        "🎿🎿🎿",
        "the",
        "asdf qwer zxcv",
        "I want to talk to a person",
    ],
)
def test_what_it_does_not_know_it_does_not_answer(text: str) -> None:
    assert answer(text) is None


def test_the_language_of_the_person_comes_first_and_the_default_one_next() -> None:
    assert str(answer("paypal", "es")).startswith("Tarjeta")
    assert str(answer("paypal", "en")).startswith("Cards")
    assert str(answer("paypal", None)).startswith("Cards")
    assert str(answer("gift card balance", "es")).startswith("Type its 16 digits")


def test_the_same_question_always_gets_the_same_answer() -> None:
    first = answer("how much is shipping")
    assert first is not None
    assert all(answer("how much is shipping") == first for _ in range(5))


def test_it_takes_its_delay() -> None:
    waited: list[float] = []
    FaqAnswerer(0.6, waited.append).answer(question("How much is shipping?"))
    assert waited == [0.6]
