"""What the open sockets hang on: sign-ins and personal tokens that may have ended meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from dashboard.models import ApiToken, User, UserSession
from dashboard.models.membership import Reader

_s = UserSession.__table__.c
_t = ApiToken.__table__.c
_u = User.__table__.c


def find_live_sessions(reader: Reader, session_ids: Collection[int], now: datetime) -> set[int]:
    """Those of the sign-ins that still count: neither revoked nor expired, of an active user."""
    statement = select(_s.id).join(User.__table__, _u.id == _s.user_id)
    still = statement.where(_s.id.in_(session_ids), _s.revoked_at.is_(None), _s.expires_at > now, _u.is_active)
    return set(reader.execute(still).scalars())


def find_live_tokens(reader: Reader, hashes: Collection[str]) -> set[str]:
    """Those of the personal tokens, by their hashes, that still count."""
    statement = select(_t.token_hash).join(User.__table__, _u.id == _t.user_id)
    still = statement.where(_t.token_hash.in_(hashes), _t.revoked_at.is_(None), _u.is_active)
    return set(reader.execute(still).scalars())
