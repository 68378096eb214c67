"""Appending to a conversation's timeline: the numbers without gaps, and the send boundary (L3, L4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from dashboard.models import Conversation, Message
from dashboard.models.enums import AssignmentHow, AuthorKind, MessageKind
from dashboard.models.errors import Invalid, OwnershipChanged
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services.events import MessagePosted
from dashboard.services.holding import Held, hold
from dashboard.services.unit_of_work import UnitOfWork

_c = Conversation.__table__.c
_m = Message.__table__.c
PREVIEW = 160


@dataclass(frozen=True)
class Author:
    """Who writes; `key` is the identity that makes client ids unique."""

    key: str
    kind: AuthorKind
    name: str
    user_id: int | None = None
    alias: str | None = None


SYSTEM = Author("system", AuthorKind.SYSTEM, "Baton")


def as_author(viewer: Viewer) -> Author:
    return Author(viewer.author_key, AuthorKind.LIVE_AGENT, viewer.name, viewer.user_id, viewer.alias)


@dataclass(frozen=True)
class PostedMessage:
    """One entry of the timeline as it was stored."""

    public_id: str
    seq: int
    public_seq: int | None
    kind: MessageKind
    author_kind: AuthorKind
    author_name: str
    alias: str | None
    body: str
    data: dict[str, Any]
    client_id: str | None
    created_at: datetime


_FIELDS = tuple(PostedMessage.__dataclass_fields__)
_INSERT = insert(Message.__table__)
_REPEATED = select(*(_m[name] for name in _FIELDS)).where(
    _m.conversation_id == bindparam("held_id"),
    _m.author_key == bindparam("author"),
    _m.client_id == bindparam("client"),
)


@dataclass(frozen=True)
class Posted:
    """Answer of every verb that writes a message; `is_new` is False for a repeated client_id."""

    conversation_public_id: str
    message: PostedMessage
    is_new: bool


def append(
    uow: UnitOfWork,
    held: Held,
    author: Author,
    body: str,
    *,
    kind: MessageKind = MessageKind.TEXT,
    is_public: bool = True,
    data: dict[str, Any] | None = None,
    client_id: str | None = None,
    also: dict[str, Any] | None = None,
) -> PostedMessage:
    """Number and store an entry; `also` are further columns of the conversation to set in the same statement.

    A public text of anybody but the person is stored only while handler and epoch are those of `held` (L3);
    raises OwnershipChanged otherwise.
    """
    _take_numbers(uow, held, author, body, kind, is_public, also or {})
    message = PostedMessage(
        public_id=new_public_id(),
        seq=held.last_seq,
        public_seq=held.public_seq if is_public else None,
        kind=kind,
        author_kind=author.kind,
        author_name=author.name,
        alias=author.alias,
        body=body,
        data=data or {},
        client_id=client_id,
        created_at=uow.now,
    )
    context = {
        "conversation_id": held.id,
        "author_key": author.key,
        "user_id": author.user_id,
        "epoch": held.epoch,
    }
    uow.conn.execute(_INSERT, {**context, **{name: getattr(message, name) for name in _FIELDS}})
    uow.emit(MessagePosted(held.id, held.teamspace_id, message.seq, message.public_seq))
    return message


def _take_numbers(
    uow: UnitOfWork, held: Held, author: Author, body: str, kind: MessageKind, is_public: bool, also: dict[str, Any]
) -> None:
    values = dict(also)
    if kind is MessageKind.TEXT:
        values |= {"last_activity_at": uow.now, "last_text": body[:PREVIEW]}
    is_guarded = is_public and author.kind is not AuthorKind.PERSON
    statement = _numbering(tuple(values), is_public, is_guarded)
    parameters = {f"new_{name}": value for name, value in values.items()} | {"held_id": held.id}
    if is_guarded:
        parameters |= {"held_handler": held.handler, "held_epoch": held.epoch}
    row = uow.conn.execute(statement, parameters).first()
    if row is None:
        raise OwnershipChanged(hold(uow, id=held.id).ownership(uow))
    held.last_seq, held.public_seq = row.last_seq, row.public_seq
    for name, value in also.items():
        setattr(held, name, value)


@cache
def _numbering(columns: tuple[str, ...], is_public: bool, is_guarded: bool) -> ReturningUpdate[tuple[int, int]]:
    """Take the next numbers and set these columns; built once for each combination."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=_c[name].type) for name in columns}
    values["last_seq"] = _c.last_seq + 1
    if is_public:
        values["public_seq"] = _c.public_seq + 1
    statement = update(Conversation.__table__).where(_c.id == bindparam("held_id")).values(values)
    if is_guarded:
        statement = statement.where(_c.handler == bindparam("held_handler"), _c.epoch == bindparam("held_epoch"))
    return statement.returning(_c.last_seq, _c.public_seq)


def activity(
    uow: UnitOfWork, held: Held, code: str, sentence: str, *, is_public: bool = False, **details: Any
) -> PostedMessage:
    """A line about what happened; public ones are what the person reads too."""
    return append(
        uow,
        held,
        SYSTEM,
        sentence,
        kind=MessageKind.ACTIVITY,
        is_public=is_public,
        data={"code": code, **details},
    )


def joined(uow: UnitOfWork, held: Held, user_id: int, name: str, how: AssignmentHow) -> None:
    """The line by which the person learns who has them now, by name or alias (H7)."""
    activity(
        uow, held, "joined", f"{name} joined the conversation.", is_public=True, name=name, user_id=user_id, how=how
    )


def find_repeated(
    uow: UnitOfWork, held: Held, author_key: str, client_id: str, body: str, kind: MessageKind
) -> PostedMessage | None:
    """The message that this client_id already stored here; raises Invalid when it said something else (N5)."""
    row = uow.conn.execute(_REPEATED, {"held_id": held.id, "author": author_key, "client": client_id}).first()
    if row is None:
        return None
    if row.body != body or row.kind is not kind:
        raise Invalid({"client_id": "This client_id was used before, for another text."})
    return PostedMessage(**row._mapping)
