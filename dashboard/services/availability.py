"""What users declare, and whether they are there: both are recorded, and both wake the queue (SPEC 5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import Presence, User, UserSession
from dashboard.models.enums import Availability, AvailabilityRecord
from dashboard.models.errors import Invalid
from dashboard.services.absence import expire_leases, settle
from dashboard.services.presence import (
    GRACE,
    begin_turns,
    end_turns,
    is_present,
    lock_leases,
    lock_user,
    record,
    record_absent,
    route_for,
)
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

__all__ = [
    "GRACE",
    "Arrival",
    "connect",
    "connect_all",
    "declare",
    "disconnect",
    "end_presence",
    "expire_leases",
    "renew",
    "set_availability",
]

_u = User.__table__.c
_p = Presence.__table__.c
_session = UserSession.__table__.c


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
        declare(uow, user_id, wanted)
    return wanted


def declare(uow: UnitOfWork, user_id: int, wanted: Availability) -> None:
    """The same inside another verb."""
    lock_user(uow, user_id)
    changed = uow.conn.execute(
        update(User.__table__).where(_u.id == user_id, _u.availability != wanted).values(availability=wanted)
    )
    if not changed.rowcount:
        return
    record(uow, user_id, AvailabilityRecord(wanted.value))
    if wanted is Availability.AWAY:
        end_turns(uow, user_id)
    elif is_present(uow.conn, user_id, uow.now):
        begin_turns(uow, [user_id])
        route_for(uow, [user_id])


def connect(user_id: int, connection_id: str, process_id: str, session_id: int | None = None) -> None:
    """A live connection of the user begins: its lease makes them present."""
    connect_all(process_id, [Arrival(user_id, connection_id, session_id)])


def connect_all(process_id: str, arrivals: Collection[Arrival]) -> None:
    """Connections of a process begin, in one transaction: after a restart everybody comes at once."""
    with unit_of_work() as uow:
        for user_id in sorted({each.user_id for each in arrivals}):
            lock_user(uow, user_id)
        welcome = _leave_out_signed_out(uow, arrivals)
        if not welcome:
            return
        users = list(dict.fromkeys(each.user_id for each in welcome))
        new = [user_id for user_id in users if not is_present(uow.conn, user_id, uow.now)]
        _begin_leases(uow, process_id, welcome)
        for user_id in new:
            record(uow, user_id, AvailabilityRecord.PRESENT)
        begin_turns(uow, users)
        is_online = _u.id.in_(new) & (_u.availability == Availability.ONLINE)
        route_for(uow, uow.conn.execute(select(_u.id).where(is_online)).scalars().all())


def renew(process_id: str, connection_ids: Collection[str]) -> set[str]:
    """Keep the leases of the connections that this process still holds; answers those whose lease is over or gone."""
    if not connection_ids:
        return set()
    with unit_of_work() as uow:
        # Without left_at a renewal that waited for a sign-out would take its end, a moment ahead, for a running lease.
        is_running = _p.left_at.is_(None) & (_p.lease_until > uow.now)
        mine = lock_leases(uow, (_p.process_id == process_id) & _p.connection_id.in_(connection_ids) & is_running)
        still = update(Presence.__table__).where(_p.connection_id.in_(mine)).values(lease_until=uow.now + GRACE)
        uow.conn.execute(still)
        return set(connection_ids) - set(mine)


def disconnect(*connection_ids: str) -> None:
    """Connections are gone: their leases run out after the grace, unless others come.

    What is over already, as after signing out, does not come back to life.
    """
    with unit_of_work() as uow:
        is_gone = _p.connection_id.in_(connection_ids) & _p.left_at.is_(None) & (_p.lease_until > uow.now)
        gone = _p.connection_id.in_(lock_leases(uow, is_gone))
        ending = {"lease_until": uow.now + GRACE, "left_at": uow.now}
        uow.conn.execute(update(Presence.__table__).where(gone).values(ending))


def end_presence(uow: UnitOfWork, user_id: int, session_id: int | None) -> None:
    """Signing out ends the leases of that sign-in at once (P2); `session_id` None means all of the user's.

    What follows for their chats follows after the commit (P3), or by the sweep that finds the ended leases.
    """
    lock_user(uow, user_id)
    mine = _p.user_id == user_id
    if session_id is not None:
        mine = mine & (_p.session_id == session_id)
    # A lease that has just run out counts: the record would say present for ever.
    ended = lock_leases(uow, mine)
    over = {"lease_until": uow.now, "left_at": func.coalesce(_p.left_at, uow.now)}
    uow.conn.execute(update(Presence.__table__).where(_p.connection_id.in_(ended)).values(over))
    if ended and not is_present(uow.conn, user_id, uow.now):
        record_absent(uow, user_id)
        end_turns(uow, user_id)
    if ended:
        uow.after_commit(settle, user_id)


def _leave_out_signed_out(uow: UnitOfWork, arrivals: Collection[Arrival]) -> list[Arrival]:
    """A sign-in that was ended before its connection was written has no lease: its socket closes in a moment."""
    ids = {each.session_id for each in arrivals if each.session_id is not None}
    ended = select(_session.id).where(_session.id.in_(ids), _session.revoked_at.is_not(None))
    gone = set(uow.conn.execute(ended).scalars()) if ids else set()
    return [each for each in arrivals if each.session_id is None or each.session_id not in gone]


def _begin_leases(uow: UnitOfWork, process_id: str, arrivals: Collection[Arrival]) -> None:
    lease = {"process_id": process_id, "lease_until": uow.now + GRACE, "left_at": None}
    dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
    # One comes twice when a renewal missed it while it was about to be written, or when its lease has run out.
    statement = dialect.insert(Presence.__table__)
    again = statement.on_conflict_do_update(index_elements=[_p.connection_id], set_=lease)
    uow.conn.execute(again, [{**asdict(each), **lease} for each in arrivals])
