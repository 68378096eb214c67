"""The servers that a mailbox's form names: what they must be, and which stored password goes with them (T8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboard.models import db
from dashboard.models.errors import Invalid, Refused
from dashboard.models.visibility import Viewer
from dashboard.queries.mailboxes import MailboxState, get_mailbox
from dashboard.queries.teamspaces import get_teamspace
from dashboard.services import access
from dashboard.services.sealing import Sealer
from dashboard.services.text import clean_line
from integrations.port import MailAccount

SECURITIES = ("tls", "starttls", "none")
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


@dataclass(frozen=True)
class Accounts:
    """Whom a mailbox sends and reads through; None is no server of its own."""

    outgoing: MailAccount | None
    incoming: MailAccount | None
    folder: str


def find_accounts(
    viewer: Viewer, teamspace: str, public_id: str | None, draft: MailboxDraft, sealer: Sealer
) -> Accounts:
    """The accounts of a form that is not saved, with the stored passwords of the servers that stay what they are.

    Raises Invalid with the fields, also for another server without its own password; NotFound, NotPermitted.
    """
    access.require(viewer, "teamspaces.manage")
    space_id = get_teamspace(db.session, viewer, teamspace).id
    state = get_mailbox(db.session, space_id, public_id) if public_id else None
    db.session.close()  # the servers may be slow: no connection is held meanwhile
    kept = kept_passwords(state, draft, sealer) if state else {}
    outgoing, incoming = clean_servers(draft)
    return Accounts(
        MailAccount(**outgoing, password=draft.outgoing.password or kept.get("outgoing", "")) if outgoing else None,
        MailAccount(**incoming, password=draft.incoming.password or kept.get("incoming", "")) if incoming else None,
        clean_folder(draft),
    )


def kept_passwords(state: MailboxState, draft: MailboxDraft, sealer: Sealer) -> dict[str, str]:
    """The stored passwords of the servers that stay what they are; raises Invalid for another one without its own.

    Whoever changes settings may not read passwords, and would by sending them to a server of theirs.
    """
    errors: dict[str, str] = {}
    kept = _open(state, draft, sealer, errors)
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


def _open(state: MailboxState, draft: MailboxDraft, sealer: Sealer, errors: dict[str, str]) -> dict[str, str]:
    """The stored passwords; none, once the installation's key is another one: then they are asked for."""
    try:
        return sealer.open(state.seal) if state.seal else {}
    except Refused as error:
        for part, wanted in (("outgoing", draft.outgoing), ("incoming", draft.incoming)):
            if wanted.host.strip() and wanted.user.strip() and not wanted.password:
                errors[f"{part}_password"] = error.sentence
        return {}


def clean_servers(draft: MailboxDraft) -> tuple[dict[str, Any], dict[str, Any]]:
    """Outgoing and incoming server, empty for none; raises Invalid with everything that is wrong."""
    errors: dict[str, str] = {}
    servers = _server("outgoing", draft.outgoing, errors), _server("incoming", draft.incoming, errors)
    if errors:
        raise Invalid(errors)
    return servers


def clean_folder(draft: MailboxDraft) -> str:
    return clean_line(draft.incoming.folder or "INBOX", "incoming_folder", limit=200)


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
