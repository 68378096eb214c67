"""Settings, General: the workspace's name, time zone and idle logout (N10)."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.errors import Invalid, Refused
from dashboard.queries.workspace import WorkspaceValues, get_workspace
from dashboard.services import access, idle, workspace
from dashboard.web.context import config
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("workspace", __name__, url_prefix="/settings/workspace")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "workspace.manage")


@bp.get("")
def show_workspace() -> str:
    return _render("workspace/index.html", _form_of(_stored()))


@bp.put("")
def save_workspace() -> tuple[str, int]:
    try:
        wanted = workspace.parse(request.form)
        before = workspace.save(current_user.viewer, wanted, request.form.get("version", ""))
    except (Invalid, Refused) as error:
        fields = error.fields if isinstance(error, Invalid) else {}
        return _render("workspace/_form.html", request.form.to_dict(), error=error, fields=fields), 422
    return _render("workspace/_form.html", _form_of(wanted), saved=_consequence(before, wanted)), 200


def _consequence(before: WorkspaceValues, after: WorkspaceValues) -> str:
    minutes = after.idle_logout_minutes
    if before.idle_logout_minutes == minutes:
        return "It counts from now on."
    if minutes is None:
        return "Nobody is signed out for want of input any more."
    return f"Whoever touches nothing for {minutes} minutes is signed out, with a warning a minute before."


def _stored() -> WorkspaceValues:
    return get_workspace(db.session, current_user.viewer.workspace_id)


def _form_of(values: WorkspaceValues) -> dict[str, str]:
    chosen = str(values.idle_logout_minutes or workspace.OFF)
    return {"name": values.name, "time_zone": values.time_zone, "idle_logout": chosen}


def _render(template: str, form: dict[str, str], **context: object) -> str:
    zones: dict[str, list[str]] = {}
    for zone in workspace.time_zones():
        zones.setdefault(zone.split("/")[0] if "/" in zone else "", []).append(zone)
    return render_template(
        template, form=form, stored=_stored(), zones=zones, is_listed=form.get("time_zone") in workspace.time_zones(),
        choices=idle.CHOICES, days=config().session_days, **{"fields": {}, **context},
    )  # fmt: skip
