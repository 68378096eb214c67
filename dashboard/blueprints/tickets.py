"""New tickets: the dialog, what it offers, and what becomes of it (L9, T8)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError, Invalid, NotFound, NotPermitted
from dashboard.models.ids import new_public_id
from dashboard.queries.ticket_form import (
    Origin,
    PersonChoice,
    Where,
    find_persons,
    load_origin,
    load_teamspaces,
    load_where,
)
from dashboard.services import tickets
from dashboard.services.access import get_conversation_id, require
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in
from dashboard.web.ticket_form import read_ticket

bp = Blueprint("tickets", __name__, url_prefix="/tickets")
bp.before_request(require_sign_in)

USED = "This ticket was created already, with another message."


@bp.get("/new")
def new_ticket() -> str:
    """`from` = the conversation that it is made from."""
    _require_tickets()
    return _render("tickets/new.html")


@bp.get("/choices")
def show_choices() -> str:
    """Whom a ticket of another `teamspace` may name."""
    _require_tickets()
    return render_template("tickets/_choices.html", where=_where(None), persons=[], form=request.args, fields={}, q="")


@bp.get("/persons")
def show_persons() -> str:
    """Persons of the `teamspace` by `q`, with the one who is chosen (`person`)."""
    _require_tickets()
    where, q = _where(None), request.args.get("q", "")[:200].replace("\x00", "")
    persons = find_persons(db.session, current_user.viewer, where.id, q, request.args.get("person", ""))
    return render_template("tickets/_persons.html", persons=persons, form=request.args, fields={}, q=q)


@bp.post("")
def create_ticket() -> Response:
    try:
        wanted = read_ticket(request.form, current_user.viewer.public_id)
        opened = tickets.create_ticket(current_user.viewer, wanted, request.form.get("teamspace", ""))
    except BatonError as error:  # next to the form, which keeps all that was typed
        form = make_response(_render("tickets/_form.html", error), error.status)
        return htmx.retarget(form, "#ticket-form", "outerHTML")
    seen = {"c": opened.public_id} if _is_seen(opened.public_id) else {}
    return htmx.trigger(Response(status=204), {"close-dialog": {}, "ticket-created": seen})


def _require_tickets() -> None:
    require(current_user.viewer, "tickets.assigned")


def _is_seen(public_id: str) -> bool:
    try:
        return bool(get_conversation_id(db.session, current_user.viewer, public_id))
    except NotFound:  # it names somebody else, and only their own are theirs to see
        return False


def _render(template: str, error: BatonError | None = None) -> str:
    if isinstance(error, NotPermitted):
        raise error
    origin = _find_origin()
    where = _where(origin)
    fields = error.fields if isinstance(error, Invalid) else {}
    is_used = "client_id" in fields
    return render_template(
        template,
        spaces=load_teamspaces(db.session, current_user.viewer),
        where=where,
        origin=origin,
        persons=_persons(where, origin),
        form=request.form,
        fields=fields,
        problem=USED if is_used else fields.get("form") or (error.sentence if error and not fields else ""),
        client_id=new_public_id() if is_used else request.form.get("client_id") or new_public_id(),
        q=request.form.get("q", ""),
    )


def _find_origin() -> Origin | None:
    """Raises NotFound for a conversation that the user may not see."""
    public_id = request.values.get("from")
    if not public_id:
        return None
    return load_origin(db.session, get_conversation_id(db.session, current_user.viewer, public_id))


def _where(origin: Origin | None) -> Where:
    """The teamspace of the conversation, else the chosen one, else the user's first."""
    named = origin.teamspace_id if origin else request.values.get("teamspace", "")
    spaces = [] if named else load_teamspaces(db.session, current_user.viewer)
    if not named and not spaces:
        raise NotFound("You are in no teamspace yet, so there is nowhere to put a ticket.")
    return load_where(db.session, current_user.viewer, named or spaces[0].public_id, utcnow())


def _persons(where: Where, origin: Origin | None) -> list[PersonChoice]:
    chosen = request.form.get("person") or (origin.person.public_id if origin else "")
    q = request.form.get("q", "").replace("\x00", "")
    return find_persons(db.session, current_user.viewer, where.id, q, chosen)
