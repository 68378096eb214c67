"""What the dialog of a new ticket offers: teamspaces, persons, Assignees and teams, all within the user's reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from dashboard.models import Conversation, Mailbox, Person, Team, Teamspace, TeamspaceTeam, User
from dashboard.models.errors import NotFound
from dashboard.models.membership import Reader, load_viewers
from dashboard.models.permissions import MANAGES_TICKETS
from dashboard.models.visibility import Viewer
from dashboard.queries.candidates import load_candidates
from dashboard.queries.people import seen_clause

MOST_PERSONS = 8

_c = Conversation.__table__.c
_p = Person.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_u = User.__table__.c


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen, by public id; `hint` says more of it."""

    public_id: str
    name: str
    hint: str = ""


@dataclass(frozen=True)
class PersonChoice:
    public_id: str
    name: str
    email: str | None


@dataclass(frozen=True)
class Where:
    """A teamspace with what a ticket in it may name; `mailbox` is the address that it is sent from."""

    id: int
    public_id: str
    name: str
    mailbox: str | None
    users: tuple[Choice, ...]
    teams: tuple[Choice, ...]


@dataclass(frozen=True)
class Origin:
    """The conversation that a ticket is made from."""

    teamspace_id: str
    person: PersonChoice
    subject: str


def load_teamspaces(reader: Reader, viewer: Viewer) -> list[Choice]:
    """Where the user may create tickets."""
    mine = _s.id.in_(viewer.teamspace_ids or {-1}) & _s.archived_at.is_(None)
    return [Choice(*row) for row in reader.execute(select(_s.public_id, _s.name).where(mine).order_by(_s.name))]


def load_where(reader: Reader, viewer: Viewer, public_id: str, now: datetime) -> Where:
    """Raises NotFound for a teamspace out of reach."""
    space = reader.execute(select(_s.id, _s.public_id, _s.name).where(_s.public_id == public_id)).one_or_none()
    if space is None or space.id not in viewer.teamspace_ids:
        raise NotFound
    box = Mailbox.__table__.c
    mine = (box.teamspace_id == space.id) & box.is_enabled
    mailbox = reader.execute(select(box.address).where(mine).order_by(box.id).limit(1)).scalar()
    users = _users(reader, viewer, space.id, now)
    return Where(space.id, space.public_id, space.name, mailbox, users, _teams(reader, space.id))


def find_persons(reader: Reader, viewer: Viewer, teamspace_id: int, text: str, chosen: str = "") -> list[PersonChoice]:
    """Persons of one teamspace whom the viewer may see, by name or address, newest first, after the chosen one."""
    here = (_p.teamspace_id == teamspace_id) & seen_clause(viewer) & _p.is_banned.is_(False)
    columns = select(_p.public_id, _p.name, _p.email).where(here)
    rows = list(reader.execute(columns.where(_p.public_id == chosen))) if chosen else []
    if words := text.strip():
        is_match = or_(_p.name.icontains(words, autoescape=True), _p.email.icontains(words, autoescape=True))
        found = columns.where(is_match, _p.public_id != chosen).order_by(_p.id.desc()).limit(MOST_PERSONS)
        rows += reader.execute(found)
    return [_person(*row) for row in rows]


def load_origin(reader: Reader, conversation_id: int) -> Origin:
    """What a ticket from this conversation begins with: its person, and a ticket's subject.

    A chat has none: why it was handed off is for colleagues, and the subject goes out to the person.
    """
    row = reader.execute(
        select(_s.public_id, _p.public_id.label("person"), _p.name, _p.email, _c.subject)
        .join_from(Conversation.__table__, Teamspace.__table__, _s.id == _c.teamspace_id)
        .join(Person.__table__, _p.id == _c.person_id)
        .where(_c.id == conversation_id)
    ).one()
    return Origin(row.public_id, _person(row.person, row.name, row.email), row.subject or "")


def _person(public_id: str, name: str | None, email: str | None) -> PersonChoice:
    return PersonChoice(public_id, name or f"Visitor {public_id[-4:]}", email)


def _users(reader: Reader, viewer: Viewer, teamspace_id: int, now: datetime) -> tuple[Choice, ...]:
    """Whoever manages tickets there but the user, with whether they are there now."""
    others = select(_u.id).where(_u.workspace_id == viewer.workspace_id, _u.is_active, _u.id != viewer.user_id)
    viewers = load_viewers(reader, reader.execute(others).scalars().all()).values()
    able = [
        each
        for each in viewers
        if teamspace_id in each.teamspace_ids and each.permissions.intersection(MANAGES_TICKETS)
    ]
    agents = load_candidates(reader, teamspace_id, now)
    there = {each.user_id for each in agents if each.is_online and each.is_present}
    return tuple(
        Choice(each.public_id, each.name, "Online" if each.user_id in there else "Away")
        for each in sorted(able, key=lambda each: (each.user_id not in there, each.name))
    )


def _teams(reader: Reader, teamspace_id: int) -> tuple[Choice, ...]:
    tt = TeamspaceTeam.__table__.c
    linked = select(_t.public_id, _t.name).join(TeamspaceTeam.__table__, tt.team_id == _t.id)
    here = (tt.teamspace_id == teamspace_id) & _t.archived_at.is_(None)
    return tuple(Choice(*row) for row in reader.execute(linked.where(here).order_by(_t.name)))
