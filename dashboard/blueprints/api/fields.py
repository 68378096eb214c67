"""The kinds of values that requests consist of: checked as services check them, documented as they are checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from dashboard.models.errors import Invalid
from dashboard.services.text import MAX_CLIENT_ID, MAX_TEXT, clean_client_id, clean_line, clean_text

MAX_NUMBER = 2**31 - 1
"""The most that the numbers of messages and epochs can be in the database."""

_STORABLE = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
_VISIBLE = r"[^\u0000-\u0020\u007f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
TEXT_PATTERN = f"^{_STORABLE}*{_VISIBLE}{_STORABLE}*$"
"""No control characters but tab and line ends, and something that is not blank: `clean_text`, as one expression."""
CLIENT_ID_PATTERN = r"^[\u0020-\u007e]*[\u0021-\u007e][\u0020-\u007e]*$"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL_PATTERN = rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})+$"
CURSOR_PATTERN = "^[0-9a-f]{28}$"

_EMAIL = re.compile(EMAIL_PATTERN)
_DIGITS = re.compile(r"([0-9]{1,16})(\.0+)?")


def _text(limit: int, clean: Callable[..., str], pattern: str = TEXT_PATTERN, **options: Any) -> Any:
    """A string type with a limit in characters, cleaned the way that the services clean it."""

    def validate(raw: str) -> str:
        try:
            return clean(raw, "value", limit=limit, **options)
        except Invalid as error:
            raise _wrong(error.sentence) from None

    return Annotated[
        str,
        Field(min_length=1, max_length=limit, json_schema_extra={"pattern": pattern}),
        AfterValidator(validate),
    ]


def _client_id(raw: str) -> str:
    try:
        return clean_client_id(raw)
    except Invalid as error:
        raise _wrong(error.sentence) from None


def _email(raw: str) -> str:
    if not _EMAIL.fullmatch(raw):
        raise _wrong("That is not an e-mail address.")
    return raw


def _digits(raw: object) -> int:
    found = _DIGITS.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise _wrong("A whole number is expected here.")
    return int(found[1])


def _whole(raw: object) -> object:
    """JSON has one kind of number: 1.0 is the integer 1."""
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("baton", "{sentence}", {"sentence": sentence})


Text = _text(MAX_TEXT, clean_text)
Note = _text(1_000, clean_text)
Line120 = _text(120, clean_line)
Line200 = _text(200, clean_line)
ClientId = Annotated[
    str,
    Field(min_length=1, max_length=MAX_CLIENT_ID, json_schema_extra={"pattern": CLIENT_ID_PATTERN}),
    AfterValidator(_client_id),
]
Email = Annotated[
    str,
    Field(min_length=3, max_length=254, json_schema_extra={"pattern": EMAIL_PATTERN}),
    AfterValidator(_email),
]
Reference = _text(254, clean_line)
"""A public id, or the e-mail address or name by which a program may know the same thing."""
Epoch = Annotated[int, Field(ge=0, le=MAX_NUMBER), BeforeValidator(_whole)]
Number = Annotated[int, Field(ge=0, le=MAX_NUMBER), BeforeValidator(_digits)]
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_digits)]
Cursor = Annotated[str, Field(pattern=CURSOR_PATTERN)]
