"""People: the list with its search, one person's page, their notes and tags, and the ban (N7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from dashboard.models import db
from dashboard.models.errors import BatonError, Invalid, NotFound, NotPermitted
from dashboard.models.ids import new_public_id
from dashboard.models.permissions import CONVERSATION_PERMISSIONS
from dashboard.queries import people as queries
from dashboard.queries import person as one
from dashboard.queries.people import MANAGE, PeopleFilters
from dashboard.services import people, tags
from dashboard.services.people import PersonDraft
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("people", __name__, url_prefix="/people")
bp.before_request(require_sign_in)


@bp.before_request
def require_a_view() -> None:
    """The pages are for who sees conversations, or manages people; raises NotPermitted."""
    if current_user.viewer.permissions.isdisjoint((MANAGE, *CONVERSATION_PERMISSIONS)):
        raise NotPermitted("People are shown to those who may view conversations, or manage people.")


@bp.get("")
def show_people() -> str | Response:
    filters = PeopleFilters(*(request.args.get(name, "").strip() for name in ("q", "teamspace", "tag", "banned")))
    page = queries.load_people(db.session, current_user.viewer, filters, request.args.get("cursor", ""))
    more = {**filters.parameters, "cursor": page.next_cursor} if page.next_cursor else None
    values = {"people": page.rows, "filters": filters, "next_url": more and f"/people?{urlencode(more)}"}
    if htmx.target_id() == "people-more":
        return render_template("people/_rows.html", **values)
    if htmx.target_id() == "people":
        answer = make_response(render_template("people/_list.html", **values))
        return htmx.push_url(answer, f"/people?{urlencode(filters.parameters)}")
    return render_template("people/index.html", **values, **_choices())


@bp.get("/<person>")
def show_person(person: str) -> str | BaseResponse:
    """A record that was merged away leads to the one that was kept."""
    try:
        part = "people/_history.html" if htmx.target_id() == "history-more" else "people/show.html"
        return draw_person(person, part)
    except NotFound:
        kept = one.find_kept(db.session, current_user.viewer, person)
        if kept is None:
            raise
        return htmx.go_to(f"/people/{kept}")


@bp.put("/<person>")
def change_person(person: str) -> Response:
    form = request.form
    draft = PersonDraft(form.get("name", ""), form.get("email", ""), form.get("details", ""))
    try:
        people.change_person(current_user.viewer, person, draft, form.get("version", ""))
    except (NotFound, NotPermitted):
        raise
    except BatonError as error:
        return make_response(draw_person(person, draft=draft, error=error), error.status)
    return make_response(draw_person(person, saved="Every page that shows this person follows."))


@bp.get("/<person>/ban")
def confirm_ban(person: str) -> str:
    return draw_person(person, "people/ban.html", managed=True)


@bp.put("/<person>/ban")
def ban_person(person: str) -> Response:
    people.set_ban(current_user.viewer, person, is_banned=True)
    html = draw_person(person, saved="Their messages are refused from now on.")
    return htmx.trigger(make_response(html), {"close-dialog": {}})


@bp.delete("/<person>/ban")
def lift_ban(person: str) -> str:
    people.set_ban(current_user.viewer, person, is_banned=False)
    return draw_person(person, saved="They may write again.")


@bp.post("/<person>/notes")
def create_note(person: str) -> Response:
    text, name = request.form.get("text", ""), request.form.get("note", "")
    try:
        people.add_note(current_user.viewer, person, text, name)
    except Invalid as error:
        return make_response(draw_person(person, "people/_notes.html", error=error, text=text), error.status)
    return make_response(draw_person(person, "people/_notes.html"))


@bp.delete("/<person>/notes/<note>")
def delete_note(person: str, note: str) -> str:
    people.delete_note(current_user.viewer, person, note)
    return draw_person(person, "people/_notes.html")


@bp.post("/<person>/tags")
def create_tag(person: str) -> Response:
    word = request.form.get("tag", "")
    try:
        tags.tag_person(current_user.viewer, person, word)
    except Invalid as error:
        return make_response(draw_person(person, "people/_tags.html", error=error, word=word), error.status)
    return make_response(draw_person(person, "people/_tags.html"))


@bp.delete("/<person>/tags/<tag>")
def delete_tag(person: str, tag: str) -> str:
    tags.untag_person(current_user.viewer, person, tag)
    return draw_person(person, "people/_tags.html")


def draw_person(public_id: str, template: str = "people/_person.html", *, managed: bool = False, **more: Any) -> str:
    """A person's page or a part of it, as stored now; `managed` parts are for who may change the record."""
    viewer = current_user.viewer
    person = one.get_person(db.session, viewer, public_id)
    if managed and not person.may_manage:
        raise NotPermitted
    error = more.get("error")
    return render_template(
        template,
        person=person,
        details="\n".join(f"{name}: {value}" for name, value in person.details.items()),
        notes=one.load_notes(db.session, viewer, person.id),
        new_note=new_public_id(),
        history=one.load_history(db.session, viewer, person.id, request.args.get("before", "")),
        vocabulary=queries.load_vocabulary(db.session, viewer, person.teamspace_id),
        fields=error.fields if isinstance(error, Invalid) else {},
        **more,
    )


def _choices() -> dict[str, Any]:
    viewer = current_user.viewer
    return {
        "teamspaces": queries.load_teamspaces(db.session, viewer),
        "vocabulary": queries.load_vocabulary(db.session, viewer),
        "bans": queries.BANS,
    }
