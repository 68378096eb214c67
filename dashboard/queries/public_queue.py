"""What a person who waits in the queue is told: their place, an honest estimate, whether anybody is there (H7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import quantiles
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from dashboard.models import Conversation, Person, Presence, QueueEligible, QueueEntry, User
from dashboard.models.clock import to_rfc3339, utcnow
from dashboard.models.enums import Availability
from dashboard.models.membership import Reader, live_agents_select, members_select
from dashboard.queries.stays import load_waits

ESTIMATE_MINIMUM = 5
"""Fewer waits in the last 24 hours say nothing, so nothing is said."""

_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c
_u = User.__table__.c
_p = Presence.__table__.c
_c = Conversation.__table__.c
_person = Person.__table__.c


class UsualWait(TypedDict):
    """Seconds: a quarter of those who waited was joined sooner than `low`, a quarter later than `high`."""

    low: int
    high: int


class QueueState(TypedDict):
    """`place` counts from 1; `usual_wait` is None when too little is known; `email` is what they left."""

    place: int
    since: str | None
    usual_wait: UsualWait | None
    is_anyone_online: bool
    email: str | None


def queue_state(reader: Reader, conversation_id: int) -> QueueState | None:
    """None when the conversation does not wait."""
    entry = reader.execute(_entries().where(_q.conversation_id == conversation_id)).first()
    if entry is None:
        return None
    [state] = _states(reader, entry.teamspace_id, [(_place(reader, entry), entry)], utcnow())
    return state


def queue_states(reader: Reader, teamspace_id: int) -> dict[int, QueueState]:
    """Everybody who waits in a teamspace, by conversation and in the queue's order: four SELECTs at most."""
    entries = reader.execute(_entries().where(_q.teamspace_id == teamspace_id).order_by(_q.queued_at, _q.id)).all()
    if not entries:
        return {}
    states = _states(reader, teamspace_id, list(enumerate(entries, start=1)), utcnow())
    return {entry.conversation_id: state for entry, state in zip(entries, states, strict=True)}


def _entries() -> Select[Any]:
    return (
        select(
            _q.id, _q.conversation_id, _q.teamspace_id, _q.queued_at, _q.is_everyone, _q.excluded_user_id,
            _person.email,
        )
        .join(Conversation.__table__, _c.id == _q.conversation_id)
        .join(Person.__table__, _person.id == _c.person_id)
        .where(_q.left_at.is_(None))
    )  # fmt: skip


def _place(reader: Reader, entry: Row[Any]) -> int:
    is_before = or_(_q.queued_at < entry.queued_at, and_(_q.queued_at == entry.queued_at, _q.id < entry.id))
    ahead = select(func.count()).where(_q.teamspace_id == entry.teamspace_id, _q.left_at.is_(None), is_before)
    return reader.execute(ahead).scalar_one() + 1


def _states(
    reader: Reader, teamspace_id: int, placed: Sequence[tuple[int, Row[Any]]], now: datetime
) -> list[QueueState]:
    usual = usual_wait(load_waits(reader, [teamspace_id], now).get(teamspace_id, []))
    served = _served(reader, teamspace_id, [entry for _, entry in placed], now)
    return [
        QueueState(
            place=place,
            since=to_rfc3339(entry.queued_at),
            usual_wait=usual,
            is_anyone_online=entry.id in served,
            email=entry.email,
        )
        for place, entry in placed
    ]


def usual_wait(waits: Sequence[float]) -> UsualWait | None:
    """The middle half of what others waited; None when they were too few."""
    if len(waits) < ESTIMATE_MINIMUM:
        return None
    low, _, high = quantiles(waits, n=4, method="inclusive")
    return UsualWait(low=round(low), high=round(high))


def _served(reader: Reader, teamspace_id: int, entries: Sequence[Row[Any]], now: datetime) -> frozenset[int]:
    """The entries for which somebody eligible is there; who has just given one away is not waited for."""
    present = select(_p.user_id).where(_p.lease_until > now)
    is_there = and_(_u.availability == Availability.ONLINE, _u.id.in_(present))
    online = list(reader.execute(live_agents_select(teamspace_id).where(is_there)).scalars())
    if not online:
        return frozenset()
    served = frozenset(each.id for each in entries if each.is_everyone and {*online} - {each.excluded_user_id})
    if all(entry.is_everyone for entry in entries):
        return served
    one = entries[0].id if len(entries) == 1 else None
    which = _q.id == one if one else and_(_q.teamspace_id == teamspace_id, _q.left_at.is_(None))
    return served | frozenset(_listing(reader, which, online))


def _listing(reader: Reader, which: ColumnElement[bool], online: Sequence[int]) -> list[int]:
    """The entries whose set names one of those users, or a team of theirs."""
    members = members_select().subquery("eligible_members")
    who = func.coalesce(_e.user_id, members.c.user_id)
    named = and_(who.in_(online), _q.excluded_user_id.is_distinct_from(who))
    found = (
        select(_e.queue_entry_id)
        .join(QueueEntry.__table__, _q.id == _e.queue_entry_id)
        .outerjoin(members, members.c.team_id == _e.team_id)
        .where(which, named)
        .distinct()
    )
    return list(reader.execute(found).scalars())
