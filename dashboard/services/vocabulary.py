"""The tags of a teamspace put in order by whoever manages teamspaces: made, renamed, merged, deleted (N10)."""

from __future__ import annotations

from sqlalchemy import Table, delete, insert, select, update

from dashboard.models import ConversationTag, PersonTag, Tag
from dashboard.models.errors import Invalid, NotFound, Refused
from dashboard.models.ids import is_public_id
from dashboard.models.visibility import Viewer
from dashboard.queries.tag_settings import TagState, get_tag
from dashboard.queries.teamspaces import get_teamspace
from dashboard.services import access
from dashboard.services.belonging import Stale
from dashboard.services.events import VocabularyChanged
from dashboard.services.tags import clean_word, find_or_add, find_word, lock_words
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_t = Tag.__table__.c
_WORN: tuple[Table, ...] = (ConversationTag.__table__, PersonTag.__table__)

CHANGED = "This tag changed meanwhile. Nothing was done: look at it again."


class NameTaken(Refused):
    """Another tag has the name: the two can be merged. `other` is its public id."""

    def __init__(self, other: str, name: str) -> None:
        super().__init__(f"There is a tag \u201c{name}\u201d already.")
        self.other = other


def create_tag(viewer: Viewer, teamspace: str, name: object) -> str:
    """A tag that nothing has yet; its public id. Raises Invalid, also for a taken name, NotFound, NotPermitted."""
    word = clean_word(name, "name")
    with unit_of_work() as uow:
        teamspace_id = _enter(uow, viewer, teamspace)
        taken = find_word(uow, teamspace_id, word)
        if taken is not None:
            raise Invalid({"name": f"There is a tag \u201c{taken.name}\u201d already."})
        return find_or_add(uow, teamspace_id, word, "name").public_id


def rename_tag(viewer: Viewer, teamspace: str, tag: str, name: object, was: str) -> None:
    """Another name for a tag, wherever it is used; `was` is the name that the form showed.

    Raises NameTaken when another tag is called so, Stale, Invalid, NotFound, NotPermitted.
    """
    word = clean_word(name, "name")
    with unit_of_work() as uow:
        teamspace_id = _enter(uow, viewer, teamspace)
        state = _hold(uow, teamspace_id, tag)
        if state.name != was:
            raise Stale(f"Somebody else called this tag \u201c{state.name}\u201d meanwhile. Nothing was saved.")
        taken = find_word(uow, teamspace_id, word)
        if taken is not None and taken.id != state.id:
            raise NameTaken(taken.public_id, taken.name)
        uow.conn.execute(update(Tag.__table__).where(_t.id == state.id).values(name=word))
        _tell(uow, teamspace_id)


def merge_tags(viewer: Viewer, teamspace: str, tag: str, into: str, seen: str) -> str:
    """Whatever has the tag has `into` instead, and the tag is gone; answers the name of `into`.

    `seen` names the uses of the tag that were shown. Raises Stale when they are others by now, NotFound, NotPermitted.
    """
    with unit_of_work() as uow:
        teamspace_id = _enter(uow, viewer, teamspace)
        if tag == into:
            raise NotFound
        states = {each: _hold(uow, teamspace_id, each) for each in sorted((tag, into))}
        _require_seen(states[tag], seen)
        for table in _WORN:
            _move_uses(uow, table, states[tag].id, states[into].id)
        _delete(uow, teamspace_id, states[tag].id)
    return states[into].name


def delete_tag(viewer: Viewer, teamspace: str, tag: str, seen: str) -> str:
    """Take a tag off everything and forget it; answers its name. Raises as `merge_tags`."""
    with unit_of_work() as uow:
        teamspace_id = _enter(uow, viewer, teamspace)
        state = _hold(uow, teamspace_id, tag)
        _require_seen(state, seen)
        for table in _WORN:
            uow.conn.execute(delete(table).where(table.c.tag_id == state.id))
        _delete(uow, teamspace_id, state.id)
    return state.name


def _enter(uow: UnitOfWork, viewer: Viewer, teamspace: str) -> int:
    """The teamspace of one who manages it, in which nobody else makes, renames or deletes tags until the end."""
    viewer = access.authorise(uow, viewer.user_id, "teamspaces.manage")
    teamspace_id = get_teamspace(uow.conn, viewer, teamspace).id
    lock_words(uow, teamspace_id)
    return teamspace_id


def _hold(uow: UnitOfWork, teamspace_id: int, public_id: str) -> TagState:
    """Locked against whoever is putting it on something, so that its uses are all there."""
    if is_public_id(public_id):
        uow.conn.execute(select(_t.id).where(_t.public_id == public_id).with_for_update()).first()
    return get_tag(uow.conn, teamspace_id, public_id)


def _require_seen(state: TagState, seen: str) -> None:
    if state.seen != seen:
        raise Stale(CHANGED)


def _move_uses(uow: UnitOfWork, table: Table, from_id: int, into_id: int) -> None:
    owner = next(column for column in table.primary_key if column.name != "tag_id")
    has_it = select(owner).where(table.c.tag_id == into_id)
    missing = select(owner, _t.id).join(Tag.__table__, _t.id == into_id)
    missing = missing.where(table.c.tag_id == from_id, owner.not_in(has_it))
    uow.conn.execute(insert(table).from_select([owner.name, "tag_id"], missing))
    uow.conn.execute(delete(table).where(table.c.tag_id == from_id))


def _delete(uow: UnitOfWork, teamspace_id: int, tag_id: int) -> None:
    uow.conn.execute(delete(Tag.__table__).where(_t.id == tag_id))
    _tell(uow, teamspace_id)


def _tell(uow: UnitOfWork, teamspace_id: int) -> None:
    uow.emit(VocabularyChanged(None, teamspace_id))
