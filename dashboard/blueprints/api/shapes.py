"""Rows into the objects of SPEC 14: whole for a user, without what is private for a teamspace secret."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from dashboard.blueprints.api.answers import Assignee, ConversationOut, HandoffOut, MessageOut, OfferOut, UserOut
from dashboard.models.visibility import Viewer
from dashboard.queries.offers import person_of
from dashboard.queries.public_view import PublicItem
from dashboard.services.timeline import PostedMessage


def conversation(row: Row[Any], *, is_secret: bool) -> ConversationOut:
    """`last_seq` is the person's number for a secret; `team` and the handoff's reason are null."""
    return ConversationOut(
        id=row.public_id,
        kind=row.kind.value,
        handler=row.handler.value,
        status=row.status.value if row.status else None,
        epoch=row.epoch,
        last_seq=row.public_seq if is_secret else row.last_seq,
        assignee=_assignee(row, is_secret),
        team=None if is_secret else _group(row, "team", "name"),
        waiting_since=row.waiting_since,
        language=row.language,
        ai_agent=_group(row, "ai_agent", "name"),
        person=_group(row, "person", "external_id", "name", "email"),
        handoff=_handoff(row, is_secret),
    )


def message(row: Row[Any] | PostedMessage, *, is_secret: bool) -> MessageOut:
    """An entry of the timeline; persons know users by their alias and count only what they see."""
    return MessageOut.model_validate(
        {
            "seq": row.public_seq if is_secret else row.seq,
            "kind": row.kind.value,
            "author": {
                "kind": row.author_kind.value,
                "name": (row.alias or row.author_name) if is_secret else row.author_name,
            },
            "text": row.body,
            "client_id": row.client_id,
            "created_at": row.created_at,
        }
    )


def public_message(item: PublicItem) -> MessageOut:
    """An item of the person's view."""
    return MessageOut.model_validate({name: item[name] for name in MessageOut.model_fields})  # type: ignore[literal-required]


def offer(row: Any, viewer: Viewer) -> OfferOut:
    """An offer as one of its two users may know it."""
    return OfferOut(
        id=row.public_id,
        state=row.state.value,
        conversation=row.conversation if row.by == viewer.user_id else None,
        kind=row.kind.value,
        person=person_of(row),
        by=UserOut(id=row.by_id, name=row.sender, email=row.by_email),
        to=UserOut(id=row.to_id, name=row.target, email=row.to_email),
        note=row.note,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _assignee(row: Row[Any], is_secret: bool) -> Assignee | None:
    if row.assignee_public_id is None:
        return None
    if is_secret:
        return Assignee(id=None, name=row.assignee_alias or row.assignee_name, email=None)
    return Assignee(id=row.assignee_public_id, name=row.assignee_name, email=row.assignee_email)


def _handoff(row: Row[Any], is_secret: bool) -> HandoffOut | None:
    if row.handoff_public_id is None:
        return None
    return HandoffOut(
        id=row.handoff_public_id,
        reason=None if is_secret else row.handoff_reason,
        destination=row.handoff_destination.value,
        mode=row.handoff_mode.value,
        requested_at=row.handoff_requested_at,
        assigned_at=row.handoff_assigned_at,
        closed_at=row.handoff_closed_at,
        outcome=row.handoff_outcome,
        rating=row.handoff_rating,
        rated_at=row.handoff_rated_at,
        external_ref=row.handoff_external_ref,
    )


def _group(row: Row[Any], prefix: str, *names: str) -> Any:
    """The columns with this prefix as an object, or None when the outer join found nothing."""
    public_id = getattr(row, f"{prefix}_public_id")
    if public_id is None:
        return None
    return {"id": public_id, **{name: getattr(row, f"{prefix}_{name}") for name in names}}
