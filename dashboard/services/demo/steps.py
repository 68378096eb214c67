"""What the demo's stories are made of: somebody says, answers, tags, transfers, closes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Says:
    """The person writes; the AI agent answers by itself while it has the chat."""

    text: str
    after: int = 40


@dataclass(frozen=True)
class Replies:
    """The live agent who has the chat writes to the person."""

    text: str
    after: int = 75


@dataclass(frozen=True)
class Claims:
    """Somebody takes the chat from the queue."""

    who: str
    after: int = 90


@dataclass(frozen=True)
class Notes:
    who: str
    text: str
    after: int = 30


@dataclass(frozen=True)
class Transfers:
    """To another team, whose member `to` has it afterwards."""

    team: str
    to: str
    note: str
    after: int = 60


@dataclass(frozen=True)
class Closes:
    """The live agent closes the chat; no stars means that the person goes without rating."""

    stars: int | None = None
    comment: str | None = None
    after: int = 50


@dataclass(frozen=True)
class Tags:
    """Whoever may puts tags on the conversation."""

    who: str
    names: tuple[str, ...]
    after: int = 15


Step = Says | Replies | Claims | Notes | Transfers | Closes | Tags


@dataclass(frozen=True)
class Story:
    """One chat: `hours_ago` is when it began, `online` who is there to get it."""

    person: str
    email: str | None
    hours_ago: float
    steps: tuple[Step, ...]
    online: tuple[str, ...] = field(default=())
    is_wholesale: bool = False
    tags: tuple[str, ...] = ()
    """Of the person."""
