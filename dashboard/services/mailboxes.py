"""Mailboxes of a teamspace: made, changed and switched off by whoever manages teamspaces (T8, N10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from dashboard.models import Mailbox
from dashboard.models.errors import Invalid
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.queries.mailboxes import MailboxState, get_mailbox
from dashboard.queries.teamspaces import get_teamspace
from dashboard.services import access
from dashboard.services.addresses import clean_email
from dashboard.services.belonging import Stale
from dashboard.services.mail_servers import MailboxDraft, clean_folder, clean_servers, kept_passwords
from dashboard.services.sealing import Sealer
from dashboard.services.secrets import digest, new_token
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_b = Mailbox.__table__.c

CHANGED = "Somebody else changed this mailbox meanwhile. Nothing was saved; what you typed is kept below."
TAKEN = "Another mailbox has this address already."
_FOLDER = ("host", "user", "folder")
"""What makes a folder another one, whose mails have other numbers."""


def create_mailbox(viewer: Viewer, teamspace: str, draft: MailboxDraft, sealer: Sealer) -> str:
    """A new mailbox; answers its public id. Raises NotFound, NotPermitted, and Invalid with the fields."""
    public_id = new_public_id()
    try:
        with unit_of_work() as uow:
            space_id = _reach(uow, viewer, teamspace)
            values = _values(draft, {}, sealer)
            uow.conn.execute(
                insert(Mailbox.__table__).values(
                    public_id=public_id, teamspace_id=space_id, position={}, created_at=uow.now, **values
                )
            )
    except IntegrityError:
        raise Invalid({"address": TAKEN}) from None
    return public_id


def change_mailbox(
    viewer: Viewer, teamspace: str, public_id: str, draft: MailboxDraft, version: str, sealer: Sealer
) -> None:
    """Save a mailbox's form, drawn from the state that `version` names.

    Raises Stale when that is no longer what is stored, Invalid with the fields, NotFound, NotPermitted.
    """
    try:
        with unit_of_work() as uow:
            state = _hold(uow, viewer, teamspace, public_id)
            if state.version != version:
                raise Stale(CHANGED)
            values = _values(draft, kept_passwords(state, draft, sealer), sealer)
            if values["incoming"] != state.incoming:
                values |= {"position": _begin(state, values["incoming"], uow.now), "checked_at": None}
            uow.conn.execute(update(Mailbox.__table__).where(_b.id == state.id).values(last_error=None, **values))
    except IntegrityError:
        raise Invalid({"address": TAKEN}) from None


def new_hook(viewer: Viewer, teamspace: str, public_id: str) -> str:
    """A new secret under which a mail server posts mails as they are; the one before is void. It is shown once."""
    raw = new_token()
    with unit_of_work() as uow:
        state = _hold(uow, viewer, teamspace, public_id)
        uow.conn.execute(update(Mailbox.__table__).where(_b.id == state.id).values(hook_hash=digest(raw)))
    return raw


def _reach(uow: UnitOfWork, viewer: Viewer, teamspace: str) -> int:
    return get_teamspace(uow.conn, access.authorise(uow, viewer.user_id, "teamspaces.manage"), teamspace).id


def _hold(uow: UnitOfWork, viewer: Viewer, teamspace: str, public_id: str) -> MailboxState:
    space_id = _reach(uow, viewer, teamspace)
    uow.conn.execute(select(_b.id).where(_b.public_id == public_id).with_for_update()).first()
    return get_mailbox(uow.conn, space_id, public_id)


def _begin(state: MailboxState, incoming: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Where reading goes on after a change: a new folder begins where the one before ended, the first one now."""
    if not incoming or not state.incoming:
        return {"since": now.isoformat()}
    if all(incoming[name] == state.incoming[name] for name in _FOLDER):
        return state.position
    return {"since": state.position.get("since", state.created_at.isoformat())}


def _values(draft: MailboxDraft, kept: dict[str, str], sealer: Sealer) -> dict[str, Any]:
    outgoing, incoming = clean_servers(draft)
    if incoming:
        incoming["folder"] = clean_folder(draft)
    address, name = clean_email(draft.address, "address").lower(), clean_line(draft.name, "name", limit=120)
    secrets = {
        part: server.password or kept.get(part, "")
        for part, server, is_set in (("outgoing", draft.outgoing, outgoing), ("incoming", draft.incoming, incoming))
        if is_set and (server.password or kept.get(part))
    }
    return {
        "address": address, "name": name, "is_enabled": draft.is_enabled, "outgoing": outgoing, "incoming": incoming,
        "secrets": sealer.seal(secrets) if secrets else None,
    }  # fmt: skip
