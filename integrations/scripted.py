"""Answers from the FAQ entries that come with the question, by approximate matching, after a delay that can be set.

It needs no key and no network, and the same question always gets the same answer. A few phrases make it take longer,
so that a reply that is being worked out while somebody takes the chat over can be seen and tested.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterable

from rapidfuzz import fuzz

from integrations.port import Answer, Entry, Question

GOOD_ENOUGH = 0.72
MAX_DELAY = 120.0

_SLOW = re.compile(r"(?:take|think for|wait|piensa|tarda|espera)\D{0,12}(\d{1,3})\s*(?:s|seconds?|segundos?)\b", re.I)
_WORD = re.compile(r"\w+")
_FILLER = frozenset(
    _WORD.findall(
        """
    a an and are can could do does for how i in is it me my of on or please tell the to us we what when where which
    will with you your
    al como con cual cuando cuanto de del donde el en es la las lo los me mi para por puedo que se su sus un una y
    """
    )
)


class ScriptedAnswerer:
    """The built-in answerer; `delay` in seconds is what a usual answer takes."""

    def __init__(self, delay: float = 0.0, sleep: Callable[[float], object] = time.sleep) -> None:
        self._delay = delay
        self._sleep = sleep

    def answer(self, question: Question) -> Answer | None:
        """The best entry in the person's language, else in the default one, else in any."""
        self._sleep(delay_of(question.text, self._delay))
        text = _SLOW.sub(" ", question.text)
        for entries in _by_language(question):
            best = max(((score(text, entry), entry) for entry in entries), key=lambda pair: pair[0], default=None)
            if best and best[0] >= GOOD_ENOUGH:
                return Answer(best[1].answer, best[1].language, round(best[0], 3))
        return None


def delay_of(text: str, usual: float) -> float:
    """Seconds to take: what the text asks for ("take 5 seconds", "piensa 5 segundos"), else the usual."""
    asked = _SLOW.search(text)
    return min(float(asked[1]), MAX_DELAY) if asked else usual


def score(text: str, entry: Entry) -> float:
    """How well an entry answers the text, 0 to 1: the best of its question and its phrases."""
    words = _content(text)
    if not words:
        return 0.0
    return max(_similarity(words, _content(each)) for each in (entry.question, *entry.phrases))


def _similarity(asked: str, known: str) -> float:
    if not known:
        return 0.0
    whole = fuzz.token_sort_ratio(asked, known)
    # A phrase inside a longer message counts nearly as much, but not one lonely word of many.
    part = fuzz.token_set_ratio(asked, known) * min(1.0, 0.55 + 0.15 * len(known.split()))
    return max(whole, part * 0.97) / 100


def _content(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = _WORD.findall(plain)
    return " ".join([word for word in words if word not in _FILLER] or words)


def _by_language(question: Question) -> Iterable[tuple[Entry, ...]]:
    spoken = question.language or question.default_language
    first = tuple(entry for entry in question.entries if entry.language in (spoken, None))
    yield first
    yield tuple(entry for entry in question.entries if entry not in first)
