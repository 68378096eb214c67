"""Merging a person with another record: search it, see what would happen, do it. There is no undo."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.people import draw_person
from dashboard.models import db
from dashboard.models.errors import BatonError, NotFound, NotPermitted, Refused
from dashboard.queries.merging import find_seen, load_preview
from dashboard.queries.people import find_others
from dashboard.queries.person import PersonState, get_person
from dashboard.services import merging
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("merging", __name__, url_prefix="/people/<person>/merge")
bp.before_request(require_sign_in)


@bp.get("")
def choose_other(person: str) -> str:
    mine, words = _managed(person), request.args.get("q", "")
    others = find_others(db.session, current_user.viewer, mine.id, mine.teamspace_id, words)
    template = "people/_others.html" if htmx.target_id() == "others" else "people/merge.html"
    return render_template(template, person=mine, others=others, words=words)


@bp.get("/<other>")
def show_preview(person: str, other: str) -> str:
    return _draw_preview(person, other)


@bp.post("/<other>")
def merge(person: str, other: str) -> Response:
    try:
        merging.merge_people(current_user.viewer, person, other, request.form.get("seen", ""))
    except Refused as error:
        response = make_response(_draw_refused(person, other, error), error.status)
        return htmx.retarget(response, "#merge-form", "outerHTML")
    html = draw_person(person, saved="Both records are one person now.")
    return htmx.trigger(make_response(html), {"close-dialog": {}})


def _managed(public_id: str) -> PersonState:
    person = get_person(db.session, current_user.viewer, public_id)
    if not person.may_manage:
        raise NotPermitted
    return person


def _draw_preview(person: str, other: str, error: BatonError | None = None) -> str:
    kept, gone = _managed(person), _managed(other)
    if kept.id == gone.id or kept.teamspace_id != gone.teamspace_id:
        raise NotFound
    preview = load_preview(db.session, kept.id, gone.id)
    seen = find_seen(db.session, current_user.viewer, preview)
    return render_template("people/_preview.html", person=kept, other=gone, preview=preview, seen=seen, error=error)


def _draw_refused(person: str, other: str, error: Refused) -> str:
    """The preview as it is now; when a record is gone there is nothing to preview any more."""
    try:
        return _draw_preview(person, other, error)
    except NotFound:
        return render_template("people/_gone.html", error=error)
