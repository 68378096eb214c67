"""Leases, the record of who was there, and since when somebody is online: steps of the verbs beside it (P2, A1, A7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, insert, select, update

from dashboard.models import AvailabilityChange, Presence, User
from dashboard.models.enums import Availability, AvailabilityRecord
from dashboard.models.membership import Reader, load_viewers
from dashboard.services import assignment, methods
from dashboard.services.events import AvailabilityChanged
from dashboard.services.unit_of_work import UnitOfWork

_u = User.__table__.c
_p = Presence.__table__.c
_a = AvailabilityChange.__table__.c

GRACE = timedelta(seconds=60)
"""How long a lease outlives its connection: a reload or a tunnel is not an absence (P2)."""


def lock_user(uow: UnitOfWork, user_id: int) -> None:
    """One change of a user's presence or availability at a time, so that the record has them in order."""
    uow.conn.execute(select(_u.id).where(_u.id == user_id).with_for_update(key_share=True))


def lock_leases(uow: UnitOfWork, clause: ColumnElement[bool]) -> list[str]:
    """The ids of these leases, locked in one order: renewing, leaving and signing out meet in the same rows."""
    leases = select(_p.connection_id).where(clause).order_by(_p.connection_id)
    return list(uow.conn.execute(leases.with_for_update()).scalars())


def is_present(reader: Reader, user_id: int, now: datetime) -> bool:
    lease = exists(select(_p.connection_id).where(_p.user_id == user_id, _p.lease_until > now))
    return bool(reader.execute(select(lease)).scalar())


def record(uow: UnitOfWork, user_id: int, state: AvailabilityRecord) -> None:
    uow.conn.execute(insert(AvailabilityChange.__table__).values(user_id=user_id, state=state, at=uow.now))
    uow.emit(AvailabilityChanged(None, None, user_id))


def record_absent(uow: UnitOfWork, user_id: int) -> None:
    """Unless the record says so already."""
    if is_recorded_present(uow.conn, user_id):
        record(uow, user_id, AvailabilityRecord.ABSENT)


def is_recorded_present(reader: Reader, user_id: int) -> bool:
    states = (AvailabilityRecord.PRESENT, AvailabilityRecord.ABSENT)
    last = select(_a.state).where(_a.user_id == user_id, _a.state.in_(states)).order_by(_a.id.desc()).limit(1)
    return reader.execute(last).scalar() is AvailabilityRecord.PRESENT


def begin_turns(uow: UnitOfWork, user_ids: Iterable[int]) -> None:
    """Whoever of them is Online now, and was not before, joins Round robin's ring, in this order (A1)."""
    for place, user_id in enumerate(user_ids):
        is_new = and_(_u.id == user_id, _u.availability == Availability.ONLINE, _u.online_since.is_(None))
        since = uow.now + timedelta(microseconds=place)  # who comes in one transaction still came one after the other
        uow.conn.execute(update(User.__table__).where(is_new).values(online_since=since))


def end_turns(uow: UnitOfWork, user_id: int) -> None:
    """They went Away, signed out or dropped out: their place in the ring is free (A1)."""
    uow.conn.execute(update(User.__table__).where(_u.id == user_id).values(online_since=None))


def route_for(uow: UnitOfWork, user_ids: Iterable[int]) -> None:
    """These users have just become eligible: serve the queues of their teamspaces, each once (A4)."""
    viewers = load_viewers(uow.conn, sorted(user_ids))
    agents = sorted((space, user_id) for user_id, each in viewers.items() for space in each.agent_teamspace_ids)
    for teamspace_id, user_id in agents:
        methods.ensure_load(uow.conn, teamspace_id, user_id)  # what routing locks is there before it is needed
    for teamspace_id in sorted({space for space, _ in agents}):
        assignment.route_now_and_after(uow, teamspace_id)
