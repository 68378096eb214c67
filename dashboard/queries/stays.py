"""How long people lately waited in a teamspace's queue until somebody joined them: what estimates rest on (H7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, select

from dashboard.models import Assignment, QueueEntry
from dashboard.models.membership import Reader

WINDOW = timedelta(hours=24)
LATEST = 500
"""How many of the latest stays are looked at: cheap whatever the history."""
NO_WAIT = timedelta(seconds=2)
"""Who was joined within it had not to wait; it says nothing to those who have to."""

_q = QueueEntry.__table__.c
_a = Assignment.__table__.c


def load_waits(reader: Reader, teamspace_ids: Collection[int], now: datetime) -> dict[int, list[float]]:
    """Seconds of each wait that ended in the last 24 h because somebody joined, by teamspace, in one SELECT.

    What was closed, handed back or put into the queue a second time does not count, and tickets do not.
    """
    latest = select(QueueEntry.__table__).order_by(_q.id.desc()).limit(LATEST).subquery("latest").c
    joined = and_(_a.conversation_id == latest.conversation_id, _a.from_at == latest.left_at)
    rows = reader.execute(
        select(latest.teamspace_id, latest.entered_at, latest.left_at)
        .join(Assignment.__table__, joined)
        .where(
            latest.teamspace_id.in_(teamspace_ids),
            latest.left_at > now - WINDOW,
            latest.handoff_id.is_not(None),
            latest.queued_at == latest.entered_at,  # the first stay of its handoff: a return is served before others
        )
    )
    waits: dict[int, list[float]] = {}
    for row in rows:
        wait = row.left_at - row.entered_at
        if wait >= NO_WAIT:
            waits.setdefault(row.teamspace_id, []).append(wait.total_seconds())
    return waits
