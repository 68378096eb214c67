"""The tags of a teamspace as their settings show them: how many conversations and people have each (N10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from dashboard.models import ConversationTag, PersonTag, Tag
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.queries.tags import fold
from dashboard.queries.teams import version_of

PAGE = 100

_ct = ConversationTag.__table__.c
_pt = PersonTag.__table__.c
_t = Tag.__table__.c


@dataclass(frozen=True)
class TagState:
    """One tag with its uses; `seen` names what a dialog said of it."""

    id: int
    public_id: str
    name: str
    conversations: int
    people: int

    @property
    def seen(self) -> str:
        return version_of(self.name, self.conversations, self.people)

    @property
    def is_used(self) -> bool:
        return bool(self.conversations or self.people)


@dataclass(frozen=True)
class TagPage:
    """The first tags by name that match; `matching` and `total` are counts of the teamspace's tags."""

    tags: list[TagState]
    matching: int
    total: int


def load_tags(reader: Reader, teamspace_id: int, words: str = "", shown: int = PAGE) -> TagPage:
    """Three SELECTs: a teamspace has a bounded number of tags, so that their order can be that of every language."""
    rows = reader.execute(select(_t.id, _t.public_id, _t.name).where(_t.teamspace_id == teamspace_id)).all()
    wanted = fold(" ".join(words.split()))
    fits = sorted((row for row in rows if wanted in fold(row.name)), key=lambda row: fold(row.name))
    return TagPage(_with_uses(reader, fits[:shown]), len(fits), len(rows))


def get_tag(reader: Reader, teamspace_id: int, public_id: str) -> TagState:
    """Raises NotFound."""
    rows: list[Any] = []
    if is_public_id(public_id):
        is_it = (_t.public_id == public_id) & (_t.teamspace_id == teamspace_id)
        rows = list(reader.execute(select(_t.id, _t.public_id, _t.name).where(is_it)))
    if not rows:
        raise NotFound("This tag is gone already.")
    return _with_uses(reader, rows)[0]


def _with_uses(reader: Reader, rows: list[Any]) -> list[TagState]:
    ids = [row.id for row in rows]
    conversations, people = (
        {
            key: int(number)
            for key, number in reader.execute(select(tag, func.count()).where(tag.in_(ids)).group_by(tag))
        }
        if ids
        else {}
        for tag in (_ct.tag_id, _pt.tag_id)
    )
    return [
        TagState(row.id, row.public_id, row.name, conversations.get(row.id, 0), people.get(row.id, 0)) for row in rows
    ]
