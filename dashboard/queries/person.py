"""One person as their page shows them: the record, its tags and notes, and the conversations the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from dashboard.models import Conversation, Handoff, Person, PersonNote, PersonTag, Tag, Teamspace, User
from dashboard.models.errors import Invalid, NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.people import may_manage, name_of, seen_clause
from dashboard.queries.rows import ConversationRow, rows_select
from dashboard.queries.teams import version_of

HISTORY = 20

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_n = PersonNote.__table__.c
_p = Person.__table__.c
_pt = PersonTag.__table__.c
_s = Teamspace.__table__.c
_t = Tag.__table__.c
_u = User.__table__.c


@dataclass(frozen=True)
class PersonState:
    """One person as stored. `may_manage` is the viewer's; `version` names what the edit form was filled with."""

    id: int
    public_id: str
    teamspace_id: int
    teamspace: str
    external_id: str
    given_name: str | None
    email: str | None
    details: dict[str, str]
    is_banned: bool
    created_at: datetime
    may_manage: bool
    tags: tuple[tuple[str, str], ...] = field(default=())
    """(public id, name)"""

    @property
    def name(self) -> str:
        return name_of(self.given_name, self.public_id)

    @property
    def version(self) -> str:
        return version_of(self.given_name, self.email, self.details)


@dataclass(frozen=True)
class Note:
    public_id: str
    body: str
    author: str
    is_mine: bool
    created_at: datetime


@dataclass(frozen=True)
class Past:
    """A conversation in a person's history, with the rating of its latest livechat."""

    row: ConversationRow
    rating: int | None


@dataclass(frozen=True)
class History:
    past: list[Past]
    next_cursor: str | None


def get_person(reader: Reader, viewer: Viewer, public_id: str) -> PersonState:
    """A person whom the viewer may see; raises NotFound, also for a record that was merged away."""
    row: Any = None
    if is_public_id(public_id):
        chosen = (
            select(
                _p.id, _p.public_id, _p.teamspace_id, _s.name, _p.external_id, _p.name, _p.email, _p.details,
                _p.is_banned, _p.created_at,
            )
            .join(Teamspace.__table__, _s.id == _p.teamspace_id)
            .where(_p.public_id == public_id, seen_clause(viewer))
        )  # fmt: skip
        row = reader.execute(chosen).first()
    if row is None:
        raise NotFound
    tags = reader.execute(
        select(_t.public_id, _t.name).join(PersonTag.__table__, _pt.tag_id == _t.id)
        .where(_pt.person_id == row.id).order_by(func.lower(_t.name))
    )  # fmt: skip
    details = {str(name): str(value) for name, value in (row.details or {}).items()}
    return PersonState(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], details, row.is_banned, row.created_at,
        may_manage(viewer, row.teamspace_id), tuple((each[0], each[1]) for each in tags),
    )  # fmt: skip


def find_kept(reader: Reader, viewer: Viewer, public_id: str) -> str | None:
    """The public id of the person into whom this record was merged, if the viewer may see them."""
    if not is_public_id(public_id):
        return None
    into = select(_p.merged_into_id).where(_p.public_id == public_id).scalar_subquery()
    found: str | None = reader.execute(select(_p.public_id).where(_p.id == into, seen_clause(viewer))).scalar()
    return found


def load_notes(reader: Reader, viewer: Viewer, person_id: int) -> list[Note]:
    """The newest first."""
    rows = reader.execute(
        select(_n.public_id, _n.body, _u.name, _n.user_id == viewer.user_id, _n.created_at)
        .join(User.__table__, _u.id == _n.user_id)
        .where(_n.person_id == person_id)
        .order_by(_n.id.desc())
    )
    return [Note(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]


def load_history(reader: Reader, viewer: Viewer, person_id: int, cursor: str = "") -> History:
    """Conversations of a person that the viewer may see, the newest first; raises Invalid for a foreign cursor."""
    chosen = rows_select().add_columns(_h.rating).where(_c.person_id == person_id, visible_clause(viewer))
    if cursor:
        before = reader.execute(select(_c.id).where(_c.public_id == cursor)).scalar() if is_public_id(cursor) else None
        if before is None:
            raise Invalid({"before": "This page of the history is gone. Start again from the top."})
        chosen = chosen.where(_c.id < before)
    found = reader.execute(chosen.order_by(_c.id.desc()).limit(HISTORY + 1)).all()
    past = [Past(ConversationRow(*row[:-1]), row[-1]) for row in found[:HISTORY]]
    return History(past, past[-1].row.public_id if len(found) > HISTORY else None)
