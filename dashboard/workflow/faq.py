"""Finds the FAQ entry that a question is about, without a model: rare words that both share count most."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from dashboard.workflow.normalise import known_words, words
from dashboard.workflow.similar import content_words, same_word, stem

THRESHOLD = 62.0
ALIKE = 90.0
LETTERS_SHARE = 0.02
QUESTION_SHARE = 0.4
VAGUE_QUESTION_SHARE = 0.75
OWN_LANGUAGE_BONUS = 5.0
MAX_WORDS = 60


@dataclass(frozen=True)
class FaqEntry:
    """A question with its answer; `phrases` are other ways to ask it, `language` None fits every language."""

    id: str
    question: str
    phrases: tuple[str, ...]
    answer: str
    language: str | None = None

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every way to ask it."""
        return (self.question, *self.phrases)


@dataclass(frozen=True)
class FaqMatch:
    """The entry, how sure it is (62 to 105), and which of its wordings came closest."""

    entry: FaqEntry
    score: float
    words: str


def best_faq(question: str, entries: Iterable[FaqEntry], language: str | None = None) -> FaqMatch | None:
    """The entry that fits best, or None when none fits well enough. At a tie the first one wins."""
    known = tuple(entries)
    weights = _weights(tuple(wording for each in known for wording in each.wordings))
    asked = _Asked.of(question)
    best: FaqMatch | None = None
    for entry in known:
        covered = _share(asked.subject, [word for each in entry.wordings for word in _subject(each)], weights)
        for wording in entry.wordings:
            score = _score(asked, wording, covered, weights)
            if score >= THRESHOLD and _base(entry.language) in (None, _base(language)):
                score += OWN_LANGUAGE_BONUS
            if score >= THRESHOLD and (best is None or score > best.score):
                best = FaqMatch(entry, score, wording)
    return best


@dataclass(frozen=True)
class _Asked:
    """The question: all of its words, and those that carry its subject."""

    text: str
    subject: tuple[str, ...]

    @classmethod
    def of(cls, question: str) -> "_Asked":
        every = words(question)
        subject = tuple(each for each in content_words(every) if not each.isdigit())
        return cls(" ".join(every), subject[:MAX_WORDS])


@dataclass(frozen=True)
class _Weights:
    """How telling a word is: one that stands in few entries tells more."""

    by_stem: dict[str, float]
    unknown: float

    def of(self, words: Sequence[str]) -> list[float]:
        return [self.by_stem.get(stem(each), self.unknown) for each in words]


@lru_cache(maxsize=64)
def _weights(wordings: tuple[str, ...]) -> _Weights:
    counts = Counter(each for wording in wordings for each in {stem(word) for word in _subject(wording)})
    total = len(wordings) + 1
    return _Weights({each: math.log(1 + total / count) for each, count in counts.items()}, math.log(1 + total / 2))


def _score(asked: _Asked, wording: str, covered: float, weights: _Weights) -> float:
    """0 to 100, from the share of the wording's words that were asked, and of the asked words that the entry has."""
    wanted = " ".join(known_words(wording))
    if not asked.text or not wanted:
        return 0.0
    alike = fuzz.ratio(asked.text, wanted)
    if alike >= ALIKE:
        return alike
    subject = _subject(wording)
    is_vague = len(subject) == 1 and " " in wanted
    share = VAGUE_QUESTION_SHARE if is_vague else QUESTION_SHARE
    score = 100 * ((1 - share) * _share(subject, asked.subject, weights) + share * covered)
    return score + LETTERS_SHARE * (alike - score)


def _subject(wording: str) -> tuple[str, ...]:
    return content_words(known_words(wording))


def _share(words: Sequence[str], others: Sequence[str], weights: _Weights) -> float:
    values = weights.of(words)
    found = sum(value for word, value in zip(words, values, strict=True) if any(same_word(word, o) for o in others))
    return found / sum(values) if values else 0.0


def _base(language: str | None) -> str | None:
    return language.split("-")[0] if language else None
