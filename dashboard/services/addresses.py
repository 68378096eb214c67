"""What counts as an e-mail address."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from dashboard.models.errors import Invalid
from dashboard.services.text import clean_line

MAX_EMAIL = 254


def clean_email(raw: object, field: str = "email") -> str:
    """The address in small letters; raises Invalid naming the field. Whether anybody reads it is not asked."""
    text = clean_line(raw, field, limit=MAX_EMAIL)
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid({field: str(error)}) from None
    return checked.normalized.lower()
