"""What has happened, in the past tense: frozen dataclasses of ids, stored as one row each and read by every process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """`conversation_id` and `teamspace_id` are columns of the row; the other fields are its JSON."""

    conversation_id: int | None
    teamspace_id: int | None

    @property
    def kind(self) -> str:
        return type(self).__name__

    def data(self) -> dict[str, Any]:
        fields = asdict(self)
        del fields["conversation_id"], fields["teamspace_id"]
        return fields


@dataclass(frozen=True)
class ConversationStarted(Event):
    pass


@dataclass(frozen=True)
class MessagePosted(Event):
    """A message, note or activity line; `public_seq` is None for what the person does not see."""

    seq: int
    public_seq: int | None


@dataclass(frozen=True)
class OwnerEvent(Event):
    """A change of handler or Assignee; `before` is the Scope as JSON, so that who lost access is known."""

    before: dict[str, Any]
    epoch: int


@dataclass(frozen=True)
class ConversationHandedOff(OwnerEvent):
    """From the AI agent to the queue."""


@dataclass(frozen=True)
class ConversationAssigned(OwnerEvent):
    """Chat Assignment picked `user_id`."""

    user_id: int


@dataclass(frozen=True)
class ConversationClaimed(OwnerEvent):
    user_id: int


@dataclass(frozen=True)
class ConversationTransferred(OwnerEvent):
    """By its Assignee to a user, or to a team (then `user_id` is None and it waits until routed).

    `was_offered` says that the user has asked for it, by accepting an offer.
    """

    user_id: int | None
    team_id: int | None
    was_offered: bool = False


@dataclass(frozen=True)
class TransferUndone(OwnerEvent):
    """Back with `user_id`, who had transferred it a moment before."""

    user_id: int


@dataclass(frozen=True)
class OfferMade(Event):
    """The Assignee offered it to a user, who has a minute to accept (T5)."""

    from_user_id: int
    to_user_id: int


@dataclass(frozen=True)
class OfferSettled(Event):
    """An offer is over; `state` is accepted, declined, expired or voided."""

    from_user_id: int
    to_user_id: int
    state: str


@dataclass(frozen=True)
class ConversationTakenOver(OwnerEvent):
    user_id: int


@dataclass(frozen=True)
class ConversationReturned(OwnerEvent):
    """Back to the queue: the Assignee is gone or gave it back."""


@dataclass(frozen=True)
class ConversationHandedBack(OwnerEvent):
    """Closed: the AI agent has it again (C1)."""


@dataclass(frozen=True)
class ConversationMerged(OwnerEvent):
    """Ended for good: its person has another live chat, because two records of them were merged."""


@dataclass(frozen=True)
class EligibleChanged(Event):
    """A team that it waited for left (L10); `before` is the Scope as JSON, `is_wider` when all may now."""

    before: dict[str, Any]
    is_wider: bool


@dataclass(frozen=True)
class StatusChanged(Event):
    status: str


@dataclass(frozen=True)
class QueueMoved(Event):
    """The person's place changed; one per waiting conversation whose place is shown."""


@dataclass(frozen=True)
class SuggestionKept(Event):
    suggestion_id: int


@dataclass(frozen=True)
class SuggestionSettled(Event):
    suggestion_id: int


@dataclass(frozen=True)
class FeedbackGiven(Event):
    handoff_id: int


@dataclass(frozen=True)
class EmailLeft(Event):
    """A person left the address at which they can be reached."""


@dataclass(frozen=True)
class PersonChanged(Event):
    """Name, tags or ban of the person of this conversation are others, or the person is another record."""


@dataclass(frozen=True)
class PersonMerged(Event):
    """`person_id` was merged into another record: its pages come again, as those of that one."""

    person_id: int


@dataclass(frozen=True)
class LanguageCorrected(Event):
    language: str | None


@dataclass(frozen=True)
class ConversationTagged(Event):
    """A tag was put on the conversation, or taken off."""


@dataclass(frozen=True)
class VocabularyChanged(Event):
    """A tag of the teamspace was renamed, merged or deleted, on whatever it was."""


@dataclass(frozen=True)
class AvailabilityChanged(Event):
    """A user's declared availability or presence changed."""

    user_id: int


@dataclass(frozen=True)
class SessionRevoked(Event):
    """A sign-in ended: its sockets close with 4401. `session_id` None means all of the user's."""

    user_id: int
    session_id: int | None


@dataclass(frozen=True)
class AccessChanged(Event):
    """Roles, teams or links changed: what the users may see is computed anew; none listed means everybody."""

    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class WorkspaceChanged(Event):
    """Name, time zone or idle logout: every page asks anew what counts."""
