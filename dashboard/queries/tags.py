"""The tags of a teamspace where people use them: suggestions while typing, and the inbox's filter (N1)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select

from dashboard.models import Conversation, ConversationTag, Tag, Teamspace
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer

FEW = 2_000
"""A tag on no more conversations is looked up by its own index; a commoner one is met soon along the list."""
SHOWN = 8
LATELY = 500
"""How many of the newest conversations' tags say which ones are in use."""

_c = Conversation.__table__.c
_ct = ConversationTag.__table__.c
_s = Teamspace.__table__.c
_t = Tag.__table__.c


@dataclass(frozen=True)
class Suggestions:
    """`names` are tags of the teamspace, the likeliest first; `new` is what typing would make, or empty."""

    names: tuple[str, ...]
    new: str


@dataclass(frozen=True)
class Carriers:
    """Conversations with a tag, as a clause; `is_few` when each is looked up, and their order comes after."""

    clause: ColumnElement[bool]
    is_few: bool


def fold(word: str) -> str:
    """What two spellings of one tag have in common: neither case nor the way an accent is stored tells tags apart."""
    return unicodedata.normalize("NFKC", word).casefold()


def suggest(reader: Reader, teamspace_id: int, words: str, worn: Collection[str]) -> Suggestions:
    """Tags to add to a conversation that has those called `worn`: two SELECTs, whatever their number."""
    typed = " ".join(words.split())
    wanted = fold(typed)
    names = {row.id: row.name for row in reader.execute(select(_t.id, _t.name).where(_t.teamspace_id == teamspace_id))}
    used = _used_lately(reader)
    fits = [key for key, name in names.items() if wanted in fold(name) and name not in worn]
    fits.sort(key=lambda key: (not fold(names[key]).startswith(wanted), -used[key], fold(names[key])))
    is_known = any(fold(name) == wanted for name in names.values())
    return Suggestions(tuple(names[key] for key in fits[:SHOWN]), "" if is_known else typed)


def _used_lately(reader: Reader) -> Counter[int]:
    newest = select(_ct.tag_id).order_by(_ct.conversation_id.desc()).limit(LATELY)
    return Counter(reader.execute(newest).scalars())


def load_tag_choices(reader: Reader, viewer: Viewer, chosen: str = "") -> list[tuple[str, str]]:
    """(public id, name) of the tags that conversations of the viewer's teamspaces carry, and of the `chosen` one.

    Two teamspaces may have a tag of the same name: then the teamspace stands beside it.
    """
    is_carried = exists(select(_ct.tag_id).where(_ct.tag_id == _t.id))
    mine = _t.teamspace_id.in_(viewer.teamspace_ids or {-1}) & or_(is_carried, _t.public_id == chosen)
    rows = reader.execute(
        select(_t.public_id, _t.name, _s.name.label("teamspace"))
        .join(Teamspace.__table__, _s.id == _t.teamspace_id)
        .where(mine)
    ).all()
    known = Counter(fold(row.name) for row in rows)
    return [
        (row.public_id, f"{row.name} ({row.teamspace})" if known[fold(row.name)] > 1 else row.name)
        for row in sorted(rows, key=lambda row: (fold(row.name), row.teamspace))
    ]


def find_carriers(reader: Reader, public_id: str) -> Carriers:
    """The conversations that carry this tag, in the way that is short for a tag as common as it is: two SELECTs."""
    tag_id = reader.execute(select(_t.id).where(_t.public_id == public_id)).scalar()
    found = reader.execute(select(_ct.conversation_id).where(_ct.tag_id == tag_id).limit(FEW + 1)).scalars().all()
    if len(found) <= FEW:
        return Carriers(_c.id.in_(found), is_few=True)
    return Carriers(exists(select(_ct.tag_id).where(_ct.conversation_id == _c.id, _ct.tag_id == tag_id)), is_few=False)
