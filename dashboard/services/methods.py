"""The order in which each method of Chat Assignment would take the free agents (A1)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import AgentLoad
from dashboard.models.enums import Method
from dashboard.queries.candidates import Candidate

_NEVER = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


class Turn(Protocol):
    """Round robin's place in its ring: whose turn was last, and since when they were online then."""

    @property
    def user_id(self) -> int: ...

    @property
    def at(self) -> datetime: ...


def balanced(free: Sequence[Candidate], _turn: Turn | None = None) -> list[Candidate]:
    """Fewest open conversations first; tie: longest without an assignment."""
    return sorted(
        free, key=lambda each: (each.open_chats + each.open_tickets, each.last_assigned_at or _NEVER, each.user_id)
    )


def shuffled(free: Sequence[Candidate], _turn: Turn | None = None) -> list[Candidate]:
    """Any free agent, each as likely."""
    return random.sample(list(free), len(free))


def round_robin(free: Sequence[Candidate], turn: Turn | None = None) -> list[Candidate]:
    """In the order they came online, from the one after the last turn, and round again (ADR 0012).

    Whoever went away and came back stands at the end; whoever is not free has no turn this time.
    """
    ring = sorted(free, key=ring_place)
    after = [each for each in ring if turn is not None and ring_place(each) > (turn.at, turn.user_id)]
    return after + ring[: len(ring) - len(after)]


def ring_place(candidate: Candidate) -> tuple[datetime, int]:
    """Where an agent stands in the ring."""
    return candidate.online_since or _LAST, candidate.user_id


ORDERS: dict[Method, Callable[[Sequence[Candidate], Turn | None], list[Candidate]]] = {
    Method.BALANCED: balanced,
    Method.RANDOM: shuffled,
    Method.ROUND_ROBIN: round_robin,
}
"""Method → order of the free agents, the one to pick first. Voluntary has none: it never picks."""


def in_order(method: Method, free: Sequence[Candidate], turn: Turn | None = None) -> list[Candidate]:
    """`free` in the order of `method`; `turn` is Round robin's place. Raises KeyError for Voluntary."""
    return ORDERS[method](free, turn)


def ensure_load(conn: Connection, teamspace_id: int, user_id: int) -> None:
    """The load row that automatic assignment locks exists from the first assignment on."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(AgentLoad.__table__).values(
        teamspace_id=teamspace_id, user_id=user_id, open_chats=0, open_tickets=0
    )
    conn.execute(statement.on_conflict_do_nothing())
