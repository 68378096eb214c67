"""Reading the record that a dry run replays: the last handoffs, who was there, and what filled their slots (A7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from dashboard.models import (
    Assignment,
    AvailabilityChange,
    Conversation,
    Handoff,
    Message,
    Person,
    QueueEntry,
    RoutingReceipt,
    User,
)
from dashboard.models.enums import AvailabilityRecord, ConversationKind, MessageKind, Method, Status
from dashboard.models.membership import Reader
from dashboard.queries.candidates import load_candidates, load_eligible
from dashboard.queries.recorded import Agent, Change, Episode, History, Hold, Segment, Stay, Turn

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_h = Handoff.__table__.c
_m = Message.__table__.c
_p = Person.__table__.c
_q = QueueEntry.__table__.c
_r = RoutingReceipt.__table__.c
_u = User.__table__.c
_v = AvailabilityChange.__table__.c

VISITOR = "Visitor"

FREES = (Status.RESOLVED, Status.CLOSED)
"""Statuses in which a conversation fills no slot (A2)."""


def has_handoffs(reader: Reader, teamspace_id: int) -> bool:
    """Whether there is anything to replay."""
    return bool(reader.execute(select(exists(_queued(teamspace_id)))).scalar())


def load_history(reader: Reader, teamspace_id: int, last: int, now: datetime) -> History:
    """The `last` handoffs of a teamspace that waited in its queue, with all that decided about them.

    At most eleven SELECTs, whatever `last`.
    """
    rows = list(reader.execute(_queued(teamspace_id).order_by(_h.requested_at.desc(), _h.id.desc()).limit(last)))[::-1]
    first_record = reader.execute(select(_v.at).order_by(_v.id).limit(1)).scalar()
    kept = [row for row in rows if first_record is not None and row.requested_at >= first_record]
    if not kept:
        return History(now=now, left_out=len(rows))
    since = kept[0].requested_at
    agents = load_candidates(reader, teamspace_id, now)
    episodes, earlier, beside = _load_episodes(reader, teamspace_id, kept, since)
    return History(
        now=now,
        agents=tuple(Agent(each.user_id, each.public_id, each.name, each.online_since) for each in agents),
        changes=_load_changes(reader, [each.user_id for each in agents], since),
        episodes=episodes, earlier=earlier, beside=beside,
        last_assigned=_load_last_assigned(reader, teamspace_id, since),
        turn=_load_turn(reader, teamspace_id, since),
        left_out=len(rows) - len(kept),
    )  # fmt: skip


def _load_episodes(
    reader: Reader, teamspace_id: int, rows: Sequence[Any], since: datetime
) -> tuple[tuple[Episode, ...], tuple[Episode, ...], tuple[Hold, ...]]:
    """These handoffs, older ones that still waited, and what else was held."""
    ids = [row.id for row in rows]
    stays, holds = _load_stays(reader, teamspace_id, ids, since), _load_holds(reader, teamspace_id, ids, since)
    parts = {each: _merge(waited, holds.pop(each, [])) for each, waited in stays.items()}
    episodes = tuple(
        Episode(row.id, row.public_id, row.person or VISITOR, row.requested_at, parts.pop(row.id)) for row in rows
    )
    earlier = tuple(Episode(each, "", "", segments[0].starts_at, segments) for each, segments in parts.items())
    return episodes, earlier, tuple(each for others in holds.values() for each in others)


def _queued(teamspace_id: int) -> Any:
    return (
        select(_h.id, _h.requested_at, _c.public_id, _p.name.label("person"))
        .join(Conversation.__table__, _c.id == _h.conversation_id)
        .join(Person.__table__, _p.id == _c.person_id)
        .where(_h.teamspace_id == teamspace_id, exists(select(_q.id).where(_q.handoff_id == _h.id)))
    )


def _merge(stays: list[Stay], holds: list[Hold]) -> tuple[Segment, ...]:
    """In order; a stay that ends in an assignment at once comes before it."""
    return tuple(sorted([*stays, *holds], key=lambda each: (each.starts_at, isinstance(each, Hold))))


def _load_stays(
    reader: Reader, teamspace_id: int, handoff_ids: Collection[int], since: datetime
) -> dict[int, list[Stay]]:
    """Stays by handoff: of these, and of others from `since` on."""
    is_wanted = or_(_q.handoff_id.in_(handoff_ids), _q.left_at.is_(None), _q.left_at > since)
    of_handoffs = (_q.teamspace_id == teamspace_id, _q.handoff_id.is_not(None))
    entries = reader.execute(select(QueueEntry.__table__).where(*of_handoffs, is_wanted).order_by(_q.id)).all()
    eligible = load_eligible(reader, [each.id for each in entries if not each.is_everyone])
    stays: dict[int, list[Stay]] = {}
    for row in entries:
        entered_at = max(row.entered_at, since)
        stay = Stay(row.id, row.queued_at, entered_at, row.left_at, eligible.get(row.id), row.excluded_user_id)
        stays.setdefault(row.handoff_id, []).append(stay)
    return stays


def _load_holds(
    reader: Reader, teamspace_id: int, handoff_ids: Collection[int], since: datetime
) -> defaultdict[int | None, list[Hold]]:
    """Assignments by handoff, in order: of these, and of others from `since` on; tickets stand under None."""
    has_changed = exists(select(_m.id).where(_m.conversation_id == _c.id, _m.created_at >= since))
    lasts = _a.until_at.is_(None) & (_c.status.not_in(FREES) | has_changed)  # a closed ticket keeps its Assignee
    picked = (_r.conversation_id == _a.conversation_id, _r.at == _a.from_at, _r.chosen_user_id == _a.user_id)
    was_routed = (exists(select(_r.id).where(*picked)) & (_a.from_at >= since)).label("was_routed")
    is_wanted = or_(_a.handoff_id.in_(handoff_ids), _a.until_at > since, lasts)
    columns = (_a.conversation_id, _a.handoff_id, _a.user_id, _u.name, _a.how, _a.from_at, _a.until_at, _c.kind)
    rows = reader.execute(
        select(*columns, was_routed)
        .join(Conversation.__table__, _c.id == _a.conversation_id)
        .join(User.__table__, _u.id == _a.user_id)
        .where(_c.teamspace_id == teamspace_id, is_wanted)
        .order_by(_a.from_at, _a.id)
    ).all()
    turns = _load_turns(reader, {row.conversation_id for row in rows})
    holds: defaultdict[int | None, list[Hold]] = defaultdict(list)
    for row in rows:
        holds[row.handoff_id].append(_as_hold(row, turns[row.conversation_id]))
    return holds


def _as_hold(row: Any, turns: list[tuple[datetime, bool]]) -> Hold:
    end = row.until_at
    within = tuple(each for each in turns if row.from_at < each[0] <= (end or each[0]))
    is_chat = row.kind is ConversationKind.CHAT
    return Hold(row.user_id, row.name, row.how, row.from_at, end, within, is_chat, bool(row.was_routed))


def _load_turns(reader: Reader, conversation_ids: Collection[int]) -> defaultdict[int, list[tuple[datetime, bool]]]:
    """When a conversation began to fill a slot or ceased to, while it stayed with whom it was: its timeline knows."""
    code = _m.data["code"].as_string()
    rows = reader.execute(
        select(_m.conversation_id, _m.created_at, code.label("code"), _m.data["status"].as_string().label("status"))
        .where(_m.conversation_id.in_(conversation_ids), _m.kind == MessageKind.ACTIVITY)
        .where(code.in_(("status", "reopened", "closed")))
        .order_by(_m.conversation_id, _m.seq)
    )
    turns: defaultdict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for row in rows:
        counts = row.code == "reopened" or (row.code == "status" and row.status not in FREES)
        turns[row.conversation_id].append((row.created_at, counts))
    return turns


def _load_changes(reader: Reader, user_ids: Collection[int], since: datetime) -> tuple[Change, ...]:
    """The record from `since` on, and the last word of each user before it."""
    is_presence = _v.state.in_((AvailabilityRecord.PRESENT, AvailabilityRecord.ABSENT))
    newest = select(func.max(_v.id)).where(_v.at < since).group_by(_v.user_id, case((is_presence, 1), else_=0))
    matters: ColumnElement[bool] = or_(_v.at >= since, _v.id.in_(newest))
    rows = reader.execute(select(AvailabilityChange.__table__).where(_v.user_id.in_(user_ids), matters))
    return tuple(Change(row.user_id, row.state, row.at) for row in sorted(rows, key=lambda row: (row.at, row.id)))


def _load_last_assigned(reader: Reader, teamspace_id: int, since: datetime) -> dict[int, datetime]:
    """Who was last assigned something when, before `since`: Balanced breaks its ties by it (A1)."""
    rows = reader.execute(
        select(_a.user_id, func.max(_a.from_at).label("at"))
        .join(Conversation.__table__, _c.id == _a.conversation_id)
        .where(_c.teamspace_id == teamspace_id, _a.from_at < since)
        .group_by(_a.user_id)
    )
    return {row.user_id: row.at for row in rows}


def _load_turn(reader: Reader, teamspace_id: int, since: datetime) -> Turn | None:
    """Whose turn Round robin had last before `since`, and since when they were online then: the receipt knows."""
    row = reader.execute(
        select(_r.chosen_user_id, _r.at, _r.data)
        .join(Conversation.__table__, _c.id == _r.conversation_id)
        .where(_c.teamspace_id == teamspace_id, _r.at < since)
        .where(_r.method == Method.ROUND_ROBIN, _r.chosen_user_id.is_not(None))
        .order_by(_r.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    told = {each["user_id"]: each.get("online_since") for each in row.data["candidates"]}.get(row.chosen_user_id)
    return Turn(row.chosen_user_id, datetime.fromisoformat(told) if told else row.at)
