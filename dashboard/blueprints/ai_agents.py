"""The AI agents of the user's teamspaces."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from dashboard.models import db
from dashboard.queries.workflows import load_agents
from dashboard.services.access import require
from dashboard.services.workflows import PERMISSION
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("ai_agents", __name__, url_prefix="/ai-agents")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    require(current_user.viewer, PERMISSION)


@bp.get("")
def show_agents() -> str:
    return render_template("ai_agents/index.html", spaces=load_agents(db.session, current_user.viewer))
