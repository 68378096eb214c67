"""Reading the Scope of conversations: all that the visibility rule looks at, in three SELECTs whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from dashboard.models.conversations import Conversation, Handoff
from dashboard.models.enums import Handler
from dashboard.models.membership import Reader
from dashboard.models.routing import QueueEligible, QueueEntry
from dashboard.models.visibility import Scope

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c

_ELIGIBLE = (
    select(_q.is_everyone, _e.user_id, _e.team_id)
    .outerjoin_from(QueueEntry.__table__, QueueEligible.__table__, _e.queue_entry_id == _q.id)
    .where(_q.conversation_id == bindparam("conversation"), _q.left_at.is_(None))
)
_PAST = select(_h.assignee_id, _h.team_id).where(
    _h.conversation_id == bindparam("conversation"), _h.closed_at.is_not(None)
)


def load_scopes(reader: Reader, conversation_ids: Collection[int]) -> dict[int, Scope]:
    """Scopes by conversation id; an id that does not exist is left out."""
    rows = reader.execute(
        select(_c.id, _c.kind, _c.teamspace_id, _c.handler, _c.status, _c.assignee_id, _c.team_id, _c.handoff_id).where(
            _c.id.in_(conversation_ids)
        )
    ).all()
    queued = [row.id for row in rows if row.handler == "queue"]
    waiting = _load_waiting(reader, queued) if queued else {}
    # Only a conversation that was handed off has a past.
    handed = [row.id for row in rows if row.handoff_id is not None]
    past = _load_past(reader, handed) if handed else {}
    scopes = {}
    for row in rows:
        fields = {key: value for key, value in row._mapping.items() if key not in ("id", "handoff_id")}
        scopes[row.id] = Scope(
            conversation_id=row.id, **fields, **waiting.get(row.id, {}), past=frozenset(past.get(row.id, ()))
        )
    return scopes


def complete(reader: Reader, scope: Scope, *, was_handed_off: bool) -> Scope:
    """The whole Scope, for whoever has read the conversation's row already: one SELECT for each part that it has."""
    which = {"conversation": scope.conversation_id}
    if scope.handler is Handler.QUEUE and (listed := reader.execute(_ELIGIBLE, which).all()):
        scope = replace(
            scope,
            is_everyone=bool(listed[0].is_everyone),
            eligible_users=frozenset(row.user_id for row in listed if row.user_id is not None),
            eligible_teams=frozenset(row.team_id for row in listed if row.team_id is not None),
        )
    if was_handed_off:  # nothing else has a past
        past = reader.execute(_PAST, which).all()
        scope = replace(scope, past=frozenset((row[0], row[1]) for row in past if row[0] or row[1]))
    return scope


def load_scope(reader: Reader, conversation_id: int) -> Scope:
    """The Scope of one conversation that exists."""
    return load_scopes(reader, [conversation_id])[conversation_id]


def _load_waiting(reader: Reader, conversation_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = reader.execute(
        select(_q.conversation_id, _q.is_everyone, _e.user_id, _e.team_id)
        .outerjoin(QueueEligible.__table__, _e.queue_entry_id == _q.id)
        .where(_q.conversation_id.in_(conversation_ids), _q.left_at.is_(None))
    )
    waiting: dict[int, dict[str, Any]] = {}
    for conversation_id, is_everyone, user_id, team_id in rows:
        entry = waiting.setdefault(
            conversation_id,
            {"is_everyone": is_everyone, "eligible_users": frozenset(), "eligible_teams": frozenset()},
        )
        if user_id is not None:
            entry["eligible_users"] |= {user_id}
        if team_id is not None:
            entry["eligible_teams"] |= {team_id}
    return waiting


def _load_past(reader: Reader, conversation_ids: Collection[int]) -> dict[int, set[tuple[int | None, int | None]]]:
    rows = reader.execute(
        select(_h.conversation_id, _h.assignee_id, _h.team_id).where(
            _h.conversation_id.in_(conversation_ids), _h.closed_at.is_not(None)
        )
    )
    past: defaultdict[int, set[tuple[int | None, int | None]]] = defaultdict(set)
    for conversation_id, assignee_id, team_id in rows:
        if assignee_id is not None or team_id is not None:
            past[conversation_id].add((assignee_id, team_id))
    return past
