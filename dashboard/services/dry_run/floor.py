"""The agents of a replay at one moment: who is there, what they hold, and who would be picked now."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dashboard.models.enums import AvailabilityRecord, Method
from dashboard.queries.candidates import Candidate
from dashboard.queries.recorded import Agent, Change, History, Hold, Turn
from dashboard.services import methods

SEED = 7
"""Random is drawn anew at every replay, always the same way: two replays can be compared."""


@dataclass(frozen=True)
class Settings:
    """What is tried: the method that would run, and the limit."""

    method: Method
    limit: int


class Floor:
    """Candidates by user, as routing would read them; the real code decides their order and obstacles."""

    def __init__(self, history: History, settings: Settings) -> None:
        self.settings = settings
        self.agents: dict[int, Candidate] = {}
        self.here: set[int] = set()
        self.free: set[int] = set()
        for each in history.agents:
            self._put(_arrive(each, history))
        self.turn: Turn | None = history.turn
        self._random = random.Random(SEED)
        self._newest: datetime | None = None
        self._in_ring_since = {each.user_id: each.in_ring_since for each in history.agents}

    def note(self, change: Change) -> None:
        """What a user declared, or that their connections came or went."""
        agent = self.agents.get(change.user_id)
        if agent is None:
            return
        is_online, is_present = agent.is_online, agent.is_present
        if change.state in (AvailabilityRecord.ONLINE, AvailabilityRecord.AWAY):
            is_online = change.state is AvailabilityRecord.ONLINE
        else:
            is_present = change.state is AvailabilityRecord.PRESENT
        since = self._ring_since(change) if is_online and is_present else None
        if change.state is AvailabilityRecord.ABSENT and self._only_lost_the_server(change):
            since = agent.online_since
        self._put(replace(agent, is_online=is_online, is_present=is_present, online_since=since))

    def _ring_since(self, change: Change) -> datetime:
        """Since when they stand in Round robin's ring; who comes in one transaction still came one after the other."""
        since = self.agents[change.user_id].online_since
        if since is None:
            since = max(change.at, self._newest + timedelta(microseconds=1)) if self._newest else change.at
            self._newest = since
        return since

    def _only_lost_the_server(self, change: Change) -> bool:
        """They stand in the ring to this day since before that absence: it took nobody's place (ADR 0013)."""
        since = self._in_ring_since[change.user_id]
        return since is not None and since < change.at

    def begin(self, user_id: int, hold: Hold, at: datetime) -> None:
        """A user gets a conversation, by whatever way."""
        if user_id in self.agents:
            self._put(replace(self.agents[user_id], last_assigned_at=at))
            self.count(user_id, hold, 1)

    def count(self, user_id: int, hold: Hold, change: int) -> None:
        """It begins or ceases to fill a slot."""
        agent = self.agents.get(user_id)
        if agent is None:
            return
        if hold.is_chat:
            self._put(replace(agent, open_chats=agent.open_chats + change))
        else:
            self._put(replace(agent, open_tickets=agent.open_tickets + change))

    def who_is_free(self, eligible: frozenset[int] | None, excluded: int | None) -> list[int]:
        """Who may be picked for a chat with this eligible set."""
        return [user_id for user_id in self.free if self._obstacle(user_id, eligible, excluded) is None]

    def who_is_here(self, eligible: frozenset[int] | None, excluded: int | None) -> list[int]:
        """Who may be picked for it, or is stopped by the limit alone."""
        return [user_id for user_id in self.here if self._obstacle(user_id, eligible, excluded) in (None, "at_limit")]

    def _obstacle(self, user_id: int, eligible: frozenset[int] | None, excluded: int | None) -> str | None:
        return self.agents[user_id].obstacle(
            limit=self.settings.limit,
            is_eligible=eligible is None or user_id in eligible,
            is_excluded=user_id == excluded,
        )

    def _put(self, agent: Candidate) -> None:
        """The agent as they are now; the two sets only spare looking at everybody each time."""
        self.agents[agent.user_id] = agent
        for users, belongs in ((self.here, agent.is_here), (self.free, agent.is_here and self._has_room(agent))):
            (users.add if belongs else users.discard)(agent.user_id)

    def _has_room(self, agent: Candidate) -> bool:
        return agent.open_chats < self.settings.limit

    def pick(self, free: Sequence[int]) -> int:
        """The one whom the method takes first among `free`, and from then on whose turn it was."""
        candidates = [self.agents[user_id] for user_id in sorted(free)]
        if self.settings.method is Method.RANDOM:
            return self._random.choice(candidates).user_id
        chosen = methods.in_order(self.settings.method, candidates, self.turn)[0]
        self.take_turn(chosen.user_id)
        return chosen.user_id

    def take_turn(self, user_id: int) -> None:
        """In Round robin it was theirs."""
        agent = self.agents.get(user_id)
        if self.settings.method is Method.ROUND_ROBIN and agent is not None and agent.online_since is not None:
            self.turn = Turn(user_id, agent.online_since)


class Slot:
    """A slot that one conversation fills, until its turns or its end free it."""

    def __init__(self, floor: Floor, hold: Hold, user_id: int, then: Callable[[datetime], None]) -> None:
        self.floor, self.hold, self.user_id, self.then = floor, hold, user_id, then
        self.counts, self.is_over = True, False

    def turn(self, counts: bool, _at: datetime) -> None:
        if not self.is_over and counts is not self.counts:
            self.counts = counts
            self.floor.count(self.user_id, self.hold, 1 if counts else -1)

    def end(self, _nothing: None, at: datetime) -> None:
        self.turn(False, at)
        self.is_over = True
        self.then(at)


def _arrive(agent: Agent, history: History) -> Candidate:
    """Nobody is there before the record says so (P1)."""
    return Candidate(
        user_id=agent.user_id,
        public_id=agent.public_id,
        name=agent.name,
        is_online=False,
        is_present=False,
        open_chats=0,
        open_tickets=0,
        last_assigned_at=history.last_assigned.get(agent.user_id),
    )
