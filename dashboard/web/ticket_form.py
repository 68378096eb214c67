"""The form of a new ticket as it was typed: read as a whole, so that all that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict

from dashboard.models.errors import Invalid
from dashboard.services.addresses import clean_email
from dashboard.services.text import clean_client_id, clean_line, clean_text
from dashboard.services.ticket_people import KnownPerson, NewPerson
from dashboard.services.tickets import TicketRequest

ME = "me"

Form = ImmutableMultiDict[str, str]


class _Reading:
    """Collects what is wrong with each field."""

    def __init__(self) -> None:
        self.wrong: dict[str, str] = {}

    def take(self, clean: Callable[..., Any], raw: str, name: str, **options: Any) -> str:
        try:
            return str(clean(raw, name, **options))
        except Invalid as error:
            self.wrong |= error.fields
            return ""


def read_ticket(form: Form, me: str) -> TicketRequest:
    """`me` is the public id of whoever fills it in. Raises Invalid with a sentence for each field that is wrong."""
    reading = _Reading()
    try:
        client_id = clean_client_id(form.get("client_id", ""))
    except Invalid:
        raise Invalid({"form": "This form is incomplete. Close it and open it again; the draft is kept."}) from None
    person = _read_new(reading, form, client_id) if form.get("to") == "new" else _read_known(reading, form)
    subject = reading.take(clean_line, form.get("subject", ""), "subject")
    text = reading.take(clean_text, form.get("text", ""), "text")
    if reading.wrong:
        raise Invalid(reading.wrong)
    assignee = form.get("assignee", ME)
    return TicketRequest(
        subject=subject,
        person=person,
        text=text,
        assignee=me if assignee == ME else assignee or None,
        teams=tuple(dict.fromkeys(form.getlist("team"))),
        client_id=client_id,
        origin=form.get("from") or None,
    )


def _read_known(reading: _Reading, form: Form) -> KnownPerson:
    if not form.get("person"):
        reading.wrong["person"] = "Choose a person first, or make a new one."
    email = form.get("known_email", "").strip()
    return KnownPerson(form.get("person", ""), reading.take(clean_email, email, "known_email") if email else None)


def _read_new(reading: _Reading, form: Form, key: str) -> NewPerson:
    name = reading.take(clean_line, form.get("name", ""), "name", limit=120)
    email = form.get("email", "").strip()
    return NewPerson(name, reading.take(clean_email, email, "email") if email else None, key)
