"""The transfer modal: to whom, with which note; nothing changes before Transfer is pressed (T3)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.conversations import read_epoch
from dashboard.blueprints.panes import open_row
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, Invalid, NotFound
from dashboard.queries.transfer_targets import load_targets
from dashboard.services import transfers, undo
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("transfers", __name__)
bp.before_request(require_sign_in)


@bp.get("/conversations/<conversation>/transfers/new")
def new_transfer(conversation: str) -> str:
    return _render_form("transfers/new.html", conversation)


@bp.post("/conversations/<conversation>/transfers")
def create_transfer(conversation: str) -> Response:
    try:
        _transfer(conversation)
    except NotFound:
        raise
    except BatonError as error:  # next to the form, which keeps what was chosen and typed
        form = make_response(_render_refused(conversation, error), error.status)
        return htmx.retarget(form, "#transfer-form", "outerHTML")
    done = {"c": conversation, "to": request.form.get("to_name", "")[:120], "seconds": int(undo.WINDOW.total_seconds())}
    return htmx.trigger(Response(status=204), {"close-dialog": {}, "transferred": done})


@bp.post("/conversations/<conversation>/transfers/undo")
def undo_transfer(conversation: str) -> tuple[str, int]:
    """For ten seconds the sender takes it back, unless its new owner has written (T3)."""
    undo.undo_transfer(current_user.viewer, conversation)
    return "", 204


def _transfer(conversation: str) -> None:
    form = request.form
    epoch, note = read_epoch(), form.get("note")
    if form.get("to") == "team":
        transfers.transfer_to_team(current_user.viewer, conversation, _chosen("team"), note, epoch)
    else:
        transfers.transfer_to_user(current_user.viewer, conversation, _chosen("user"), note, epoch)


def _chosen(name: str) -> str:
    value = request.form.get(name, "")
    if not value:
        raise Invalid({name: f"Choose a {name} first."})
    return value


def _render_refused(conversation: str, error: BatonError) -> str:
    try:
        return _render_form("transfers/_form.html", conversation, error)
    except NotFound:  # who had it a moment ago and sees it no longer still learns who has it now (L8)
        raise error from None


def _render_form(template: str, conversation: str, error: BatonError | None = None) -> str:
    row = open_row(conversation)
    viewer = current_user.viewer
    targets = load_targets(db.session, row.teamspace_key, row.kind, viewer.user_id, utcnow())
    fields = error.fields if isinstance(error, Invalid) else {}
    return render_template(template, row=row, targets=targets, form=request.form, error=error, fields=fields)
