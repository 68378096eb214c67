"""What goes on beside the open sockets of a process: leases are renewed, and ended sign-ins lose their sockets."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import gevent
from flask import Flask

from dashboard.blueprints import live_presence
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.queries.connections import find_live_sessions, find_live_tokens
from dashboard.realtime.event_row import EventRow
from dashboard.realtime.hub import RESTARTING, RESYNC, SIGNED_OUT, Connection
from dashboard.realtime.process import EXTENSION, Process
from dashboard.services import availability, sweeps
from dashboard.services.availability import Arrival

logger = logging.getLogger(__name__)

RENEW_SECONDS: Final = 15.0
"""A quarter of the grace, so that a renewal may fail and nobody is absent for it."""

SILENT_SECONDS: Final = 20.0
"""Who let two pings pass unanswered sleeps, or was cut off: their lease is not renewed until they answer again."""

EXPIRE_SECONDS: Final = 5.0

SESSION, TOKEN = "session:", "token:"


@dataclass
class Service:
    """Since when this process has served its pages without a pause: as long must the lost ones have had (ADR 0013)."""

    since: datetime = field(default_factory=utcnow)
    looked_at: datetime = field(default_factory=utcnow)

    def is_settled(self) -> bool:
        """Whether every page had the grace to come back; after a pause of that length it begins again."""
        now = utcnow()
        if now - self.looked_at > availability.GRACE / 2:
            self.since = now
        self.looked_at = now
        return now - self.since >= availability.GRACE


def session_key(session_id: int) -> str:
    return f"{SESSION}{session_id}"


def token_key(token_hash: str) -> str:
    return f"{TOKEN}{token_hash}"


def attach(app: Flask) -> None:
    """Add the greenlet and the listener to the application's process."""
    process: Process = app.extensions[EXTENSION]
    app.extensions[live_presence.EXTENSION] = live_presence.PresenceBook(app, process)

    def keep() -> None:
        while True:
            gevent.sleep(RENEW_SECONDS)
            with app.app_context():
                keep_present(process)
                close_ended(process)

    def expire() -> None:
        service = Service()
        while True:
            gevent.sleep(EXPIRE_SECONDS)
            if service.is_settled():
                with app.app_context():
                    sweeps.expire_presence()

    def narrow(user_ids: set[int] | None) -> None:
        try:
            with app.app_context():
                narrow_sockets(process, user_ids)
        except Exception:
            logger.warning("sockets were not narrowed; the next look is in %s s", RENEW_SECONDS, exc_info=True)

    def heed(rows: list[EventRow]) -> None:
        close_revoked(process, rows)
        close_merged(process, rows)
        if process.hub.users() and (changed := changed_users(rows)) != set():
            gevent.spawn(narrow, changed)  # it reads, and the frames of this batch shall not wait for it

    process.greenlets["presence"] = keep
    process.greenlets["absence"] = expire
    process.dispatcher.subscribe(heed)


def close_revoked(process: Process, rows: list[EventRow]) -> None:
    """A sign-in ended somewhere: its sockets here close at once, at the latest with the two-second read."""
    for row in rows:
        if row.kind == "SessionRevoked":
            user, session_id = f"user:{row.data['user_id']}", row.data.get("session_id")
            key = None if session_id is None else session_key(session_id)
            process.hub.close(
                lambda one, user=user, key=key: one.audience == user and key in (None, one.session),  # type: ignore[misc]
                SIGNED_OUT,
                "signed out",
            )


def close_merged(process: Process, rows: list[EventRow]) -> None:
    """A person's record was merged into another: its pages come again, and hear what that one's hear."""
    audiences = [f"person:{row.data['person_id']}" for row in rows if row.kind == "PersonMerged"]
    if audiences:
        process.hub.close_audiences(audiences, RESTARTING, "merged")


def changed_users(rows: list[EventRow]) -> set[int] | None:
    """Whose roles, teams or links changed; None is everybody, as when the workspace changed."""
    lists = [row.data.get("user_ids", []) for row in rows if row.kind in ("AccessChanged", "WorkspaceChanged")]
    return None if [] in lists else {one for each in lists for one in each}


def narrow_sockets(process: Process, user_ids: set[int] | None) -> None:
    """Their pages show what they may see now; a deactivated user's close."""
    close_ended(process)
    users = process.hub.users() if user_ids is None else user_ids
    process.hub.publish([f"user:{one}" for one in users], RESYNC)


def keep_present(process: Process) -> None:
    """Renew the leases of the users' connections; one that ran out while this process stood still begins anew."""
    users = (one for one in process.hub.connections if one.user_id is not None)
    mine = {one.id: one for one in users if one.sock.silence < SILENT_SECONDS}
    lost = availability.renew(process.id, list(mine)) & {one.id for one in process.hub.connections}
    if lost:
        availability.connect_all(
            process.id, [Arrival(one.user_id or 0, one.id, _session_id(one)) for one in mine.values() if one.id in lost]
        )


def close_ended(process: Process) -> None:
    """Close what no event told of: sign-ins that expired, revoked tokens, deactivated users."""
    users = [one for one in process.hub.connections if one.user_id is not None]
    sessions = {key for one in users if (key := _session_id(one)) is not None}
    tokens = {one.session.removeprefix(TOKEN) for one in users if one.session.startswith(TOKEN)}
    live = {session_key(one) for one in find_live_sessions(db.session, sessions, utcnow())}
    live |= {token_key(one) for one in find_live_tokens(db.session, tokens)}
    ended = {one.id for one in users if one.session not in live}
    if ended:
        process.hub.close(lambda one: one.id in ended, SIGNED_OUT, "signed out")


def _session_id(connection: Connection) -> int | None:
    if not connection.session.startswith(SESSION):
        return None
    return int(connection.session.removeprefix(SESSION))
