"""One chat as the model knows it, and how a verb is refused."""

from __future__ import annotations

from dataclasses import dataclass, field


class Refusal(Exception):
    """Its slug is what the service must raise."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass
class Chat:
    """One chat; `stake` and `held_by` belong to its latest handoff, `past` to all closed ones."""

    handler: str = "ai_agent"
    assignee: str | None = None
    status: str | None = None
    epoch: int = 0
    team: str | None = None
    waiting: bool = False
    eligible: frozenset[str] = frozenset()
    excluded: str | None = None
    requested: int = 0
    stake: set[str] = field(default_factory=set)
    held_by: list[str] = field(default_factory=list)
    last_team: str | None = None
    past: set[tuple[str | None, str | None]] = field(default_factory=set)
    outcome: str | None = None
    awaits_rating: bool = False
    ratings: int = 0
    suggestions: int = 0

    def facts(self) -> tuple[object, ...]:
        """What the database shows too."""
        return (self.handler, self.assignee, self.status, self.epoch, self.team, self.waiting, self.suggestions)
