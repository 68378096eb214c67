"""What the webchat looks up: its channel by the id in the address, and a visitor's chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from dashboard.models import AIAgent, Channel, Conversation, Person, Workspace
from dashboard.models.enums import ChannelKind, ConversationKind, Handler
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.workspace import Teamspace

_ch = Channel.__table__.c
_c = Conversation.__table__.c
_ai = AIAgent.__table__.c


@dataclass(frozen=True)
class Webchat:
    """A channel as its loader and frame need it."""

    id: int
    public_id: str
    teamspace_id: int
    name: str
    color: str
    greeting: str | None
    allowed_sites: list[str]
    is_connected: bool
    ai_agent: str
    workspace: str


def get_webchat(reader: Reader, public_id: str) -> Webchat:
    """The webchat channel with this id; raises NotFound, also for channels of other kinds."""
    row = None
    if is_public_id(public_id):
        row = reader.execute(
            select(
                _ch.id,
                _ch.public_id,
                _ch.teamspace_id,
                _ch.name,
                _ch.color,
                _ch.greeting,
                _ch.allowed_sites,
                _ch.is_connected,
                _ai.name.label("ai_agent"),
                Workspace.__table__.c.name.label("workspace"),
            )
            .join(AIAgent.__table__, _ai.id == _ch.ai_agent_id)
            .join(Teamspace.__table__, Teamspace.__table__.c.id == _ch.teamspace_id)
            .join(Workspace.__table__, Workspace.__table__.c.id == Teamspace.__table__.c.workspace_id)
            .where(_ch.public_id == public_id, _ch.kind == ChannelKind.WEBCHAT)
        ).first()
    if row is None:
        raise NotFound("There is no such chat.")
    return Webchat(**row._mapping)


def is_merged(reader: Reader, person_id: int) -> bool:
    """Whether this record was merged into another one, whose pages its visitors have now."""
    merged = select(Person.merged_into_id).where(Person.id == person_id)
    return reader.execute(merged).scalar() is not None


def find_chat(reader: Reader, person_id: int, channel_id: int) -> Row[Any] | None:
    """(id, public_id, assignee_id) of the person's live chat on the channel, else of their latest one, else None."""
    return reader.execute(
        select(_c.id, _c.public_id, _c.assignee_id)
        .where(_c.person_id == person_id, _c.channel_id == channel_id, _c.kind == ConversationKind.CHAT)
        .order_by((_c.handler == Handler.EXTERNAL).asc(), _c.id.desc())
        .limit(1)
    ).first()
