"""What requests may say: the models that parse bodies and queries, and that the OpenAPI document is made of."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from dashboard.blueprints.api.fields import (
    ClientId,
    Cursor,
    Email,
    Epoch,
    Limit,
    Line120,
    Line200,
    Note,
    Number,
    Reference,
    Text,
)

StatusName = Literal["open", "pending", "overdue", "resolved", "closed"]
HandlerName = Literal["ai_agent", "queue", "live_agent", "integration", "external"]


class Request(BaseModel):
    """Unknown names and other types than the declared are refused, never guessed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PersonIn(Request):
    external_id: Line200 = Field(description="Your own name for the person; the same one is the same person.")
    name: Line120 | None = None
    email: Email | None = None


class NewConversation(Request):
    person: PersonIn
    ai_agent: Reference | None = Field(None, description="Id or name; without it the channel's own AI agent.")
    text: Text
    client_id: ClientId


class NewMessage(Request):
    text: Text
    client_id: ClientId
    kind: Literal["text", "note"] = "text"
    epoch: Epoch | None = None


class Claim(Request):
    epoch: Epoch | None = None


class Takeover(Request):
    text: Text
    client_id: ClientId
    epoch: Epoch | None = None


class Transfer(Request):
    """To a user or to a team, never both."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["user"], "properties": {"user": {"type": "string"}, "team": {"type": "null"}}},
                {"required": ["team"], "properties": {"team": {"type": "string"}, "user": {"type": "null"}}},
            ]
        }
    )

    user: Reference | None = Field(None, description="Id or e-mail address.")
    team: Reference | None = Field(None, description="Id or name.")
    note: Note | None = None
    epoch: Epoch | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.user is None) == (self.team is None):
            raise PydanticCustomError("baton", "Name either a user or a team.")
        return self


class StatusIn(Request):
    status: StatusName
    epoch: Epoch | None = None


class NewTicket(Request):
    subject: Line200
    person: PersonIn
    assignee: Reference | None = Field(description="Id or e-mail address of a user; null queues the ticket.")
    teams: Annotated[list[Reference], Field(max_length=50)] | None = Field(
        None, description="Ids or names: who may claim it when nobody is the Assignee."
    )
    text: Text
    teamspace: Reference | None = Field(
        None, description="Id or name; needed only when the user and the Assignee share several."
    )
    client_id: ClientId | None = Field(
        None, description="Your own id of this ticket: sent again for the same person, it answers the same ticket."
    )


class AvailabilityIn(Request):
    availability: Literal["online", "away"]


class ConversationQuery(Request):
    handler: HandlerName | None = None
    status: StatusName | None = None
    assignee: Reference | None = Field(None, description="Id or e-mail address of a user, or `me`.")
    cursor: Cursor | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class MessageQuery(Request):
    after: Number = Field(0, description="Messages with a higher seq; 0 starts at the beginning.")
    limit: Limit = 50
