"""Tickets: users and programs create them, with an Assignee or into the queue (L9, T8)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.models import Conversation, Person, Teamspace
from dashboard.models.enums import AuthorKind
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Refused
from dashboard.models.permissions import MANAGES_TICKETS
from dashboard.models.visibility import Viewer, can_view
from dashboard.services.access import get_viewer, hold_for
from dashboard.services.arriving import VISITOR
from dashboard.services.holding import Held, hold
from dashboard.services.in_use import is_in_use
from dashboard.services.mail_out import send_by_mail
from dashboard.services.messaging import require_reachable
from dashboard.services.text import clean_client_id, clean_line, clean_text
from dashboard.services.ticket_opening import find_mailbox, give_ticket, insert_ticket, only_team
from dashboard.services.ticket_people import Recipient, find_recipient, find_repeated_ticket
from dashboard.services.ticket_targets import NO_ASSIGNEE, choose_teamspace, find_assignee, find_teams, linked_teams
from dashboard.services.timeline import Author, activity, append, as_author
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_c = Conversation.__table__.c
_p = Person.__table__.c
_s = Teamspace.__table__.c

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TicketRequest:
    """`assignee` is a user's id or e-mail, None queues; `teams` are ids or names of who may claim it then.

    The same `client_id` for the same person makes one ticket, however often it is sent (N5). `origin` is the public id
    of the conversation that a user makes it from.
    """

    subject: str
    person: Recipient
    text: str
    assignee: str | None = None
    teams: tuple[str, ...] = ()
    client_id: str | None = None
    origin: str | None = None


@dataclass(frozen=True)
class Opened:
    """The ticket; `is_new` is False for a repeated client_id."""

    public_id: str
    is_new: bool


def create_ticket(viewer: Viewer, request: TicketRequest, teamspace: str | None = None) -> Opened:
    """A user's ticket. The text is the user's own public message, mailed when the teamspace has a mailbox.

    The teamspace is the one that user, Assignee and teams share; `teamspace` (id or name) decides between several.
    Raises NotPermitted, Invalid, NotFound for what is named and unknown, Refused when nobody or no teamspace fits.
    """
    with unit_of_work() as uow:
        viewer = get_viewer(uow.conn, viewer.user_id)
        if "tickets.assigned" not in viewer.permissions:
            raise NotPermitted("Only users who manage tickets assigned to them create tickets.")
        assignee, team_ids = find_assignee(uow, request.assignee), find_teams(uow, viewer.workspace_id, request.teams)
        teamspace_id = choose_teamspace(uow, viewer, request.person, assignee, team_ids, teamspace)
        return _open_once(uow, teamspace_id, request, assignee, team_ids, by=viewer)


def create_ticket_for_person(teamspace_id: int, request: TicketRequest) -> Opened:
    """A program's ticket in its teamspace; the text is the person's. Raises NotFound and Refused."""
    with unit_of_work() as uow:
        workspace_id = uow.conn.execute(select(_s.workspace_id).where(_s.id == teamspace_id)).scalar_one()
        assignee, team_ids = find_assignee(uow, request.assignee), find_teams(uow, workspace_id, request.teams)
        if not team_ids <= linked_teams(uow, teamspace_id):
            raise NotFound("There is no such team in this teamspace.")
        if assignee is not None and teamspace_id not in assignee.teamspace_ids:
            raise NotFound(NO_ASSIGNEE)  # whom other teamspaces have is not told
        return _open_once(uow, teamspace_id, request, assignee, team_ids, by=None)


def open_ticket_by_mail(
    uow: UnitOfWork, teamspace_id: int, mailbox_id: int, person_id: int, subject: str, body: str, origin_id: int | None
) -> Held:
    """A ticket of what a person wrote to a mailbox; `origin_id` is the ticket that it answers (L9). It queues."""
    held = insert_ticket(uow, teamspace_id, person_id, subject, mailbox_id=mailbox_id, origin_id=origin_id)
    _append_text(uow, held, body, person_id, None, None)
    if origin_id is not None:
        origin = hold(uow, id=origin_id)
        activity(uow, held, "linked", "Answers a ticket that is closed, or another person's.", to=origin.public_id)
        activity(uow, origin, "continued", "A mail that answers it opened a new ticket.")
    give_ticket(uow, held, None, NOBODY)
    return held


def _open_once(
    uow: UnitOfWork,
    teamspace_id: int,
    request: TicketRequest,
    assignee: Viewer | None,
    team_ids: frozenset[int],
    *,
    by: Viewer | None,
) -> Opened:
    if assignee is not None and not assignee.permissions.intersection(MANAGES_TICKETS):
        raise Refused(f"{assignee.name if by else assignee.shown_name} does not manage tickets.")
    if not is_in_use(uow, teamspace_id):
        raise NotFound("There is no such teamspace.")
    body, subject, client_id = _clean(request)
    addressee = find_recipient(uow, teamspace_id, request.person, by)
    person_id, author_key = addressee.person_id, by.author_key if by else f"person:{addressee.writes_as}"
    repeated = find_repeated_ticket(uow, person_id, author_key, client_id, body)
    if repeated is not None:
        return Opened(repeated, is_new=False)
    origin = _hold_origin(uow, by, request.origin, teamspace_id) if by and request.origin else None
    mailbox_id = find_mailbox(uow, teamspace_id, person_id) if by else None
    more = {"team_id": only_team(team_ids), "mailbox_id": mailbox_id, "origin_id": origin.id if origin else None}
    held = insert_ticket(uow, teamspace_id, person_id, subject, **more)
    _append_text(uow, held, body, addressee.writes_as, by, client_id)
    if origin is not None and by is not None:
        activity(uow, origin, "ticket_created", f"{by.name} created a ticket from here.", user_id=by.user_id)
    give_ticket(uow, held, assignee, team_ids, by.user_id if by else None)
    return Opened(held.public_id, is_new=True)


def _clean(request: TicketRequest) -> tuple[str, str, str | None]:
    """Text, subject and client_id; everything that is wrong is said at once."""
    wrong: dict[str, str] = {}
    cleaned: list[str] = []
    for clean, raw, name in ((clean_line, request.subject, "subject"), (clean_text, request.text, "text")):
        try:
            cleaned.append(clean(raw, name))
        except Invalid as error:
            wrong |= error.fields
    if wrong:
        raise Invalid(wrong)
    return cleaned[1], cleaned[0], clean_client_id(request.client_id) if request.client_id is not None else None


def _hold_origin(uow: UnitOfWork, by: Viewer, public_id: str, teamspace_id: int) -> Held:
    """The conversation that the ticket is made from, which the user views, in the same teamspace."""
    _viewer, held, scope = hold_for(uow, by.user_id, public_id)
    if not can_view(by, scope) or held.teamspace_id != teamspace_id:
        raise NotFound
    return held


def _append_text(
    uow: UnitOfWork, held: Held, body: str, writes_as: int, by: Viewer | None, client_id: str | None
) -> None:
    """What the ticket is about, by whoever wrote it: only the person's own words wait for an answer."""
    require_reachable(uow, held)
    if by is not None:
        send_by_mail(uow, held, append(uow, held, as_author(by), body, client_id=client_id))
        activity(uow, held, "ticket_created", f"{by.name} created the ticket.", user_id=by.user_id)
        return
    name = uow.conn.execute(select(_p.name).where(_p.id == held.person_id)).scalar_one()
    author = Author(f"person:{writes_as}", AuthorKind.PERSON, name or VISITOR)
    append(uow, held, author, body, client_id=client_id, also={"waiting_since": uow.now})
