"""Signing in and out, and whether a page is still signed in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, session
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from dashboard.config import Config
from dashboard.models.errors import BatonError, Invalid, TooManyRequests
from dashboard.services import sessions
from dashboard.web.context import config

bp = Blueprint("auth", __name__)

HOME = "/inbox"


@bp.get("/login")
def show_login() -> Response:
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")), 303)
    return _form(next_page=request.args.get("next"))


@bp.post("/login")
def log_in() -> Response:
    try:
        sign_in_as(request.form.get("email", ""), request.form.get("password", ""))
    except (Invalid, TooManyRequests) as error:
        return _form(request.form.get("email"), request.form.get("next"), error)
    return redirect(safe_next(request.form.get("next")), 303)


@bp.post("/logout")
def log_out() -> Response:
    if current_user.is_authenticated:
        sessions.sign_out(current_user.token)
    logout_user()
    session.clear()
    return redirect("/login", 303)


@bp.get("/session")
def show_session() -> Response:
    """204 while the sign-in counts, else 401: what a page asks before it reconnects its socket."""
    return Response(status=204 if current_user.is_authenticated else 401, headers={"Cache-Control": "no-store"})


def safe_next(address: str | None) -> str:
    """A page of ours to go to after signing in; anything else becomes the inbox."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable():
        return HOME
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or "\\" in address or parts.path in ("/login", "/logout"):
        return HOME
    return address


def sign_in_as(email: str, password: str) -> None:
    """Begin a session of this browser; raises Invalid and TooManyRequests as signing in does."""
    _keep(_sign_in(config(), email, password))


def _sign_in(settings: Config, email: str, password: str) -> str:
    return sessions.sign_in(
        email,
        password,
        request.remote_addr or "",
        request.headers.get("User-Agent", ""),
        limit=settings.sign_in_attempts,
        days=settings.session_days,
    )


def _keep(raw: str) -> None:
    if current_user.is_authenticated:
        sessions.sign_out(current_user.token)  # the same browser signs in as somebody else
    session.clear()
    session.permanent = True
    user = sessions.find_user(raw)
    login_user(user)


def _form(email: str | None = None, next_page: str | None = None, error: BatonError | None = None) -> Response:
    form = {"email": email or "", "next": safe_next(next_page) if next_page else ""}
    page = render_template("auth/login.html", form=form, error=error.sentence if error else None)
    response = make_response(page, error.status if error else 200)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
