"""How much everybody holds, when they last got something and why: what routing relies on (A1, A2, A6)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, case, exists, func, select

from dashboard.models import AgentLoad, Assignment, Conversation, RoutingReceipt, Teamspace
from dashboard.models.enums import AssignmentHow, ConversationKind
from dashboard.services.ownership import COUNTED

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_l = AgentLoad.__table__.c
_r = RoutingReceipt.__table__.c
_s = Teamspace.__table__.c

_is_chat = _c.kind == ConversationKind.CHAT


def loads(conn: Connection) -> Iterator[str]:
    """A2: what the load rows say is what users hold."""
    held = (
        select(
            _c.teamspace_id,
            _c.assignee_id.label("user_id"),
            func.sum(case((_is_chat, 1), else_=0)).label("chats"),
            func.sum(case((_is_chat, 0), else_=1)).label("tickets"),
        )
        .where(_c.assignee_id.is_not(None), _c.status.in_(COUNTED))
        .group_by(_c.teamspace_id, _c.assignee_id)
    )
    counted = {(row.teamspace_id, row.user_id): (int(row.chats), int(row.tickets)) for row in conn.execute(held)}
    loads = select(_l.teamspace_id, _l.user_id, _l.open_chats, _l.open_tickets)
    stored = {(space, user): (chats, tickets) for space, user, chats, tickets in conn.execute(loads)}
    for key in sorted(counted.keys() | stored.keys()):
        is_so, says = counted.get(key, (0, 0)), stored.get(key, (0, 0))
        if is_so != says:
            yield f"Loads: user {key[1]} in teamspace {key[0]} has {is_so} chats and tickets; the load says {says}."


def last_assignments(conn: Connection) -> Iterator[str]:
    """A1: the tie of Balanced goes by the last assignment, which is one of those on record."""
    mine = and_(_a.user_id == _l.user_id, _c.id == _a.conversation_id, _c.teamspace_id == _l.teamspace_id)
    recorded = exists().where(mine, _a.from_at == _l.last_assigned_at)
    rows = select(_l.teamspace_id, _l.user_id, _l.last_assigned_at)
    for row in conn.execute(rows.where(_l.last_assigned_at.is_not(None), ~recorded)):
        yield f"Loads: user {row.user_id} got nothing in teamspace {row.teamspace_id} at {row.last_assigned_at}."
    for row in conn.execute(rows.where(_l.last_assigned_at.is_(None), exists().where(mine))):
        yield f"Loads: user {row.user_id} had something in teamspace {row.teamspace_id}; the load does not know when."


def receipts(conn: Connection) -> Iterator[str]:
    """A6: each automatic assignment of a chat has a receipt that says why this one."""
    receipt = exists().where(
        _r.conversation_id == _a.conversation_id, _r.at == _a.from_at, _r.chosen_user_id == _a.user_id
    )
    rows = select(_c.public_id, _a.id, _a.user_id).join(Assignment.__table__, _a.conversation_id == _c.id)
    for row in conn.execute(rows.where(_is_chat, _a.how == AssignmentHow.AUTO, ~receipt)):
        yield f"Receipts: nothing says why user {row.user_id} got {row.public_id} (assignment {row.id})."


def turns(conn: Connection) -> Iterator[str]:
    """A1: Round robin's place is a user and a time, or neither."""
    halves = _s.turn_at.is_(None) != _s.turn_user_id.is_(None)
    for key in conn.execute(select(_s.id).where(halves)).scalars():
        yield f"Turns: the place of Round robin in teamspace {key} is half a place."
