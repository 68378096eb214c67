"""Settings of roles: the list, the grid of permissions, and deletion once nobody holds one (6a, M1, N10)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.enums import RoleType
from dashboard.models.errors import BatonError, Invalid, NotFound
from dashboard.models.permissions import KINDS, PERMISSION_NAMES, WORKSPACE_PERMISSIONS
from dashboard.queries.roles import RoleState, get_role, load_roles, load_use
from dashboard.services import access, roles
from dashboard.services.roles import RoleDraft
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("roles", __name__, url_prefix="/settings/roles")
bp.before_request(require_sign_in)

SCOPES = {"": (), "view": ("view",), "manage": ("manage",)}


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "roles.manage")


@bp.get("")
def show_roles() -> str:
    return render_template("roles/index.html", roles=_list())


@bp.get("/new")
def new_role() -> str:
    draft = RoleDraft("", frozenset({"livechats.assigned"}))
    return render_template("roles/show.html", **_form(None, draft, RoleType.TEAM))


@bp.post("")
def create_role() -> Response:
    kind = _read_type()
    draft = _read_role(kind)
    try:
        public_id = roles.create_role(current_user.viewer, kind, draft)
    except NotFound:
        raise
    except BatonError as error:
        return _refuse(None, draft, kind, error)
    return htmx.push_url(_saved(public_id, "Users can be given this role now."), f"/settings/roles/{public_id}")


@bp.get("/<role>")
def show_role(role: str) -> str:
    state = get_role(db.session, current_user.viewer.workspace_id, role)
    return render_template("roles/show.html", **_form(state, RoleDraft(state.name, state.permissions), state.type))


@bp.put("/<role>")
def change_role(role: str) -> Response:
    state = get_role(db.session, current_user.viewer.workspace_id, role)
    draft = _read_role(state.type)
    try:
        roles.change_role(current_user.viewer, role, draft, request.form.get("version", ""))
    except NotFound:
        raise
    except BatonError as error:
        return _refuse(state, draft, state.type, error)
    return _saved(role, "Its holders see what they may see now.")


@bp.get("/<role>/deletion")
def confirm_deletion(role: str) -> str:
    state = get_role(db.session, current_user.viewer.workspace_id, role)
    return render_template("roles/deletion.html", role=state, use=load_use(db.session, state.id))


@bp.delete("/<role>")
def delete_role(role: str) -> Response:
    name = roles.delete_role(current_user.viewer, role)
    html = render_template("roles/_list.html", roles=_list(), saved=f"The role {name} is deleted.")
    return htmx.push_url(htmx.trigger(make_response(html), {"close-dialog": {}}), "/settings/roles")


def _list() -> object:
    return load_roles(db.session, current_user.viewer.workspace_id)


def _read_type() -> RoleType:
    try:
        return RoleType(request.form.get("type", ""))
    except ValueError:
        raise Invalid({"type": "It is team or workspace."}) from None


def _read_role(kind: RoleType) -> RoleDraft:
    """The grid: `teams.livechats` and `all.livechats` are empty, view or manage; the others are boxes."""
    form = request.form
    chosen = set(form.getlist("permissions"))
    for noun in KINDS:
        for reach in ("teams", "all"):
            scope = form.get(f"{reach}.{noun}", "")
            if scope not in SCOPES:
                raise Invalid({"permissions": "A reach is view, manage or nothing."})
            chosen |= {f"{noun}.{each}_{reach}" for each in SCOPES[scope]}
    if kind is RoleType.TEAM:  # the part of the form that is not shown for this type may still hold ticks
        chosen -= set(WORKSPACE_PERMISSIONS)
    return RoleDraft(form.get("name", ""), frozenset(chosen))


def _form(
    state: RoleState | None, draft: RoleDraft, kind: RoleType, error: BatonError | None = None
) -> dict[str, object]:
    return {
        "role": state,
        "draft": draft,
        "type": kind,
        "version": request.form.get("version") or (state.version if state else ""),
        "error": error,
        "fields": error.fields if isinstance(error, Invalid) else {},
        "mine": current_user.viewer.permissions,
        "workspace_permissions": [(each, PERMISSION_NAMES[each]) for each in WORKSPACE_PERMISSIONS],
    }


def _refuse(state: RoleState | None, draft: RoleDraft, kind: RoleType, error: BatonError) -> Response:
    """The form again with what was chosen; nothing was saved."""
    return make_response(render_template("roles/_form.html", **_form(state, draft, kind, error)), error.status)


def _saved(public_id: str, words: str) -> Response:
    state = get_role(db.session, current_user.viewer.workspace_id, public_id)
    values = {**_form(state, RoleDraft(state.name, state.permissions), state.type), "version": state.version}
    return make_response(render_template("roles/_form.html", **values, saved=words))
