"""Signing in and out: sessions that the server can end at any time, and limits on guessing.

`current_user` is a `SignedIn`; what they may see and do is its `viewer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from dashboard.models import User, UserSession, Workspace, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import Availability
from dashboard.models.errors import Invalid
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.membership import Reader
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Viewer
from dashboard.services.availability import end_presence
from dashboard.services.events import SessionRevoked
from dashboard.services.guessing import forget_failures, key_of, note_failure, refuse_guessing, tidy_failures
from dashboard.services.secrets import clean_password, digest, hash_password, needs_rehash, new_token, verify_password
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

PER_ADDRESS = 10
"""How many times the limit of one e-mail an address may fail: several people can share one."""
SEEN_EVERY = timedelta(minutes=1)
WRONG = "The e-mail or the password is wrong."

_session = UserSession.__table__
_user = User.__table__
_workspace = Workspace.__table__


@dataclass(frozen=True)
class SignedIn:
    """Who makes the request; what Flask-Login asks of a user."""

    token: str = field(repr=False)
    session_id: int
    session_public_id: str
    availability: Availability
    viewer: Viewer
    input_age: float = 0.0
    """Seconds since they last touched a page of this sign-in."""
    idle_left: float | None = None
    """Seconds until it ends for want of input (P5); None when the workspace has no idle logout."""

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
    limits = {key_of("email", email): limit, key_of("address", address): limit * PER_ADDRESS}
    refuse_guessing(db.session, limits, utcnow())
    found = db.session.execute(
        select(_user.c.id, _user.c.password_hash).where(_user.c.email == email, _user.c.is_active)
    )
    user_id, stored = found.one_or_none() or (None, None)
    db.session.close()  # the hash takes long: no connection is held meanwhile
    is_right = verify_password(stored, password)
    renewed = hash_password(password) if is_right and stored and needs_rehash(stored) else None
    raw = new_token()
    with unit_of_work() as uow:
        refuse_guessing(uow.conn, limits, uow.now)  # others may have failed while this one was checked
        if is_right and user_id:
            _start(uow, user_id, raw, address, user_agent, days)
            forget_failures(uow, next(iter(limits)))
            if renewed:
                uow.conn.execute(update(_user).where(_user.c.id == user_id).values(password_hash=renewed))
        else:
            note_failure(uow, limits)
    if not is_right:
        raise Invalid({"form": WRONG})
    return raw


def find_user(raw: str, *, days: int = 14) -> SignedIn | None:
    """Who this token signs in, or None when it is unknown, revoked, expired, idle, or its user deactivated."""
    now = utcnow()
    row = db.session.execute(
        select(
            _session.c.id, _session.c.public_id, _session.c.last_seen_at, _session.c.last_input_at, _session.c.user_id,
            _user.c.availability, _workspace.c.idle_logout_minutes,
        )
        .join(_user, _user.c.id == _session.c.user_id)
        .join(_workspace, _workspace.c.id == _user.c.workspace_id)
        .where(_session.c.token_hash == digest(raw), _session.c.revoked_at.is_(None), _session.c.expires_at > now)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    age = (now - row.last_input_at).total_seconds()
    left = None if row.idle_logout_minutes is None else row.idle_logout_minutes * 60 - age
    if left is not None and left <= 0:  # the sweep ends it in a moment, and until then it counts no more
        return None
    if row.last_seen_at < now - SEEN_EVERY:
        _note_seen(row.id, days)
    viewer = load_viewer(db.session, row.user_id)
    return SignedIn(raw, row.id, row.public_id, row.availability, viewer, age, left) if viewer else None


def sign_out(raw: str) -> None:
    """End the session of this token; its sockets close within moments."""
    revoke(_session.c.token_hash == digest(raw))


def revoke_session(user_id: int, session_public_id: str) -> None:
    """End one of a user's own sessions; one that is not theirs, or ended already, stays as it is."""
    if is_public_id(session_public_id):
        revoke(_session.c.user_id == user_id, _session.c.public_id == session_public_id)


def revoke_others(user_id: int, session_id: int) -> None:
    """End all sessions of a user but this one."""
    revoke(_session.c.user_id == user_id, _session.c.id != session_id)


def revoke_all(user_id: int) -> None:
    """End all sessions of a user, as after a change of password."""
    revoke(_session.c.user_id == user_id)


def revoke(*clauses: ColumnElement[bool]) -> None:
    """End the sessions that match, in one transaction: all of one user."""
    with unit_of_work() as uow:
        revoke_within(uow, *clauses)


def revoke_within(uow: UnitOfWork, *clauses: ColumnElement[bool]) -> None:
    """The same inside another verb. One that no longer matches when its row is locked goes on."""
    for session_id, user_id in _live_sessions(uow.conn, *clauses):
        is_it = (_session.c.id == session_id, _session.c.revoked_at.is_(None), *clauses)
        if uow.conn.execute(update(_session).where(*is_it).values(revoked_at=uow.now)).rowcount:
            end_presence(uow, user_id, session_id)
            uow.emit(SessionRevoked(None, None, user_id=user_id, session_id=session_id))


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
    return gone + tidy_failures(uow)


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


def _note_seen(session_id: int, days: int) -> None:
    with unit_of_work() as uow:
        seen = {"last_seen_at": uow.now, "expires_at": uow.now + timedelta(days=days)}
        uow.conn.execute(update(_session).where(_session.c.id == session_id).values(seen))


def _live_sessions(conn: Connection, *clauses: ColumnElement[bool]) -> list[tuple[int, int]]:
    rows = select(_session.c.id, _session.c.user_id).where(_session.c.revoked_at.is_(None), *clauses)
    return [(session_id, user_id) for session_id, user_id in conn.execute(rows.order_by(_session.c.id))]
