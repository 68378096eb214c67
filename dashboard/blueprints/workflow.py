"""An AI agent's workflow: the tree, the selected action beside it, and the settings of Human Handoff (H1)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.errors import Invalid, NotFound, WorkflowChanged
from dashboard.queries.workflows import Workflow, get_workflow
from dashboard.services.access import require
from dashboard.services.workflows import PERMISSION, save_handoff
from dashboard.web import htmx, workflow_words
from dashboard.web.handoff_form import HandoffForm
from dashboard.web.signed_in import require_sign_in
from dashboard.web.workflow_page import Panel, contradict, open_lost_panel, open_panel, refuse

bp = Blueprint("workflow", __name__, url_prefix="/ai-agents/<ai_agent>/workflow")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    require(current_user.viewer, PERMISSION)


@bp.get("")
def show_workflow(ai_agent: str) -> str:
    """`node` is the key of what is selected, `restore` the number of a version to fill its form from."""
    workflow = _open(ai_agent)
    key = request.args.get("node")
    restore = request.args.get("restore")
    number = None if restore is None else _number(restore)
    panel = open_panel(db.session, workflow, key, number) if key else None
    return _render("workflow/index.html", workflow, panel)


@bp.put("/actions/<action>")
def save_action(ai_agent: str, action: str) -> Response:
    """The settings of a Human Handoff; refused, the form comes again with what was typed."""
    form = HandoffForm.read(request.form, _open(ai_agent).languages)
    based_on = _number(request.form.get("over") or request.form.get("based_on", ""))
    try:
        number = save_handoff(current_user.viewer, ai_agent, action, form.to_json(), based_on)
    except Invalid as error:
        return _answer_refused(ai_agent, action, form, based_on, error)
    except WorkflowChanged as error:
        return _answer_changed(ai_agent, action, form, based_on, error)
    return _answer_saved(ai_agent, action, is_new=number != based_on)


def _answer_saved(ai_agent: str, action: str, *, is_new: bool) -> Response:
    workflow = _open(ai_agent)
    panel = open_panel(db.session, workflow, action)
    return make_response(_render("workflow/_saved.html", workflow, panel, is_new=is_new))


def _answer_refused(ai_agent: str, action: str, form: HandoffForm, based_on: int, error: Invalid) -> Response:
    workflow = _open(ai_agent)
    panel = refuse(open_panel(db.session, workflow, action), form, based_on, error.fields)
    return _show_refused(workflow, panel, error.status)


def _answer_changed(ai_agent: str, action: str, form: HandoffForm, based_on: int, error: WorkflowChanged) -> Response:
    workflow = _open(ai_agent)
    try:
        panel = open_panel(db.session, workflow, action)
    except NotFound:
        panel = open_lost_panel(db.session, workflow, action, form, based_on)
    else:
        panel = contradict(db.session, workflow, panel, form, based_on)
    return _show_refused(workflow, panel, error.status)


def _show_refused(workflow: Workflow, panel: Panel, status: int) -> Response:
    answer = make_response(_render("workflow/_panel.html", workflow, panel), status)
    return htmx.retarget(answer, "#panel", "innerHTML show:#panel:top")


def _open(ai_agent: str) -> Workflow:
    return get_workflow(db.session, current_user.viewer, ai_agent)


def _render(template: str, workflow: Workflow, panel: Panel | None, **values: object) -> str:
    return render_template(template, workflow=workflow, panel=panel, words=workflow_words, **values)


def _number(text: str) -> int:
    """The number of a version; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
