"""The answerers of demo and tests: one that is slow when asked, one that records."""

from __future__ import annotations

import pytest

from integrations.fake import FakeAnswerer
from integrations.port import Answer, Question, Retryable
from integrations.scripted import ScriptedAnswerer


def question(text: str) -> Question:
    return Question("key", text, "en", "en")


@pytest.mark.parametrize(
    ("text", "seconds", "passed_on"),
    [
        ("How much is shipping?", [], "How much is shipping?"),
        ("How much is shipping? Take 5 seconds", [5], "How much is shipping?"),
        ("please think for 12s: how much is it?", [12], "please  : how much is it?"),
        ("Piensa 3 segundos", [3], ""),
        ("take 999 seconds", [120], ""),
    ],
)
def test_it_takes_as_long_as_the_question_asks_for(text: str, seconds: list[float], passed_on: str) -> None:
    waited: list[float] = []
    inner = FakeAnswerer(otherwise=Answer("yes"))
    assert ScriptedAnswerer(inner, waited.append).answer(question(text)) == Answer("yes")
    assert waited == seconds
    assert [each.text.strip() for each in inner.questions] == [passed_on]


def test_the_fake_records_and_gives_what_was_laid_out() -> None:
    later = Retryable("busy", after=2)
    fake = FakeAnswerer([Answer("one"), later, None], otherwise=Answer("rest"))
    assert fake.answer(question("a")) == Answer("one")
    with pytest.raises(Retryable) as refusal:
        fake.answer(question("b"))
    assert refusal.value.after == 2
    assert [fake.answer(question("c")), fake.answer(question("d"))] == [None, Answer("rest")]
    assert [each.text for each in fake.questions] == ["a", "b", "c", "d"]
