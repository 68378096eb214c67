"""What must be known before a person's message is stored: who they are, who answers there, in which languages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from dashboard.models import AIAgent, Channel, Conversation, Person, db
from dashboard.models.enums import AuthorKind, ConversationKind, Handler
from dashboard.models.errors import NotFound, Obstacle
from dashboard.models.ids import new_public_id
from dashboard.services.events import ConversationStarted
from dashboard.services.holding import Held, hold
from dashboard.services.timeline import Author
from dashboard.services.unit_of_work import UnitOfWork

_c = Conversation.__table__.c
_ch = Channel.__table__.c
_p = Person.__table__.c
_ai = AIAgent.__table__.c

VISITOR = "Visitor"

_PERSON = (
    select(_p.id, _p.name, _p.is_banned, _p.merged_into_id)
    .where(_p.id == bindparam("person"))
    .with_for_update(key_share=True)
)
_LANGUAGES = (
    select(_ai.languages)
    .join(Conversation.__table__, _c.ai_agent_id == _ai.id)
    .where(_c.public_id == bindparam("public_id"))
)


def lock_person(uow: UnitOfWork, person_id: int) -> tuple[Author, int]:
    """The author, and the key of the record that has their conversations: another one after a merge.

    The author's key stays that of the record under which they write, so that what they send again is known, and the
    client ids of two that were merged never meet. Raises NotFound, Obstacle for a banned person.
    """
    row = lock_record(uow, person_id)
    if row.is_banned:
        raise Obstacle("You cannot write here any more. Your text is kept.")
    return Author(f"person:{person_id}", AuthorKind.PERSON, row.name or VISITOR), row.id


def lock_record(uow: UnitOfWork, person_id: int) -> Row[Any]:
    """(id, name, is_banned) of the record that stands for a person: their own, or the one that it was merged into.

    One message of a person at a time, so that two first messages make one chat. The locks let foreign keys pass, as
    in `holding`; conversations are locked after them. Raises NotFound.
    """
    row = uow.conn.execute(_PERSON, {"person": person_id}).first()
    while row is not None and row.merged_into_id is not None:
        row = uow.conn.execute(_PERSON, {"person": row.merged_into_id}).first()
    if row is None:
        raise NotFound
    return row


def read_channel(channel_id: int, ai_agent_id: int | None) -> tuple[list[str], int]:
    """Languages and key of the AI agent that answers there; raises NotFound, Obstacle for a disconnected channel."""
    answers = _ch.ai_agent_id == _ai.id if ai_agent_id is None else _ai.id == ai_agent_id
    row = db.session.execute(
        select(_ai.languages, _ai.id, _ch.is_connected).join(Channel.__table__, answers).where(_ch.id == channel_id)
    ).first()
    if row is None:
        raise NotFound
    if not row.is_connected:
        raise Obstacle("This chat is closed at the moment. Your text is kept.")
    return list(row.languages), row.id


def read_languages(public_id: str) -> list[str]:
    """Languages of the AI agent of a conversation; none for an unknown one."""
    languages = db.session.execute(_LANGUAGES, {"public_id": public_id}).scalar()
    return list(languages or [])


def open_chat(uow: UnitOfWork, channel_id: int, person_id: int, agent_id: int) -> Held:
    """A new chat with its AI agent, locked (L9)."""
    teamspace_id = uow.conn.execute(select(_ch.teamspace_id).where(_ch.id == channel_id)).scalar_one()
    conversation_id = uow.conn.execute(
        insert(Conversation.__table__)
        .values(
            public_id=new_public_id(),
            kind=ConversationKind.CHAT,
            teamspace_id=teamspace_id,
            ai_agent_id=agent_id,
            person_id=person_id,
            channel_id=channel_id,
            handler=Handler.AI_AGENT,
            epoch=0,
            is_language_corrected=False,
            owner_since=uow.now,
            last_seq=0,
            public_seq=0,
            last_activity_at=uow.now,
            created_at=uow.now,
        )
        .returning(_c.id)
    ).scalar_one()
    uow.emit(ConversationStarted(conversation_id, teamspace_id))
    return hold(uow, id=conversation_id)
