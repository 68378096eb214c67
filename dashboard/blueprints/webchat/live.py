"""The visitor's socket: one way, server to page. A one-time ticket opens it, never a cookie (W1)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, g, request

from dashboard.extensions import sock
from dashboard.models import db
from dashboard.models.errors import NotPermitted
from dashboard.realtime.holding import hold_open
from dashboard.realtime.hub import RESYNC, Connection
from dashboard.realtime.process import current_process
from dashboard.realtime.safe_socket import encode_frame
from dashboard.services.visitors import redeem_ticket
from dashboard.web.context import config

bp = Blueprint("webchat_live", __name__)


@bp.before_request
def admit() -> None:
    """Before the handshake, which flask-sock makes before the handler runs."""
    g.wants_problem = True
    if request.headers.get("Origin") not in (config().origin, f"{request.scheme}://{request.host}"):
        raise NotPermitted("This socket is for the chat's own frame.")
    g.visitor = redeem_ticket(request.args.get("ticket", ""))


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def live(ws: Any) -> None:
    visitor = g.visitor
    connection = Connection(uuid.uuid4().hex, visitor.audience, f"visitor:{visitor.token_id}", ws.sock)
    db.session.remove()  # or the socket would hold a database connection as long as it lives
    # What was committed before this line the page asks for itself; nothing yields before it is listed.
    ws.sock.send_frame(encode_frame(RESYNC))
    hold_open(ws, connection, current_process().hub)
