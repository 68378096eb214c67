"""Words of a teamspace on its people and conversations: added by typing them, taken off again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, func, insert, select

from dashboard.models import ConversationTag, PersonTag, Tag
from dashboard.models.errors import Invalid, NotFound
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.visibility import Viewer
from dashboard.queries.tags import fold
from dashboard.services.access import Action, can, hold_for, refuse
from dashboard.services.events import ConversationTagged, PersonChanged
from dashboard.services.holding import Held
from dashboard.services.merging import open_conversations
from dashboard.services.people import hold_managed
from dashboard.services.text import clean_line
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_t = Tag.__table__.c
_ct: Table = ConversationTag.__table__
_pt: Table = PersonTag.__table__

MAX_NAME = 40
MOST_TAGS = 30
"""Of one conversation or person."""
MOST_WORDS = 1_000
"""Of one teamspace."""
MANAGERS_ONLY = "Those who manage the conversation choose its tags."
_LOCK_SPACE = 0x62617467  # keeps our advisory locks apart from those of routing and of other programs


@dataclass(frozen=True)
class Word:
    """A tag as stored; `id` is its key."""

    id: int
    public_id: str
    name: str


def tag_conversation(viewer: Viewer, public_id: str, name: object) -> None:
    """Put a tag on a conversation; a word that the teamspace does not know yet becomes one of its tags.

    Upper and lower case are one tag; the same again changes nothing. Raises Invalid, NotFound, NotPermitted, and
    OwnershipChanged for who managed it a moment ago (L8).
    """
    name = clean_word(name)
    with unit_of_work() as uow:
        viewer, held = _hold_managed(uow, viewer.user_id, public_id)
        word = find_or_add(uow, held.teamspace_id, name)
        if _put_on(uow, _ct, held.id, word, "conversation"):
            _tell(uow, held, "tagged", f"{viewer.name} added the tag \u201c{word.name}\u201d.", viewer, word)


def untag_conversation(viewer: Viewer, public_id: str, tag_id: str) -> None:
    """Take a tag off a conversation; it stays a tag of the teamspace. Raises as `tag_conversation`."""
    with unit_of_work() as uow:
        viewer, held = _hold_managed(uow, viewer.user_id, public_id)
        word = _take_off(uow, _ct, held.id, tag_id)
        if word is not None:
            _tell(uow, held, "untagged", f"{viewer.name} took off the tag \u201c{word.name}\u201d.", viewer, word)


def tag_person(viewer: Viewer, person_id: str, name: object) -> None:
    """The same on a person, for who manages people; raises Invalid, NotFound, NotPermitted."""
    name = clean_word(name)
    with unit_of_work() as uow:
        _, person = hold_managed(uow, viewer.user_id, person_id)
        if _put_on(uow, _pt, person.id, find_or_add(uow, person.teamspace_id, name), "person"):
            _tell_of_person(uow, person.id, person.teamspace_id)


def untag_person(viewer: Viewer, person_id: str, tag_id: str) -> None:
    """Take a tag off a person; raises NotFound, NotPermitted."""
    with unit_of_work() as uow:
        _, person = hold_managed(uow, viewer.user_id, person_id)
        if _take_off(uow, _pt, person.id, tag_id) is not None:
            _tell_of_person(uow, person.id, person.teamspace_id)


def clean_word(raw: object, field: str = "tag") -> str:
    """A tag's name as it is stored; raises Invalid naming the field."""
    word = unicodedata.normalize("NFC", clean_line(raw, field))
    if len(word) > MAX_NAME:
        raise Invalid({field: f"A tag has at most {MAX_NAME} characters; that is {len(word)}."})
    return word


def find_or_add(uow: UnitOfWork, teamspace_id: int, name: str, field: str = "tag") -> Word:
    """The teamspace's tag of this name, whatever its case; made when there is none. Raises Invalid when it is full."""
    found = find_word(uow, teamspace_id, name)
    if found is None:
        lock_words(uow, teamspace_id)
        found = find_word(uow, teamspace_id, name) or _add(uow, teamspace_id, name, field)
    return found


def find_word(uow: UnitOfWork, teamspace_id: int, name: str) -> Word | None:
    """The tag of this name, whatever its case, kept until the end of the transaction: no merge can take it away."""
    rows = uow.conn.execute(select(_t.id, _t.name).where(_t.teamspace_id == teamspace_id).order_by(_t.id))
    key = next((row.id for row in rows if fold(row.name) == fold(name)), None)
    kept = select(_t.id, _t.public_id, _t.name).where(_t.id == key).with_for_update(read=True, key_share=True)
    row = uow.conn.execute(kept).first() if key is not None else None
    return Word(*row) if row is not None else None


def lock_words(uow: UnitOfWork, teamspace_id: int) -> None:
    """One at a time makes or renames a tag of a teamspace. SQLite has one writer anyway.

    A lock of its own: on the teamspace's row it would stand in the way of who changes the teamspace and then waits for
    a conversation.
    """
    if uow.conn.dialect.name == "postgresql":
        uow.conn.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, teamspace_id)))


def _add(uow: UnitOfWork, teamspace_id: int, name: str, field: str) -> Word:
    count = uow.conn.execute(select(func.count()).where(_t.teamspace_id == teamspace_id)).scalar_one()
    if count >= MOST_WORDS:
        raise Invalid({field: f"This teamspace has {MOST_WORDS:,} tags, as many as fit. Choose one of them."})
    row = insert(Tag.__table__).values(public_id=new_public_id(), teamspace_id=teamspace_id, name=name)
    return Word(*uow.conn.execute(row.returning(_t.id, _t.public_id, _t.name)).one())


def _hold_managed(uow: UnitOfWork, user_id: int, public_id: str) -> tuple[Viewer, Held]:
    viewer, held, scope = hold_for(uow, user_id, public_id)
    if not can(viewer, Action.TAG, scope):
        refuse(uow, viewer, held, scope, MANAGERS_ONLY)
    return viewer, held


def _put_on(uow: UnitOfWork, table: Table, owner_id: int, word: Word, noun: str) -> bool:
    """Whether it was not there yet; raises Invalid when there are too many."""
    owner = table.c[f"{noun}_id"]
    worn = uow.conn.execute(select(table.c.tag_id).where(owner == owner_id)).scalars().all()
    if word.id in worn:
        return False
    if len(worn) >= MOST_TAGS:
        raise Invalid({"tag": f"A {noun} has at most {MOST_TAGS} tags."})
    uow.conn.execute(insert(table).values({owner.name: owner_id, "tag_id": word.id}))
    return True


def _take_off(uow: UnitOfWork, table: Table, owner_id: int, tag_id: str) -> Word | None:
    """The tag that was there; None when it was not. Raises NotFound for what is no id."""
    if not is_public_id(tag_id):
        raise NotFound
    owner: Any = next(column for column in table.primary_key if column.name != "tag_id")
    row = uow.conn.execute(
        select(_t.id, _t.public_id, _t.name)
        .join(table, table.c.tag_id == _t.id)
        .where(owner == owner_id, _t.public_id == tag_id)
    ).first()
    if row is None:
        return None
    uow.conn.execute(delete(table).where(owner == owner_id, table.c.tag_id == row.id))
    return Word(*row)


def _tell(uow: UnitOfWork, held: Held, code: str, sentence: str, by: Viewer, word: Word) -> None:
    activity(uow, held, code, sentence, user_id=by.user_id, tag=word.public_id)
    uow.emit(ConversationTagged(held.id, held.teamspace_id))


def _tell_of_person(uow: UnitOfWork, person_id: int, teamspace_id: int) -> None:
    for conversation_id in list(uow.conn.execute(open_conversations(person_id)).scalars()):
        uow.emit(PersonChanged(conversation_id, teamspace_id))
