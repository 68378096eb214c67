"""Settings of a teamspace's tags: the list with their uses, a new one, renaming, merging, deletion (N10)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.errors import BatonError, Invalid, NotFound, NotPermitted, Refused
from dashboard.queries.tag_settings import PAGE, get_tag, load_tags
from dashboard.queries.teamspaces import get_teamspace
from dashboard.services import access, vocabulary
from dashboard.services.vocabulary import NameTaken
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("tag_settings", __name__, url_prefix="/settings/teamspaces/<teamspace>/tags")
bp.before_request(require_sign_in)

MOST_SHOWN = 1_000


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "teamspaces.manage")


@bp.get("")
def show_tags(teamspace: str) -> str:
    is_part = htmx.target_id() == "tag-list"
    return _list(teamspace, "tags/_list.html" if is_part else "tags/index.html")


@bp.post("")
def create_tag(teamspace: str) -> Response:
    name = request.form.get("name", "")
    try:
        vocabulary.create_tag(current_user.viewer, teamspace, name)
    except Invalid as error:
        html = _list(teamspace, "tags/_page.html", name=name, fields=error.fields)
        return htmx.retarget(make_response(html, error.status), "#settings")
    return make_response(_list(teamspace, "tags/_page.html", saved="It is suggested to everybody who adds tags."))


@bp.get("/<tag>")
def edit_tag(teamspace: str, tag: str) -> str:
    return _dialog(teamspace, tag, "tags/rename.html")


@bp.put("/<tag>")
def change_tag(teamspace: str, tag: str) -> Response:
    name, was = request.form.get("name", ""), request.form.get("was", "")
    try:
        vocabulary.rename_tag(current_user.viewer, teamspace, tag, name, was)
    except NameTaken as error:
        return _refuse(_dialog(teamspace, tag, "tags/_merge.html", into=error.other), error)
    except (NotFound, NotPermitted):
        raise
    except BatonError as error:
        return _refuse(_dialog(teamspace, tag, "tags/_rename.html", error=error, name=name), error)
    return _done(teamspace, "Wherever the tag is, it has the new name.")


@bp.post("/<tag>/merge/<into>")
def merge_tag(teamspace: str, tag: str, into: str) -> Response:
    try:
        name = vocabulary.merge_tags(current_user.viewer, teamspace, tag, into, request.form.get("seen", ""))
    except Refused as error:
        return _refuse(_dialog(teamspace, tag, "tags/_merge.html", into=into, error=error), error)
    return _done(teamspace, f"Whatever had it has \u201c{name}\u201d now.")


@bp.get("/<tag>/deletion")
def confirm_deletion(teamspace: str, tag: str) -> str:
    return _dialog(teamspace, tag, "tags/deletion.html")


@bp.delete("/<tag>")
def delete_tag(teamspace: str, tag: str) -> Response:
    try:
        name = vocabulary.delete_tag(current_user.viewer, teamspace, tag, request.values.get("seen", ""))
    except Refused as error:
        return _refuse(_dialog(teamspace, tag, "tags/_deletion.html", error=error), error)
    return _done(teamspace, f"The tag \u201c{name}\u201d is deleted.")


def _list(teamspace: str, template: str, **more: Any) -> str:
    space = get_teamspace(db.session, current_user.viewer, teamspace)
    words, raw = request.args.get("q", ""), request.args.get("shown", "")
    shown = min(int(raw), MOST_SHOWN) if raw.isascii() and raw.isdigit() and len(raw) < 6 else PAGE
    page = load_tags(db.session, space.id, words, shown)
    return render_template(template, teamspace=space, page=page, q=words, more_shown=shown + PAGE, **more)


def _dialog(teamspace: str, tag: str, template: str, into: str = "", **more: Any) -> str:
    space = get_teamspace(db.session, current_user.viewer, teamspace)
    error = more.get("error")
    return render_template(
        template,
        teamspace=space,
        tag=get_tag(db.session, space.id, tag),
        into=get_tag(db.session, space.id, into) if into else None,
        fields=error.fields if isinstance(error, Invalid) else {},
        **more,
    )


def _refuse(html: str, error: BatonError) -> Response:
    """The dialog stays open and says what is wrong, or asks."""
    return htmx.retarget(make_response(html, error.status), "#tag-form", "outerHTML")


def _done(teamspace: str, saved: str) -> Response:
    return htmx.trigger(make_response(_list(teamspace, "tags/_page.html", saved=saved)), {"close-dialog": {}})
