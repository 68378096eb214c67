"""Settings of teams: the list, the form, deletion with its consequences, languages of members (N10, L10, H5)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from dashboard.blueprints.team_forms import draw_team, read_team, refuse_team, viewer_now
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, NotFound, NotPermitted, Refused
from dashboard.models.languages import LANGUAGES
from dashboard.queries import staff
from dashboard.queries.team_deletion import load_consequences
from dashboard.queries.teams import get_team, load_teams, member_ids
from dashboard.services import access, spoken_languages, team_deletion, teams
from dashboard.services.teams import TeamDraft
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("teams", __name__, url_prefix="/settings/teams")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "teams.manage")


@bp.get("")
def show_teams() -> str:
    return _draw_list("teams/index.html")


@bp.get("/new")
def new_team() -> str:
    return draw_team(None, TeamDraft(""), "teams/show.html")


@bp.post("")
def create_team() -> Response:
    try:
        public_id = teams.create_team(current_user.viewer, read_team())
    except BatonError as error:
        return refuse_team(None, error)
    return htmx.push_url(make_response(_draw_saved(public_id)), f"/settings/teams/{public_id}")


@bp.get("/<team>")
def show_team(team: str) -> str:
    found = get_team(db.session, current_user.viewer, team)
    draft = TeamDraft(found.name, found.role, found.members, found.teamspaces)
    return draw_team(found, draft, "teams/show.html")


@bp.put("/<team>")
def change_team(team: str) -> Response:
    try:
        teams.change_team(current_user.viewer, team, read_team(), request.form.get("version", ""))
    except BatonError as error:
        return refuse_team(team, error)
    return make_response(_draw_saved(team))


@bp.get("/<team>/deletion")
def confirm_deletion(team: str) -> str:
    return _draw_deletion(team, "teams/deletion.html")


@bp.delete("/<team>")
def delete_team(team: str) -> Response:
    try:
        name = team_deletion.delete_team(current_user.viewer, team, request.values.get("seen", ""))
    except Refused as error:
        response = make_response(_draw_deletion(team, "teams/_deletion.html", error), error.status)
        return htmx.retarget(response, "#delete-team", "outerHTML")
    response = make_response(_draw_list(deleted=name))
    return htmx.push_url(htmx.trigger(response, {"close-dialog": {}}), "/settings/teams")


@bp.get("/<team>/members/<user>/languages")
def show_languages(team: str, user: str) -> str:
    return _draw_languages(team, user, "teams/languages.html")


@bp.put("/<team>/members/<user>/languages")
def change_languages(team: str, user: str) -> BaseResponse:
    form = request.form
    codes, was = form.getlist("languages"), form.get("was", "").split()
    try:
        spoken_languages.set_member_languages(current_user.viewer, team, user, codes, was)
    except Refused as error:
        response = make_response(_draw_languages(team, user, "teams/_languages.html", error), error.status)
        return htmx.retarget(response, "#languages-form", "outerHTML")
    html = _draw_languages(team, user, "teams/_spoken.html")
    return htmx.trigger(make_response(html), {"close-dialog": {}})


def _draw_list(template: str = "teams/_list.html", deleted: str = "") -> str:
    return render_template(template, teams=load_teams(db.session, viewer_now(), utcnow()), deleted=deleted)


def _draw_saved(public_id: str) -> str:
    """What is stored now; whoever saved themselves out of reach comes back to the list."""
    try:
        team = get_team(db.session, viewer_now(), public_id)
    except (NotFound, NotPermitted):
        return _draw_list()
    return draw_team(team, TeamDraft(team.name, team.role, team.members, team.teamspaces), is_saved=True)


def _draw_deletion(public_id: str, template: str, error: BatonError | None = None) -> str:
    team = get_team(db.session, viewer_now(), public_id)
    counts = load_consequences(db.session, team)
    return render_template(template, team=team, counts=counts, error=error)


def _draw_languages(team: str, user: str, template: str, error: BatonError | None = None) -> str:
    viewer = viewer_now()
    found = get_team(db.session, viewer, team)
    colleagues = staff.load_colleagues(db.session, viewer.workspace_id, utcnow())
    members = (colleagues[key] for key in member_ids(db.session, found.id) if key in colleagues)
    member = next((each for each in members if each.public_id == user), None)
    if member is None:
        raise NotFound
    return render_template(template, team=found, member=member, languages=LANGUAGES, error=error)
