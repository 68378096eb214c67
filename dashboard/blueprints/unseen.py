"""What the signed-in user has not seen: asked for after a line was cut, and told to their other pages when seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Blueprint, Flask, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_login import current_user

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import Invalid
from dashboard.queries.unseen import load_queued_since, load_unseen
from dashboard.realtime import seen
from dashboard.realtime.process import EXTENSION
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("unseen", __name__)
bp.before_request(require_sign_in)

MARGIN = timedelta(seconds=5)
"""An entry is dated before it is committed, maybe by another machine; a page knows what it was told already."""


@bp.record_once
def attach(state: BlueprintSetupState) -> None:
    seen.attach(cast(Flask, state.app).extensions[EXTENSION])


@bp.get("/me/unseen")
def show_unseen() -> str:
    """`since` is the time of an earlier answer: what was queued for the user after it comes too."""
    now = utcnow()  # before the reading: what comes while it reads is younger
    viewer = current_user.viewer
    unseen = load_unseen(db.session, viewer)
    if "since" in request.args:
        unseen += load_queued_since(db.session, viewer, _read_since() - MARGIN)
    return render_template("inbox/_unseen.html", unseen=unseen, now=now)


def _read_since() -> datetime:
    try:
        moment = datetime.fromisoformat(request.args["since"])
    except ValueError:
        raise Invalid({"since": "It is the time of an earlier answer."}) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, datetime(2000, 1, 1, tzinfo=UTC)), utcnow())
