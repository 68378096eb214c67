"""Where the links of invitations and of new passwords lead: choose a password, and be signed in."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.blueprints.auth import sign_in_as
from dashboard.models import db
from dashboard.models.errors import BatonError, Invalid, NotFound, Refused
from dashboard.services import invitations

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.get("/<token>")
def show_invitation(token: str) -> Response:
    return _page(token, request.args.get("name", ""))


@bp.post("/<token>")
def accept_invitation(token: str) -> Response:
    form = request.form
    try:
        email = invitations.accept(token, form.get("name", ""), form.get("password", ""))
    except (Invalid, Refused) as error:
        return _page(token, form.get("name", ""), error)
    except NotFound as error:
        return _void(error)
    sign_in_as(email, form.get("password", ""))
    return redirect("/inbox", 303)


def _page(token: str, name: str, error: BatonError | None = None) -> Response:
    try:
        invited = invitations.get_invited(db.session, token)
    except NotFound as void:
        return _void(void)
    fields = error.fields if isinstance(error, Invalid) else {}
    page = render_template(
        "invitations/show.html", invited=invited, token=token, name=name or invited.name, error=error, fields=fields
    )
    return _private(make_response(page, error.status if error else 200))


def _void(error: NotFound) -> Response:
    return _private(make_response(render_template("invitations/void.html", sentence=error.sentence), 404))


def _private(response: Response) -> Response:
    """The link is a key: no cache keeps it, and no other site is told of it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
