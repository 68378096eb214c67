"""Who would get a waiting conversation: the rules, and the agents as one transaction of routing sees them (A1, A2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.models.enums import Method
from dashboard.queries.candidates import Candidate, WaitingEntry
from dashboard.services import methods


@dataclass(frozen=True)
class Turn:
    """Round robin's place: whose turn was last, and since when they were online then."""

    user_id: int
    at: datetime
    name: str


@dataclass(frozen=True)
class Rules:
    """Chat Assignment of one teamspace as it runs now.

    `method` is the one that the plan allows, `stored` the one that was chosen; `turn` is None before the first.
    """

    method: Method
    limit: int
    stored: Method | None = None
    turn: Turn | None = None


class Picking:
    """The live agents of a teamspace; each pick changes what the next one sees. It reads and writes nothing."""

    def __init__(self, rules: Rules, candidates: Iterable[Candidate]) -> None:
        self.rules = rules
        self.turn = rules.turn
        self._agents = {each.user_id: each for each in candidates}
        self._hopeless: set[tuple[frozenset[int] | None, int | None, bool]] = set()

    @property
    def candidates(self) -> list[Candidate]:
        return list(self._agents.values())

    def is_anybody_free(self, *, is_chat: bool) -> bool:
        """Whether anybody could get one at all, whatever its eligible set."""
        limit = self.rules.limit
        return any(
            each.is_here and (each.open_chats < limit if is_chat else each.manages_tickets)
            for each in self._agents.values()
        )

    def obstacles(self, entry: WaitingEntry, eligible: frozenset[int] | None) -> dict[int, str | None]:
        """Why each agent cannot be picked for this entry, as a code; None for those who may be."""
        return {
            user_id: each.obstacle(
                limit=self.rules.limit,
                is_eligible=eligible is None or user_id in eligible,
                is_excluded=user_id == entry.excluded_user_id,
                is_chat=entry.is_chat,
            )
            for user_id, each in self._agents.items()
        }

    def order(self, entry: WaitingEntry, eligible: frozenset[int] | None) -> list[Candidate]:
        """The free agents who may have it, the one to pick first; nobody where nothing is automatic."""
        key = (eligible, entry.excluded_user_id, entry.is_chat)
        if self.rules.method is Method.VOLUNTARY or key in self._hopeless:
            return []
        free = [self._agents[each] for each, why in self.obstacles(entry, eligible).items() if why is None]
        if not free:
            self._hopeless.add(key)  # a pick frees nobody, so that it stays so
        return methods.in_order(self.rules.method, free, self.turn)

    def give(self, chosen: Candidate, *, is_chat: bool, at: datetime) -> None:
        """They have one more, and in Round robin it was their turn."""
        self._agents[chosen.user_id] = chosen.with_one_more(is_chat=is_chat, at=at)
        if self.rules.method is Method.ROUND_ROBIN:
            self.turn = Turn(chosen.user_id, chosen.online_since or at, chosen.name)

    def correct(self, user_id: int, *, open_chats: int, open_tickets: int, is_here: bool) -> None:
        """What the locked row of an agent tells, where another transaction has changed it meanwhile."""
        agent = self._agents[user_id]
        self._agents[user_id] = replace(
            agent, open_chats=open_chats, open_tickets=open_tickets, is_present=agent.is_present and is_here
        )
        self._hopeless.clear()
