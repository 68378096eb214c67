"""Chat Assignment of one teamspace as its settings page shows it, and whom a change of it would touch (SPEC 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from dashboard.models import Conversation, QueueEntry, Teamspace, Workspace
from dashboard.models.enums import ConversationKind, Method, Plan
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.permissions import effective_method
from dashboard.queries.candidates import Candidate, load_candidates

_c = Conversation.__table__.c
_q = QueueEntry.__table__.c
_s = Teamspace.__table__.c
_w = Workspace.__table__.c


@dataclass(frozen=True)
class Values:
    """What the page saves; `overdue_minutes` None is off."""

    method: Method
    auto_limit: int
    returns_when_absent: bool
    overdue_minutes: int | None
    autoclose_hours: int
    offers_transfers: bool = False

    @property
    def version(self) -> str:
        """Equal for equal values: a form says by it which ones it was drawn from."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Stored:
    """A teamspace's Chat Assignment; `method` is the one that runs on this plan (A1)."""

    id: int
    public_id: str
    name: str
    plan: Plan
    values: Values

    @property
    def method(self) -> Method:
        return effective_method(self.values.method, self.plan)

    def allows(self, method: Method) -> bool:
        """Whether `method` may be chosen on this plan (SPEC 13)."""
        return effective_method(method, self.plan) is method


@dataclass(frozen=True)
class Floor:
    """The live agents of the teamspace as of now, and how many chats wait for one."""

    candidates: tuple[Candidate, ...]
    waiting: int


def get_stored(reader: Reader, teamspace_ids: Collection[int], public_id: str, *, lock: bool = False) -> Stored:
    """Raises NotFound for what is not among the teamspaces that the viewer reaches, or is deleted."""
    row = None
    if is_public_id(public_id):
        statement = _select(teamspace_ids, public_id)
        # A key that others refer to is not touched.
        row = reader.execute(statement.with_for_update(of=Teamspace, key_share=True) if lock else statement).first()
    if row is None:
        raise NotFound
    values = Values(
        row.method,
        row.auto_limit,
        row.returns_when_absent,
        row.overdue_minutes,
        row.autoclose_hours,
        row.offers_transfers,
    )
    return Stored(row.id, row.public_id, row.name, row.plan, values)


def load_floor(reader: Reader, teamspace_id: int, now: datetime) -> Floor:
    waiting = (
        select(func.count())
        .select_from(QueueEntry.__table__.join(Conversation.__table__, _c.id == _q.conversation_id))
        .where(_q.teamspace_id == teamspace_id, _q.left_at.is_(None), _c.kind == ConversationKind.CHAT)
    )
    return Floor(tuple(load_candidates(reader, teamspace_id, now)), reader.execute(waiting).scalar_one())


def _select(teamspace_ids: Collection[int], public_id: str) -> Select[Any]:
    return (
        select(
            _s.id, _s.public_id, _s.name, _w.plan,
            _s.method, _s.auto_limit, _s.returns_when_absent, _s.overdue_minutes, _s.autoclose_hours,
            _s.offers_transfers,
        )
        .join(Workspace.__table__, _w.id == _s.workspace_id)
        .where(_s.public_id == public_id, _s.id.in_(teamspace_ids), _s.archived_at.is_(None))
    )  # fmt: skip
