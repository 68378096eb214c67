"""Routing receipts: why a live agent got a conversation, or why it still waits (A6).

`RoutingReceipt.method` is the method that ran, and `data` holds what it saw::

    {
        "limit": 10,
        "kind": "chat",                             # or "ticket": the limit is not asked for
        "list": {"language": "es"},                 # or {"team": "Returns"}, {}: just some; None: everyone is eligible
        "stored_method": "round_robin",             # the choice; another ran where the plan is below it
        "turn": {"user_id": 3, "name": "Bo Lindqvist"},  # Round robin: whose turn was last before; None: nobody's yet
        "candidates": [
            {
                "user_id": 4, "name": "Cy Okafor",
                "open_chats": 2, "open_tickets": 1,     # Balanced goes by their sum
                "last_assigned_at": "2026-…Z",          # or None: never; Balanced's tie
                "online_since": "2026-…Z",              # or None: not online and present; Round robin's order
                "obstacle": None,                       # or not_eligible, no_tickets, transferred_it, away, absent,
                                                        # at_limit
                "rank": 1,                              # the order in which the free ones would have been taken; 1 was
            },                                          # first, None with an obstacle and where nothing is automatic
        ],
    }

Older rows have `limit` and of each candidate `user_id`, `name`, `open_chats` and `obstacle` only. While a conversation
waits it has at most two: of the moment it was queued, and the latest that differs from it, written over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update

from dashboard.models import Conversation, QueueEntry, RoutingReceipt, Teamspace, User, Workspace, db
from dashboard.models.clock import to_rfc3339, utcnow
from dashboard.models.enums import Method
from dashboard.models.membership import Reader
from dashboard.models.permissions import effective_method
from dashboard.queries.candidates import (
    Candidate,
    WaitingEntry,
    load_candidates,
    load_eligible,
    load_waiting,
)
from dashboard.services.holding import Held
from dashboard.services.picking import Picking, Rules, Turn
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

__all__ = ["Rules", "describe", "explain", "explain_again", "explain_all", "load_rules", "store_receipt"]

OLDEST = 200
"""Of how many waiting conversations of a teamspace the reasons are kept up to date."""
PART = 20
"""Of how many one transaction writes them: on SQLite everybody who writes waits for it."""

_c = Conversation.__table__.c
_q = QueueEntry.__table__.c
_r = RoutingReceipt.__table__.c
_s = Teamspace.__table__.c
_u = User.__table__.c
_w = Workspace.__table__.c

_RULES = (
    select(_s.method, _s.auto_limit, _s.turn_at, _s.turn_user_id, _w.plan, _u.name.label("turn_name"))
    .join(Workspace.__table__, _w.id == _s.workspace_id)
    .outerjoin(User.__table__, _u.id == _s.turn_user_id)
    .where(_s.id == bindparam("teamspace"))
)
_INSERT = insert(RoutingReceipt.__table__)


def load_rules(reader: Reader, teamspace_id: int) -> Rules:
    """Chat Assignment as it runs now, whatever the plan has come to."""
    row = reader.execute(_RULES, {"teamspace": teamspace_id}).one()
    has_turn = row.turn_at is not None and row.turn_name is not None
    turn = Turn(row.turn_user_id, row.turn_at, row.turn_name) if has_turn else None
    return Rules(effective_method(row.method, row.plan), row.auto_limit, row.method, turn)


def explain(uow: UnitOfWork, held: Held) -> None:
    """Store why a conversation that has just been queued was not assigned at once (A6)."""
    explain_all(uow, held.teamspace_id, [held])


def explain_all(uow: UnitOfWork, teamspace_id: int, held: Collection[Held]) -> None:
    """The same for several of one teamspace, whose agents are looked at once."""
    by_id = {each.id: each for each in held}
    entries = load_waiting(uow.conn, _q.conversation_id.in_(by_id) & (_q.teamspace_id == teamspace_id)) if held else []
    if not entries:
        return
    picking = Picking(load_rules(uow.conn, teamspace_id), load_candidates(uow.conn, teamspace_id, uow.now))
    eligible = load_eligible(uow.conn, [each.id for each in entries if not each.is_everyone])
    for entry in entries:
        users = eligible.get(entry.id)
        data = describe(entry, picking, users, picking.order(entry, users))
        store_receipt(uow, by_id[entry.conversation_id], data, picking.rules)


def explain_again(teamspace_id: int) -> int:
    """Note for the oldest that wait why they do by now, where it is no longer what was noted; answers how many.

    It reads first, and writes nothing while nothing has changed; what changed for many is written in parts.
    """
    rules, news = _find_news(db.session, teamspace_id)
    db.session.close()
    for part in range(0, len(news), PART):
        with unit_of_work() as uow:
            for entry, data in news[part : part + PART]:
                _note(uow, entry, {"at": uow.now, "method": rules.method, "data": data})
    return len(news)


def store_receipt(
    uow: UnitOfWork, held: Held, data: dict[str, Any], rules: Rules, chosen: Candidate | None = None
) -> None:
    """Keep one decision with everybody who was looked at; `data` is what `describe` made of it."""
    row = {
        "conversation_id": held.id,
        "handoff_id": held.handoff_id,
        "at": uow.now,
        "method": rules.method,
        "chosen_user_id": chosen.user_id if chosen else None,
        "data": data,
    }
    uow.conn.execute(_INSERT, row)


def describe(
    entry: WaitingEntry, picking: Picking, eligible: frozenset[int] | None, order: Sequence[Candidate]
) -> dict[str, Any]:
    """The data of a receipt, as the module says; `order` is that of the free ones."""
    obstacles = picking.obstacles(entry, eligible)
    ranks = {each.user_id: rank for rank, each in enumerate(order, start=1)}
    return {
        "limit": picking.rules.limit,
        "kind": "chat" if entry.is_chat else "ticket",
        "list": entry.list_name,
        "stored_method": (picking.rules.stored or picking.rules.method).value,
        "turn": {"user_id": picking.turn.user_id, "name": picking.turn.name} if picking.turn else None,
        "candidates": [
            {
                "user_id": each.user_id,
                "name": each.name,
                "open_chats": each.open_chats,
                "open_tickets": each.open_tickets,
                "last_assigned_at": to_rfc3339(each.last_assigned_at),
                "online_since": to_rfc3339(each.online_since),
                "obstacle": obstacles[each.user_id],
                "rank": ranks.get(each.user_id),
            }
            for each in picking.candidates
        ],
    }


def _find_news(reader: Reader, teamspace_id: int) -> tuple[Rules, list[tuple[WaitingEntry, dict[str, Any]]]]:
    """Those of the oldest entries whose reasons differ from the latest that was noted in this stay."""
    rules, news = load_rules(reader, teamspace_id), []
    entries = load_waiting(reader, _q.teamspace_id == teamspace_id, OLDEST)
    picking = Picking(rules, load_candidates(reader, teamspace_id, utcnow()) if entries else ())
    eligible = load_eligible(reader, [each.id for each in entries if not each.is_everyone])
    noted = _latest_notes(reader, entries)
    reasons: dict[object, object] = {}  # most wait for the same people, for the same reasons
    for entry in entries:
        users = eligible.get(entry.id)
        key = (users, entry.excluded_user_id, entry.is_chat)
        if key not in reasons:
            reasons[key] = _gist(rules.method, describe(entry, picking, users, picking.order(entry, users)))
        if noted.get(entry.id) != reasons[key]:
            news.append((entry, describe(entry, picking, users, picking.order(entry, users))))
    return rules, news


def _latest_notes(reader: Reader, entries: Iterable[WaitingEntry]) -> dict[int, object]:
    """What was noted last in each entry's stay, in short."""
    by_conversation = {each.conversation_id: each for each in entries}
    last = _notes(by_conversation).with_only_columns(func.max(_r.id)).order_by(None).group_by(_r.conversation_id)
    rows = reader.execute(select(_r.conversation_id, _r.at, _r.method, _r.data).where(_r.id.in_(last)))
    found: dict[int, object] = {}
    for row in rows:
        entry = by_conversation[row.conversation_id]
        if row.at >= entry.entered_at:
            found[entry.id] = _gist(row.method, row.data)
    return found


def _gist(method: Method, data: dict[str, Any]) -> object:
    """What makes a reason another one: not how many chats somebody holds, as long as it does not stop them."""
    reasons = tuple((each["user_id"], each["obstacle"]) for each in data["candidates"])
    return (method.value, data.get("stored_method"), data["limit"], reasons)


def _note(uow: UnitOfWork, entry: WaitingEntry, values: dict[str, Any]) -> None:
    """The first note of a stay is kept, the second one written over."""
    if not load_waiting(uow.conn, _q.id == entry.id):
        return
    ids = uow.conn.execute(_notes([entry.conversation_id]).where(_r.at >= entry.entered_at)).scalars().all()
    if len(ids) > 1:
        uow.conn.execute(update(RoutingReceipt.__table__).where(_r.id == ids[-1]).values(values))
        return
    handoff = select(_c.handoff_id).where(_c.id == entry.conversation_id).scalar_subquery()
    row = {"conversation_id": entry.conversation_id, "handoff_id": handoff, **values}
    uow.conn.execute(insert(RoutingReceipt.__table__).values(row))


def _notes(conversation_ids: Iterable[int]) -> Select[tuple[int]]:
    """Receipts of conversations that waited on, oldest first."""
    is_theirs = _r.conversation_id.in_(list(conversation_ids)) & _r.chosen_user_id.is_(None)
    return select(_r.id).where(is_theirs).order_by(_r.id)
