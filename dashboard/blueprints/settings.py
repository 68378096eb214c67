"""The settings' door: whoever comes in stands before the first section that is theirs."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboard.web.sections import settings_for
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("settings", __name__, url_prefix="/settings")
bp.before_request(require_sign_in)


@bp.get("")
def show_first() -> Response:
    """Nothing is theirs: their own account is."""
    groups = settings_for(current_user.viewer.permissions)
    return redirect(groups[0].sections[0].address if groups else "/account", 303)
