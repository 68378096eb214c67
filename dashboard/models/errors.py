"""Everything Baton refuses, as one tree; each error carries the sentence that a person reads.

BatonError
├── NotFound            404 not-found
├── Unauthenticated     401 unauthenticated
├── Invalid             422 invalid              fields: name → sentence
├── TooLarge            413 too-large
├── TooManyRequests     429 too-many-requests    retry_after: seconds
├── NotPermitted        403 not-permitted
│   └── PlanRequired    403 plan-required        feature, needs
└── Refused             409 refused
    ├── Obstacle        409 obstacle
    ├── WorkflowChanged 409 workflow-changed    number, by, at
    └── OwnershipChanged 409 ownership-changed   current: Ownership
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dashboard.models.enums import Handler, Plan
from dashboard.models.permissions import FEATURE_NAMES, FEATURES


class BatonError(Exception):
    """Root of the tree."""

    slug: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(BatonError):
    slug = "not-found"
    status = 404

    def __init__(self, sentence: str = "There is nothing here, or it is not yours to see.") -> None:
        super().__init__(sentence)


class Unauthenticated(BatonError):
    slug = "unauthenticated"
    status = 401

    def __init__(self, sentence: str = "Sign in to go on.") -> None:
        super().__init__(sentence)


class Invalid(BatonError):
    """The form comes again: `fields` maps each field to what is wrong with it."""

    slug = "invalid"
    status = 422

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class TooLarge(BatonError):
    slug = "too-large"
    status = 413

    def __init__(self, sentence: str = "That is more than fits in one request.") -> None:
        super().__init__(sentence)


class TooManyRequests(BatonError):
    slug = "too-many-requests"
    status = 429

    def __init__(self, retry_after: int) -> None:
        unit = "second" if retry_after == 1 else "seconds"
        super().__init__(f"Too many requests. Try again in {retry_after} {unit}.")
        self.retry_after = retry_after


class NotPermitted(BatonError):
    slug = "not-permitted"
    status = 403

    def __init__(self, sentence: str = "Your role does not allow this.") -> None:
        super().__init__(sentence)


class PlanRequired(NotPermitted):
    """The workspace's plan is below the feature's (SPEC 13)."""

    slug = "plan-required"

    def __init__(self, feature: str) -> None:
        needs: Plan = FEATURES[feature]
        super().__init__(f"{FEATURE_NAMES[feature]} needs the {needs.value.capitalize()} plan.")
        self.feature = feature
        self.needs = needs


class Refused(BatonError):
    """The state of the thing does not allow it now."""

    slug = "refused"
    status = 409


class Obstacle(Refused):
    """A known obstacle to delivery, seen before anything changed (T6)."""

    slug = "obstacle"


class WorkflowChanged(Refused):
    """Somebody saved another version of the workflow since the one that an editor was filled with (I5)."""

    slug = "workflow-changed"

    def __init__(self, number: int, by: str | None, at: datetime) -> None:
        super().__init__(f"{by or 'Baton'} saved version {number} in the meantime. Nothing was saved of yours yet.")
        self.number = number
        self.by = by
        self.at = at


@dataclass(frozen=True)
class Ownership:
    """Who has a conversation now, and since when: all that a loser of a race may learn (L8)."""

    handler: Handler
    assignee_public_id: str | None
    assignee_name: str | None
    assignee_email: str | None
    epoch: int
    at: datetime

    def sentence(self) -> str:
        if self.handler is Handler.LIVE_AGENT and self.assignee_name:
            return f"{self.assignee_name} was faster and has this conversation now. Your text is kept."
        who = {
            Handler.AI_AGENT: "The AI agent has this conversation now.",
            Handler.QUEUE: "This conversation is back in the queue.",
            Handler.INTEGRATION: "A connected platform has this conversation now.",
        }.get(self.handler, "This conversation continues elsewhere.")
        return f"{who} Your text is kept."


class OwnershipChanged(Refused):
    slug = "ownership-changed"

    def __init__(self, current: Ownership) -> None:
        super().__init__(current.sentence())
        self.current = current
