"""What a merge of two records of a person would do, as it is shown before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, func, select

from dashboard.models import Channel, Conversation, Person, PersonNote, User
from dashboard.models.enums import ConversationKind, Handler
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.people import name_of
from dashboard.queries.teams import version_of

_c = Conversation.__table__.c
_ch = Channel.__table__.c
_n = PersonNote.__table__.c
_p = Person.__table__.c
_u = User.__table__.c


@dataclass(frozen=True)
class LiveChat:
    """A chat that is not over; `assignee` is who would lose it if it ends."""

    id: int
    person_id: int
    last_text: str | None
    last_activity_at: datetime
    handler: Handler
    assignee: str | None


@dataclass(frozen=True)
class Doubled:
    """Both have a live chat on this channel: the one with the newest activity stays."""

    channel: str
    stays: LiveChat
    ends: LiveChat


@dataclass(frozen=True)
class Preview:
    """Of two records as they are now. `version` names all that is shown, so that nothing else is done."""

    kept: Row[Any]
    other: Row[Any]
    conversations: int
    notes: int
    doubled: tuple[Doubled, ...]

    @property
    def kept_name(self) -> str:
        return name_of(self.kept.name, self.kept.public_id)

    @property
    def other_name(self) -> str:
        return name_of(self.other.name, self.other.public_id)

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """(what, its value afterwards, the value that is dropped for it)."""
        mine, theirs = self.kept.details or {}, self.other.details or {}
        rows = [("Name", self.kept.name, self.other.name), ("E-mail", self.kept.email, self.other.email)]
        rows += [(name, mine.get(name), theirs.get(name)) for name in {**mine, **theirs}]
        return [(what, a or b or "", b if a and b and a != b else "") for what, a, b in rows]

    @property
    def is_banned(self) -> bool:
        return bool(self.kept.is_banned or self.other.is_banned)

    @property
    def version(self) -> str:
        rows = [(row.name, row.email, row.details, row.is_banned) for row in (self.kept, self.other)]
        ends = [(each.ends.id, each.stays.id, each.ends.assignee) for each in self.doubled]
        return version_of(self.kept.id, self.other.id, rows, self.conversations, self.notes, ends)


def load_preview(reader: Reader, kept_id: int, other_id: int) -> Preview:
    """Four SELECTs; both records exist."""
    rows = {row.id: row for row in reader.execute(select(Person.__table__).where(_p.id.in_((kept_id, other_id))))}
    counts = (select(func.count()).where(column == other_id) for column in (_c.person_id, _n.person_id))
    conversations, notes = (int(reader.execute(each).scalar_one()) for each in counts)
    doubled = tuple(_doubled(reader, kept_id, other_id))
    return Preview(rows[kept_id], rows[other_id], conversations, notes, doubled)


def find_seen(reader: Reader, viewer: Viewer, preview: Preview) -> frozenset[int]:
    """Keys of the doubled chats that the viewer may see: who manages people need not see what they say (M2)."""
    ids = {chat.id for each in preview.doubled for chat in (each.stays, each.ends)}
    seen = select(_c.id).where(_c.id.in_(ids), visible_clause(viewer))
    return frozenset(reader.execute(seen).scalars()) if ids else frozenset()


def _doubled(reader: Reader, kept_id: int, other_id: int) -> list[Doubled]:
    is_live = (_c.kind == ConversationKind.CHAT) & (_c.handler != Handler.EXTERNAL)
    rows = reader.execute(
        select(
            _c.id, _c.person_id, _c.last_text, _c.last_activity_at, _c.handler, _u.name.label("assignee"),
            _c.channel_id, _ch.name.label("channel"),
        )
        .join(Channel.__table__, _ch.id == _c.channel_id)
        .outerjoin(User.__table__, _u.id == _c.assignee_id)
        .where(_c.person_id.in_((kept_id, other_id)), is_live)
        .order_by(_c.channel_id, _c.last_activity_at.desc(), _c.id.desc())
    ).all()  # fmt: skip
    chats = [(row.channel_id, row.channel, LiveChat(*row[:6])) for row in rows]
    return [Doubled(name, stays, ends) for (one, name, stays), (two, _, ends) in pairwise(chats) if one == two]
