"""Create Ticket: a ticket for colleagues to work on, beside the chat, which goes on (I1, T8)."""

from dataclasses import dataclass
from typing import Any

from dashboard.workflow.actions.base import ActionType, Outcome, known_values, spoken_language
from dashboard.workflow.effects import OpenTicket, Say
from dashboard.workflow.fields import MAX_TEXT, Fields
from dashboard.workflow.inputs import Context
from dashboard.workflow.session import Session
from dashboard.workflow.texts import TICKET_OPENED, Localised, localised_json, substitute

MAX_SUBJECT = 200


@dataclass(frozen=True)
class CreateTicketSettings:
    """`assignee` is a user and `teams` who may claim it when nobody is named or that user is gone, by public id."""

    subject: str
    text: str
    assignee: str | None = None
    teams: tuple[str, ...] = ()
    message: Localised = TICKET_OPENED

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        named = {"assignee": self.assignee} if self.assignee is not None else {}
        what = {"subject": self.subject, "text": self.text, "teams": list(self.teams)}
        return {**what, **named, **localised_json(message=self.message)}


def parse(fields: Fields) -> CreateTicketSettings:
    """Raises TreeError without a subject or a text."""
    return CreateTicketSettings(
        subject=fields.text("subject", max_length=MAX_SUBJECT),
        text=fields.text("text", max_length=MAX_TEXT),
        assignee=fields.text("assignee") if "assignee" in fields.raw else None,
        teams=fields.texts("teams"),
        message=fields.localised("message", TICKET_OPENED),
    )


def run(key: str, settings: CreateTicketSettings, session: Session, context: Context) -> Outcome:
    """Open it, tell the person, and go on. `{{last_message}}` are the person's words that led here."""
    words = session.cause.words if session.cause else ""
    values = {"last_message": words, **known_values(session, context)}
    ticket = OpenTicket(
        node_key=key,
        subject=" ".join(substitute(settings.subject, values).split())[:MAX_SUBJECT].strip(),
        text=substitute(settings.text, values).strip()[:MAX_TEXT],
        assignee=settings.assignee,
        teams=settings.teams,
    )
    message = substitute(settings.message.in_language(spoken_language(session, context)), values)
    return Outcome(session, (ticket, *((Say(message, (), key),) if message.strip() else ())))


ACTION = ActionType(
    name="create_ticket",
    label="Create ticket",
    help="Opens a ticket for colleagues, linked to the chat, and tells the person. The chat goes on with the AI agent.",
    parse=parse,
    run=run,
)
