"""A conversation locked by the transaction that is about to change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select, update

from dashboard.models import Conversation, User
from dashboard.models.enums import ConversationKind, Handler, Status
from dashboard.models.errors import NotFound, Ownership, OwnershipChanged
from dashboard.models.scopes import complete
from dashboard.models.visibility import Scope
from dashboard.services.unit_of_work import UnitOfWork

_c = Conversation.__table__.c
_FIELDS = (
    "id",
    "public_id",
    "kind",
    "teamspace_id",
    "ai_agent_id",
    "person_id",
    "channel_id",
    "handler",
    "assignee_id",
    "team_id",
    "status",
    "epoch",
    "owner_since",
    "last_seq",
    "public_seq",
    "waiting_since",
    "language",
    "is_language_corrected",
    "handoff_id",
    "workflow_version_id",
    "flow_state",
)
_HELD = select(*(_c[name] for name in _FIELDS))
# The locks let foreign keys pass: PostgreSQL checks all of them again when a row is updated twice in a transaction, so
# that otherwise whoever has the conversation would wait for the person, and who writes, for the conversation.
_BY_ID = _HELD.where(_c.id == bindparam("key")).with_for_update(key_share=True)
_BY_PUBLIC_ID = _HELD.where(_c.public_id == bindparam("key")).with_for_update(key_share=True)


@dataclass
class Held:
    """The row as this transaction has it; `write` keeps row and object the same."""

    id: int
    public_id: str
    kind: ConversationKind
    teamspace_id: int
    ai_agent_id: int | None
    person_id: int
    channel_id: int | None
    handler: Handler
    assignee_id: int | None
    team_id: int | None
    status: Status | None
    epoch: int
    owner_since: datetime
    last_seq: int
    public_seq: int
    waiting_since: datetime | None
    language: str | None
    is_language_corrected: bool
    handoff_id: int | None
    workflow_version_id: int | None
    flow_state: dict[str, Any] | None

    @property
    def is_chat(self) -> bool:
        return self.kind is ConversationKind.CHAT

    def scope(self, uow: UnitOfWork) -> Scope:
        """What the visibility rule looks at, in this transaction."""
        now = Scope(self.id, self.kind, self.teamspace_id, self.handler, self.status, self.assignee_id, self.team_id)
        return complete(uow.conn, now, was_handed_off=self.handoff_id is not None)

    def write(self, uow: UnitOfWork, **values: Any) -> None:
        """Update columns that are no matter of ownership."""
        uow.conn.execute(update(Conversation.__table__).where(_c.id == self.id).values(values))
        for name, value in values.items():
            setattr(self, name, value)

    def ownership(self, uow: UnitOfWork) -> Ownership:
        """Who has it now, as a loser of a race is told (L8)."""
        user = None
        if self.assignee_id is not None:
            u = User.__table__.c
            user = uow.conn.execute(select(u.public_id, u.name, u.email).where(u.id == self.assignee_id)).one()
        return Ownership(
            handler=self.handler,
            assignee_public_id=user.public_id if user else None,
            assignee_name=user.name if user else None,
            assignee_email=user.email if user else None,
            epoch=self.epoch,
            at=self.owner_since,
        )

    def require_epoch(self, uow: UnitOfWork, epoch: int | None) -> None:
        """Refuse what was decided on an older state of ownership."""
        if epoch is not None and epoch != self.epoch:
            raise OwnershipChanged(self.ownership(uow))


def hold(uow: UnitOfWork, *, public_id: str | None = None, id: int | None = None) -> Held:
    """Lock and read a conversation; raises NotFound."""
    statement, key = (_BY_PUBLIC_ID, public_id) if id is None else (_BY_ID, id)
    row = uow.conn.execute(statement, {"key": key}).first()
    if row is None:
        raise NotFound
    return _held(uow, row)


def find_and_hold(uow: UnitOfWork, clause: ColumnElement[bool], *, skip_locked: bool = False) -> Held | None:
    """The first conversation that matches, locked until the end of the transaction, or None.

    With `skip_locked` one that another transaction has locked counts as not there.
    """
    locked = _HELD.where(clause).with_for_update(skip_locked=skip_locked, key_share=True)
    row = uow.conn.execute(locked).first()
    return _held(uow, row) if row else None


def _held(uow: UnitOfWork, row: Row[Any]) -> Held:
    """Who waited for the lock began before what they waited for: time goes on from there, and no records overlap."""
    uow.now = max(uow.now, row.owner_since)
    return Held(**row._mapping)
