"""What colleagues do with a person's record: correct it, note something, ban. Who sees whom is `queries/people.py`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from dashboard.models import Conversation, Person, PersonNote
from dashboard.models.errors import Invalid, NotFound, NotPermitted
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.permissions import PERMISSION_NAMES
from dashboard.models.visibility import Viewer
from dashboard.queries.people import MANAGE
from dashboard.queries.person import PersonState, get_person
from dashboard.services import access
from dashboard.services.addresses import clean_email
from dashboard.services.belonging import Stale
from dashboard.services.events import PersonChanged
from dashboard.services.holding import find_and_hold
from dashboard.services.merging import open_conversations
from dashboard.services.text import clean_line, clean_text
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_c = Conversation.__table__.c
_n = PersonNote.__table__.c
_p = Person.__table__.c

MAX_NAME = 120
MAX_DETAIL = 500
MAX_DETAIL_NAME = 60
MOST_DETAILS = 40
MAX_NOTE = 4_000
CHANGED = "Somebody else changed this person meanwhile. Nothing was saved: compare, and save again."
BANNED = "{name} banned this person: their messages are refused, and nothing reaches them."
UNBANNED = "{name} lifted the ban: this person may write again."


@dataclass(frozen=True)
class PersonDraft:
    """What a form says, before anything is checked; `details` has one `name: value` on each line."""

    name: str
    email: str
    details: str


def change_person(viewer: Viewer, public_id: str, draft: PersonDraft, version: str) -> None:
    """Save name, e-mail and details; raises Invalid, NotFound, NotPermitted, Stale."""
    with unit_of_work() as uow:
        viewer, person = hold_managed(uow, viewer.user_id, public_id)
        if person.version != version:
            raise Stale(CHANGED)
        values = _clean(draft)
        uow.conn.execute(update(Person.__table__).where(_p.id == person.id).values(values))
        for conversation_id in list(uow.conn.execute(open_conversations(person.id)).scalars()):
            uow.emit(PersonChanged(conversation_id, person.teamspace_id))


def set_ban(viewer: Viewer, public_id: str, *, is_banned: bool) -> None:
    """Ban a person, or let them write again; the same again changes nothing.

    Their open conversations stay with whoever has them, and say it. Raises NotFound, NotPermitted.
    """
    with unit_of_work() as uow:
        viewer, person = hold_managed(uow, viewer.user_id, public_id)
        if person.is_banned == is_banned:
            return
        uow.conn.execute(update(Person.__table__).where(_p.id == person.id).values(is_banned=is_banned))
        sentence = (BANNED if is_banned else UNBANNED).format(name=viewer.name)
        for conversation_id in list(uow.conn.execute(open_conversations(person.id)).scalars()):
            held = find_and_hold(uow, _c.id == conversation_id)
            if held is not None:
                activity(uow, held, "banned", sentence, user_id=viewer.user_id, is_banned=is_banned)
                uow.emit(PersonChanged(held.id, held.teamspace_id))


def add_note(viewer: Viewer, public_id: str, text: object, note_id: str = "") -> None:
    """Something to remember of a person, by whoever sees them; raises Invalid, NotFound.

    The form names the note beforehand: the same note sent again, after an answer that was lost, is stored once. Other
    words under a name that is taken are a note of their own.
    """
    body = clean_text(text, limit=MAX_NOTE)
    with unit_of_work() as uow:
        viewer, person = hold_seen(uow, viewer.user_id, public_id)
        stored = select(_n.user_id, _n.body).where(_n.public_id == note_id)
        taken = uow.conn.execute(stored).first() if is_public_id(note_id) else None
        if taken is not None and tuple(taken) == (viewer.user_id, body):
            return
        name = note_id if is_public_id(note_id) and taken is None else new_public_id()
        row = insert(PersonNote.__table__).values(public_id=name, person_id=person.id, user_id=viewer.user_id)
        uow.conn.execute(row.values(body=body, created_at=uow.now))


def delete_note(viewer: Viewer, public_id: str, note_id: str) -> None:
    """One's own note; raises NotFound, NotPermitted for another's."""
    with unit_of_work() as uow:
        viewer, person = hold_seen(uow, viewer.user_id, public_id)
        is_it = (_n.public_id == note_id) & (_n.person_id == person.id)
        author = uow.conn.execute(select(_n.user_id).where(is_it)).scalar() if is_public_id(note_id) else None
        if author is None:
            raise NotFound("This note is gone already.")
        if author != viewer.user_id:
            raise NotPermitted("A note is deleted by whoever wrote it.")
        uow.conn.execute(delete(PersonNote.__table__).where(is_it))


def hold_seen(uow: UnitOfWork, user_id: int, public_id: str) -> tuple[Viewer, PersonState]:
    """A person whom the user may see now, locked; raises NotFound, also when they were merged away meanwhile."""
    if not is_public_id(public_id):
        raise NotFound
    uow.conn.execute(select(_p.id).where(_p.public_id == public_id).with_for_update(key_share=True)).first()
    viewer = access.get_viewer(uow.conn, user_id)
    return viewer, get_person(uow.conn, viewer, public_id)


def hold_managed(uow: UnitOfWork, user_id: int, public_id: str) -> tuple[Viewer, PersonState]:
    """The same for who may change the record; raises NotPermitted for others who see it."""
    viewer, person = hold_seen(uow, user_id, public_id)
    if not person.may_manage:
        raise NotPermitted(f"You need the permission \u201c{PERMISSION_NAMES[MANAGE]}\u201d for this.")
    return viewer, person


def _clean(draft: PersonDraft) -> dict[str, object]:
    wrong: dict[str, str] = {}
    values: dict[str, object] = {}
    try:
        values["name"] = clean_line(draft.name, "name", limit=MAX_NAME, required=False) or None
    except Invalid as error:
        wrong |= error.fields
    try:
        values["email"] = clean_email(draft.email) if draft.email.strip() else None
    except Invalid as error:
        wrong |= error.fields
    try:
        values["details"] = _clean_details(draft.details)
    except Invalid as error:
        wrong |= error.fields
    if wrong:
        raise Invalid(wrong)
    return values


def _clean_details(raw: str) -> dict[str, str]:
    text = clean_text(raw, "details", limit=MOST_DETAILS * MAX_DETAIL, required=False)
    found: dict[str, str] = {}
    for line in filter(None, (each.strip() for each in text.split("\n"))):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not (name and colon and value):
            raise Invalid({"details": f"Write \u201cname: value\u201d on each line; this one is not: {line[:60]}"})
        if name in found:
            raise Invalid({"details": f"\u201c{name[:60]}\u201d is there twice."})
        if len(name) > MAX_DETAIL_NAME or len(value) > MAX_DETAIL:
            raise Invalid({"details": f"Names have at most {MAX_DETAIL_NAME} characters, values {MAX_DETAIL}."})
        found[name] = value
    if len(found) > MOST_DETAILS:
        raise Invalid({"details": f"At most {MOST_DETAILS} details are kept."})
    return found
