"""What counts as an e-mail address."""

from __future__ import annotations

from dashboard.models.errors import Invalid
from dashboard.services.text import clean_line

MAX_EMAIL = 254
NO_ADDRESS = "That does not look like an e-mail address."


def clean_email(raw: object, field: str = "email") -> str:
    """The address, its domain in small letters; raises Invalid naming the field. Who reads it is not asked."""
    # Late: it loads a whole resolver of names, which most processes never need.
    from email_validator import EmailNotValidError, validate_email

    text = clean_line(raw, field, limit=MAX_EMAIL)
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid({field: NO_ADDRESS}) from None
    return checked.normalized
