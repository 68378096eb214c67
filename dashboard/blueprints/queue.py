"""The Queue page: who waits, why nobody has taken them yet, and what to do about it (A6)."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import Invalid, NotPermitted
from dashboard.models.visibility import QUEUE_PERMISSIONS
from dashboard.queries.queue_page import MOST, STEP, QueuePage, load_queue
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("queue", __name__)
bp.before_request(require_sign_in)


@bp.before_request
def require_a_view() -> None:
    """The page is for who sees more than their own; raises NotPermitted."""
    if current_user.viewer.permissions.isdisjoint(QUEUE_PERMISSIONS):
        raise NotPermitted("The queue is shown to those who may view livechats of their teams, or all.")


@bp.get("/queue")
def show_queue() -> str:
    return render_template("queue/index.html", queue=_load())


@bp.get("/queue/list")
def show_list() -> str:
    """What the page shows, again: it asks whenever the queue has moved."""
    return render_template("queue/_list.html", queue=_load())


def _load() -> QueuePage:
    raw = request.args.get("shown", str(STEP))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 6 and 0 < int(raw) <= MOST):
        raise Invalid({"shown": f"A number up to {MOST} is expected as shown."})
    teamspace = request.args.get("teamspace", "")
    return load_queue(db.session, current_user.viewer, utcnow(), teamspace=teamspace, shown=int(raw))
