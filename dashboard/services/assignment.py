"""Chat Assignment: `route` gives the oldest waiting conversations to free agents, and says why (A1 to A6)."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence

from sqlalchemy import func, select

from dashboard.models import AgentLoad, Conversation, QueueEntry, User
from dashboard.models.enums import AssignmentHow, Handler, Method, Status
from dashboard.queries.candidates import (
    Candidate,
    WaitingEntry,
    eligible_user_ids,
    has_work,
    load_candidates,
    load_waiting,
)
from dashboard.services import methods
from dashboard.services.events import ConversationAssigned, QueueMoved
from dashboard.services.holding import Held, find_and_hold
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.receipts import Rules, explain, load_rules, obstacle, store_receipt
from dashboard.services.timeline import joined
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

__all__ = ["drain", "explain", "route", "route_now_and_after"]

log = logging.getLogger(__name__)

_q = QueueEntry.__table__.c
_c = Conversation.__table__.c
_l = AgentLoad.__table__.c
_u = User.__table__.c

ATTEMPTS = 25
_LOCK_SPACE = 0x6261746F  # keeps our advisory locks apart from those of other programs


def route_now_and_after(uow: UnitOfWork, teamspace_id: int) -> None:
    """Route inside the causing transaction, and again in a fresh one after its commit.

    Two transactions that cannot see each other would otherwise leave a chat waiting beside a free agent.
    """
    uow.after_commit(drain, teamspace_id)
    if _may_route_at_once(uow, teamspace_id):
        route(uow, teamspace_id)


def drain(teamspace_id: int) -> int:
    """Route in transactions of its own until nothing more can be assigned; answers how many were."""
    total = 0
    for _ in range(ATTEMPTS):
        with unit_of_work() as uow:
            if not has_work(uow.conn, teamspace_id, uow.now):  # what others have not committed yet, they route
                return total
            _wait_for_turn(uow, teamspace_id)
            assigned, is_contended = route(uow, teamspace_id)
        total += assigned
        if not is_contended:
            return total
        time.sleep(random.uniform(0.001, 0.004))
    log.warning("routing of teamspace %s gave up on contended agents; the sweep goes on", teamspace_id)
    return total


def route(uow: UnitOfWork, teamspace_id: int) -> tuple[int, bool]:
    """Give waiting conversations, oldest first, to free agents; idempotent, and waits for no lock.

    Answers how many were assigned, and whether other transactions had locked what it would have taken: agents, then
    nothing younger was assigned either, or conversations, which were passed. The caller tries again.
    """
    if not has_work(uow.conn, teamspace_id, uow.now):
        return 0, False
    rules = load_rules(uow, teamspace_id)
    if rules.method is Method.VOLUNTARY:
        return 0, False
    assigned, is_contended = 0, False
    passed: set[int] = set()
    while not is_contended:
        candidates = load_candidates(uow.conn, teamspace_id, uow.now)
        found = _find_routable(uow, teamspace_id, rules, candidates, passed)
        if found is None:
            break
        entry, free = found
        held = find_and_hold(uow, (_c.id == entry.conversation_id) & (_c.handler == Handler.QUEUE), skip_locked=True)
        if held is None or not load_waiting(uow.conn, _q.id == entry.id):  # another transaction has decided it
            passed.add(entry.id)
            continue
        chosen = _lock_first(uow, held, rules, free)
        is_contended = chosen is None
        if chosen is not None:
            _assign(uow, held, entry, rules, candidates, chosen)
            assigned += 1
    if assigned:
        uow.emit(QueueMoved(None, teamspace_id))
    return assigned, is_contended or bool(passed)


def _may_route_at_once(uow: UnitOfWork, teamspace_id: int) -> bool:
    """On PostgreSQL one transaction at a time decides for a teamspace; who would have to wait leaves it to `drain`.

    Waiting here, with the conversation's lock in hand, could deadlock.
    """
    if uow.conn.dialect.name != "postgresql":
        return True
    return bool(uow.conn.execute(select(func.pg_try_advisory_xact_lock(_LOCK_SPACE, teamspace_id))).scalar())


def _wait_for_turn(uow: UnitOfWork, teamspace_id: int) -> None:
    if uow.conn.dialect.name == "postgresql":
        uow.conn.execute(select(func.pg_advisory_xact_lock(_LOCK_SPACE, teamspace_id)))
        _ensure_loads(uow, teamspace_id, load_candidates(uow.conn, teamspace_id, uow.now))


def _find_routable(
    uow: UnitOfWork, teamspace_id: int, rules: Rules, candidates: Sequence[Candidate], passed: set[int]
) -> tuple[WaitingEntry, list[Candidate]] | None:
    """The oldest entry that somebody free may have, with those who may, in the method's order."""
    if not any(each.is_online and each.is_present for each in candidates):
        return None
    entries = load_waiting(uow.conn, _q.teamspace_id == teamspace_id)
    hopeless: set[tuple[int | None, bool]] = set()  # sets for which nobody is free: (excluded user, is a chat)
    for entry in entries:
        key = (entry.excluded_user_id, entry.is_chat)
        if entry.id in passed or (entry.is_everyone and key in hopeless):
            continue
        eligible = None if entry.is_everyone else eligible_user_ids(uow.conn, entry.id)
        free = [each for each in candidates if obstacle(each, entry, eligible, rules) is None]
        if free:
            return entry, methods.in_order(rules.method, free)
        if entry.is_everyone:
            hopeless.add(key)
    return None


def _lock_first(uow: UnitOfWork, held: Held, rules: Rules, free: Sequence[Candidate]) -> Candidate | None:
    """The first of `free` whose load row can be locked and still is below the limit."""
    if uow.conn.dialect.name != "postgresql":
        _ensure_loads(uow, held.teamspace_id, free)
    elif not all(each.has_load for each in free):
        # Making it here could wait for another transaction that waits for this one: `drain` makes it, with no lock yet.
        return None
    for candidate in free:
        row = uow.conn.execute(
            select(_l.open_chats)
            .where(_l.teamspace_id == held.teamspace_id, _l.user_id == candidate.user_id)
            .with_for_update(skip_locked=True)
        ).first()
        if row is not None and (not held.is_chat or row.open_chats < rules.limit):
            return candidate
    return None


def _ensure_loads(uow: UnitOfWork, teamspace_id: int, candidates: Sequence[Candidate]) -> None:
    for user_id in sorted(each.user_id for each in candidates if not each.has_load):  # the lock order of loads
        methods.ensure_load(uow.conn, teamspace_id, user_id)


def _assign(
    uow: UnitOfWork,
    held: Held,
    entry: WaitingEntry,
    rules: Rules,
    candidates: Sequence[Candidate],
    chosen: Candidate,
) -> None:
    before = held.scope(uow).to_json()
    owner = Owner(Handler.LIVE_AGENT, Status.OPEN, chosen.user_id, held.team_id, AssignmentHow.AUTO)
    change_owner(uow, held, owner)
    store_receipt(uow, held, entry, rules, candidates, chosen)
    shown = uow.conn.execute(select(_u.name, _u.alias).where(_u.id == chosen.user_id)).one()
    joined(uow, held, chosen.user_id, shown.alias or shown.name, AssignmentHow.AUTO)
    uow.emit(ConversationAssigned(held.id, held.teamspace_id, before, held.epoch, chosen.user_id))
