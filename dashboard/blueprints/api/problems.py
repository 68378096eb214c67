"""From what pydantic refuses to the sentences of a 422, field by field."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dashboard.models.errors import Invalid

_SENTENCES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "string_type": "Text is expected here.",
    "string_unicode": "It contains characters that cannot be stored. Remove them and send again.",
    "string_too_short": "Write something first.",
    "int_type": "A whole number is expected here.",
    "list_type": "A list is expected here.",
    "model_type": "An object is expected here.",
    "model_attributes_type": "An object is expected here.",
}


def invalid(error: ValidationError) -> Invalid:
    """The first mistake of each field; a nested field is named with dots, the body as a whole `body`."""
    fields: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        fields.setdefault(_name(detail["loc"]), _sentence(detail))
    return Invalid(fields)


def _name(location: Iterable[int | str]) -> str:
    return ".".join(str(part) for part in location) or "body"


def _sentence(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "string_too_long":
        return f"At most {context['max_length']:,} characters fit here."
    if kind == "too_long":
        return f"At most {context['max_length']} fit here."
    if kind == "less_than_equal":
        return f"At most {context['le']}."
    if kind == "greater_than_equal":
        return f"At least {context['ge']}."
    if kind == "literal_error":
        return f"Expected: {context['expected']}."
    return _SENTENCES.get(kind) or detail["msg"]
