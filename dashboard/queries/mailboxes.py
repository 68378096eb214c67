"""Mailboxes as their settings show them; passwords are never among what is read here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dashboard.models import Mailbox
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.queries.teams import version_of

_b = Mailbox.__table__.c


@dataclass(frozen=True)
class MailboxState:
    """What is stored of a mailbox. `version` names exactly this state, so that no save passes over it."""

    id: int
    public_id: str
    address: str
    name: str
    is_enabled: bool
    outgoing: dict[str, Any]
    incoming: dict[str, Any]
    has_secrets: bool
    has_hook: bool
    last_error: str | None
    checked_at: datetime | None
    created_at: datetime
    position: dict[str, Any]
    seal: str = field(repr=False, default="")

    @property
    def version(self) -> str:
        return version_of(self.address, self.name, self.is_enabled, self.outgoing, self.incoming, self.seal)


def load_mailboxes(reader: Reader, teamspace_id: int) -> list[MailboxState]:
    """Those of a teamspace, the oldest first: its first that is enabled sends the tickets that users create."""
    rows = reader.execute(select(Mailbox.__table__).where(_b.teamspace_id == teamspace_id).order_by(_b.id))
    return [_state(row) for row in rows]


def get_mailbox(reader: Reader, teamspace_id: int, public_id: str) -> MailboxState:
    """Raises NotFound."""
    row = None
    if is_public_id(public_id):
        is_it = (_b.public_id == public_id) & (_b.teamspace_id == teamspace_id)
        row = reader.execute(select(Mailbox.__table__).where(is_it)).one_or_none()
    if row is None:
        raise NotFound
    return _state(row)


def find_hooked(reader: Reader, hook_hash: str) -> int | None:
    """The enabled mailbox whose mails are posted under this hashed token."""
    found = reader.execute(select(_b.id).where(_b.hook_hash == hook_hash, _b.is_enabled)).scalar()
    return int(found) if found is not None else None


def _state(row: Any) -> MailboxState:
    return MailboxState(
        row.id, row.public_id, row.address, row.name, row.is_enabled, row.outgoing, row.incoming,
        row.secrets is not None, row.hook_hash is not None, row.last_error, row.checked_at, row.created_at,
        row.position or {}, row.secrets or "",
    )  # fmt: skip
