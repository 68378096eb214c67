"""When two normalised words are the same word: equal, an ending apart, or a typo apart."""

from functools import lru_cache

from rapidfuzz.distance import OSA, Indel

from dashboard.workflow.stop_words import STOP_WORDS

MIN_LENGTH = 4
MIN_FOR_WRONG_LETTER = 6
MIN_FOR_TWO_TYPOS = 9
MIN_PREFIX = 5
PREFIX_SHARE = 0.6
_ENDINGS = ("ings", "ing", "ed", "es", "s")
_FALSE_FRIENDS = frozenset({frozenset({"shipping", "shopping"}), frozenset({"ship", "shop"})})


@lru_cache(maxsize=16384)
def same_word(one: str, other: str) -> bool:
    """Short words must be equal, longer ones may have a typo or another ending; the first letter always counts."""
    if one == other:
        return True
    if min(len(one), len(other)) < MIN_LENGTH or one[0] != other[0] or frozenset({one, other}) in _FALSE_FRIENDS:
        return False
    return _is_typo(one, other) or stem(one) == stem(other) or _shares_prefix(one, other)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The word without an English or plural ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_LENGTH - 1:
            base = word[: -len(ending)]
            return base[:-1] if len(base) > MIN_LENGTH and base[-1] == base[-2] else base
    return word


def content_words(every: tuple[str, ...]) -> tuple[str, ...]:
    """The words that carry the subject; all of them when there is no other."""
    return tuple(each for each in every if each not in STOP_WORDS) or every


def _is_typo(one: str, other: str) -> bool:
    """A letter too many, missing or swapped with its neighbour; a wrong letter only in words of six or more."""
    shorter = min(len(one), len(other))
    typos = 2 if shorter >= MIN_FOR_TWO_TYPOS else 1
    distance = OSA.distance(one, other, score_cutoff=typos)
    if distance > typos:
        return False
    is_wrong_letter = len(one) == len(other) and Indel.distance(one, other) == 2 and sorted(one) != sorted(other)
    return not is_wrong_letter or shorter >= MIN_FOR_WRONG_LETTER


def _shares_prefix(one: str, other: str) -> bool:
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= MIN_PREFIX and shared >= PREFIX_SHARE * max(len(one), len(other))
