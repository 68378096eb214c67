"""The built-in answerer: the FAQ entry that fits a question best. It needs no key and no network (I2)."""

from __future__ import annotations

import time
from collections.abc import Callable

from dashboard.workflow.faq import FaqEntry, best_faq
from integrations.port import Answer, Question


class FaqAnswerer:
    """The same question always gets the same answer; `delay` is the number of seconds that it takes."""

    def __init__(self, delay: float = 0.0, sleep: Callable[[float], object] = time.sleep) -> None:
        self._delay = delay
        self._sleep = sleep

    def answer(self, question: Question) -> Answer | None:
        """The best entry, those in the person's language (or the AI agent's first) before others."""
        self._sleep(self._delay)
        entries = [
            FaqEntry(str(number), each.question, each.phrases, each.answer, each.language)
            for number, each in enumerate(question.entries)
        ]
        found = best_faq(question.text, entries, question.language or question.default_language)
        return Answer(found.entry.answer, found.entry.language) if found else None
