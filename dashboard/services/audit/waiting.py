"""What is with people and what waits for them, in which place and for whom (A4, A5, H4)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, func, or_, select

from dashboard.models import Conversation, Handoff, QueueEligible, QueueEntry, Team, TeamspaceTeam
from dashboard.models.enums import ConversationKind, Handler, Status

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_e = QueueEligible.__table__.c
_q = QueueEntry.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c

AWAY_FROM_AI = (Handler.QUEUE, Handler.LIVE_AGENT, Handler.INTEGRATION)

_is_chat = _c.kind == ConversationKind.CHAT
_is_open = _c.status != Status.CLOSED


def handoffs(conn: Connection) -> Iterator[str]:
    """An open handoff exactly while a chat is outside its AI agent's hands, and it shows the chat's owner."""
    opened = Handoff.__table__.alias()
    rows = select(_c.public_id, _c.handler, opened.c.id).outerjoin(
        opened, and_(opened.c.conversation_id == _c.id, opened.c.closed_at.is_(None))
    )
    is_away = _is_chat & _c.handler.in_(AWAY_FROM_AI)
    missing = and_(is_away, or_(opened.c.id.is_(None), _c.handoff_id.is_(None), opened.c.id != _c.handoff_id))
    for row in conn.execute(rows.where(or_(missing, and_(~is_away, opened.c.id.is_not(None))))):
        yield f"Handoffs: conversation {row.public_id} is with {row.handler}; its open handoff is {row.id}."
    differs = or_(
        opened.c.status != _c.status,
        # Back in the queue it keeps its last Assignee.
        func.coalesce(opened.c.assignee_id, 0) != func.coalesce(_c.assignee_id, opened.c.assignee_id, 0),
        func.coalesce(opened.c.team_id, 0) != func.coalesce(_c.team_id, 0),
    )
    for row in conn.execute(rows.where(is_away, opened.c.id == _c.handoff_id, differs)):
        yield f"Handoffs: the open handoff {row.id} of {row.public_id} has another owner or status than the chat."


def queue(conn: Connection) -> Iterator[str]:
    """A waiting queue entry exactly while the handler is the queue and the conversation not closed."""
    waiting = select(_q.conversation_id, _q.teamspace_id).where(_q.left_at.is_(None)).subquery()
    rows = select(_c.public_id, _c.handler).outerjoin(waiting, waiting.c.conversation_id == _c.id)
    queued = and_(_c.handler == Handler.QUEUE, _is_open)
    for row in conn.execute(rows.where(queued, waiting.c.conversation_id.is_(None))):
        yield f"Queue: conversation {row.public_id} waits and has no queue entry."
    for row in conn.execute(rows.where(~queued, waiting.c.conversation_id.is_not(None))):
        yield f"Queue: conversation {row.public_id} is with {row.handler} and still has a queue entry."
    for row in conn.execute(rows.where(queued, waiting.c.teamspace_id != _c.teamspace_id)):
        yield f"Queue: conversation {row.public_id} waits in another teamspace's queue."
    twice = rows.with_only_columns(_c.public_id).where(waiting.c.conversation_id.is_not(None)).group_by(_c.public_id)
    for public_id in conn.execute(twice.having(func.count() > 1)).scalars():
        yield f"Queue: conversation {public_id} waits in more than one place."


def places(conn: Connection) -> Iterator[str]:
    """A4: a place in the queue is the time of the request, also after a return; a stay ends after it began."""
    rows = select(_c.public_id, _q.queued_at).join(QueueEntry.__table__, _q.conversation_id == _c.id)
    requested = func.coalesce(_h.requested_at, _c.created_at)
    stays = rows.outerjoin(Handoff.__table__, _h.id == _q.handoff_id)
    for row in conn.execute(stays.where(_q.queued_at != requested)):
        yield f"Places: {row.public_id} is queued at {row.queued_at}, which is not when it was asked for."
    for row in conn.execute(stays.where(_q.left_at.is_(None), _q.handoff_id.is_distinct_from(_c.handoff_id))):
        yield f"Places: {row.public_id} waits for another handoff than the one it is in."


def eligible_sets(conn: Connection) -> Iterator[str]:
    """H4, L10: what waits for listed users and teams waits for somebody other than who gave it away."""
    mine = _e.queue_entry_id == _q.id
    is_linked = exists().where(_tt.team_id == _t.id, _tt.teamspace_id == _q.teamspace_id)
    team = exists().where(mine, _t.id == _e.team_id, _t.archived_at.is_(None), is_linked)
    user = exists().where(mine, _e.user_id.is_not(None), _e.user_id.is_distinct_from(_q.excluded_user_id))
    rows = select(_c.public_id).join(QueueEntry.__table__, and_(_q.conversation_id == _c.id, _q.left_at.is_(None)))
    for public_id in conn.execute(rows.where(~_q.is_everyone, ~team, ~user)).scalars():
        yield f"Eligible: {public_id} waits for nobody: its teams are gone from the teamspace."
    for public_id in conn.execute(rows.where(_q.is_everyone, exists().where(mine))).scalars():
        yield f"Eligible: {public_id} waits for everyone and yet lists some."
