"""The people of the viewer's teamspaces: who sees whom, and the list with its search (N7, M2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from dashboard.models import Channel, Conversation, Person, PersonTag, Tag, Teamspace
from dashboard.models.enums import ChannelKind, ConversationKind
from dashboard.models.errors import Invalid
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.search import dialect_of

PAGE = 30
MOST_MATCHES = 8
MAX_QUERY = 200
MANAGE = "people.manage"

_c = Conversation.__table__.c
_ch = Channel.__table__.c
_p = Person.__table__.c
_pt = PersonTag.__table__.c
_s = Teamspace.__table__.c
_t = Tag.__table__.c

KINDS = {ChannelKind.WEBCHAT: "Webchat", ChannelKind.API: "API"}
BANS = {"yes": "Banned", "no": "Not banned"}


@dataclass(frozen=True)
class PeopleFilters:
    """As in the address; empty text means no restriction. `teamspace` is a public id, `tag` a name."""

    q: str = ""
    teamspace: str = ""
    tag: str = ""
    banned: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.teamspace or self.tag or self.banned)

    @property
    def parameters(self) -> dict[str, str]:
        named = {"q": self.q, "teamspace": self.teamspace, "tag": self.tag, "banned": self.banned}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class PersonRow:
    """A person in the list; what is counted of their conversations is what the viewer may see."""

    id: int
    public_id: str
    given_name: str | None
    email: str | None
    external_id: str
    is_banned: bool
    teamspace: str
    created_at: datetime
    conversations: int = 0
    last_activity_at: datetime | None = None
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return name_of(self.given_name, self.public_id)


@dataclass(frozen=True)
class PeoplePage:
    rows: list[PersonRow]
    next_cursor: str | None


def name_of(given: str | None, public_id: str) -> str:
    """How somebody is called who has not said their name: as on the rows of the inbox."""
    return given or f"Visitor {public_id[-4:]}"


def may_manage(viewer: Viewer, teamspace_id: int) -> bool:
    return MANAGE in viewer.permissions and teamspace_id in viewer.teamspace_ids


def seen_clause(viewer: Viewer) -> ColumnElement[bool]:
    """The people of whom the viewer may see a conversation, and all of their teamspaces for who manages people (M2)."""
    if not viewer.teamspace_ids:
        return false()
    is_current = and_(_p.teamspace_id.in_(viewer.teamspace_ids), _p.merged_into_id.is_(None))
    if MANAGE in viewer.permissions:
        return is_current
    return and_(is_current, exists(select(_c.id).where(_c.person_id == _p.id, visible_clause(viewer))))


def load_people(reader: Reader, viewer: Viewer, filters: PeopleFilters, cursor: str = "") -> PeoplePage:
    """One page, the newest people first, in four SELECTs (one more resolves the cursor); raises Invalid."""
    for name, value in filters.parameters.items():
        if len(value) > MAX_QUERY or "\x00" in value:
            raise Invalid({name: f"At most {MAX_QUERY} ordinary characters are expected here."})
    chosen = _rows_select(viewer).where(*_narrowing(filters, dialect_of(reader)))
    if cursor:
        chosen = chosen.where(_p.id < _edge(reader, cursor))
    found = [PersonRow(*row) for row in reader.execute(chosen.order_by(_p.id.desc()).limit(PAGE + 1))]
    rows = _with_figures(reader, viewer, found[:PAGE])
    return PeoplePage(rows, rows[-1].public_id if len(found) > PAGE else None)


def find_others(reader: Reader, viewer: Viewer, person_id: int, teamspace_id: int, words: str) -> list[PersonRow]:
    """Other records of the same teamspace that a person could be merged with, the newest first."""
    filters = PeopleFilters(q=words.strip()[:MAX_QUERY].replace("\x00", ""))
    mine = (_p.teamspace_id == teamspace_id) & (_p.id != person_id)
    chosen = _rows_select(viewer).where(mine, *_narrowing(filters, dialect_of(reader)))
    found = [PersonRow(*row) for row in reader.execute(chosen.order_by(_p.id.desc()).limit(MOST_MATCHES))]
    return _with_figures(reader, viewer, found)


def load_teamspaces(reader: Reader, viewer: Viewer) -> list[tuple[str, str]]:
    """(public id, name) of those whose people the viewer may see."""
    mine = _s.id.in_(viewer.teamspace_ids or {-1}) & _s.archived_at.is_(None)
    rows = reader.execute(select(_s.public_id, _s.name).where(mine).order_by(_s.name))
    return [(row[0], row[1]) for row in rows]


def load_vocabulary(reader: Reader, viewer: Viewer, teamspace_id: int | None = None) -> list[str]:
    """Names of the tags of one teamspace, or of all of the viewer's."""
    spaces = viewer.teamspace_ids if teamspace_id is None else viewer.teamspace_ids & {teamspace_id}
    names = select(_t.name).where(_t.teamspace_id.in_(spaces or {-1})).distinct().order_by(_t.name)
    return list(reader.execute(names).scalars())


def _rows_select(viewer: Viewer) -> Select[Any]:
    return (
        select(_p.id, _p.public_id, _p.name, _p.email, _p.external_id, _p.is_banned, _s.name, _p.created_at)
        .join(Teamspace.__table__, _s.id == _p.teamspace_id)
        .where(seen_clause(viewer))
    )


def _narrowing(filters: PeopleFilters, dialect: str) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if words := filters.q.strip():
        fields = (_p.name, _p.email, _p.external_id)
        # SQLite's LIKE sees to the case by itself, in a third of the time.
        like = "contains" if dialect == "sqlite" else "icontains"
        clauses.append(or_(*(getattr(each, like)(words, autoescape=True) for each in fields)))
    if filters.teamspace:
        clauses.append(_s.public_id == filters.teamspace)
    if filters.tag:
        # Their few keys first, and not every person asked; a tag of another teamspace is on nobody of this one.
        named = select(_pt.person_id).join(Tag.__table__, _t.id == _pt.tag_id).where(_t.name == filters.tag)
        clauses.append(_p.id.in_(named))
    if filters.banned in BANS:
        clauses.append(_p.is_banned.is_(filters.banned == "yes"))
    return clauses


def _edge(reader: Reader, cursor: str) -> int:
    found = reader.execute(select(_p.id).where(_p.public_id == cursor)).scalar() if is_public_id(cursor) else None
    if found is None:
        raise Invalid({"cursor": "This page of the list is gone. Start again from the top."})
    return int(found)


def _with_figures(reader: Reader, viewer: Viewer, rows: list[PersonRow]) -> list[PersonRow]:
    ids = [row.id for row in rows]
    if not ids:
        return rows
    mine = _c.person_id.in_(ids) & visible_clause(viewer, by_index=False)
    counted = {
        row[0]: (int(row[1]), row[2])
        for row in reader.execute(
            select(_c.person_id, func.count(), func.max(_c.last_activity_at)).where(mine).group_by(_c.person_id)
        )
    }
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    through = select(_c.person_id, _c.kind, _ch.kind).outerjoin(Channel.__table__, _ch.id == _c.channel_id)
    for person_id, kind, channel in reader.execute(through.where(mine).distinct()):
        kinds[person_id].add("Ticket" if kind is ConversationKind.TICKET else KINDS.get(channel, "Chat"))
    tags: defaultdict[int, list[str]] = defaultdict(list)
    worn = select(_pt.person_id, _t.name).join(Tag.__table__, _t.id == _pt.tag_id).where(_pt.person_id.in_(ids))
    for person_id, name in reader.execute(worn.order_by(func.lower(_t.name))):
        tags[person_id].append(name)
    return [
        PersonRow(
            row.id, row.public_id, row.given_name, row.email, row.external_id, row.is_banned, row.teamspace,
            row.created_at, *counted.get(row.id, (0, None)), tuple(sorted(kinds[row.id])), tuple(tags[row.id]),
        )
        for row in rows
    ]  # fmt: skip
