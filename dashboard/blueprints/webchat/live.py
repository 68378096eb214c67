"""The visitor's socket: one way, server to page. A one-time ticket opens it, never a cookie (W1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request

from dashboard.extensions import sock
from dashboard.models import db
from dashboard.models.errors import NotPermitted, TooManyRequests
from dashboard.models.ids import new_public_id
from dashboard.queries.webchat import is_merged
from dashboard.realtime.holding import hold_open
from dashboard.realtime.hub import RESTARTING, RESYNC, Connection
from dashboard.realtime.process import current_process
from dashboard.realtime.safe_socket import encode_frame
from dashboard.services.visitors import Visitor, redeem_ticket
from dashboard.web.origin import is_own_origin

bp = Blueprint("webchat_live", __name__)

MOST_PAGES = 20
"""Of one visitor in one process: nobody has as many tabs open, and each socket is memory of ours."""
RETRY_SECONDS = 10


@bp.before_request
def admit() -> None:
    """Before the handshake, which flask-sock makes before the handler runs."""
    g.wants_problem = True
    if not is_own_origin(request.headers.get("Origin")):
        raise NotPermitted("This socket is for the chat's own frame.")
    g.visitor = redeem_ticket(request.args.get("ticket", ""))
    if current_process().hub.count(g.visitor.audience) >= MOST_PAGES:
        raise TooManyRequests(RETRY_SECONDS)


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def live(ws: Any) -> None:
    visitor: Visitor = g.visitor
    connection = Connection(new_public_id(), visitor.audience, f"visitor:{visitor.token_id}", ws.sock)

    def arrive() -> None:
        is_other = is_merged(db.session, visitor.person_id)  # since the ticket was redeemed
        db.session.remove()  # or the socket would hold a database connection as long as it lives
        connection.sock.send_frame(encode_frame(RESYNC))  # what was committed before this the page asks for itself
        if is_other:
            connection.sock.close_with(RESTARTING, "merged")

    hold_open(ws, connection, current_process().hub, arrive)
