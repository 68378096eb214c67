"""Routing receipts: why a live agent got a conversation, or why it still waits (A6).

`RoutingReceipt.method` is the method that ran, and `data` holds what it saw::

    {
        "limit": 10,
        "kind": "chat",                             # or "ticket": the limit is not asked for
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

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from dashboard.models import QueueEntry, RoutingReceipt, Teamspace, Workspace
from dashboard.models.enums import Method
from dashboard.models.permissions import effective_method
from dashboard.queries.candidates import Candidate, WaitingEntry, eligible_user_ids, load_candidates, load_waiting
from dashboard.services.holding import Held
from dashboard.services.unit_of_work import UnitOfWork

_q = QueueEntry.__table__.c
_s = Teamspace.__table__.c
_w = Workspace.__table__.c


@dataclass(frozen=True)
class Rules:
    """Chat Assignment of one teamspace as it runs now: `method` is the one that the plan allows."""

    method: Method
    limit: int


def load_rules(uow: UnitOfWork, teamspace_id: int) -> Rules:
    row = uow.conn.execute(
        select(_s.method, _s.auto_limit, _w.plan)
        .join(Workspace.__table__, _w.id == _s.workspace_id)
        .where(_s.id == teamspace_id)
    ).one()
    return Rules(effective_method(row.method, row.plan), row.auto_limit)


def explain(uow: UnitOfWork, held: Held) -> None:
    """Store why a conversation that has just been queued was not assigned at once (A6)."""
    for entry in load_waiting(uow.conn, _q.conversation_id == held.id):
        rules = load_rules(uow, held.teamspace_id)
        candidates = load_candidates(uow.conn, held.teamspace_id, uow.now)
        store_receipt(uow, held, entry, rules, candidates, None)


def obstacle(candidate: Candidate, entry: WaitingEntry, eligible: frozenset[int] | None, rules: Rules) -> str | None:
    """Why this candidate cannot be picked for this entry, as a code; None when they may be."""
    return candidate.obstacle(
        limit=rules.limit,
        is_eligible=eligible is None or candidate.user_id in eligible,
        is_excluded=candidate.user_id == entry.excluded_user_id,
        is_chat=entry.is_chat,
    )


def store_receipt(
    uow: UnitOfWork,
    held: Held,
    entry: WaitingEntry,
    rules: Rules,
    candidates: Sequence[Candidate],
    chosen: Candidate | None,
) -> None:
    """Keep one decision with everybody who was looked at."""
    eligible = None if entry.is_everyone else eligible_user_ids(uow.conn, entry.id)
    considered = [
        {
            "user_id": each.user_id,
            "name": each.name,
            "open_chats": each.open_chats,
            "obstacle": obstacle(each, entry, eligible, rules),
        }
        for each in candidates
    ]
    uow.conn.execute(
        insert(RoutingReceipt.__table__).values(
            conversation_id=held.id,
            handoff_id=held.handoff_id,
            at=uow.now,
            method=rules.method,
            chosen_user_id=chosen.user_id if chosen else None,
            data={"limit": rules.limit, "candidates": considered},
        )
    )
