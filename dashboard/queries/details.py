"""The details pane: the conversation's facts, its person, its history, and why it went to whom (A6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from dashboard.models import AIAgent, Assignment, Conversation, Handoff, Person, PersonTag, Tag, User
from dashboard.models.enums import AssignmentHow
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.offers import load_unaccepted
from dashboard.queries.receipts import Decisions, load_decisions
from dashboard.queries.rows import ConversationRow

OTHERS = 5

_c = Conversation.__table__.c
_p = Person.__table__.c
_h = Handoff.__table__.c
_a = Assignment.__table__.c
_u = User.__table__.c
_ai = AIAgent.__table__.c
_t = Tag.__table__.c
_pt = PersonTag.__table__.c

HOW = {
    AssignmentHow.AUTO: ("route", "{name}, assigned automatically"),
    AssignmentHow.CLAIM: ("hand", "{name}, claimed it"),
    AssignmentHow.TRANSFER: ("arrow-left-right", "{name}, by transfer from {by}"),
    AssignmentHow.TAKEOVER: ("user-check", "{name}, took it over"),
    AssignmentHow.UNDO: ("undo-2", "{name}, took the transfer back"),
}
NAMED = ("ticket", "{name}, named by {by} when the ticket was created")
"""An assignment that somebody decided, and not Chat Assignment."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history; `more` is what came of it."""

    icon: str
    text: str
    at: datetime
    until: datetime | None = None
    more: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    teamspace: str
    created_at: datetime
    person_email: str | None
    person_address: str
    is_banned: bool
    person_tags: tuple[str, ...]
    continued_in: str | None
    person_since: datetime
    person_details: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    decisions: Decisions
    history: list[Step]


def load_details(reader: Reader, viewer: Viewer, row: ConversationRow) -> Details:
    """Eight SELECTs at most; of the person's other conversations only those that the viewer may see."""
    facts = reader.execute(
        select(_c.created_at, _c.continued_in_id, _ai.languages)
        .add_columns(_p.email, _p.created_at.label("since"), _p.details, _p.is_banned)
        .join(Person.__table__, _p.id == _c.person_id)
        .outerjoin(AIAgent.__table__, _ai.id == _c.ai_agent_id)
        .where(_c.id == row.id)
    ).one()
    steps = [
        *_owners(reader, row.id),
        *_offers(reader, row.id),
        *_livechats(reader, row.id),
        *_others(reader, viewer, row),
    ]
    return Details(
        teamspace=row.teamspace_name,
        created_at=facts.created_at,
        person_email=facts.email,
        person_address=f"/people/{row.person_public_id}",
        is_banned=facts.is_banned,
        person_tags=_tags(reader, row.person_key),
        continued_in=_continued_in(reader, viewer, facts.continued_in_id),
        person_since=facts.since,
        person_details=tuple((str(name), str(value)) for name, value in (facts.details or {}).items()),
        languages=tuple(facts.languages or ()),
        decisions=load_decisions(reader, row),
        history=sorted(steps, key=lambda step: step.at, reverse=True),
    )


def _continued_in(reader: Reader, viewer: Viewer, conversation_id: int | None) -> str | None:
    """The chat that this one goes on in after a merge, if the viewer may see it."""
    if conversation_id is None:
        return None
    found: str | None = reader.execute(
        select(_c.public_id).where(_c.id == conversation_id, visible_clause(viewer))
    ).scalar()
    return found


def _tags(reader: Reader, person_id: int) -> tuple[str, ...]:
    mine = select(_t.name).join(PersonTag.__table__, _pt.tag_id == _t.id).where(_pt.person_id == person_id)
    return tuple(reader.execute(mine.order_by(func.lower(_t.name))).scalars())


def _owners(reader: Reader, conversation_id: int) -> list[Step]:
    by = aliased(User)
    rows = reader.execute(
        select(_u.name, _a.how, _a.note, _a.from_at, _a.until_at, by.name.label("by"))
        .join(User.__table__, _u.id == _a.user_id)
        .outerjoin(by, by.id == _a.by_user_id)
        .where(_a.conversation_id == conversation_id)
        .order_by(_a.id)
    )
    steps = []
    for row in rows:
        icon, text = NAMED if row.how is AssignmentHow.AUTO and row.by else HOW[row.how]
        said = f"“{row.note}”" if row.note else ""
        steps.append(
            Step(icon, text.format(name=row.name, by=row.by or "a colleague"), row.from_at, row.until_at, said)
        )
    return steps


def _offers(reader: Reader, conversation_id: int) -> list[Step]:
    """Those that came to nothing; an accepted one is the transfer that it became (T5)."""
    past = load_unaccepted(reader, conversation_id)
    return [
        Step(
            "hourglass",
            f"Offered to {each.target} by {each.sender}",
            each.created_at,
            each.decided_at,
            each.state.value,
        )
        for each in past
    ]


def _livechats(reader: Reader, conversation_id: int) -> list[Step]:
    rows = reader.execute(
        select(_h.reason, _h.requested_at, _h.closed_at, _h.outcome, _h.rating)
        .where(_h.conversation_id == conversation_id)
        .order_by(_h.id)
    )
    return [
        Step("hourglass", f"Handed off: {row.reason}", row.requested_at, row.closed_at, _outcome(row)) for row in rows
    ]


def _outcome(row: Any) -> str:
    parts = [str(row.outcome).replace("_", " ")] if row.outcome else []
    parts += [f"rated {row.rating} of 5"] if row.rating else []
    return ", ".join(parts)


def _others(reader: Reader, viewer: Viewer, row: ConversationRow) -> list[Step]:
    rows = reader.execute(
        select(_c.public_id, _c.last_text, _c.created_at)
        .where(_c.person_id == row.person_key, _c.id != row.id, visible_clause(viewer))
        .order_by(_c.id.desc())
        .limit(OTHERS)
    )
    return [
        Step(
            "message-square", each.last_text or "Earlier conversation", each.created_at, url=f"/conversations/{each[0]}"
        )
        for each in rows
    ]
