"""The built-in answerer: approximate, deterministic, in the person's language, and as slow as it is asked to be."""

from __future__ import annotations

import pytest

from dashboard.services.demo import faq
from integrations.fake import FakeAnswerer
from integrations.port import Answer, Entry, Question, Retryable
from integrations.scripted import ScriptedAnswerer, delay_of

ENTRIES = tuple(Entry(each.question, each.answer, tuple(each.phrases), each.language) for each in faq.TRAIL)


def question(text: str, language: str | None = "en") -> Question:
    return Question("key", text, language, "en", ENTRIES)


def answer(text: str, language: str | None = "en") -> str | None:
    found = ScriptedAnswerer().answer(question(text, language))
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
    first = ScriptedAnswerer().answer(question("how much is shipping"))
    assert all(ScriptedAnswerer().answer(question("how much is shipping")) == first for _ in range(5))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("How much is shipping?", 0.6),
        ("How much is shipping? Take 5 seconds", 5),
        ("please think for 12s: how much is shipping?", 12),
        ("¿Cuánto cuesta el envío? Piensa 3 segundos", 3),
        ("take 999 seconds", 120),
    ],
)
def test_it_takes_its_usual_time_or_what_the_question_asks_for(text: str, seconds: float) -> None:
    waited: list[float] = []
    ScriptedAnswerer(0.6, waited.append).answer(question(text))
    assert waited == [seconds]
    assert delay_of(text, 0.6) == seconds


def test_being_asked_to_be_slow_does_not_change_the_answer() -> None:
    assert ScriptedAnswerer(sleep=lambda _seconds: None).answer(
        question("How much is shipping? Take 5 seconds")
    ) == ScriptedAnswerer().answer(question("How much is shipping?"))


def test_the_fake_records_and_gives_what_was_laid_out() -> None:
    later = Retryable("busy", after=2)
    fake = FakeAnswerer([Answer("one"), later, None], otherwise=Answer("rest"))
    assert fake.answer(question("a")) == Answer("one")
    with pytest.raises(Retryable) as refusal:
        fake.answer(question("b"))
    assert refusal.value.after == 2
    assert [fake.answer(question("c")), fake.answer(question("d"))] == [None, Answer("rest")]
    assert [each.text for each in fake.questions] == ["a", "b", "c", "d"]
