"""Settings of the plan: what each has, which one runs, and what would stop working on another (SPEC 13, N10)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.enums import Plan
from dashboard.models.errors import Invalid
from dashboard.models.permissions import PLAN_ORDER
from dashboard.queries.plan import load_plan_page
from dashboard.services import access, plans
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("plan", __name__, url_prefix="/settings/plan")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "plan.manage")


@bp.get("")
def show_plan() -> str:
    return _draw("plan/index.html")


@bp.get("/changes/<plan>")
def confirm_plan(plan: str) -> str:
    wanted = _read(plan)
    page = load_plan_page(db.session, current_user.viewer.workspace_id)
    return render_template("plan/confirm.html", page=page, wanted=wanted, lost=page.lost(wanted))


@bp.put("")
def change_plan() -> Response:
    plan = plans.set_plan(request.form.get("plan", ""), current_user.viewer)
    words = f"The workspace runs on {plan.value.capitalize()} from now on."
    return htmx.trigger(make_response(_draw("plan/_plans.html", saved=words)), {"close-dialog": {}})


def _draw(template: str, **more: str) -> str:
    page = load_plan_page(db.session, current_user.viewer.workspace_id)
    return render_template(template, page=page, plans=PLAN_ORDER, **more)


def _read(name: str) -> Plan:
    try:
        return Plan(name)
    except ValueError:
        raise Invalid({"plan": "There is no such plan."}) from None
