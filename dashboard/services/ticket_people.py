"""Whom a ticket is for: a person who is known already, or one who becomes known by it; and the same one sent twice."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update

from dashboard.models import Conversation, Message, Person
from dashboard.models.enums import ConversationKind, MessageKind
from dashboard.models.errors import Invalid
from dashboard.models.visibility import Viewer
from dashboard.queries.people import may_manage, seen_clause
from dashboard.services.arriving import lock_record
from dashboard.services.holding import hold
from dashboard.services.programs import PersonDetails, know_person
from dashboard.services.timeline import find_repeated
from dashboard.services.unit_of_work import UnitOfWork

NOBODY = "Choose a person of this teamspace."

_c = Conversation.__table__.c
_m = Message.__table__.c
_p = Person.__table__.c


@dataclass(frozen=True)
class KnownPerson:
    """Somebody by public id; `email` is kept when none was known."""

    public_id: str
    email: str | None = None


@dataclass(frozen=True)
class NewPerson:
    """Somebody whom a user writes to for the first time; an address that is known is the person who has it."""

    name: str
    email: str | None
    key: str
    """What tells two without an address apart."""


Recipient = PersonDetails | KnownPerson | NewPerson


@dataclass(frozen=True)
class Addressee:
    """Two keys: the record that the ticket belongs to, and the one under which its program writes.

    They differ after a merge: what is sent again is known by the author that it had.
    """

    person_id: int
    writes_as: int


def find_recipient(uow: UnitOfWork, teamspace_id: int, person: Recipient, by: Viewer | None) -> Addressee:
    """Who it is for, locked, so that one ticket at a time is made for them; raises Invalid.

    Found first and locked then: whom a merge took meanwhile is the record that was kept. A user (`by`) chooses among
    the persons whom they see (M2), and changes none that they may not; None is a program that speaks for its persons.
    """
    if isinstance(person, KnownPerson):
        found = _find_known(uow, teamspace_id, person)
    elif isinstance(person, NewPerson):
        found = _find_new(uow, teamspace_id, person)
    else:
        found = know_person(uow, teamspace_id, person, may_change=by is None or may_manage(by, teamspace_id))
    person_id = int(lock_record(uow, found).id)
    if isinstance(person, KnownPerson) and by is not None:
        _require_seen(uow, by, person_id)
    if isinstance(person, KnownPerson) and person.email:
        has_none = (_p.id == person_id) & _p.email.is_(None)
        uow.conn.execute(update(Person.__table__).where(has_none).values(email=person.email))
    return Addressee(person_id, writes_as=found)


def find_repeated_ticket(
    uow: UnitOfWork, person_id: int, author_key: str, client_id: str | None, body: str
) -> str | None:
    """The public id of the ticket that this client_id made for this person; raises Invalid when it said other words."""
    if client_id is None:
        return None
    made = select(_m.conversation_id).join(Conversation.__table__, _c.id == _m.conversation_id)
    theirs = (_c.person_id == person_id) & (_c.kind == ConversationKind.TICKET)
    found = uow.conn.execute(made.where(theirs, _m.author_key == author_key, _m.client_id == client_id)).scalar()
    if found is None:
        return None
    held = hold(uow, id=found)
    find_repeated(uow, held, author_key, client_id, body, MessageKind.TEXT)
    return held.public_id


def _find_known(uow: UnitOfWork, teamspace_id: int, person: KnownPerson) -> int:
    is_them = (_p.public_id == person.public_id) & (_p.teamspace_id == teamspace_id)
    found = uow.conn.execute(select(_p.id).where(is_them)).scalar()
    if found is None:
        raise Invalid({"person": NOBODY})
    return int(found)


def _require_seen(uow: UnitOfWork, by: Viewer, person_id: int) -> None:
    if uow.conn.execute(select(_p.id).where(_p.id == person_id, seen_clause(by))).first() is None:
        raise Invalid({"person": NOBODY})


def _find_new(uow: UnitOfWork, teamspace_id: int, person: NewPerson) -> int:
    if person.email is None:
        return know_person(uow, teamspace_id, PersonDetails(f"ticket:{person.key}", person.name))
    email = person.email.lower()
    has_it = (_p.teamspace_id == teamspace_id) & (func.lower(_p.email) == email)
    order = _p.merged_into_id.is_not(None), _p.id.desc()  # a merged record stands for the kept one
    found = uow.conn.execute(select(_p.id).where(has_it).order_by(*order).limit(1)).scalar()
    if found is not None:
        return int(found)
    details = PersonDetails(f"mailto:{email}"[:200], person.name, person.email)
    return know_person(uow, teamspace_id, details, may_change=False)
