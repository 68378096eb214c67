"""A user's offers (T5): what they are asked to take, what they wait for, and what was just answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from dashboard.models import Conversation, Person, TransferOffer, User
from dashboard.models.enums import ConversationKind, OfferState
from dashboard.models.membership import Reader, load_viewers
from dashboard.models.visibility import Viewer, may_have

_o = TransferOffer.__table__.c
_c = Conversation.__table__.c
_p = Person.__table__.c

JUST = timedelta(seconds=10)
"""How long an answer is news; as long as a transfer can be undone."""


@dataclass(frozen=True)
class Offer:
    """`left` are seconds: until it runs out or, of an answered one, until it is no news any more."""

    public_id: str
    state: str
    conversation: str
    kind: ConversationKind
    person: str
    sender: str
    target: str
    note: str | None
    left: int


@dataclass(frozen=True)
class Offers:
    """`asked` may not be told the conversation itself before they accept."""

    asked: list[Offer]
    waiting: list[Offer]
    answered: list[Offer]


def load_offers(reader: Reader, viewer: Viewer, now: datetime) -> Offers:
    """One SELECT; whoever could not have it any more is not asked."""
    rows = _load(reader, viewer, now)
    standing = [row for row in rows if row.state is OfferState.OPEN and row.expires_at > now]
    told = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED)
    return Offers(
        asked=[_offer(row, row.expires_at - now) for row in standing if _is_asked(viewer, row)],
        waiting=[_offer(row, row.expires_at - now) for row in standing if row.by == viewer.user_id],
        answered=[
            _offer(row, row.decided_at + JUST - now) for row in rows if row.by == viewer.user_id and row.state in told
        ],
    )


def load_standing(reader: Reader, viewer: Viewer, now: datetime) -> list[Any]:
    """The rows of what this user is offered and of what they offer, until it is answered or a minute old."""
    rows = [row for row in _load(reader, viewer, now) if row.state is OfferState.OPEN and row.expires_at > now]
    return [row for row in rows if row.by == viewer.user_id or _is_asked(viewer, row)]


def get_offer(reader: Reader, public_id: str) -> Any:
    """The row of one that exists, for one of its two users."""
    return reader.execute(_whole().where(_o.public_id == public_id)).one()


def find_hopeless(reader: Reader, conversation_id: int | None = None) -> list[Any]:
    """Offers, all or one conversation's, that wait for somebody who could not have it: public_id, to_user_id …"""
    columns = (_o.public_id, _o.conversation_id, _o.to_user_id, _c.kind, _c.teamspace_id)
    waiting = select(*columns).join(Conversation.__table__, _c.id == _o.conversation_id)
    if conversation_id is not None:
        waiting = waiting.where(_o.conversation_id == conversation_id)
    rows = reader.execute(waiting.where(_o.state == OfferState.OPEN).order_by(_o.id)).all()
    viewers = load_viewers(reader, {row.to_user_id for row in rows}) if rows else {}
    return [row for row in rows if not may_have(viewers.get(row.to_user_id), row.kind, row.teamspace_id)]


def find_waiting(reader: Reader, viewer: Viewer, conversation: str, now: datetime) -> Offer | None:
    """What this user offers of this conversation and waits for."""
    waiting = load_offers(reader, viewer, now).waiting
    return next((each for each in waiting if each.conversation == conversation), None)


def load_unaccepted(reader: Reader, conversation_id: int) -> Sequence[Any]:
    """What was offered of a conversation and not accepted: sender, target, created_at, decided_at, state."""
    by, to = aliased(User), aliased(User)
    statement = (
        select(by.name.label("sender"), to.name.label("target"), _o.created_at, _o.decided_at, _o.state)
        .join(by, by.id == _o.from_user_id)
        .join(to, to.id == _o.to_user_id)
        .where(_o.conversation_id == conversation_id, _o.state != OfferState.ACCEPTED)
    )
    return reader.execute(statement.order_by(_o.id)).all()


def person_of(row: Any) -> str:
    """What an offer calls the person of its conversation."""
    return row.person or f"Visitor {row.person_id[-4:]}"


def _load(reader: Reader, viewer: Viewer, now: datetime) -> Sequence[Any]:
    mine = or_(_o.from_user_id == viewer.user_id, _o.to_user_id == viewer.user_id)
    is_news = or_(_o.state == OfferState.OPEN, _o.decided_at > now - JUST)
    return reader.execute(_whole().where(mine, is_news).order_by(_o.id)).all()


def _whole() -> Select[Any]:
    """Offers with their conversation, its person and both users."""
    by, to = aliased(User), aliased(User)
    return (
        select(
            _o.public_id, _o.state, _o.note, _o.created_at, _o.expires_at, _o.decided_at, _c.kind, _c.teamspace_id,
            _c.public_id.label("conversation"), _p.name.label("person"), _p.public_id.label("person_id"),
            by.id.label("by"), by.name.label("sender"), by.public_id.label("by_id"), by.email.label("by_email"),
            to.id.label("to"), to.name.label("target"), to.public_id.label("to_id"), to.email.label("to_email"),
        )
        .join(Conversation.__table__, _c.id == _o.conversation_id)
        .join(Person.__table__, _p.id == _c.person_id)
        .join(by, by.id == _o.from_user_id)
        .join(to, to.id == _o.to_user_id)
    )  # fmt: skip


def _is_asked(viewer: Viewer, row: Any) -> bool:
    return row.to == viewer.user_id and may_have(viewer, row.kind, row.teamspace_id)


def _offer(row: Any, left: timedelta) -> Offer:
    person = person_of(row)
    seconds = max(1, round(left.total_seconds()))
    return Offer(
        row.public_id, row.state.value, row.conversation, row.kind, person, row.sender, row.target, row.note, seconds
    )
