"""The page's websocket: it makes its user present, and ends with the sign-in that it hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Flask, g, request
from flask.blueprints import BlueprintSetupState
from flask_login import current_user

from dashboard.blueprints import live_keeping
from dashboard.blueprints.live_presence import presence_book
from dashboard.extensions import sock
from dashboard.models import db
from dashboard.models.errors import NotPermitted, Unauthenticated
from dashboard.models.ids import new_public_id
from dashboard.queries.api import find_viewer
from dashboard.realtime.holding import hold_open
from dashboard.realtime.hub import Connection
from dashboard.realtime.process import current_process
from dashboard.services.availability import Arrival
from dashboard.services.secrets import digest
from dashboard.web.origin import is_own_origin

bp = Blueprint("live", __name__)


@dataclass(frozen=True)
class Admitted:
    """Who opens the socket; `session` names the sign-in or token that can be revoked under it."""

    user_id: int
    session: str
    session_id: int | None = None


@bp.record_once
def attach(state: BlueprintSetupState) -> None:
    """Keep the sockets of the application's processes honest and present."""
    live_keeping.attach(cast(Flask, state.app))


@bp.before_request
def admit() -> None:
    """Before the handshake, which flask-sock makes before the handler runs."""
    g.wants_problem = True
    g.admitted = _by_token() if "Authorization" in request.headers else _by_cookie()


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def live(ws: Any) -> None:
    admitted: Admitted = g.admitted
    connection = Connection(new_public_id(), f"user:{admitted.user_id}", admitted.session, ws.sock)
    db.session.remove()  # or the socket would hold a database connection as long as it lives
    book = presence_book()
    book.arrive(Arrival(admitted.user_id, connection.id, admitted.session_id))
    try:
        hold_open(ws, connection, current_process().hub)
    finally:
        book.leave(connection.id)


def _by_token() -> Admitted:
    """A program: no browser sends this header along by itself, but a page of somebody else's might."""
    if request.headers.get("Origin") and not is_own_origin(request.headers["Origin"]):
        raise NotPermitted("This socket is not for pages of other sites.")
    scheme, _, raw = request.headers["Authorization"].partition(" ")
    viewer = find_viewer(db.session, digest(raw.strip())) if scheme.lower() == "bearer" else None
    if viewer is None:
        raise Unauthenticated("This token is not known here, or was revoked.")
    return Admitted(viewer.user_id, live_keeping.token_key(digest(raw.strip())))


def _by_cookie() -> Admitted:
    if not is_own_origin(request.headers.get("Origin")):
        raise NotPermitted("This socket is for our own pages.")
    if not current_user.is_authenticated:
        raise Unauthenticated
    session_id = current_user.session_id
    return Admitted(current_user.user_id, live_keeping.session_key(session_id), session_id)
