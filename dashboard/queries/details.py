"""The details pane: the conversation's facts, its person, its history, and why it went to whom (A6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dashboard.models import AIAgent, Assignment, Conversation, Handoff, Person, User
from dashboard.models.enums import AssignmentHow
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.receipts import Decisions, load_decisions
from dashboard.queries.rows import ConversationRow

OTHERS = 5

_c = Conversation.__table__.c
_p = Person.__table__.c
_h = Handoff.__table__.c
_a = Assignment.__table__.c
_u = User.__table__.c
_ai = AIAgent.__table__.c

HOW = {
    AssignmentHow.AUTO: ("route", "{name}, assigned automatically"),
    AssignmentHow.CLAIM: ("hand", "{name}, claimed it"),
    AssignmentHow.TRANSFER: ("arrow-left-right", "{name}, by transfer from {by}"),
    AssignmentHow.TAKEOVER: ("user-check", "{name}, took it over"),
    AssignmentHow.UNDO: ("undo-2", "{name}, took the transfer back"),
}


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
    person_since: datetime
    person_details: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    decisions: Decisions
    history: list[Step]


def load_details(reader: Reader, viewer: Viewer, row: ConversationRow) -> Details:
    """Six SELECTs at most; of the person's other conversations only those that the viewer may see."""
    facts = reader.execute(
        select(_c.created_at, _p.email, _p.created_at.label("since"), _p.details, _ai.languages)
        .join(Person.__table__, _p.id == _c.person_id)
        .outerjoin(AIAgent.__table__, _ai.id == _c.ai_agent_id)
        .where(_c.id == row.id)
    ).one()
    steps = [*_owners(reader, row.id), *_livechats(reader, row.id), *_others(reader, viewer, row)]
    return Details(
        teamspace=row.teamspace_name,
        created_at=facts.created_at,
        person_email=facts.email,
        person_since=facts.since,
        person_details=tuple((str(name), str(value)) for name, value in (facts.details or {}).items()),
        languages=tuple(facts.languages or ()),
        decisions=load_decisions(reader, row),
        history=sorted(steps, key=lambda step: step.at, reverse=True),
    )


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
        icon, text = HOW[row.how]
        said = f"“{row.note}”" if row.note else ""
        steps.append(
            Step(icon, text.format(name=row.name, by=row.by or "a colleague"), row.from_at, row.until_at, said)
        )
    return steps


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
