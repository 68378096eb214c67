"""Mailboxes of a teamspace: made, changed and switched off by whoever manages teamspaces (T8, N10)."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from dashboard.services.sealing import Sealer
from dashboard.services.secrets import digest, new_token
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_b = Mailbox.__table__.c

CHANGED = "Somebody else changed this mailbox meanwhile. Nothing was saved; what you typed is kept below."
SECURITIES = ("tls", "starttls", "none")
TAKEN = "Another mailbox has this address already."
_IDENTITY = ("host", "port", "security", "user")
"""What makes a server another one, to which no stored password is sent."""


@dataclass(frozen=True)
class ServerDraft:
    """A mail server as a form names it; an empty host means none, an empty password the one that is stored."""

    host: str = ""
    port: str = ""
    security: str = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True)
class MailboxDraft:
    """What a form says of a mailbox."""

    address: str
    name: str
    is_enabled: bool
    outgoing: ServerDraft
    incoming: ServerDraft


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
            values = _values(draft, _kept(state, draft, sealer), sealer)
            if values["incoming"] != state.incoming:
                values |= {"position": {}, "checked_at": None}  # another folder has other numbers
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


def _kept(state: MailboxState, draft: MailboxDraft, sealer: Sealer) -> dict[str, str]:
    """The stored passwords of the servers that stay what they are; raises Invalid for another one without its own.

    Whoever changes settings may not read passwords, and would by sending them to a server of theirs.
    """
    kept = sealer.open(state.seal) if state.seal else {}
    errors: dict[str, str] = {}
    pairs = ("outgoing", state.outgoing, draft.outgoing), ("incoming", state.incoming, draft.incoming)
    for part, stored, wanted in pairs:
        is_same = all(str(stored.get(name, "")) == getattr(wanted, name).strip() for name in _IDENTITY)
        if part in kept and not is_same:
            del kept[part]
            if wanted.host.strip() and wanted.user.strip() and not wanted.password:
                errors[f"{part}_password"] = "Another server or name needs its password again."
    if errors:
        raise Invalid(errors)
    return kept


def _values(draft: MailboxDraft, kept: dict[str, str], sealer: Sealer) -> dict[str, Any]:
    errors: dict[str, str] = {}
    outgoing = _server("outgoing", draft.outgoing, errors)
    incoming = _server("incoming", draft.incoming, errors)
    if incoming:
        incoming["folder"] = clean_line(draft.incoming.folder or "INBOX", "incoming_folder", limit=200)
    address, name = clean_email(draft.address, "address").lower(), clean_line(draft.name, "name", limit=120)
    if errors:
        raise Invalid(errors)
    secrets = {
        part: server.password or kept.get(part, "")
        for part, server, is_set in (("outgoing", draft.outgoing, outgoing), ("incoming", draft.incoming, incoming))
        if is_set and (server.password or kept.get(part))
    }
    return {
        "address": address, "name": name, "is_enabled": draft.is_enabled, "outgoing": outgoing, "incoming": incoming,
        "secrets": sealer.seal(secrets) if secrets else None,
    }  # fmt: skip


def _server(part: str, draft: ServerDraft, errors: dict[str, str]) -> dict[str, Any]:
    host = clean_line(draft.host, f"{part}_host", limit=253, required=False)
    if not host:
        return {}
    if " " in host or "/" in host or ":" in host:
        errors[f"{part}_host"] = "Only the name of the server, as mail.example.com."
    if not (draft.port.isascii() and draft.port.isdigit() and 0 < int(draft.port[:6]) < 65536):
        errors[f"{part}_port"] = "A port is a number from 1 to 65535."
    if draft.security not in SECURITIES:
        errors[f"{part}_security"] = "It is TLS, STARTTLS or none."
    user = clean_line(draft.user, f"{part}_user", limit=254, required=False)
    port = int(draft.port[:6]) if draft.port.isascii() and draft.port.isdigit() else 0
    return {"host": host, "port": port, "security": draft.security, "user": user}
