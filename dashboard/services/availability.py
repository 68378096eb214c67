"""What users declare, and whether they are there: both are recorded, and both wake the queue (SPEC 5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import AvailabilityChange, Presence, User
from dashboard.models.enums import Availability, AvailabilityRecord
from dashboard.models.errors import Invalid
from dashboard.models.viewers import load_viewer
from dashboard.services import assignment, methods
from dashboard.services.events import AvailabilityChanged
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_u = User.__table__.c
_p = Presence.__table__.c

GRACE = timedelta(seconds=60)
"""How long a lease outlives its connection: a reload or a tunnel is not an absence (P2)."""


@dataclass(frozen=True)
class Arrival:
    """A connection of a user that begins; the sign-in ends it, if it hangs on one."""

    user_id: int
    connection_id: str
    session_id: int | None = None


def set_availability(user_id: int, state: object) -> Availability:
    """Declare Online or Away (P1); the same again changes nothing. Raises Invalid."""
    try:
        wanted = Availability(str(state))
    except ValueError:
        raise Invalid({"availability": "It is online or away."}) from None
    with unit_of_work() as uow:
        _lock_user(uow, user_id)
        changed = uow.conn.execute(
            update(User.__table__).where(_u.id == user_id, _u.availability != wanted).values(availability=wanted)
        )
        if changed.rowcount:
            _record(uow, user_id, AvailabilityRecord(wanted.value))
            if wanted is Availability.ONLINE:
                _route_for(uow, user_id)
    return wanted


def connect(user_id: int, connection_id: str, process_id: str, session_id: int | None = None) -> None:
    """A live connection of the user begins: its lease makes them present."""
    connect_all(process_id, [Arrival(user_id, connection_id, session_id)])


def connect_all(process_id: str, arrivals: Collection[Arrival]) -> None:
    """Connections of a process begin, in one transaction: after a restart everybody comes at once."""
    with unit_of_work() as uow:
        users = sorted({each.user_id for each in arrivals})
        for user_id in users:
            _lock_user(uow, user_id)
        new = [user_id for user_id in users if not _is_present(uow, user_id)]
        lease = {"process_id": process_id, "lease_until": uow.now + GRACE}
        dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
        # One that a renewal missed while it was about to be written comes twice.
        once = dialect.insert(Presence.__table__).on_conflict_do_nothing(index_elements=[_p.connection_id])
        uow.conn.execute(once, [{**asdict(each), **lease} for each in arrivals])
        for user_id in new:
            _record(uow, user_id, AvailabilityRecord.PRESENT)
            _route_for(uow, user_id)


def renew(process_id: str, connection_ids: Collection[str]) -> set[str]:
    """Keep the leases of the connections that this process still holds; answers those whose lease is gone."""
    if not connection_ids:
        return set()
    with unit_of_work() as uow:
        renewed = uow.conn.execute(
            update(Presence.__table__)
            .where(_p.process_id == process_id, _p.connection_id.in_(connection_ids))
            .values(lease_until=uow.now + GRACE)
            .returning(_p.connection_id)
        )
        return set(connection_ids) - set(renewed.scalars())


def disconnect(*connection_ids: str) -> None:
    """Connections are gone: their leases run out after the grace, unless others come."""
    with unit_of_work() as uow:
        gone = _p.connection_id.in_(connection_ids)
        uow.conn.execute(update(Presence.__table__).where(gone).values(lease_until=uow.now + GRACE))


def end_presence(uow: UnitOfWork, user_id: int, session_id: int | None) -> None:
    """Signing out ends the leases of that sign-in at once (P2); `session_id` None means all of the user's."""
    _lock_user(uow, user_id)
    mine = _p.user_id == user_id
    if session_id is not None:
        mine = mine & (_p.session_id == session_id)
    # A lease that has just run out counts: no sweep will find it any more, and the record would say present for ever.
    ended = uow.conn.execute(delete(Presence.__table__).where(mine))
    if ended.rowcount and not _is_present(uow, user_id):
        _record(uow, user_id, AvailabilityRecord.ABSENT)


def expire_leases() -> None:
    """Drop the leases that ran out, those of dead processes among them, and record who is absent now."""
    with unit_of_work() as uow:
        is_over = _p.lease_until <= uow.now
        for user_id in sorted(set(uow.conn.execute(select(_p.user_id).where(is_over)).scalars())):
            _lock_user(uow, user_id)
            # A connection may have come, or another process may have done this, while it waited.
            ended = uow.conn.execute(delete(Presence.__table__).where(_p.user_id == user_id, is_over))
            if ended.rowcount and not _is_present(uow, user_id):
                _record(uow, user_id, AvailabilityRecord.ABSENT)


def _lock_user(uow: UnitOfWork, user_id: int) -> None:
    """One change of a user's presence or availability at a time, so that the record has them in order."""
    uow.conn.execute(select(_u.id).where(_u.id == user_id).with_for_update(key_share=True))


def _is_present(uow: UnitOfWork, user_id: int) -> bool:
    lease = exists(select(_p.connection_id).where(_p.user_id == user_id, _p.lease_until > uow.now))
    return bool(uow.conn.execute(select(lease)).scalar())


def _record(uow: UnitOfWork, user_id: int, state: AvailabilityRecord) -> None:
    uow.conn.execute(insert(AvailabilityChange.__table__).values(user_id=user_id, state=state, at=uow.now))
    uow.emit(AvailabilityChanged(None, None, user_id))


def _route_for(uow: UnitOfWork, user_id: int) -> None:
    viewer = load_viewer(uow.conn, user_id)
    for teamspace_id in sorted(viewer.agent_teamspace_ids if viewer else ()):
        methods.ensure_load(uow.conn, teamspace_id, user_id)  # what routing locks is there before it is needed
        assignment.route_now_and_after(uow, teamspace_id)
