"""What a person who waits in the queue is told: their place, an honest estimate, whether anybody is there (H7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any, TypedDict

from sqlalchemy import Row, and_, func, or_, select

from dashboard.models import Presence, QueueEligible, QueueEntry, User
from dashboard.models.clock import to_rfc3339, utcnow
from dashboard.models.enums import Availability
from dashboard.models.membership import Reader, live_agents_select, members_select

ESTIMATE_WINDOW = timedelta(hours=24)
ESTIMATE_ROWS = 100
"""How many of the latest stays are looked at: enough for a median, and cheap whatever the history."""
ESTIMATE_MINIMUM = 3
"""Fewer stays in the last 24 hours say nothing, so nothing is said."""

_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c
_u = User.__table__.c
_p = Presence.__table__.c


class QueueState(TypedDict):
    """`place` counts from 1; `usual_wait` is the median of the last 24 h in seconds, None when too little is known."""

    place: int
    since: str | None
    usual_wait: int | None
    is_anyone_online: bool


def queue_state(reader: Reader, conversation_id: int) -> QueueState | None:
    """None when the conversation does not wait."""
    entry = reader.execute(
        select(QueueEntry.__table__).where(_q.conversation_id == conversation_id, _q.left_at.is_(None))
    ).first()
    if entry is None:
        return None
    now = utcnow()
    return QueueState(
        place=_place(reader, entry),
        since=to_rfc3339(entry.queued_at),
        usual_wait=_usual_wait(reader, entry.teamspace_id, now),
        is_anyone_online=_is_anyone_online(reader, entry, now),
    )


def _place(reader: Reader, entry: Row[Any]) -> int:
    is_before = or_(_q.queued_at < entry.queued_at, and_(_q.queued_at == entry.queued_at, _q.id < entry.id))
    ahead = select(func.count()).where(_q.teamspace_id == entry.teamspace_id, _q.left_at.is_(None), is_before)
    return reader.execute(ahead).scalar_one() + 1


def _usual_wait(reader: Reader, teamspace_id: int, now: datetime) -> int | None:
    latest = (
        select(_q.teamspace_id, _q.queued_at, _q.left_at).order_by(_q.id.desc()).limit(ESTIMATE_ROWS).subquery("latest")
    )
    stays = reader.execute(
        select(latest.c.queued_at, latest.c.left_at).where(
            latest.c.teamspace_id == teamspace_id, latest.c.left_at > now - ESTIMATE_WINDOW
        )
    ).all()
    if len(stays) < ESTIMATE_MINIMUM:
        return None
    waits = [float((left_at - queued_at).total_seconds()) for queued_at, left_at in stays]
    return round(median(waits))


def _is_anyone_online(reader: Reader, entry: Row[Any], now: datetime) -> bool:
    present = select(_p.user_id).where(_p.lease_until > now)
    online = live_agents_select(entry.teamspace_id).where(_u.availability == Availability.ONLINE, _u.id.in_(present))
    if not entry.is_everyone:
        members = members_select().subquery("eligible_members")
        listed = select(_e.user_id).where(_e.queue_entry_id == entry.id, _e.user_id.is_not(None))
        teams = select(_e.team_id).where(_e.queue_entry_id == entry.id, _e.team_id.is_not(None))
        by_team = select(members.c.user_id).where(members.c.team_id.in_(teams))
        online = online.where(or_(_u.id.in_(listed), _u.id.in_(by_team)))
    return reader.execute(online.limit(1)).first() is not None
