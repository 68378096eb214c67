"""How a ticket comes to be: its row, its mailbox, and its first owner, an Assignee or the queue (L9, T8)."""

from __future__ import annotations

from sqlalchemy import insert, select

from dashboard.models import Conversation, Mailbox, Person
from dashboard.models.enums import AssignmentHow, ConversationKind, Handler, Status
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import assignment
from dashboard.services.events import ConversationAssigned, ConversationStarted
from dashboard.services.holding import Held, hold
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.queueing import EVERYONE, EligibleSet, enter_queue
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork

_b = Mailbox.__table__.c
_c = Conversation.__table__.c
_p = Person.__table__.c


def insert_ticket(uow: UnitOfWork, teamspace_id: int, person_id: int, subject: str, **more: int | None) -> Held:
    """A new ticket, locked, with nobody yet; `more` are further columns."""
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


def find_mailbox(uow: UnitOfWork, teamspace_id: int, person_id: int) -> int | None:
    """The mailbox that a ticket is sent from: the teamspace's first that is enabled, if the person has an address."""
    has_address = select(_p.id).where(_p.id == person_id, _p.email.is_not(None)).exists()
    mine = (_b.teamspace_id == teamspace_id) & _b.is_enabled & has_address
    found = uow.conn.execute(select(_b.id).where(mine).order_by(_b.id).limit(1)).scalar()
    return int(found) if found is not None else None


def only_team(team_ids: frozenset[int]) -> int | None:
    """A ticket for one team is with that team, also when it returns to the queue later (A5)."""
    return next(iter(team_ids)) if len(team_ids) == 1 else None


def give_ticket(
    uow: UnitOfWork, held: Held, assignee: Viewer | None, team_ids: frozenset[int], by_user_id: int | None = None
) -> None:
    """To its Assignee, else into the queue of its teams, else of the teamspace."""
    if assignee is not None:
        _assign(uow, held, assignee, by_user_id)
    else:
        _queue(uow, held, team_ids)


def _queue(uow: UnitOfWork, held: Held, team_ids: frozenset[int]) -> None:
    enter_queue(uow, held, EligibleSet(False, team_ids=team_ids) if team_ids else EVERYONE, requested_at=uow.now)
    assignment.route_now_and_after(uow, held.teamspace_id)
    assignment.explain(uow, held)


def _assign(uow: UnitOfWork, held: Held, assignee: Viewer, by_user_id: int | None) -> None:
    before = held.scope(uow).to_json()
    owner = Owner(
        Handler.LIVE_AGENT, Status.OPEN, assignee.user_id, held.team_id, AssignmentHow.AUTO, by_user_id=by_user_id
    )
    change_owner(uow, held, owner)
    activity(uow, held, "assigned", f"The ticket names {assignee.name}.", user_id=assignee.user_id, how="named")
    uow.emit(ConversationAssigned(held.id, held.teamspace_id, before, held.epoch, assignee.user_id))
