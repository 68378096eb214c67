"""The handoff packet: why, what was asked, what the AI agent tried, in which language (H8). It needs no LLM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.models import Message
from dashboard.models.enums import AuthorKind, MessageKind
from dashboard.services.holding import Held
from dashboard.services.unit_of_work import UnitOfWork

_m = Message.__table__.c
LOOK_BACK = 40
EXCERPT = 300
MOST = 6


def build_packet(
    uow: UnitOfWork, held: Held, *, reason: str, trigger: str | None, words: str, variables: Mapping[str, str]
) -> dict[str, Any]:
    """The packet as stored with the handoff; texts are excerpts of at most 300 characters, newest last."""
    rows = uow.conn.execute(
        select(_m.author_kind, _m.body)
        .where(_m.conversation_id == held.id, _m.kind == MessageKind.TEXT)
        .order_by(_m.seq.desc())
        .limit(LOOK_BACK)
    ).all()
    recent = list(reversed(rows))
    return {
        "reason": reason,
        "trigger": trigger,
        "words": words[:EXCERPT],
        "asked": [row.body[:EXCERPT] for row in recent if row.author_kind is AuthorKind.PERSON][-MOST:],
        "tried": [row.body[:EXCERPT] for row in recent if row.author_kind is AuthorKind.AI_AGENT][-MOST:],
        "language": held.language,
        "variables": dict(variables),
    }
