"""A teamspace's Chat Assignment: the form, what a change would mean, and the dry run before it is saved (SPEC 4)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.enums import Method
from dashboard.models.errors import BatonError, Invalid, NotFound
from dashboard.models.permissions import effective_method
from dashboard.queries.chat_assignment import Stored, get_stored, load_floor
from dashboard.queries.replay import has_handoffs, load_history
from dashboard.services import access, assignment_changes, chat_assignment, dry_run
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("chat_assignment", __name__, url_prefix="/settings/teamspaces/<teamspace>/chat-assignment")
bp.before_request(require_sign_in)

LASTS = (20, 50, 100, 200)
USUAL = 50


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "teamspaces.manage")


@bp.get("")
def show(teamspace: str) -> str:
    stored = _stored(teamspace)
    return _render("chat_assignment/index.html", stored, _as_typed(stored))


@bp.put("")
def save(teamspace: str) -> Response:
    form = request.form
    try:
        wanted = chat_assignment.parse(form)
        saved = chat_assignment.save(current_user.viewer, teamspace, wanted, form.get("version", ""))
    except NotFound:
        raise
    except BatonError as error:  # the form again, with what was chosen
        return _refuse(teamspace, error)
    told = assignment_changes.tell(saved)
    return make_response(_render("chat_assignment/_form.html", saved.after, _as_typed(saved.after), saved=told))


@bp.get("/changes")
def show_changes(teamspace: str) -> str:
    """What saving the form as it stands would mean; nothing while a field is wrong."""
    stored = _stored(teamspace)
    try:
        wanted = chat_assignment.parse(request.args)
    except Invalid:
        return render_template("chat_assignment/_changes.html", sentences=[], is_wrong=True)
    sentences = assignment_changes.describe(stored, wanted, load_floor(db.session, stored.id, utcnow()))
    return render_template("chat_assignment/_changes.html", sentences=sentences)


@bp.get("/dry-run")
def show_dry_run(teamspace: str) -> tuple[str, int]:
    stored = _stored(teamspace)
    try:
        settings, last = _parse_tried(stored)
    except BatonError as error:
        return render_template("chat_assignment/_dry_run.html", error=error), 422
    history = load_history(db.session, stored.id, last, utcnow())
    report = dry_run.try_out(history, settings)
    shown = {"picture": dry_run.draw(report), "seed": dry_run.SEED, "names": assignment_changes.METHOD_NAMES}
    return render_template("chat_assignment/_dry_run.html", report=report, sees_persons=_sees_persons(), **shown), 200


def _parse_tried(stored: Stored) -> tuple[dry_run.Settings, int]:
    """The form's method and limit, as they would run on this plan, and how many handoffs."""
    wanted = chat_assignment.parse(request.args)
    chat_assignment.require_plan(stored, wanted.method)
    last = request.args.get("last", "")
    if last not in map(str, LASTS):
        raise Invalid({"last": "Choose how many handoffs to try it on."})
    return dry_run.Settings(effective_method(wanted.method, stored.plan), wanted.auto_limit), int(last)


def _sees_persons() -> bool:
    """Who manages teamspaces may not be one who may read their chats (6a)."""
    return not current_user.viewer.permissions.isdisjoint(("livechats.view_all", "livechats.manage_all"))


def _refuse(teamspace: str, error: BatonError) -> Response:
    stored = _stored(teamspace)
    form = _render("chat_assignment/_form.html", stored, request.form.to_dict(), error=error)
    reason = "[aria-invalid]" if isinstance(error, Invalid) else "#settings"  # Save is far below: bring it into sight
    return htmx.retarget(make_response(form, error.status), "#settings", f"innerHTML show:{reason}:top")


def _stored(teamspace: str) -> Stored:
    return get_stored(db.session, current_user.viewer.teamspace_ids, teamspace)


def _as_typed(stored: Stored) -> dict[str, str]:
    """The stored values as a form would send them."""
    values = stored.values
    return {
        "method": values.method.value,
        "auto_limit": str(values.auto_limit),
        "returns_when_absent": "on" if values.returns_when_absent else "",
        "overdue_minutes": str(values.overdue_minutes or ""),
        "autoclose_hours": str(values.autoclose_hours),
        "offers_transfers": "on" if values.offers_transfers else "",
    }


def _render(template: str, stored: Stored, typed: dict[str, str], **also: Any) -> str:
    """`typed` is what stands in the fields, saved or not."""
    error = also.get("error")
    return render_template(
        template, stored=stored, teamspace=stored, typed=typed, methods=list(Method), words=assignment_changes,
        wrong=error.fields if isinstance(error, Invalid) else {}, can_try=has_handoffs(db.session, stored.id),
        lasts=LASTS, usual=USUAL, **also,
    )  # fmt: skip
