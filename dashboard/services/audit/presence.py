"""What users declare, whether they are there and since when, against the record that a dry run replays (P1, P2, A7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from dashboard.models import AvailabilityChange, Presence, User
from dashboard.models.clock import utcnow
from dashboard.models.enums import Availability, AvailabilityRecord

_u = User.__table__.c
_p = Presence.__table__.c
_v = AvailabilityChange.__table__.c

DECLARED = (AvailabilityRecord.ONLINE, AvailabilityRecord.AWAY)
SEEN = (AvailabilityRecord.PRESENT, AvailabilityRecord.ABSENT)


def declared(conn: Connection) -> Iterator[str]:
    """P1: what a user declares is what they declared last; at first they are Away."""
    last = {row.user_id: row.state.value for row in conn.execute(_last_of(DECLARED))}
    for row in conn.execute(select(_u.id, _u.availability)):
        recorded = last.get(row.id, Availability.AWAY.value)
        if row.availability.value != recorded:
            yield f"Presence: user {row.id} is {row.availability}; the record says {recorded}."


def leases(conn: Connection) -> Iterator[str]:
    """P2: whoever has a lease that runs was recorded as present, and whoever has none at all as absent."""
    last = {row.user_id: row.state for row in conn.execute(_last_of(SEEN))}
    runs, until = utcnow(), func.max(_p.lease_until).label("until")
    rows = conn.execute(select(_u.id, until).outerjoin(Presence.__table__, _p.user_id == _u.id).group_by(_u.id))
    for row in rows:
        was_seen = last.get(row.id) is AvailabilityRecord.PRESENT
        if row.until is None and was_seen:
            yield f"Presence: user {row.id} has no connection; the record says they are present."
        elif row.until is not None and row.until > runs and not was_seen:
            yield f"Presence: user {row.id} has a connection; the record says they are absent."


def order_of_coming(conn: Connection) -> Iterator[str]:
    """A1: who is Online and present knows since when, and who is Away or gone has no place in the order."""
    runs = exists().where(_p.user_id == _u.id, _p.lease_until > utcnow())
    is_online = _u.availability == Availability.ONLINE
    broken = or_(
        and_(_u.online_since.is_not(None), or_(~is_online, ~_u.is_active)),
        and_(_u.online_since.is_(None), is_online, _u.is_active, runs),
    )
    for row in conn.execute(select(_u.id, _u.availability, _u.online_since).where(broken)):
        yield f"Order: user {row.id} is {row.availability} and came online at {row.online_since}."


def _last_of(states: Sequence[AvailabilityRecord]) -> Select[tuple[int, AvailabilityRecord]]:
    newest = select(func.max(_v.id)).where(_v.state.in_(states)).group_by(_v.user_id)
    return select(_v.user_id, _v.state).where(_v.id.in_(newest))
