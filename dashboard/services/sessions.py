"""Signing in and out: sessions that the server can end at any time, and limits on guessing.

`current_user` is a `SignedIn`; what they may see and do is its `viewer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from dashboard.models import SignInAttempt, User, UserSession, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import Availability
from dashboard.models.errors import Invalid, TooManyRequests
from dashboard.models.ids import new_public_id
from dashboard.models.membership import Reader
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Viewer
from dashboard.services.availability import end_presence
from dashboard.services.events import SessionRevoked
from dashboard.services.secrets import clean_password, digest, hash_password, needs_rehash, new_token, verify_password
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 10
"""How many times the limit of one e-mail an address may fail: several people can share one."""
SEEN_EVERY = timedelta(minutes=1)
WRONG = "The e-mail or the password is wrong."

_session = UserSession.__table__
_attempt = SignInAttempt.__table__
_user = User.__table__


@dataclass(frozen=True)
class SignedIn:
    """Who makes the request; what Flask-Login asks of a user."""

    token: str = field(repr=False)
    session_id: int
    session_public_id: str
    availability: Availability
    viewer: Viewer

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def user_id(self) -> int:
        return self.viewer.user_id

    def get_id(self) -> str:
        return self.token


def sign_in(email: str, password: str, address: str, user_agent: str, *, limit: int = 10, days: int = 14) -> str:
    """Start a session and answer its raw token.

    `limit` is the number of failures per e-mail in a quarter of an hour, `days` how long the session lasts unused.
    Raises Invalid when it is not them, TooManyRequests when too many tries failed, right password or not.
    """
    email = clean_line(email, "email", limit=254).lower()
    password = clean_password(password)
    limits = {_key("email", email): limit, _key("address", address): limit * PER_ADDRESS}
    _refuse_guessing(db.session, limits, utcnow())
    found = db.session.execute(
        select(_user.c.id, _user.c.password_hash).where(_user.c.email == email, _user.c.is_active)
    )
    user_id, stored = found.one_or_none() or (None, None)
    db.session.close()  # the hash takes long: no connection is held meanwhile
    is_right = verify_password(stored, password)
    renewed = hash_password(password) if is_right and stored and needs_rehash(stored) else None
    raw = new_token()
    with unit_of_work() as uow:
        _refuse_guessing(uow.conn, limits, uow.now)  # others may have failed while this one was checked
        if is_right and user_id:
            _start(uow, user_id, raw, address, user_agent, days)
            _forget_failures(uow, next(iter(limits)), user_id, renewed)
        else:
            uow.conn.execute(insert(_attempt), [{"key": key, "at": uow.now} for key in limits])
    if not is_right:
        raise Invalid({"form": WRONG})
    return raw


def find_user(raw: str, *, days: int = 14) -> SignedIn | None:
    """Who this token signs in, or None when it is unknown, revoked, expired or its user deactivated."""
    now = utcnow()
    row = db.session.execute(
        select(_session.c.id, _session.c.public_id, _session.c.last_seen_at, _session.c.user_id, _user.c.availability)
        .join(_user, _user.c.id == _session.c.user_id)
        .where(_session.c.token_hash == digest(raw), _session.c.revoked_at.is_(None), _session.c.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    if row.last_seen_at < now - SEEN_EVERY:
        _note_seen(row.id, days)
    viewer = load_viewer(db.session, row.user_id)
    return SignedIn(raw, row.id, row.public_id, row.availability, viewer) if viewer else None


def sign_out(raw: str) -> None:
    """End the session of this token; its sockets close within moments."""
    _revoke(_session.c.token_hash == digest(raw))


def revoke_session(user_id: int, session_public_id: str) -> None:
    """End one of a user's own sessions."""
    _revoke(_session.c.user_id == user_id, _session.c.public_id == session_public_id)


def revoke_all(user_id: int) -> None:
    """End all sessions of a user, as after a change of password."""
    _revoke(_session.c.user_id == user_id)


def is_live(reader: Reader, session_id: int) -> bool:
    """Whether the session still counts."""
    row = select(_session.c.id).where(
        _session.c.id == session_id, _session.c.revoked_at.is_(None), _session.c.expires_at > utcnow()
    )
    return reader.execute(row).scalar() is not None


def tidy_sessions(uow: UnitOfWork) -> int:
    """Delete sessions that ended a month ago and forgotten failures; answers how many rows went."""
    long_ago = uow.now - timedelta(days=30)
    ended = _session.c.revoked_at < long_ago, _session.c.expires_at < long_ago
    gone = sum(uow.conn.execute(delete(_session).where(clause)).rowcount for clause in ended)
    return int(gone + uow.conn.execute(delete(_attempt).where(_attempt.c.at < uow.now - WINDOW)).rowcount)


def _refuse_guessing(reader: Reader, limits: dict[str, int], now: datetime) -> None:
    since = now - WINDOW
    counted = select(_attempt.c.key, func.count(), func.min(_attempt.c.at))
    rows = reader.execute(counted.where(_attempt.c.key.in_(limits), _attempt.c.at > since).group_by(_attempt.c.key))
    waits = [oldest + WINDOW - now for key, count, oldest in rows if count >= limits[key]]
    if waits:
        raise TooManyRequests(max(1, int(max(waits).total_seconds()) + 1))


def _start(uow: UnitOfWork, user_id: int, raw: str, address: str, user_agent: str, days: int) -> None:
    row = {
        "public_id": new_public_id(),
        "token_hash": digest(raw),
        "user_id": user_id,
        "address": address[:64],
        "user_agent": user_agent[:255],
        "created_at": uow.now,
        "last_seen_at": uow.now,
        "last_input_at": uow.now,
        "expires_at": uow.now + timedelta(days=days),
    }
    uow.conn.execute(insert(_session).values(row))


def _forget_failures(uow: UnitOfWork, email_key: str, user_id: int, renewed: str | None) -> None:
    uow.conn.execute(delete(_attempt).where(_attempt.c.key == email_key))
    if renewed:
        uow.conn.execute(update(_user).where(_user.c.id == user_id).values(password_hash=renewed))


def _note_seen(session_id: int, days: int) -> None:
    with unit_of_work() as uow:
        seen = {"last_seen_at": uow.now, "expires_at": uow.now + timedelta(days=days)}
        uow.conn.execute(update(_session).where(_session.c.id == session_id).values(seen))


def _revoke(*clauses: object) -> None:
    with unit_of_work() as uow:
        for session_id, user_id in _live_sessions(uow.conn, *clauses):
            uow.conn.execute(update(_session).where(_session.c.id == session_id).values(revoked_at=uow.now))
            end_presence(uow, user_id, session_id)
            uow.emit(SessionRevoked(None, None, user_id=user_id, session_id=session_id))


def _live_sessions(conn: Connection, *clauses: object) -> list[tuple[int, int]]:
    rows = select(_session.c.id, _session.c.user_id).where(_session.c.revoked_at.is_(None), *clauses)  # type: ignore[arg-type]
    return [(session_id, user_id) for session_id, user_id in conn.execute(rows)]


def _key(kind: str, value: str) -> str:
    return digest(f"{kind}:{value}")
