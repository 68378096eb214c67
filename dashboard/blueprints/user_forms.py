"""The forms of users and invitations: what they say, and the fragments that answer them."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.errors import BatonError, Invalid
from dashboard.queries import staff
from dashboard.queries.users import UserState, get_user, load_role_options
from dashboard.services.granting import Grants, is_beyond
from dashboard.services.invitations import Sender
from dashboard.services.users import UserDraft
from dashboard.web.context import config


def sender() -> Sender:
    """From where the links of our mails lead back to us."""
    return Sender(config().origin, config().mail_from)


def read_grants() -> Grants:
    """Roles, teams and teamspaces as the form says."""
    return Grants(*(frozenset(request.form.getlist(name)) for name in ("roles", "teams", "teamspaces")))


def read_user() -> UserDraft:
    """What the form says, before anything of it is checked."""
    return UserDraft(request.form.get("name", ""), request.form.get("alias", ""), read_grants())


def draw_user(
    state: UserState | None, name: str, alias: str, grants: Grants, template: str = "users/_form.html", **more: Any
) -> str:
    """The form of a user, or of an invitation, with what was typed in it."""
    viewer = current_user.viewer
    roles = load_role_options(db.session, viewer.workspace_id)
    error = more.get("error")
    return render_template(
        template,
        user=state,
        name=name,
        alias=alias,
        grants=grants,
        roles=[(each, is_beyond(viewer, roles, frozenset([each.public_id]))) for each in roles],
        teams=staff.load_teams_to_link(db.session, viewer.workspace_id),
        teamspaces=staff.load_teamspaces_to_link(db.session, viewer.teamspace_ids),
        is_beyond=state is not None and is_beyond(viewer, roles, state.roles),
        is_me=state is not None and state.id == viewer.user_id,
        version=request.form.get("version") or (state.version if state else "") if error else state and state.version,
        fields=error.fields if isinstance(error, Invalid) else {},
        **more,
    )


def refuse_user(public_id: str, error: BatonError) -> Response:
    """The form again with what was chosen; nothing was saved."""
    state, draft = get_user(db.session, current_user.viewer.workspace_id, public_id), read_user()
    return make_response(draw_user(state, draft.name, draft.alias, draft.grants, error=error), error.status)


def refuse_invitation(error: BatonError) -> Response:
    """The invitation's form again with what was typed; nobody was invited."""
    form = request.form
    html = draw_user(None, form.get("name", ""), "", read_grants(), error=error, email=form.get("email", ""))
    return make_response(html, error.status)
