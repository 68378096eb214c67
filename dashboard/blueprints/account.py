"""The user's own: availability, look, name, alias and password."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.sign_ins import open_sign_ins
from dashboard.models import db
from dashboard.models.enums import Availability
from dashboard.models.errors import Invalid
from dashboard.models.languages import LANGUAGES
from dashboard.queries.navigation import load_navigation
from dashboard.queries.shift import has_open_chats
from dashboard.queries.staff import find_languages
from dashboard.services import profile, spoken_languages
from dashboard.services.access import get_viewer
from dashboard.services.availability import set_availability
from dashboard.web import htmx
from dashboard.web.context import config
from dashboard.web.signed_in import require_sign_in
from dashboard.web.templating import THEME_COOKIE, THEMES

bp = Blueprint("account", __name__)
bp.before_request(require_sign_in)

YEAR = 365 * 24 * 3600


@bp.get("/account")
def show_account() -> str:
    viewer = current_user.viewer
    form = {"name": viewer.name, "alias": viewer.alias or ""}
    spoken = find_languages(db.session, viewer.user_id)
    return render_template(
        "account/index.html", form=form, fields={}, sign_ins=open_sign_ins(), spoken=spoken, languages=LANGUAGES
    )


@bp.put("/me/availability")
def change_availability() -> str:
    """Online or Away (P1); answers the menu's entries and the dot on the avatar, and offers the shift handover (P4)."""
    availability = set_availability(current_user.user_id, request.form.get("availability"))
    navigation = load_navigation(db.session, current_user.viewer, availability)
    is_leaving = availability is Availability.AWAY and has_open_chats(db.session, current_user.user_id)
    return render_template("account/_changed.html", navigation=navigation, offers_handover=is_leaving)


@bp.put("/account/profile")
def change_profile() -> tuple[str, int]:
    form = {name: request.form.get(name, "") for name in ("name", "alias")}
    try:
        profile.change_profile(current_user.user_id, form["name"], form["alias"])
    except Invalid as error:
        return render_template("account/_profile.html", form=form, fields=error.fields), error.status
    viewer = get_viewer(db.session, current_user.user_id)
    navigation = load_navigation(db.session, viewer, current_user.availability)
    form = {"name": viewer.name, "alias": viewer.alias or ""}
    return render_template("account/_profile_saved.html", form=form, fields={}, navigation=navigation), 200


@bp.put("/account/languages")
def change_languages() -> str:
    """Shown where a conversation is given away, and skipping nobody (H5)."""
    codes = request.form.getlist("languages")
    spoken_languages.set_own_languages(current_user.user_id, codes)
    return render_template("account/_languages_saved.html", spoken=codes)


@bp.put("/account/password")
def change_password() -> Response:
    """Refused, only the sentences are sent: what was typed stays in the page, and never comes back from here."""
    current, new = request.form.get("current", ""), request.form.get("new", "")
    user, limit = current_user, config().sign_in_attempts
    try:
        profile.change_password(user.user_id, user.session_id, current, new, limit=limit)
    except Invalid as error:
        return make_response(render_template("account/_password_wrong.html", fields=error.fields), error.status)
    answer = make_response(render_template("account/_password_saved.html", sign_ins=open_sign_ins()))
    return htmx.retarget(answer, "#password", "outerHTML")


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
