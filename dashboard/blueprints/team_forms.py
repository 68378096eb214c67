"""The forms of teams and teamspaces: what they say, and the fragments that answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, Invalid, Refused
from dashboard.models.languages import LANGUAGES
from dashboard.models.visibility import Viewer
from dashboard.queries import staff
from dashboard.queries.staff import Colleague
from dashboard.queries.teams import TeamState, get_team, member_ids, teamspace_ids_of
from dashboard.services.access import get_viewer
from dashboard.services.teams import TeamDraft
from dashboard.web import htmx


def viewer_now() -> Viewer:
    """Who asks, as of now: a save may have changed what they reach."""
    return get_viewer(db.session, current_user.user_id)


def read_team() -> TeamDraft:
    """What the form says, before anything of it is checked."""
    form = request.form
    return TeamDraft(form.get("name", ""), form.get("role", ""), chosen("members"), chosen("teamspaces"))


def chosen(name: str) -> frozenset[str]:
    return frozenset(request.form.getlist(name))


def draw_team(team: TeamState | None, draft: TeamDraft, template: str = "teams/_form.html", **more: Any) -> str:
    """The form of a team, or of a new one, with what was typed in it."""
    viewer = viewer_now()
    colleagues = staff.load_colleagues(db.session, viewer.workspace_id, utcnow())
    spaces = teamspace_ids_of(db.session, team.id) if team else frozenset()
    members = member_ids(db.session, team.id) if team else frozenset()
    return render_template(
        template,
        team=team,
        draft=draft,
        colleagues=ticked_first(colleagues.values(), draft.members, draft.role),
        members=[colleagues[key] for key in colleagues if key in members],
        roles=staff.load_team_roles(db.session, viewer.workspace_id),
        teamspaces=staff.load_teamspaces_to_link(db.session, viewer.teamspace_ids),
        unstaffed=staff.load_unstaffed(db.session, spaces),
        languages=LANGUAGES,
        **more,
    )


def refuse_team(public_id: str | None, error: BatonError) -> Response:
    """The form again with what was typed, what is wrong, and in a conflict what is stored by now."""
    if not isinstance(error, Invalid | Refused):
        raise error
    team = get_team(db.session, viewer_now(), public_id) if public_id else None
    draft = read_team()
    stored = team if isinstance(error, Refused) else None
    return answer_refused(draw_team(team, draft, error=error, fields=fields_of(error), stored=stored), error)


def answer_refused(html: str, error: BatonError) -> Response:
    """A refusal is swapped in like an answer, whatever its status."""
    return htmx.retarget(make_response(html, error.status), "#settings")


def fields_of(error: BatonError) -> Mapping[str, str]:
    return error.fields if isinstance(error, Invalid) else {}


def ticked_first(colleagues: Iterable[Colleague], ticked: frozenset[str], role: str = "") -> list[Colleague]:
    """Whoever is in, before those who could be: in the order of names each."""
    return sorted(colleagues, key=lambda each: each.public_id not in ticked and role not in each.roles)
