"""The transfer modal: to whom, with which note; nothing changes before Transfer is pressed (T3)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.conversations import read_epoch
from dashboard.blueprints.panes import open_row
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, Invalid, NotFound, OwnershipChanged, PlanRequired
from dashboard.models.permissions import is_in_plan
from dashboard.queries.offers import find_waiting
from dashboard.queries.transfer_targets import load_targets
from dashboard.services import plans, transfers, undo
from dashboard.services.transfers import Given
from dashboard.web import htmx, transfer_words
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("transfers", __name__)
bp.before_request(require_sign_in)

KINDS = ("user", "team")


@bp.get("/conversations/<conversation>/transfers/new")
def new_transfer(conversation: str) -> str:
    if not is_in_plan(plans.get_plan(db.session), "transfers"):
        row = open_row(conversation)
        return render_template("transfers/not_in_plan.html", row=row, sentence=PlanRequired("transfers").sentence)
    return _render_form("transfers/new.html", conversation)


@bp.post("/conversations/<conversation>/transfers")
def create_transfer(conversation: str) -> Response:
    try:
        given = _transfer(conversation)
    except NotFound:
        raise
    except BatonError as error:  # next to the form, which keeps what was chosen and typed
        form = make_response(_render_refused(conversation, error), error.status)
        return htmx.retarget(form, "#transfer-form", "outerHTML")
    return _tell(conversation, given)


@bp.post("/conversations/<conversation>/transfers/undo")
def undo_transfer(conversation: str) -> tuple[str, int]:
    """For ten seconds the sender takes it back, unless its new owner has written (T3)."""
    undo.undo_transfer(current_user.viewer, conversation)
    return "", 204


def _transfer(conversation: str) -> Given:
    kind, to = _read_target()
    give = transfers.transfer_to_team if kind == "team" else transfers.transfer_to_user
    return give(current_user.viewer, conversation, to, request.form.get("note"), read_epoch())


def _read_target() -> tuple[str, str]:
    """`user:<id>` or `team:<id>`."""
    kind, _, to = request.form.get("to", "").partition(":")
    if kind not in KINDS or not to:
        raise Invalid({"to": "Choose who gets it first."})
    return kind, to


def _tell(conversation: str, given: Given) -> Response:
    """The page offers Undo for a transfer; of an offer it shows the line with what is left of its minute."""
    told = {"c": conversation, "to": given.to, "seconds": int(undo.WINDOW.total_seconds())}
    events = {"offered" if given.is_offer else "transferred": told}
    return htmx.trigger(Response(status=204), {"close-dialog": {}, **events})


def _render_refused(conversation: str, error: BatonError) -> str:
    try:
        return _render_form("transfers/_form.html", conversation, error)
    except NotFound:
        if isinstance(error, OwnershipChanged):  # who had it a moment ago still learns who has it now (L8)
            raise error from None
        raise


def _render_form(template: str, conversation: str, error: BatonError | None = None) -> str:
    row, viewer, now = open_row(conversation), current_user.viewer, utcnow()
    return render_template(
        template,
        row=row,
        targets=load_targets(db.session, row.teamspace_key, row.kind, viewer.user_id, now),
        waiting=find_waiting(db.session, viewer, conversation, now),
        words=transfer_words,
        form=request.form,
        error=error,
        fields=error.fields if isinstance(error, Invalid) else {},
    )
