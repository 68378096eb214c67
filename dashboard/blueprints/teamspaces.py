"""Settings of teamspaces: the list, a new one, the General page, deletion (N10, L10)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.team_forms import answer_refused, chosen, fields_of, ticked_first, viewer_now
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, Invalid, NotFound, Refused
from dashboard.models.languages import LANGUAGES
from dashboard.queries import staff
from dashboard.queries.teams import member_ids
from dashboard.queries.teamspaces import (
    TeamspaceState,
    find_webchat,
    get_teamspace,
    linked_team_ids,
    load_removal,
    load_teamspaces,
)
from dashboard.services import access, teamspace_deletion, teamspaces
from dashboard.services.teamspaces import NewTeamspace, TeamspaceDraft
from dashboard.web import htmx
from dashboard.web.context import config
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("teamspaces", __name__, url_prefix="/settings/teamspaces")
bp.before_request(require_sign_in)


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "teamspaces.manage")


@bp.get("")
def show_teamspaces() -> str:
    return _draw_list("teamspaces/index.html")


@bp.get("/new")
def new_teamspace() -> str:
    return _draw_new(NewTeamspace("", "", ("en",)), "teamspaces/new.html")


@bp.post("")
def create_teamspace() -> Response:
    form = request.form
    languages = tuple(form.getlist("languages"))
    new = NewTeamspace(form.get("name", ""), form.get("agent_name", ""), languages, chosen("teams"))
    try:
        public_id = teamspaces.create_teamspace(current_user.viewer, new)
    except Invalid as error:
        return answer_refused(_draw_new(new, error=error, fields=error.fields), error)
    return htmx.push_url(make_response(_draw_saved(public_id)), f"/settings/teamspaces/{public_id}")


@bp.get("/<teamspace>")
def show_teamspace(teamspace: str) -> str:
    found = get_teamspace(db.session, current_user.viewer, teamspace)
    return _draw_form(found, TeamspaceDraft(found.name, found.users, found.teams), "teamspaces/show.html")


@bp.put("/<teamspace>")
def change_teamspace(teamspace: str) -> Response:
    form = request.form
    draft = TeamspaceDraft(form.get("name", ""), chosen("users"), chosen("teams"))
    try:
        teamspaces.change_teamspace(current_user.viewer, teamspace, draft, form.get("version", ""))
    except (Invalid, Refused) as error:
        return _refuse(teamspace, draft, error)
    return make_response(_draw_saved(teamspace))


@bp.get("/<teamspace>/deletion")
def confirm_deletion(teamspace: str) -> str:
    return _draw_deletion(teamspace, "teamspaces/deletion.html")


@bp.delete("/<teamspace>")
def delete_teamspace(teamspace: str) -> Response:
    try:
        name = teamspace_deletion.delete_teamspace(current_user.viewer, teamspace, request.values.get("seen", ""))
    except Refused as error:
        response = make_response(_draw_deletion(teamspace, "teamspaces/_deletion.html", error), error.status)
        return htmx.retarget(response, "#delete-teamspace", "outerHTML")
    response = make_response(_draw_list(deleted=name))
    return htmx.push_url(htmx.trigger(response, {"close-dialog": {}}), "/settings/teamspaces")


def _refuse(public_id: str, draft: TeamspaceDraft, error: BatonError) -> Response:
    """The form again with what was typed, what is wrong, and in a conflict what is stored by now."""
    space = get_teamspace(db.session, viewer_now(), public_id)
    stored = space if isinstance(error, Refused) else None
    return answer_refused(_draw_form(space, draft, error=error, fields=fields_of(error), stored=stored), error)


def _draw_list(template: str = "teamspaces/_list.html", deleted: str = "") -> str:
    found = load_teamspaces(db.session, viewer_now(), utcnow())
    return render_template(template, teamspaces=found, deleted=deleted)


def _draw_new(draft: NewTeamspace, template: str = "teamspaces/_new.html", **more: Any) -> str:
    teams = staff.load_teams_to_link(db.session, viewer_now().workspace_id)
    return render_template(template, draft=draft, teams=teams, languages=LANGUAGES, **more)


def _draw_saved(public_id: str) -> str:
    """What is stored now; whoever unlinked themselves comes back to the list."""
    try:
        space = get_teamspace(db.session, viewer_now(), public_id)
    except NotFound:
        return _draw_list()
    return _draw_form(space, TeamspaceDraft(space.name, space.users, space.teams), is_saved=True)


def _draw_form(
    space: TeamspaceState, draft: TeamspaceDraft, template: str = "teamspaces/_form.html", **more: Any
) -> str:
    colleagues = staff.load_colleagues(db.session, viewer_now().workspace_id, utcnow())
    members = {key for team in linked_team_ids(db.session, space.id) for key in member_ids(db.session, team)}
    return render_template(
        template,
        teamspace=space,
        draft=draft,
        colleagues=ticked_first(colleagues.values(), draft.users),
        through_teams={each.public_id for key, each in colleagues.items() if key in members},
        teams=staff.load_teams_to_link(db.session, viewer_now().workspace_id),
        unstaffed=staff.load_unstaffed(db.session, frozenset([space.id])),
        webchat=find_webchat(db.session, space.id),
        origin=config().origin,
        **more,
    )


def _draw_deletion(public_id: str, template: str, error: BatonError | None = None) -> str:
    space = get_teamspace(db.session, viewer_now(), public_id)
    return render_template(template, teamspace=space, counts=load_removal(db.session, space.id), error=error)
