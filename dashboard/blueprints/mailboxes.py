"""Settings of a teamspace's mailboxes: what its tickets are sent from, and where their answers come in (T8, N10)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.models import db
from dashboard.models.errors import BatonError, Invalid, NotFound
from dashboard.queries.mailboxes import MailboxState, get_mailbox, load_mailboxes
from dashboard.queries.teamspaces import get_teamspace
from dashboard.services import access, mail_probing, mail_servers, mailboxes
from dashboard.services.mail_servers import MailboxDraft, ServerDraft
from dashboard.web import htmx
from dashboard.web.context import config, mailman_for, postman_for, sealer
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("mailboxes", __name__, url_prefix="/settings/teamspaces/<teamspace>/mailboxes")
bp.before_request(require_sign_in)

NEW = MailboxDraft("", "", True, ServerDraft(port="587", security="starttls"), ServerDraft(port="993"))


@bp.before_request
def require_permission() -> None:
    access.require(current_user.viewer, "teamspaces.manage")


@bp.get("")
def show_mailboxes(teamspace: str) -> str:
    return _list(teamspace, "mailboxes/index.html")


@bp.get("/new")
def new_mailbox(teamspace: str) -> str:
    return _form(teamspace, None, NEW, template="mailboxes/show.html")


@bp.post("")
def create_mailbox(teamspace: str) -> Response:
    draft = _read()
    try:
        public_id = mailboxes.create_mailbox(current_user.viewer, teamspace, draft, sealer())
    except NotFound:
        raise
    except BatonError as error:
        return _refuse(teamspace, None, draft, error)
    address = f"/settings/teamspaces/{teamspace}/mailboxes/{public_id}"
    return htmx.push_url(_saved(teamspace, public_id, saved="Tickets can travel by mail now."), address)


@bp.post("/tests")
def create_test_of_new(teamspace: str) -> Response:
    return _test(teamspace, None)


@bp.get("/<mailbox>")
def show_mailbox(teamspace: str, mailbox: str) -> str:
    state = _get(teamspace, mailbox)
    return _form(teamspace, state, _draft_of(state), template="mailboxes/show.html")


@bp.put("/<mailbox>")
def change_mailbox(teamspace: str, mailbox: str) -> Response:
    draft, version = _read(), request.form.get("version", "")
    try:
        mailboxes.change_mailbox(current_user.viewer, teamspace, mailbox, draft, version, sealer())
    except NotFound:
        raise
    except BatonError as error:
        return _refuse(teamspace, _get(teamspace, mailbox), draft, error)
    return _saved(teamspace, mailbox, saved="It is used from now on.")


@bp.post("/<mailbox>/tests")
def create_test(teamspace: str, mailbox: str) -> Response:
    return _test(teamspace, mailbox)


@bp.post("/<mailbox>/hooks")
def create_hook(teamspace: str, mailbox: str) -> Response:
    raw = mailboxes.new_hook(current_user.viewer, teamspace, mailbox)
    return _saved(teamspace, mailbox, hook=f"{config().origin}/hooks/mail/{raw}")


def _test(teamspace: str, mailbox: str | None) -> Response:
    """What is typed is tried; the form stays as it is, with its passwords."""
    try:
        accounts = mail_servers.find_accounts(current_user.viewer, teamspace, mailbox, _read(), sealer())
    except Invalid as error:
        return make_response(render_template("mailboxes/_tested.html", wrong=error.fields, probed=()), error.status)
    has_server = config().smtp_url is not None
    probed = mail_probing.probe(accounts, postman_for, mailman_for, has_server=has_server)
    return make_response(render_template("mailboxes/_tested.html", wrong={}, probed=probed))


def _get(teamspace: str, mailbox: str) -> MailboxState:
    space = get_teamspace(db.session, current_user.viewer, teamspace)
    return get_mailbox(db.session, space.id, mailbox)


def _list(teamspace: str, template: str) -> str:
    space = get_teamspace(db.session, current_user.viewer, teamspace)
    return render_template(template, teamspace=space, mailboxes=load_mailboxes(db.session, space.id))


def _form(teamspace: str, state: MailboxState | None, draft: MailboxDraft, template: str, **more: Any) -> str:
    error = more.get("error")
    return render_template(
        template,
        teamspace=get_teamspace(db.session, current_user.viewer, teamspace),
        mailbox=state,
        draft=draft,
        version=request.form.get("version", "") if error else state.version if state else "",
        fields=error.fields if isinstance(error, Invalid) else {},
        has_server=config().smtp_url is not None,
        **more,
    )


def _saved(teamspace: str, mailbox: str, **more: Any) -> Response:
    state = _get(teamspace, mailbox)
    return make_response(_form(teamspace, state, _draft_of(state), "mailboxes/_form.html", **more))


def _refuse(teamspace: str, state: MailboxState | None, draft: MailboxDraft, error: BatonError) -> Response:
    """The form again with what was typed; passwords are typed again."""
    return make_response(_form(teamspace, state, draft, "mailboxes/_form.html", error=error), error.status)


def _read() -> MailboxDraft:
    form = request.form
    parts = [
        ServerDraft(*(form.get(f"{part}_{name}", "") for name in ("host", "port", "security", "user", "password")))
        for part in ("outgoing", "incoming")
    ]
    incoming = ServerDraft(**{**vars(parts[1]), "folder": form.get("incoming_folder", "INBOX")})
    return MailboxDraft(form.get("address", ""), form.get("name", ""), "is_enabled" in form, parts[0], incoming)


def _draft_of(state: MailboxState) -> MailboxDraft:
    servers = [
        ServerDraft(**{name: str(value) for name, value in stored.items()}) if stored else empty
        for stored, empty in ((state.outgoing, NEW.outgoing), (state.incoming, NEW.incoming))
    ]
    return MailboxDraft(state.address, state.name, state.is_enabled, *servers)
