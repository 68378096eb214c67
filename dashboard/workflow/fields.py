"""Reads the JSON of a tree field by field, and names the node and the field in every complaint."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.workflow.errors import TreeError
from dashboard.workflow.texts import Localised

MAX_TEXT = 8000
MAX_ITEMS = 200
MAX_WORD = 200


class Fields:
    """One JSON object that is being read; `finish` refuses what nobody asked for, so that a typo is not ignored."""

    def __init__(self, raw: object, key: str, path: str = "") -> None:
        self.key = key
        self.path = path
        if not isinstance(raw, Mapping):
            raise TreeError(key, path, "must be an object")
        self.raw: Mapping[str, Any] = raw
        self.seen: set[str] = set()

    def flag(self, name: str, default: bool) -> bool:
        """A JSON boolean."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(name, f"must be a whole number from {low} to {high}")
        return value

    def optional_number(self, name: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None when absent."""
        return self.number(name, low, low, high) if name in self.raw else None

    def text(self, name: str, default: str | None = None, max_length: int = MAX_WORD) -> str:
        """A text that is not blank, or the default."""
        return self._checked(name, self._take(name, default), max_length)

    def texts(self, name: str, max_length: int = MAX_WORD) -> tuple[str, ...]:
        """A list of texts, empty when absent."""
        return self._list(name, self._take(name, []), max_length)

    def objects(self, name: str) -> Sequence[object]:
        """A list of anything, empty when absent."""
        value = self._take(name, [])
        if not isinstance(value, list | tuple) or len(value) > MAX_ITEMS:
            raise self.error(name, f"must be a list of at most {MAX_ITEMS}")
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        """An object whose keys are not known beforehand, empty when absent."""
        value = self._take(name, {})
        if not isinstance(value, Mapping) or not all(isinstance(each, str) and each for each in value):
            raise self.error(name, "must be an object")
        return value

    def child(self, name: str, default: Mapping[str, Any] | None = None) -> "Fields":
        """An object inside this one."""
        return Fields(self._take(name, default), self.key, self._at(name))

    def localised(self, name: str, default: Localised) -> Localised:
        """Texts by language; the node's `default_language` must be one of them."""
        texts = self.mapping(name)
        if not texts:
            return default
        checked = {each: self._checked(f"{name}.{each}", text, MAX_TEXT) for each, text in texts.items()}
        return Localised(checked, self._default_language(name, checked))

    def localised_lists(self, name: str) -> dict[str, tuple[str, ...]]:
        """Lists of texts by language."""
        return {each: self._list(f"{name}.{each}", items, MAX_WORD) for each, items in self.mapping(name).items()}

    def finish(self) -> None:
        """Refuse unknown fields."""
        unknown = sorted(str(name) for name in self.raw if name not in self.seen)
        if unknown:
            raise self.error(unknown[0], "is not a field here")

    def error(self, name: str, problem: str) -> TreeError:
        """The error for one field of this object."""
        return TreeError(self.key, self._at(name), problem)

    def _take(self, name: str, default: object) -> Any:
        self.seen.add(name)
        value = self.raw.get(name, default)
        if value is None:
            raise self.error(name, "is missing")
        return value

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _default_language(self, name: str, texts: Mapping[str, str]) -> str:
        language = self.text("default_language", next(iter(texts)) if len(texts) == 1 else None)
        if language not in texts:
            raise self.error(name, f"has no text in the default language {language}")
        return language

    def _list(self, name: str, value: object, max_length: int) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or len(value) > MAX_ITEMS:
            raise self.error(name, f"must be a list of at most {MAX_ITEMS} texts")
        return tuple(self._checked(name, each, max_length) for each in value)

    def _checked(self, name: str, value: object, max_length: int) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, "must be a text that is not empty")
        if len(value) > max_length:
            raise self.error(name, f"must be at most {max_length} characters long")
        if "\x00" in value or any("\ud800" <= each <= "\udfff" for each in value):
            raise self.error(name, "contains characters that cannot be stored")
        return value
