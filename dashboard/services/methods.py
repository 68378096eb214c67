"""The order in which each method of Chat Assignment would take the free agents (A1)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import AgentLoad
from dashboard.models.enums import Method
from dashboard.queries.candidates import Candidate

_NEVER = datetime.min.replace(tzinfo=UTC)


def balanced(free: Sequence[Candidate]) -> list[Candidate]:
    """Fewest open conversations first; tie: longest without an assignment."""
    return sorted(
        free, key=lambda each: (each.open_chats + each.open_tickets, each.last_assigned_at or _NEVER, each.user_id)
    )


def shuffled(free: Sequence[Candidate]) -> list[Candidate]:
    """Any free agent, each as likely."""
    return random.sample(list(free), len(free))


ORDERS: dict[Method, Callable[[Sequence[Candidate]], list[Candidate]]] = {
    Method.BALANCED: balanced,
    Method.RANDOM: shuffled,
}
"""Method → order of the free agents, the one to pick first. Voluntary has none: it never picks.

Round robin, until it has an order of its own, runs as Balanced.
"""


def in_order(method: Method, free: Sequence[Candidate]) -> list[Candidate]:
    """`free` in the order of `method`."""
    return ORDERS.get(method, balanced)(free)


def ensure_load(conn: Connection, teamspace_id: int, user_id: int) -> None:
    """The load row that automatic assignment locks exists from the first assignment on."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(AgentLoad.__table__).values(
        teamspace_id=teamspace_id, user_id=user_id, open_chats=0, open_tickets=0
    )
    conn.execute(statement.on_conflict_do_nothing())
