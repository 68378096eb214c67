"""Settings of users: the list, invitations, one user's roles and teams, deactivation (SPEC 1, L10, N10)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.user_forms import draw_user, read_grants, read_user, refuse_invitation, refuse_user, sender
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, NotFound, Refused
from dashboard.queries.users import count_open, get_user, load_invitations, load_users
from dashboard.services import access, invitations, users
from dashboard.services.granting import Grants
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

PAGE = "users/show.html"

bp = Blueprint("users", __name__, url_prefix="/settings/users")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "users.manage")


@bp.get("")
def show_users() -> str:
    template = "users/_rows.html" if htmx.target_id() == "users" else "users/index.html"
    return render_template(template, **_list())


@bp.get("/invitations/new")
def new_invitation() -> str:
    return draw_user(None, "", "", Grants(), template=PAGE)


@bp.post("/invitations")
def create_invitation() -> Response:
    form = request.form
    try:
        link = invitations.invite(current_user.viewer, form.get("email"), form.get("name"), read_grants(), sender())
    except BatonError as error:
        return refuse_invitation(error)
    return htmx.push_url(make_response(render_template("users/_list.html", **_list(), link=link)), "/settings/users")


@bp.post("/invitations/<invitation>/mails")
def send_invitation_again(invitation: str) -> str:
    link = invitations.send_again(current_user.viewer, invitation, sender())
    return render_template("users/_list.html", **_list(), link=link)


@bp.delete("/invitations/<invitation>")
def delete_invitation(invitation: str) -> str:
    email = invitations.take_back(current_user.viewer, invitation)
    return render_template("users/_list.html", **_list(), saved=f"The invitation of {email} is void.")


@bp.get("/<user>")
def show_user(user: str) -> str:
    state = get_user(db.session, current_user.viewer.workspace_id, user)
    return draw_user(state, state.name, state.alias, users.grants_of(state), template=PAGE)


@bp.put("/<user>")
def change_user(user: str) -> Response:
    try:
        users.change_user(current_user.viewer, user, read_user(), request.form.get("version", ""))
    except NotFound:
        raise
    except BatonError as error:
        return refuse_user(user, error)
    return _saved(user, "What they may see follows within moments.")


@bp.get("/<user>/deactivation")
def confirm_deactivation(user: str) -> str:
    return _draw_deactivation(user)


@bp.post("/<user>/deactivation")
def deactivate_user(user: str) -> Response:
    try:
        name = users.deactivate_user(current_user.viewer, user, _seen())
    except Refused as error:
        response = make_response(_draw_deactivation(user, error), error.status)
        return htmx.retarget(response, "#deactivate-user", "outerHTML")
    words = f"{name} is signed out everywhere; what was open waits again."
    return htmx.trigger(_saved(user, words), {"close-dialog": {}})


@bp.delete("/<user>/deactivation")
def reactivate_user(user: str) -> Response:
    name = users.reactivate_user(current_user.viewer, user)
    return _saved(user, f"{name} can sign in again.")


@bp.delete("/<user>/sessions")
def sign_user_out(user: str) -> Response:
    name = users.sign_out_everywhere(current_user.viewer, user)
    return _saved(user, f"{name} is signed out everywhere.")


@bp.post("/<user>/password-links")
def create_password_link(user: str) -> Response:
    link = invitations.send_password_link(current_user.viewer, user, sender())
    return _saved(user, "", link=link)


def _list() -> dict[str, Any]:
    workspace_id, now = current_user.viewer.workspace_id, utcnow()
    words, state = request.args.get("q", ""), request.args.get("state", "")
    return {
        "users": load_users(db.session, workspace_id, now, words=words, state=state),
        "invitations": load_invitations(db.session, workspace_id, now),
        "words": words,
        "state": state,
    }


def _saved(public_id: str, words: str, **more: Any) -> Response:
    state = get_user(db.session, current_user.viewer.workspace_id, public_id)
    return make_response(draw_user(state, state.name, state.alias, users.grants_of(state), saved=words, **more))


def _draw_deactivation(public_id: str, error: BatonError | None = None) -> str:
    state = get_user(db.session, current_user.viewer.workspace_id, public_id)
    template = "users/_deactivation.html" if error else "users/deactivation.html"
    return render_template(template, user=state, count=count_open(db.session, state.id), error=error)


def _seen() -> int:
    value = request.form.get("seen", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
