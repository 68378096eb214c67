"""Idle logout (P5): who touches no page for the workspace's minutes is signed out; what pages ask for by themselves,
sockets and programs do not count."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select, update

from dashboard.models import User, UserSession, Workspace, db
from dashboard.models.clock import utcnow
from dashboard.models.membership import Reader
from dashboard.services import sessions
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

CHOICES = (10, 15, 30)
"""Minutes that a workspace can choose."""
NOTICE = timedelta(seconds=60)
"""How long before the end the pages warn."""
LONGEST_AGO = 120.0

_session = UserSession.__table__
_user = User.__table__.c
_workspace = Workspace.__table__.c


def note_input(session_id: int, ago: float = 0.0) -> None:
    """Somebody touched a page of this sign-in, `ago` seconds before: pages report at most once a minute."""
    with unit_of_work() as uow:
        at = uow.now - timedelta(seconds=min(max(ago, 0.0), LONGEST_AGO))
        is_it = (_session.c.id == session_id, _session.c.revoked_at.is_(None), _session.c.last_input_at < at)
        uow.conn.execute(update(_session).where(*is_it).values(last_input_at=at))


def end_idle() -> int:
    """Sign out whoever was idle too long; answers how many. Each is a transaction of its own, one user's locks at once.

    Input that comes meanwhile wins: the row is looked at again when it is locked.
    """
    found = _find_idle(db.session)
    db.session.close()
    for session_id, is_idle in found:
        sessions.revoke(_session.c.id == session_id, is_idle)
    return len(found)


def give_notice(uow: UnitOfWork, workspace_id: int, minutes: int) -> None:
    """A new or shorter limit ends nobody without its minute of warning."""
    first = uow.now - timedelta(minutes=minutes) + NOTICE
    is_live = and_(_session.c.user_id.in_(_users_of(workspace_id)), _session.c.revoked_at.is_(None))
    uow.conn.execute(update(_session).where(is_live, _session.c.last_input_at < first).values(last_input_at=first))


def _find_idle(reader: Reader) -> list[tuple[int, ColumnElement[bool]]]:
    limits = select(_workspace.id, _workspace.idle_logout_minutes).where(_workspace.idle_logout_minutes.is_not(None))
    found: list[tuple[int, ColumnElement[bool]]] = []
    for workspace_id, minutes in reader.execute(limits).all():
        is_idle = _session.c.last_input_at <= utcnow() - timedelta(minutes=minutes)
        is_live = and_(_session.c.revoked_at.is_(None), _session.c.expires_at > utcnow())
        theirs = select(_session.c.id).where(is_live, is_idle, _session.c.user_id.in_(_users_of(workspace_id)))
        found += [(session_id, is_idle) for session_id in reader.execute(theirs.order_by(_session.c.id)).scalars()]
    return found


def _users_of(workspace_id: int) -> object:
    return select(_user.id).where(_user.workspace_id == workspace_id)
