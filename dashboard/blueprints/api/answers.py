"""What the API answers: the models that serialise, and that the OpenAPI document is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from dashboard.blueprints.api.requests import HandlerName, StatusName
from dashboard.models.clock import to_rfc3339

TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"

Time = Annotated[
    datetime,
    PlainSerializer(to_rfc3339, return_type=str),
    Field(json_schema_extra={"type": "string", "format": "date-time", "pattern": TIME_PATTERN}),
]
"""RFC 3339 in UTC with six decimals and `Z`."""


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Assignee(Answer):
    """With a teamspace secret only the name that persons see; id and email are null."""

    id: str | None
    name: str
    email: str | None


class TeamOut(Answer):
    id: str
    name: str


class AIAgentOut(Answer):
    id: str
    name: str


class PersonOut(Answer):
    id: str
    external_id: str
    name: str | None
    email: str | None


class HandoffOut(Answer):
    """The open one, else the latest; `reason` is null with a teamspace secret."""

    id: str
    reason: str | None
    destination: Literal["inbox", "zendesk", "bitrix24"]
    mode: Literal["inbox", "two_way", "external"]
    requested_at: Time
    assigned_at: Time | None
    closed_at: Time | None
    outcome: str | None
    rating: Annotated[int, Field(ge=1, le=5)] | None
    rated_at: Time | None
    external_ref: str | None


class ConversationOut(Answer):
    id: str
    kind: Literal["chat", "ticket"]
    handler: HandlerName
    status: StatusName | None
    epoch: int
    last_seq: int
    assignee: Assignee | None
    team: TeamOut | None
    waiting_since: Time | None
    language: str | None
    ai_agent: AIAgentOut | None
    person: PersonOut
    handoff: HandoffOut | None


class ConversationPage(Answer):
    items: list[ConversationOut]
    next_cursor: str | None


class AuthorOut(Answer):
    kind: Literal["person", "ai_agent", "live_agent", "system", "integration"]
    name: str


class MessageOut(Answer):
    seq: int
    kind: Literal["text", "note", "activity"]
    author: AuthorOut
    text: str
    client_id: str | None
    created_at: Time


class MessagePage(Answer):
    items: list[MessageOut]
    last_seq: int


class UserOut(Answer):
    id: str
    name: str
    email: str


class OfferOut(Answer):
    """A transfer that waits to be accepted; `conversation` is null for `to`, who sees it after they accept."""

    id: str
    state: Literal["open", "accepted", "declined", "expired", "voided"]
    conversation: str | None
    kind: Literal["chat", "ticket"]
    person: str
    by: UserOut
    to: UserOut
    note: str | None
    created_at: Time
    expires_at: Time


class OfferList(Answer):
    items: list[OfferOut]


class AvailabilityOut(Answer):
    availability: Literal["online", "away"]


class CurrentOwner(Answer):
    """Who has the conversation now, and since when."""

    handler: HandlerName
    assignee: Assignee | None
    epoch: int
    at: Time


class Problem(BaseModel):
    """RFC 9457; `type` ends in the slug that programs switch on."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] | None = Field(None, description="invalid: what is wrong with each field.")
    current: CurrentOwner | None = Field(None, description="ownership-changed: who has the conversation now.")
    feature: str | None = Field(None, description="plan-required: the feature.")
    needs: Literal["free", "lite", "pro", "total", "enterprise"] | None = Field(
        None, description="plan-required: the lowest plan that has it."
    )
