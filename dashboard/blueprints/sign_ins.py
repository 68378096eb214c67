"""Where the user is signed in, how to end it, and what keeps it from ending by itself (P5)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.queries.sign_ins import SignIn, load_sign_ins
from dashboard.services import idle, sessions
from dashboard.web import browsers, htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("sign_ins", __name__)
bp.before_request(require_sign_in)


@bp.delete("/account/sessions/<session>")
def end_session(session: str) -> str | Response:
    """One that ended already is no error; one's own leads to the sign-in."""
    sessions.revoke_session(current_user.user_id, session)
    if session == current_user.session_public_id:
        return htmx.go_to("/login")
    return render_template("account/_sign_ins.html", sign_ins=open_sign_ins())


@bp.delete("/account/sessions")
def end_other_sessions() -> str:
    sessions.revoke_others(current_user.user_id, current_user.session_id)
    return render_template("account/_sign_ins.html", sign_ins=open_sign_ins())


@bp.get("/me/activity")
def show_activity() -> dict[str, float | None]:
    """In how many seconds this sign-in ends if nobody touches a page; asking does not count as touching."""
    return {"ends_in": current_user.idle_left}


@bp.post("/me/activity")
def note_activity() -> dict[str, float | None]:
    """Somebody touched a page, `age` seconds ago."""
    age = _seconds(request.form.get("age", "0"))
    idle.note_input(current_user.session_id, age)
    left = current_user.idle_left
    return {"ends_in": None if left is None else left + max(current_user.input_age - age, 0.0)}


def open_sign_ins() -> list[tuple[SignIn, str]]:
    """Each with its browser in words."""
    found = load_sign_ins(db.session, current_user.user_id, current_user.session_id, utcnow())
    return [(each, browsers.in_words(each.user_agent)) for each in found]


def _seconds(raw: Any) -> float:
    """What a page says may be anything: what is no number of seconds is now."""
    return float(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 4 else 0.0
