"""Where a user is signed in, as their account shows it (N10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard.models import UserSession
from dashboard.models.membership import Reader

_s = UserSession.__table__.c


@dataclass(frozen=True)
class SignIn:
    """A browser that is signed in; `user_agent` is what it calls itself."""

    public_id: str
    address: str | None
    user_agent: str | None
    created_at: datetime
    last_seen_at: datetime
    is_here: bool


def load_sign_ins(reader: Reader, user_id: int, here: int, now: datetime) -> list[SignIn]:
    """Those that count: the one that asks first, then who was seen last."""
    statement = (
        select(_s.id, _s.public_id, _s.address, _s.user_agent, _s.created_at, _s.last_seen_at)
        .where(_s.user_id == user_id, _s.revoked_at.is_(None), _s.expires_at > now)
        .order_by(_s.last_seen_at.desc(), _s.id.desc())
    )
    found = [SignIn(*row[1:], is_here=row.id == here) for row in reader.execute(statement)]
    return sorted(found, key=lambda each: not each.is_here)
