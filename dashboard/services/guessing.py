"""Guessing that is slowed down: failures are counted in the database, so that every process sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from dashboard.models import SignInAttempt
from dashboard.models.errors import TooManyRequests
from dashboard.models.membership import Reader
from dashboard.services.secrets import digest
from dashboard.services.unit_of_work import UnitOfWork

WINDOW = timedelta(minutes=15)

_attempt = SignInAttempt.__table__


def key_of(kind: str, value: str) -> str:
    """Under what failures are counted: an e-mail, an address, an account."""
    return digest(f"{kind}:{value}")


def refuse_guessing(reader: Reader, limits: Mapping[str, int], now: datetime) -> None:
    """Raise TooManyRequests when a key has failed as often as its limit in a quarter of an hour."""
    counted = select(_attempt.c.key, func.count(), func.min(_attempt.c.at))
    is_recent = _attempt.c.at > now - WINDOW
    rows = reader.execute(counted.where(_attempt.c.key.in_(limits), is_recent).group_by(_attempt.c.key))
    waits = [oldest + WINDOW - now for key, count, oldest in rows if count >= limits[key]]
    if waits:
        raise TooManyRequests(max(1, int(max(waits).total_seconds()) + 1))


def note_failure(uow: UnitOfWork, keys: Collection[str]) -> None:
    """One more for each of the keys."""
    uow.conn.execute(insert(_attempt), [{"key": key, "at": uow.now} for key in keys])


def forget_failures(uow: UnitOfWork, key: str) -> None:
    """Who got it right begins anew."""
    uow.conn.execute(delete(_attempt).where(_attempt.c.key == key))


def tidy_failures(uow: UnitOfWork) -> int:
    """Delete what no longer counts; answers how many rows went."""
    return int(uow.conn.execute(delete(_attempt).where(_attempt.c.at < uow.now - WINDOW)).rowcount)
