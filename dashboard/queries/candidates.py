"""The live agents that Chat Assignment looks at, and why each could not be picked (A3, A6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from dashboard.models import AgentLoad, Conversation, Presence, QueueEligible, QueueEntry, User
from dashboard.models.enums import Availability, ConversationKind
from dashboard.models.membership import Reader, live_agents_select, members_select, permitted_select

_u = User.__table__.c
_c = Conversation.__table__.c
_p = Presence.__table__.c
_l = AgentLoad.__table__.c
_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c


@dataclass(frozen=True)
class Candidate:
    """A live agent of the teamspace at one moment; `open_chats` is what counts against the limit."""

    user_id: int
    public_id: str
    name: str
    is_online: bool
    is_present: bool
    open_chats: int
    open_tickets: int
    last_assigned_at: datetime | None
    has_load: bool = True
    manages_tickets: bool = True

    def obstacle(self, *, limit: int, is_eligible: bool, is_excluded: bool, is_chat: bool = True) -> str | None:
        """Why they are not picked, as a code of the receipt; None when they may be."""
        if not is_eligible:
            return "not_eligible"
        if not is_chat and not self.manages_tickets:
            return "no_tickets"
        if is_excluded:
            return "transferred_it"
        if not self.is_online:
            return "away"
        if not self.is_present:
            return "absent"
        return "at_limit" if is_chat and self.open_chats >= limit else None


_TEAMSPACE = bindparam("teamspace", type_=_q.teamspace_id.type)
_NOW = bindparam("now", type_=_p.lease_until.type)
_IS_PRESENT = exists(select(_p.connection_id).where(_p.user_id == _u.id, _p.lease_until > _NOW))
_CANDIDATES = (
    select(
        _u.id, _u.public_id, _u.name, _u.availability, _IS_PRESENT.label("is_present"),
        _l.open_chats, _l.open_tickets, _l.last_assigned_at, _l.user_id.label("load_of"),
        _u.id.in_(permitted_select("tickets.assigned")).label("manages_tickets"),
    )
    .outerjoin(AgentLoad.__table__, and_(_l.user_id == _u.id, _l.teamspace_id == _TEAMSPACE))
    .where(_u.id.in_(live_agents_select(_TEAMSPACE)))
    .order_by(_u.id)
)  # fmt: skip
_HAS_WORK = select(
    exists(select(_q.id).where(_q.teamspace_id == _TEAMSPACE, _q.left_at.is_(None)))
    & exists(select(_u.id).where(_u.availability == Availability.ONLINE, _IS_PRESENT.correlate(User.__table__)))
)


def has_work(reader: Reader, teamspace_id: int, now: datetime) -> bool:
    """Whether anything waits, and anybody at all could take it: asked before the candidates are read."""
    return bool(reader.execute(_HAS_WORK, {"teamspace": teamspace_id, "now": now}).scalar())


def load_candidates(reader: Reader, teamspace_id: int, now: datetime) -> list[Candidate]:
    """Every live agent of the teamspace, in one SELECT."""
    rows = reader.execute(_CANDIDATES, {"teamspace": teamspace_id, "now": now})
    return [
        Candidate(
            user_id=row.id,
            public_id=row.public_id,
            name=row.name,
            is_online=row.availability is Availability.ONLINE,
            is_present=bool(row.is_present),
            open_chats=row.open_chats or 0,
            open_tickets=row.open_tickets or 0,
            last_assigned_at=row.last_assigned_at,
            has_load=row.load_of is not None,
            manages_tickets=bool(row.manages_tickets),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class WaitingEntry:
    """One stay in the queue that has not ended."""

    id: int
    conversation_id: int
    is_everyone: bool
    excluded_user_id: int | None
    is_chat: bool


def load_waiting(reader: Reader, clause: ColumnElement[bool]) -> list[WaitingEntry]:
    """The waiting entries that match, in the queue's order (A4)."""
    rows = reader.execute(
        select(_q.id, _q.conversation_id, _q.is_everyone, _q.excluded_user_id, _c.kind)
        .join(Conversation.__table__, _c.id == _q.conversation_id)
        .where(_q.left_at.is_(None), clause)
        .order_by(_q.queued_at, _q.id)
    )
    return [
        WaitingEntry(
            row.id, row.conversation_id, row.is_everyone, row.excluded_user_id, row.kind is ConversationKind.CHAT
        )
        for row in rows
    ]


def eligible_user_ids(reader: Reader, queue_entry_id: int) -> frozenset[int] | None:
    """The users of an entry's eligible set, teams spelled out; None means everyone."""
    if reader.execute(select(_q.is_everyone).where(_q.id == queue_entry_id)).scalar_one():
        return None
    members = members_select().subquery("m")
    rows = reader.execute(
        select(_u.id).where(
            or_(
                _u.id.in_(select(_e.user_id).where(_e.queue_entry_id == queue_entry_id, _e.user_id.is_not(None))),
                _u.id.in_(
                    select(members.c.user_id)
                    .join(QueueEligible.__table__, _e.team_id == members.c.team_id)
                    .where(_e.queue_entry_id == queue_entry_id)
                ),
            )
        )
    )
    return frozenset(rows.scalars())
