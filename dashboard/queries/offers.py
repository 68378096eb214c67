"""A user's offers (T5): what they are asked to take, what they wait for, and what was just answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from dashboard.models import Conversation, Person, TransferOffer, User
from dashboard.models.enums import ConversationKind, OfferState
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, noun

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
        asked=[_offer(row, row.expires_at - now) for row in standing if row.to == viewer.user_id and _may(viewer, row)],
        waiting=[_offer(row, row.expires_at - now) for row in standing if row.by == viewer.user_id],
        answered=[
            _offer(row, row.decided_at + JUST - now) for row in rows if row.by == viewer.user_id and row.state in told
        ],
    )


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


def _load(reader: Reader, viewer: Viewer, now: datetime) -> Sequence[Any]:
    by, to = aliased(User), aliased(User)
    statement = (
        select(
            _o.public_id, _o.state, _o.note, _o.expires_at, _o.decided_at, _c.public_id.label("conversation"), _c.kind,
            _c.teamspace_id, _p.name.label("person"), _p.public_id.label("person_id"),
            by.name.label("sender"), to.name.label("target"), by.id.label("by"), to.id.label("to"),
        )
        .join(Conversation.__table__, _c.id == _o.conversation_id)
        .join(Person.__table__, _p.id == _c.person_id)
        .join(by, by.id == _o.from_user_id)
        .join(to, to.id == _o.to_user_id)
        .where(
            or_(_o.from_user_id == viewer.user_id, _o.to_user_id == viewer.user_id),
            or_(_o.state == OfferState.OPEN, _o.decided_at > now - JUST),
        )
        .order_by(_o.id)
    )  # fmt: skip
    return reader.execute(statement).all()


def _may(viewer: Viewer, row: Any) -> bool:
    is_chat = row.kind is ConversationKind.CHAT
    reached = viewer.agent_teamspace_ids if is_chat else viewer.teamspace_ids
    return row.teamspace_id in reached and f"{noun(row.kind)}.assigned" in viewer.permissions


def _offer(row: Any, left: timedelta) -> Offer:
    person = row.person or f"Visitor {row.person_id[-4:]}"
    seconds = max(1, round(left.total_seconds()))
    return Offer(
        row.public_id, row.state.value, row.conversation, row.kind, person, row.sender, row.target, row.note, seconds
    )
