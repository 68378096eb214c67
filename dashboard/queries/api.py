"""What API v1 reads: conversations and timelines, for a user or for a program that speaks for a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select, tuple_

from dashboard.models import AIAgent, ApiToken, Conversation, Handoff, Message, Person, Team, Teamspace, User
from dashboard.models.enums import AuthorKind, Availability, Handler, Status
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Viewer, visible_clause

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_m = Message.__table__.c
_p = Person.__table__.c
_u = User.__table__.c
_t = Team.__table__.c
_ai = AIAgent.__table__.c
_k = ApiToken.__table__.c
_s = Teamspace.__table__.c
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR_TIME = 14
"""Hexadecimal digits of the time in a cursor, in microseconds; as many follow for the key."""

_TOKEN = select(_k.user_id).where(_k.token_hash == bindparam("hash"), _k.revoked_at.is_(None))
_SECRET = select(_s.id).where(_s.secret_hash == bindparam("hash"))
_PERSON = select(_c.person_id).where(_c.public_id == bindparam("public_id"), _c.teamspace_id == bindparam("teamspace"))
_STORED = select(_m.id).where(
    _m.conversation_id == bindparam("conversation"),
    _m.author_kind == AuthorKind.PERSON,
    _m.client_id == bindparam("client"),
)


@dataclass(frozen=True)
class ConversationFilter:
    """None leaves a dimension open; `assignee` is a public id or an e-mail address."""

    handler: Handler | None = None
    status: Status | None = None
    assignee: str | None = None


def find_viewer(reader: Reader, token_hash: str) -> Viewer | None:
    """The active user behind a personal token that is not revoked."""
    user_id = reader.execute(_TOKEN, {"hash": token_hash}).scalar()
    return None if user_id is None else load_viewer(reader, user_id)


def find_teamspace_id(reader: Reader, token_hash: str) -> int | None:
    """The key of the teamspace with this secret."""
    found: int | None = reader.execute(_SECRET, {"hash": token_hash}).scalar()
    return found


def reach_of_user(viewer: Viewer) -> ColumnElement[bool]:
    """The conversations that a personal token may name."""
    return visible_clause(viewer)


def reach_of_teamspace(teamspace_id: int) -> ColumnElement[bool]:
    """The conversations that a teamspace secret may name."""
    clause: ColumnElement[bool] = _c.teamspace_id == teamspace_id
    return clause


def find_conversation(reader: Reader, public_id: str, reach: ColumnElement[bool]) -> Row[Any] | None:
    """Everything that the conversation object shows, in one SELECT."""
    if not is_public_id(public_id):
        return None
    return reader.execute(_conversations().where(_c.public_id == public_id, reach)).first()


def get_conversation(reader: Reader, public_id: str) -> Row[Any]:
    """The same for whoever has just changed it, also when that took it out of their sight."""
    return reader.execute(_conversations().where(_c.public_id == public_id)).one()


def list_conversations(
    reader: Reader, reach: ColumnElement[bool], chosen: ConversationFilter, cursor: str | None, limit: int
) -> tuple[Sequence[Row[Any]], str | None]:
    """One page, latest activity first, and the cursor of the next one; a cursor is a place, not a snapshot."""
    statement = _conversations().where(reach).order_by(_c.last_activity_at.desc(), _c.id.desc()).limit(limit + 1)
    if chosen.handler:
        statement = statement.where(_c.handler == chosen.handler)
    if chosen.status:
        statement = statement.where(_c.status == chosen.status)
    if chosen.assignee:
        is_them = or_(_u.public_id == chosen.assignee, _u.email == chosen.assignee.lower())
        statement = statement.where(_c.assignee_id.in_(select(_u.id).where(is_them)))
    if cursor:
        statement = statement.where(tuple_(_c.last_activity_at, _c.id) < tuple_(*_decode(cursor)))
    rows = reader.execute(statement).all()
    page = rows[:limit]
    return page, _encode(page[-1]) if len(rows) > limit else None


def list_messages(reader: Reader, conversation_id: int, after: int, upto: int, limit: int) -> Sequence[Row[Any]]:
    """The whole timeline, notes and private activity included, in the order of `seq`."""
    return reader.execute(
        select(Message.__table__)
        .where(_m.conversation_id == conversation_id, _m.seq > after, _m.seq <= upto)
        .order_by(_m.seq)
        .limit(limit)
    ).all()


def is_stored(reader: Reader, conversation_id: int, client_id: str) -> bool:
    """Whether the person's message with this client_id is in the conversation already."""
    which = {"conversation": conversation_id, "client": client_id}
    return reader.execute(_STORED, which).first() is not None


def find_person_id(reader: Reader, public_id: str, teamspace_id: int) -> int | None:
    """The key of the person of a conversation that this teamspace's secret may name."""
    if not is_public_id(public_id):
        return None
    found: int | None = reader.execute(_PERSON, {"public_id": public_id, "teamspace": teamspace_id}).scalar()
    return found


def find_user(reader: Reader, reference: str) -> str | None:
    """The public id of the user with this public id or e-mail address."""
    is_it = or_(_u.public_id == reference, _u.email == reference.lower())
    found: str | None = reader.execute(select(_u.public_id).where(is_it)).scalar()
    return found


def find_team(reader: Reader, reference: str) -> str | None:
    """The public id of the team with this public id or name."""
    is_it = or_(_t.public_id == reference, _t.name == reference)
    found: str | None = reader.execute(select(_t.public_id).where(is_it)).scalar()
    return found


def get_availability(reader: Reader, user_id: int) -> Availability:
    """What the user declares."""
    declared: Availability = reader.execute(select(_u.availability).where(_u.id == user_id)).scalar_one()
    return declared


@cache
def _conversations() -> Select[Any]:
    return (
        select(
            *(_c[name] for name in _CONVERSATION),
            *_named("assignee", _u, "public_id", "name", "alias", "email"),
            *_named("team", _t, "public_id", "name"),
            *_named("ai_agent", _ai, "public_id", "name"),
            *_named("person", _p, "public_id", "external_id", "name", "email"),
            *_named("handoff", _h, *_HANDOFF),
        )
        .join(Person.__table__, _p.id == _c.person_id)
        .outerjoin(User.__table__, _u.id == _c.assignee_id)
        .outerjoin(Team.__table__, _t.id == _c.team_id)
        .outerjoin(AIAgent.__table__, _ai.id == _c.ai_agent_id)
        .outerjoin(Handoff.__table__, _h.id == _c.handoff_id)
    )


_CONVERSATION = (
    "id",
    "public_id",
    "kind",
    "handler",
    "status",
    "epoch",
    "last_seq",
    "public_seq",
    "waiting_since",
    "language",
    "last_activity_at",
    "owner_since",
    "person_id",
)
_HANDOFF = (
    "public_id",
    "reason",
    "destination",
    "mode",
    "requested_at",
    "assigned_at",
    "closed_at",
    "outcome",
    "rating",
    "rated_at",
    "external_ref",
)


def _named(prefix: str, columns: Any, *names: str) -> list[ColumnElement[Any]]:
    return [columns[name].label(f"{prefix}_{name}") for name in names]


def _encode(row: Row[Any]) -> str:
    micros = (row.last_activity_at - _EPOCH) // _MICROSECOND
    return f"{micros:0{_CURSOR_TIME}x}{row.id:0{_CURSOR_TIME}x}"


def _decode(cursor: str) -> tuple[datetime, int]:
    micros, key = int(cursor[:_CURSOR_TIME], 16), int(cursor[_CURSOR_TIME:], 16)
    return _EPOCH + micros * _MICROSECOND, key
