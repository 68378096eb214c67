"""Recomputes the invariants over the live database, in one read-only snapshot, and says what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from dashboard.models import db
from dashboard.services.audit import loads, offers, owners, people, presence, timelines, waiting

Check = Callable[[Connection], Iterator[str]]

CHECKS: tuple[Check, ...] = (
    owners.owners,
    owners.statuses,
    owners.assignments,
    owners.epochs,
    owners.since,
    timelines.timelines,
    timelines.authors,
    timelines.message_epochs,
    timelines.waits,
    waiting.handoffs,
    waiting.queue,
    waiting.places,
    waiting.eligible_sets,
    loads.loads,
    loads.last_assignments,
    loads.receipts,
    loads.turns,
    presence.declared,
    presence.leases,
    presence.order_of_coming,
    offers.standing,
    offers.targets,
    offers.endings,
    people.belongings,
    people.merges,
    people.continuations,
)


def audit() -> list[str]:
    """One sentence for each thing that is broken; none when all holds."""
    isolation = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with db.engine.connect().execution_options(**isolation) as conn:
        return [sentence for check in CHECKS for sentence in check(conn)]
