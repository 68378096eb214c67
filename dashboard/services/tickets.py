"""Tickets: users and programs create them, with an Assignee or into the queue (L9, T8)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from dashboard.models import Conversation, Mailbox, Person, Teamspace
from dashboard.models.enums import AssignmentHow, AuthorKind, ConversationKind, Handler, Status
from dashboard.models.errors import NotFound, NotPermitted, Refused
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import assignment
from dashboard.services.access import get_viewer
from dashboard.services.arriving import VISITOR
from dashboard.services.events import ConversationAssigned, ConversationStarted
from dashboard.services.holding import Held, hold
from dashboard.services.in_use import is_in_use
from dashboard.services.mail_out import send_by_mail
from dashboard.services.messaging import require_reachable
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.programs import PersonDetails, know_person
from dashboard.services.queueing import EVERYONE, EligibleSet, enter_queue
from dashboard.services.text import clean_line, clean_text
from dashboard.services.ticket_targets import NO_ASSIGNEE, choose_teamspace, find_assignee, find_teams, linked_teams
from dashboard.services.timeline import Author, activity, append, as_author
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_b = Mailbox.__table__.c
_c = Conversation.__table__.c
_p = Person.__table__.c
_s = Teamspace.__table__.c

MANAGES = ("tickets.assigned", "tickets.manage_teams", "tickets.manage_all")


@dataclass(frozen=True)
class TicketRequest:
    """`assignee` is a user's id or e-mail, None queues; `teams` are ids or names of who may claim it then."""

    subject: str
    person: PersonDetails
    text: str
    assignee: str | None = None
    teams: tuple[str, ...] = ()


def create_ticket(viewer: Viewer, request: TicketRequest, teamspace: str | None = None) -> str:
    """A user's ticket; answers its public id. The text is the user's own public message.

    The teamspace is the one that user, Assignee and teams share; `teamspace` (id or name) decides between several.
    Raises NotPermitted, NotFound for what is named and unknown, Refused when nobody or no teamspace fits.
    """
    with unit_of_work() as uow:
        viewer = get_viewer(uow.conn, viewer.user_id)
        if "tickets.assigned" not in viewer.permissions:
            raise NotPermitted("Only users who manage tickets assigned to them create tickets.")
        assignee, team_ids = find_assignee(uow, request.assignee), find_teams(uow, viewer.workspace_id, request.teams)
        teamspace_id = choose_teamspace(uow, viewer, request.person, assignee, team_ids, teamspace)
        return open_ticket(uow, teamspace_id, request, assignee, team_ids, by=viewer)


def create_ticket_for_person(teamspace_id: int, request: TicketRequest) -> str:
    """A program's ticket in its teamspace; the text is the person's. Raises NotFound and Refused."""
    with unit_of_work() as uow:
        workspace_id = uow.conn.execute(select(_s.workspace_id).where(_s.id == teamspace_id)).scalar_one()
        assignee, team_ids = find_assignee(uow, request.assignee), find_teams(uow, workspace_id, request.teams)
        if not team_ids <= linked_teams(uow, teamspace_id):
            raise NotFound("There is no such team in this teamspace.")
        if assignee is not None and teamspace_id not in assignee.teamspace_ids:
            raise NotFound(NO_ASSIGNEE)  # whom other teamspaces have is not told
        return open_ticket(uow, teamspace_id, request, assignee, team_ids, by=None)


def open_ticket(
    uow: UnitOfWork,
    teamspace_id: int,
    request: TicketRequest,
    assignee: Viewer | None,
    team_ids: frozenset[int],
    *,
    by: Viewer | None,
) -> str:
    """Store a ticket and give it to its Assignee, or queue it for its teams, else for the teamspace; its public id."""
    if assignee is not None and not assignee.permissions.intersection(MANAGES):
        raise Refused(f"{assignee.name if by else assignee.shown_name} does not manage tickets.")
    if not is_in_use(uow, teamspace_id):
        raise NotFound("There is no such teamspace.")
    body, subject = clean_text(request.text), clean_line(request.subject, "subject")
    person_id = know_person(uow, teamspace_id, request.person)
    mailbox_id = find_mailbox(uow, teamspace_id, person_id) if by else None
    held = _insert(uow, teamspace_id, person_id, subject, team_id=only_team(team_ids), mailbox_id=mailbox_id)
    _append_text(uow, held, body, person_id, by)
    if assignee is not None:
        _assign(uow, held, assignee, by)
    else:
        _queue(uow, held, team_ids)
    return held.public_id


def open_ticket_by_mail(
    uow: UnitOfWork, teamspace_id: int, mailbox_id: int, person_id: int, subject: str, body: str, origin_id: int | None
) -> Held:
    """A ticket of what a person wrote to a mailbox; `origin_id` is the ticket that it answers (L9). It queues."""
    held = _insert(uow, teamspace_id, person_id, subject, mailbox_id=mailbox_id, origin_id=origin_id)
    _append_text(uow, held, body, person_id, None)
    if origin_id is not None:
        origin = uow.conn.execute(select(_c.public_id).where(_c.id == origin_id)).scalar_one()
        activity(uow, held, "linked", "Answers a ticket that is closed, or another person's.", to=origin)
    _queue(uow, held, frozenset())
    return held


def find_mailbox(uow: UnitOfWork, teamspace_id: int, person_id: int) -> int | None:
    """The mailbox that a ticket is sent from: the teamspace's first that is enabled, if the person has an address."""
    has_address = select(_p.id).where(_p.id == person_id, _p.email.is_not(None)).exists()
    mine = (_b.teamspace_id == teamspace_id) & _b.is_enabled & has_address
    found = uow.conn.execute(select(_b.id).where(mine).order_by(_b.id).limit(1)).scalar()
    return int(found) if found is not None else None


def only_team(team_ids: frozenset[int]) -> int | None:
    """A ticket for one team is with that team, also when it returns to the queue later (A5)."""
    return next(iter(team_ids)) if len(team_ids) == 1 else None


def _insert(uow: UnitOfWork, teamspace_id: int, person_id: int, subject: str, **more: int | None) -> Held:
    statement = insert(Conversation.__table__).values(
        public_id=new_public_id(),
        kind=ConversationKind.TICKET,
        teamspace_id=teamspace_id,
        person_id=person_id,
        subject=subject,
        handler=Handler.QUEUE,
        status=Status.PENDING,
        epoch=0,
        owner_since=uow.now,
        last_seq=0,
        public_seq=0,
        last_activity_at=uow.now,
        created_at=uow.now,
        **more,
    )
    held = hold(uow, id=uow.conn.execute(statement.returning(_c.id)).scalar_one())
    uow.emit(ConversationStarted(held.id, teamspace_id))
    return held


def _append_text(uow: UnitOfWork, held: Held, body: str, person_id: int, by: Viewer | None) -> None:
    """What the ticket is about, by whoever wrote it: only the person's own words wait for an answer."""
    require_reachable(uow, held)
    if by is not None:
        send_by_mail(uow, held, append(uow, held, as_author(by), body))
        activity(uow, held, "ticket_created", f"{by.name} created the ticket.", user_id=by.user_id)
        return
    name = uow.conn.execute(select(_p.name).where(_p.id == person_id)).scalar_one()
    author = Author(f"person:{person_id}", AuthorKind.PERSON, name or VISITOR)
    append(uow, held, author, body, also={"waiting_since": uow.now})


def _queue(uow: UnitOfWork, held: Held, team_ids: frozenset[int]) -> None:
    enter_queue(uow, held, EligibleSet(False, team_ids=team_ids) if team_ids else EVERYONE, requested_at=uow.now)
    assignment.route_now_and_after(uow, held.teamspace_id)
    assignment.explain(uow, held)


def _assign(uow: UnitOfWork, held: Held, assignee: Viewer, by: Viewer | None) -> None:
    before = held.scope(uow).to_json()
    by_user_id = by.user_id if by else None
    owner = Owner(
        Handler.LIVE_AGENT, Status.OPEN, assignee.user_id, held.team_id, AssignmentHow.AUTO, by_user_id=by_user_id
    )
    change_owner(uow, held, owner)
    activity(uow, held, "assigned", f"The ticket names {assignee.name}.", user_id=assignee.user_id, how="named")
    uow.emit(ConversationAssigned(held.id, held.teamspace_id, before, held.epoch, assignee.user_id))
