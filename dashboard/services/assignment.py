"""Chat Assignment: `route` gives the oldest waiting conversations to free agents, and says why (A1 to A6)."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, true, tuple_, update

from dashboard.models import Conversation, QueueEntry, Teamspace, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import AssignmentHow, ConversationKind, Handler, Method, Status
from dashboard.queries.candidates import (
    Candidate,
    WaitingEntry,
    has_work,
    load_candidates,
    load_eligible,
    load_waiting,
)
from dashboard.services.events import ConversationAssigned, QueueMoved
from dashboard.services.holding import Held, find_and_hold
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.picking import Picking
from dashboard.services.receipts import describe, explain, load_rules, store_receipt
from dashboard.services.routing_line import stand_in_line
from dashboard.services.routing_locks import is_overtaken, is_unchanged, lock_first, may_route_at_once, wait_for_turn
from dashboard.services.timeline import joined
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

__all__ = ["drain", "explain", "route", "route_now_and_after", "rules_changed"]

log = logging.getLogger(__name__)

_q = QueueEntry.__table__.c
_c = Conversation.__table__.c
_s = Teamspace.__table__.c

BATCH = 20
"""How many one transaction assigns: on SQLite everybody who writes waits for it."""
PAGE = 200
"""How many waiting conversations are read at once."""
ATTEMPTS = 25


class Round(NamedTuple):
    """What one transaction of routing came to.

    `is_contended` says that other transactions had locked what it would have taken: agents, then nothing younger was
    assigned either, or conversations, which were passed. `is_full` says that it stopped because it had done enough.
    """

    assigned: int = 0
    is_contended: bool = False
    is_full: bool = False


def route_now_and_after(uow: UnitOfWork, teamspace_id: int) -> None:
    """Route inside the causing transaction, and again in a fresh one after its commit.

    Two transactions that cannot see each other would otherwise leave a chat waiting beside a free agent.
    """
    uow.after_commit(drain, teamspace_id)
    if may_route_at_once(uow, teamspace_id):
        route(uow, teamspace_id)


def rules_changed(uow: UnitOfWork, teamspace_id: int) -> None:
    """The method or the limit is another one: what waits may go to somebody now (A4)."""
    route_now_and_after(uow, teamspace_id)


def drain(teamspace_id: int) -> int:
    """Route in transactions of its own until nothing more can be assigned; answers how many this call assigned.

    One at a time in each process: what a burst of callers waits for holds one connection, not one each.
    """
    with stand_in_line(teamspace_id) as is_needed:
        return _drain(teamspace_id) if is_needed else 0


def _drain(teamspace_id: int) -> int:
    total = attempts = 0
    while attempts < ATTEMPTS:
        if not _is_there_work(teamspace_id):  # what others have not committed yet, they route
            return total
        with unit_of_work() as uow:
            done = route(uow, teamspace_id, wait_for_turn(uow, teamspace_id))
        total += done.assigned
        if done.is_full:
            continue
        if not done.is_contended:
            return total
        attempts += 1
        time.sleep(random.uniform(0.001, 0.004))
    log.warning("routing of teamspace %s gave up on contended agents; the sweep goes on", teamspace_id)
    return total


def _is_there_work(teamspace_id: int) -> bool:
    """Asked without the lock for which writers queue."""
    try:
        is_automatic = load_rules(db.session, teamspace_id).method is not Method.VOLUNTARY
        return is_automatic and has_work(db.session, teamspace_id, utcnow())
    finally:
        db.session.close()


def route(uow: UnitOfWork, teamspace_id: int, candidates: Sequence[Candidate] | None = None) -> Round:
    """Give waiting conversations, oldest first, to free agents; idempotent, and waits for no lock.

    `candidates` are those that the caller has just read. Who is told to try again tries again, or leaves it to `drain`.
    """
    if candidates == [] or (candidates is None and not has_work(uow.conn, teamspace_id, uow.now)):
        return Round()
    rules = load_rules(uow.conn, teamspace_id)
    if rules.method is Method.VOLUNTARY:
        return Round()
    if candidates is None:
        candidates = load_candidates(uow.conn, teamspace_id, uow.now)
    picking = Picking(rules, candidates)
    done = _give_out(uow, teamspace_id, picking)
    if done.assigned:
        if picking.turn is not None and picking.turn != rules.turn:
            place = {"turn_at": picking.turn.at, "turn_user_id": picking.turn.user_id}
            uow.conn.execute(update(Teamspace.__table__).where(_s.id == teamspace_id).values(place))
        uow.emit(QueueMoved(None, teamspace_id))
    return done


def _give_out(uow: UnitOfWork, teamspace_id: int, picking: Picking) -> Round:
    assigned, has_passed = 0, False
    seen: set[int] = set()
    for entry, eligible in _find_routable(uow, teamspace_id, picking, seen):
        if assigned == BATCH:
            return Round(assigned, is_full=True)
        held = find_and_hold(uow, (_c.id == entry.conversation_id) & (_c.handler == Handler.QUEUE), skip_locked=True)
        if held is None or not is_unchanged(uow, entry, eligible):  # another transaction has decided it
            has_passed = True
            continue
        order, chosen = lock_first(uow, teamspace_id, picking, entry, eligible)
        if (order and chosen is None) or is_overtaken(uow, teamspace_id, entry, seen):
            return Round(assigned, is_contended=True)
        if chosen is not None:
            _assign(uow, held, chosen, describe(entry, picking, eligible, order), picking)
            assigned += 1
    return Round(assigned, is_contended=has_passed)


def _find_routable(
    uow: UnitOfWork, teamspace_id: int, picking: Picking, seen: set[int]
) -> Iterator[tuple[WaitingEntry, frozenset[int] | None]]:
    """The entries that somebody free may have, oldest first; `seen` are the ids of all that were looked at."""
    after: ColumnElement[bool] = true()
    while (kinds := [kind for kind in ConversationKind if picking.is_anybody_free(is_chat=kind == "chat")]) and (
        entries := load_waiting(uow.conn, (_q.teamspace_id == teamspace_id) & _c.kind.in_(kinds) & after, PAGE)
    ):
        eligible = load_eligible(uow.conn, [each.id for each in entries if not each.is_everyone])
        for entry in entries:
            seen.add(entry.id)
            if picking.order(entry, eligible.get(entry.id)):
                yield entry, eligible.get(entry.id)
        after = tuple_(_q.queued_at, _q.id) > tuple_(entries[-1].queued_at, entries[-1].id)


def _assign(uow: UnitOfWork, held: Held, chosen: Candidate, receipt: dict[str, Any], picking: Picking) -> None:
    before = held.scope(uow).to_json()
    owner = Owner(Handler.LIVE_AGENT, Status.OPEN, chosen.user_id, held.team_id, AssignmentHow.AUTO)
    change_owner(uow, held, owner)
    store_receipt(uow, held, receipt, picking.rules, chosen)
    picking.give(chosen, is_chat=held.is_chat, at=uow.now)
    joined(uow, held, chosen.user_id, chosen.shown_name, AssignmentHow.AUTO)
    uow.emit(ConversationAssigned(held.id, held.teamspace_id, before, held.epoch, chosen.user_id))
    uow.now += timedelta(microseconds=1)  # each has its moment: "longest without an assignment" is never a draw
