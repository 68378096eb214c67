"""Words of a teamspace for its people: added by typing them, taken off again."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import PersonTag, Tag
from dashboard.models.errors import Invalid, NotFound
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services.people import hold_managed
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_t = Tag.__table__.c
_pt = PersonTag.__table__.c

MAX_NAME = 40
MOST_TAGS = 30


def tag_person(viewer: Viewer, person_id: str, name: object) -> None:
    """Put a tag on a person; a word that the teamspace does not know yet becomes one of its tags.

    Upper and lower case are one tag; the same again changes nothing. Raises Invalid, NotFound, NotPermitted.
    """
    word = clean_line(name, "tag", limit=MAX_NAME)
    with unit_of_work() as uow:
        _, person = hold_managed(uow, viewer.user_id, person_id)
        worn = list(uow.conn.execute(select(_pt.tag_id).where(_pt.person_id == person.id)).scalars())
        tag_id = find_or_add(uow, person.teamspace_id, word)
        if tag_id in worn:
            return
        if len(worn) >= MOST_TAGS:
            raise Invalid({"tag": f"A person has at most {MOST_TAGS} tags."})
        uow.conn.execute(insert(PersonTag.__table__).values(person_id=person.id, tag_id=tag_id))


def untag_person(viewer: Viewer, person_id: str, tag_id: str) -> None:
    """Take a tag off a person; it stays a tag of the teamspace. Raises NotFound, NotPermitted."""
    with unit_of_work() as uow:
        _, person = hold_managed(uow, viewer.user_id, person_id)
        if not is_public_id(tag_id):
            raise NotFound
        named = select(_t.id).where(_t.public_id == tag_id)
        uow.conn.execute(delete(PersonTag.__table__).where(_pt.person_id == person.id, _pt.tag_id.in_(named)))


def find_or_add(uow: UnitOfWork, teamspace_id: int, word: str) -> int:
    """The key of the teamspace's tag of this name, whatever its case; made when there is none."""
    is_it = (_t.teamspace_id == teamspace_id) & (func.lower(_t.name) == func.lower(word))
    found = uow.conn.execute(select(_t.id).where(is_it).order_by(_t.id)).scalar()
    if found is not None:
        return int(found)
    dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
    row = dialect.insert(Tag.__table__).values(public_id=new_public_id(), teamspace_id=teamspace_id, name=word)
    uow.conn.execute(row.on_conflict_do_nothing(index_elements=[_t.teamspace_id, _t.name]))
    return int(uow.conn.execute(select(_t.id).where(is_it).order_by(_t.id)).scalar_one())
