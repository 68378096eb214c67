"""The live agents that Chat Assignment looks at, and why each could not be picked (A3, A6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select

from dashboard.models import (
    AgentLoad,
    Conversation,
    Handoff,
    Presence,
    QueueEligible,
    QueueEntry,
    Team,
    Teamspace,
    User,
)
from dashboard.models.enums import Availability, ConversationKind
from dashboard.models.membership import Reader, live_agents_select, members_select, permitted_select

_u = User.__table__.c
_c = Conversation.__table__.c
_p = Presence.__table__.c
_l = AgentLoad.__table__.c
_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c
_h = Handoff.__table__.c
_t = Team.__table__.c


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
    alias: str | None = None
    online_since: datetime | None = None

    @property
    def is_here(self) -> bool:
        """Eligible in the sense of P2: declared Online, and present."""
        return self.is_online and self.is_present

    @property
    def shown_name(self) -> str:
        """What persons know them by."""
        return self.alias or self.name

    def with_one_more(self, *, is_chat: bool, at: datetime) -> Candidate:
        """The same agent once a conversation was assigned to them."""
        if is_chat:
            return replace(self, open_chats=self.open_chats + 1, last_assigned_at=at)
        return replace(self, open_tickets=self.open_tickets + 1, last_assigned_at=at)

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
IS_PRESENT = exists(select(_p.connection_id).where(_p.user_id == _u.id, _p.lease_until > _NOW))
"""Whether the user of the row has a lease at the bound moment `now` (P2)."""
_CANDIDATES = (
    select(
        _u.id, _u.public_id, _u.name, _u.alias, _u.availability, _u.online_since, IS_PRESENT.label("is_present"),
        _l.open_chats, _l.open_tickets, _l.last_assigned_at, _l.user_id.label("load_of"),
        _u.id.in_(permitted_select("tickets.assigned")).label("manages_tickets"),
    )
    .outerjoin(AgentLoad.__table__, and_(_l.user_id == _u.id, _l.teamspace_id == _TEAMSPACE))
    .where(_u.id.in_(live_agents_select(_TEAMSPACE)))
    .order_by(_u.id)
)  # fmt: skip
_WAITING = (
    select(
        _q.id, _q.conversation_id, _q.is_everyone, _q.excluded_user_id, _q.queued_at, _q.entered_at, _c.kind,
        _t.name.label("team"), _h.targets,
    )
    .join(Conversation.__table__, _c.id == _q.conversation_id)
    .outerjoin(Handoff.__table__, _h.id == _q.handoff_id)
    .outerjoin(Team.__table__, _t.id == _c.team_id)
    .where(_q.left_at.is_(None))
    .order_by(_q.queued_at, _q.id)
)  # fmt: skip


def _waits(kind: ConversationKind) -> ColumnElement[bool]:
    waiting = select(_q.id).join(Conversation.__table__, _c.id == _q.conversation_id)
    return exists(waiting.where(_q.teamspace_id == _TEAMSPACE, _q.left_at.is_(None), _c.kind == kind))


_LIMIT = select(Teamspace.__table__.c.auto_limit).where(Teamspace.__table__.c.id == _TEAMSPACE).scalar_subquery()
_HAS_SLOT = func.coalesce(_l.open_chats, 0) < _LIMIT
_HAS_WORK = (
    select(_u.id)
    .outerjoin(AgentLoad.__table__, and_(_l.user_id == _u.id, _l.teamspace_id == _TEAMSPACE))
    .where(_u.availability == Availability.ONLINE, IS_PRESENT, _u.id.in_(live_agents_select(_TEAMSPACE)))
    .where(or_(and_(_HAS_SLOT, _waits(ConversationKind.CHAT)), _waits(ConversationKind.TICKET)))
    .limit(1)
)


def has_work(reader: Reader, teamspace_id: int, now: datetime) -> bool:
    """Whether anything waits, and a live agent is there with a slot for it: asked before the candidates are read.

    Who may have which is not asked: the queue of a full house costs nothing, that of a list nobody of which is there
    costs a look.
    """
    return reader.execute(_HAS_WORK, {"teamspace": teamspace_id, "now": now}).first() is not None


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
            alias=row.alias,
            online_since=row.online_since,
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
    queued_at: datetime | None = None
    entered_at: datetime | None = None
    team: str | None = None
    language: str | None = None

    @property
    def list_name(self) -> dict[str, str] | None:
        """Whose list the eligible set is: a team's, a language's (H5), or just some; None for everyone."""
        if self.is_everyone:
            return None
        if self.team:
            return {"team": self.team}
        return {"language": self.language} if self.language else {}


def load_waiting(reader: Reader, clause: ColumnElement[bool], limit: int | None = None) -> list[WaitingEntry]:
    """The waiting entries that match, in the queue's order (A4), the oldest `limit` of them."""
    rows = reader.execute(_WAITING.where(clause).limit(limit))
    return [
        WaitingEntry(
            id=row.id,
            conversation_id=row.conversation_id,
            is_everyone=row.is_everyone,
            excluded_user_id=row.excluded_user_id,
            is_chat=row.kind is ConversationKind.CHAT,
            queued_at=row.queued_at,
            entered_at=row.entered_at,
            team=row.team,
            language=(row.targets or {}).get("language"),
        )
        for row in rows
    ]


def load_eligible(reader: Reader, queue_entry_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The users of each entry's listed users and teams, in two SELECTs whatever their number."""
    if not queue_entry_ids:
        return {}
    listed = select(_e.queue_entry_id, _e.user_id, _e.team_id).where(_e.queue_entry_id.in_(queue_entry_ids))
    rows = reader.execute(listed).all()
    team_ids = {row.team_id for row in rows if row.team_id is not None}
    members: dict[int, set[int]] = {team_id: set() for team_id in team_ids}
    if team_ids:
        of_teams = members_select().subquery("m")
        for row in reader.execute(select(of_teams).where(of_teams.c.team_id.in_(team_ids))):
            members[row.team_id].add(row.user_id)
    found: dict[int, set[int]] = {entry_id: set() for entry_id in queue_entry_ids}
    for row in rows:
        found[row.queue_entry_id] |= {row.user_id} if row.team_id is None else members[row.team_id]
    return {entry_id: frozenset(users) for entry_id, users in found.items()}
