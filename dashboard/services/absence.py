"""The end of presence: leases that ran out, and what becomes of the chats of whoever dropped out (P2, P3; ADR 0013)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from dashboard.models import Presence, db
from dashboard.models.clock import utcnow
from dashboard.models.membership import Reader
from dashboard.services.presence import (
    end_turns,
    is_present,
    is_recorded_present,
    lock_leases,
    lock_user,
    record_absent,
)
from dashboard.services.returning import return_unanswered
from dashboard.services.unit_of_work import unit_of_work

_p = Presence.__table__.c


def expire_leases(*, spares_lost: bool = False) -> None:
    """End the leases that ran out: who is absent now is recorded, loses their turn, and their chats return (P3).

    With `spares_lost` a user whose last connection nobody saw ending, because the server that held it died, is
    absent and nothing more: they may be about to come back to a server that starts (ADR 0013). It reads first.
    """
    ended, lost = _find_ended(db.session, utcnow(), spares_lost=spares_lost)
    db.session.close()
    for user_id in ended:
        settle(user_id)
    for user_id in lost:
        with unit_of_work() as uow:
            lock_user(uow, user_id)
            if not is_present(uow.conn, user_id, uow.now):
                record_absent(uow, user_id)


def settle(user_id: int) -> None:
    """All that follows from the end of a user's leases; nothing follows for whoever still has one.

    The leases go last: a process that dies in the middle leaves the rest to the next sweep.
    """
    return_unanswered(user_id)
    with unit_of_work() as uow:
        lock_user(uow, user_id)
        # A connection may have come, or another process may have done this, while it waited.
        ended = lock_leases(uow, (_p.user_id == user_id) & (_p.lease_until <= uow.now))
        uow.conn.execute(delete(Presence.__table__).where(_p.connection_id.in_(ended)))
        if ended and not is_present(uow.conn, user_id, uow.now):
            record_absent(uow, user_id)
            end_turns(uow, user_id)


def _find_ended(reader: Reader, now: datetime, *, spares_lost: bool) -> tuple[list[int], list[int]]:
    """Whose leases are over for good, and who of the others is absent without the record saying so."""
    over = select(_p.user_id).where(_p.lease_until <= now)
    leases = select(_p.user_id, _p.lease_until, _p.left_at).where(_p.user_id.in_(over)).order_by(_p.lease_until)
    last = {row.user_id: row for row in reader.execute(leases)}
    lost = {key for key, row in last.items() if spares_lost and row.left_at is None and row.lease_until <= now}
    return sorted(last.keys() - lost), [each for each in sorted(lost) if is_recorded_present(reader, each)]
