"""Brings what people type into one shape: lower case, no accents, no punctuation, single spaces."""

import re
import unicodedata
from functools import lru_cache

MAX_LENGTH = 2000
_JOINED = re.compile(r"(?<=[^\W\d_])['`\u2019\u02bc\u00b4](?=(?:t|d|m|s|re|ve|ll)\b)")
_NOT_WORD = re.compile(r"[\W_]+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


def normalise(text: str) -> str:
    """The words of the text, joined by single spaces; only the first 2,000 characters are looked at."""
    letters = unicodedata.normalize("NFKD", text[:MAX_LENGTH].casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    return _STRETCHED.sub(r"\1\1", _NOT_WORD.sub(" ", _JOINED.sub("", plain))).strip()


def words(text: str) -> tuple[str, ...]:
    """The normalised words."""
    return tuple(normalise(text).split())


@lru_cache(maxsize=4096)
def known_words(text: str) -> tuple[str, ...]:
    """The normalised words of what an admin wrote. No text of a person is kept in memory."""
    return words(text)
