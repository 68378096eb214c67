"""Shift handover (P4): what somebody has when they go Away is transferred, returned to the queue, or kept.

Each conversation is a transaction of its own: what was taken over or closed meanwhile stops none of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from dashboard.models import Conversation, Event, Team, User, db
from dashboard.models.errors import BatonError, Invalid, OwnershipChanged
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer
from dashboard.services import returning, transfers
from dashboard.services.events import ConversationReturned, ConversationTransferred
from dashboard.services.text import clean_text

MAX_NOTE = 1_000

_c = Conversation.__table__.c
_e = Event.__table__.c
_t = Team.__table__.c
_u = User.__table__.c


class Choice(StrEnum):
    KEEP = "keep"
    RETURN = "return"
    USER = "user"
    TEAM = "team"


@dataclass(frozen=True)
class Decision:
    """What becomes of one conversation; `to` is the public id of the user or team, `epoch` that of the page."""

    conversation: str
    choice: Choice
    to: str = ""
    note: str = ""
    epoch: int | None = None


@dataclass(frozen=True)
class Outcome:
    """`refusal` says why it was not done; None when it was. What `is_offered` stays until somebody accepts (T5)."""

    decision: Decision
    refusal: BatonError | None = None
    is_offered: bool = False


def hand_over(viewer: Viewer, decisions: Iterable[Decision]) -> list[Outcome]:
    """Do each, in order; a decision that the same page sent before counts as done and is not done again.

    Raises Invalid, before anything is done, for notes that cannot be kept.
    """
    checked = list(decisions)
    _check_notes(checked)
    return [_try(viewer, each) for each in checked]


def _check_notes(decisions: list[Decision]) -> None:
    fields: dict[str, str] = {}
    for each in decisions:
        try:
            clean_text(each.note, limit=MAX_NOTE, required=False)
        except Invalid as error:
            fields[each.conversation] = error.fields["text"]
    if fields:
        raise Invalid(fields)


def _try(viewer: Viewer, decision: Decision) -> Outcome:
    try:
        return Outcome(decision, is_offered=_do(viewer, decision))
    except OwnershipChanged as error:
        return Outcome(decision, None if _was_done(db.session, viewer, decision) else error)
    except BatonError as error:
        return Outcome(decision, error)


def _do(viewer: Viewer, decision: Decision) -> bool:
    """Whether it was offered only."""
    conversation, to, note, epoch = decision.conversation, decision.to, decision.note, decision.epoch
    match decision.choice:
        case Choice.USER:
            return transfers.transfer_to_user(viewer, conversation, to, note, epoch).is_offer
        case Choice.TEAM:
            transfers.transfer_to_team(viewer, conversation, to, note, epoch)
        case Choice.RETURN:
            returning.return_conversation(viewer, conversation, note, epoch)
    return False


def _was_done(reader: Reader, viewer: Viewer, decision: Decision) -> bool:
    """Whether this user did just that under this epoch: the form was sent twice."""
    if decision.epoch is None:
        return False
    kind = ConversationReturned if decision.choice is Choice.RETURN else ConversationTransferred
    happened = (
        select(_e.data)
        .join(Conversation.__table__, _c.id == _e.conversation_id)
        .where(_c.public_id == decision.conversation, _e.kind == kind.__name__)
    )
    epoch, target = decision.epoch + 1, _target(reader, decision)
    return any(
        data["epoch"] == epoch and data["before"]["assignee_id"] == viewer.user_id and _given_to(data) == target
        for data in reader.execute(happened).scalars()
    )


def _given_to(data: dict[str, Any]) -> tuple[int | None, int | None]:
    return data.get("user_id"), data.get("team_id")


def _target(reader: Reader, decision: Decision) -> tuple[int | None, int | None]:
    if decision.choice is Choice.RETURN or not is_public_id(decision.to):
        return None, None
    if decision.choice is Choice.USER:
        return reader.execute(select(_u.id).where(_u.public_id == decision.to)).scalar(), None
    return None, reader.execute(select(_t.id).where(_t.public_id == decision.to)).scalar()
