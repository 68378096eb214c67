"""The ticket that a workflow opens beside its chat, for its person, by its AI agent (I1, T8)."""

from __future__ import annotations

from sqlalchemy import select

from dashboard.models import User
from dashboard.models.enums import MessageKind
from dashboard.models.errors import Invalid
from dashboard.models.permissions import MANAGES_TICKETS
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Viewer
from dashboard.services.holding import Held
from dashboard.services.queueing import find_targets
from dashboard.services.text import clean_line, clean_text
from dashboard.services.ticket_opening import find_mailbox, give_ticket, insert_ticket, only_team
from dashboard.services.timeline import Author, activity, append
from dashboard.services.unit_of_work import UnitOfWork
from dashboard.workflow.effects import OpenTicket

NO_SUBJECT = "(no subject)"

_u = User.__table__.c


def open_for_flow(uow: UnitOfWork, chat: Held, author: Author, wanted: OpenTicket) -> str:
    """Open it in the transaction of the chat; its public id.

    What the AI agent has to say in it is a note: only live agents write to the person there (L5). An Assignee who is
    gone by now means the queue of its teams, and teams without a live agent that of the teamspace (T8).
    """
    assignee, team_ids = _find_assignee(uow, chat, wanted.assignee), _find_teams(uow, chat, wanted.teams)
    mailbox_id = find_mailbox(uow, chat.teamspace_id, chat.person_id)
    more = {"team_id": only_team(team_ids), "mailbox_id": mailbox_id, "origin_id": chat.id}
    subject = _storable(wanted.subject, "subject") or NO_SUBJECT
    held = insert_ticket(uow, chat.teamspace_id, chat.person_id, subject, **more)
    if body := _storable(wanted.text, "text"):
        append(uow, held, author, body, kind=MessageKind.NOTE, is_public=False)
    activity(uow, held, "ticket_created", f"{author.name} created the ticket from a chat.", node=wanted.node_key)
    give_ticket(uow, held, assignee, team_ids)
    activity(uow, chat, "ticket_created", f"{author.name} created a ticket from here.", node=wanted.node_key)
    return held.public_id


def _find_assignee(uow: UnitOfWork, chat: Held, public_id: str | None) -> Viewer | None:
    """The user, if they are still here and manage tickets."""
    user_id = uow.conn.execute(select(_u.id).where(_u.public_id == public_id)).scalar() if public_id else None
    viewer = load_viewer(uow.conn, user_id) if user_id is not None else None
    if viewer is None or chat.teamspace_id not in viewer.teamspace_ids:
        return None
    return viewer if viewer.permissions.intersection(MANAGES_TICKETS) else None


def _find_teams(uow: UnitOfWork, chat: Held, teams: tuple[str, ...]) -> frozenset[int]:
    found = find_targets(uow, chat.teamspace_id, everyone=False, users=(), teams=teams) if teams else None
    return found.team_ids if found is not None else frozenset()


def _storable(text: str, name: str) -> str:
    """A variable may bring what no column takes: then there is nothing to say."""
    try:
        return clean_line(text, name, required=False) if name == "subject" else clean_text(text, name, required=False)
    except Invalid:
        return ""
