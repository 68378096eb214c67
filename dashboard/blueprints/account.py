"""The user's own: availability, look, profile."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.errors import Invalid
from dashboard.queries.navigation import load_navigation
from dashboard.services.availability import set_availability
from dashboard.web.signed_in import require_sign_in
from dashboard.web.templating import THEME_COOKIE, THEMES

bp = Blueprint("account", __name__)
bp.before_request(require_sign_in)

YEAR = 365 * 24 * 3600


@bp.get("/account")
def show_account() -> str:
    return render_template("account/index.html")


@bp.put("/me/availability")
def change_availability() -> str:
    """Online or Away (P1); answers the menu's two entries and the dot on the avatar."""
    availability = set_availability(current_user.user_id, request.form.get("availability"))
    navigation = load_navigation(db.session, current_user.viewer, availability)
    return render_template("account/_changed.html", navigation=navigation)


@bp.put("/account/theme")
def change_theme() -> Response:
    """Light, dark, or whatever the system says: kept in the browser, so that pages come in it at once."""
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        raise Invalid({"theme": "It is system, light or dark."})
    response = make_response("", 204)
    response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    response.headers["HX-Refresh"] = "true"
    return response
