"""What waits only for people who cannot have it any more waits for everyone in the teamspace: nothing is left (L7)."""

from __future__ import annotations

from sqlalchemy import and_, delete, exists, or_, select, union, update

from dashboard.models import QueueEligible, QueueEntry, TeamspaceTeam, db
from dashboard.models.conversations import Conversation
from dashboard.models.enums import ConversationKind, Handler
from dashboard.models.membership import LIVE_AGENT_PERMISSION, Reader, members_select, permitted_select
from dashboard.services import assignment
from dashboard.services.events import EligibleChanged
from dashboard.services.holding import find_and_hold
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import unit_of_work

_c = Conversation.__table__.c
_e = QueueEligible.__table__.c
_q = QueueEntry.__table__.c
_tt = TeamspaceTeam.__table__.c

WIDENED = "Nobody that it waited for can have it any more: it waits for everyone in the teamspace now."


def widen_hopeless() -> int:
    """Widen every queued conversation whose eligible set has no live agent left, for tickets none who manages tickets.

    Answers how many. Call it after roles, teams or users changed; the sweep does it as well. Where the whole teamspace
    has none there is nothing to widen to, and the Queue page says so.
    """
    ids = _find_hopeless(db.session)
    db.session.close()
    return sum(_widen(conversation_id) for conversation_id in ids)


def _widen(conversation_id: int) -> bool:
    with unit_of_work() as uow:
        held = find_and_hold(uow, (_c.id == conversation_id) & (_c.handler == Handler.QUEUE))
        if held is None or held.id not in _find_hopeless(uow.conn, held.id):
            return False
        before = held.scope(uow).to_json()
        waiting = (_q.conversation_id == held.id) & _q.left_at.is_(None)
        uow.conn.execute(delete(QueueEligible.__table__).where(_e.queue_entry_id.in_(select(_q.id).where(waiting))))
        uow.conn.execute(update(QueueEntry.__table__).where(waiting).values(is_everyone=True))
        uow.emit(EligibleChanged(held.id, held.teamspace_id, before, True))
        activity(uow, held, "widened", WIDENED)
        assignment.route_now_and_after(uow, held.teamspace_id)
        assignment.explain(uow, held)
    return True


def _find_hopeless(reader: Reader, conversation_id: int | None = None) -> list[int]:
    """Keys of conversations that wait for listed users and teams none of whom could have them; one SELECT."""
    members = members_select().subquery("members")
    with_tickets = members.c.user_id.in_(permitted_select("tickets.assigned"))
    agents = (
        select(_tt.teamspace_id, members.c.user_id, with_tickets.label("manages_tickets"))
        .join(members, members.c.team_id == _tt.team_id)
        .where(members.c.user_id.in_(permitted_select(LIVE_AGENT_PERMISSION)))
        .subquery("agents")
    )
    listed = union(
        select(_e.queue_entry_id, _e.user_id).where(_e.user_id.is_not(None)),
        select(_e.queue_entry_id, members.c.user_id).join(members, members.c.team_id == _e.team_id),
    ).subquery("listed")
    may_have = and_(
        agents.c.teamspace_id == _q.teamspace_id, or_(_c.kind == ConversationKind.CHAT, agents.c.manages_tickets)
    )
    can_come = exists(
        select(listed.c.user_id)
        .join(agents, agents.c.user_id == listed.c.user_id)
        .where(listed.c.queue_entry_id == _q.id, may_have)
    )
    has_others = exists(select(agents.c.user_id).where(may_have))
    waiting = select(_q.conversation_id).join(Conversation.__table__, _c.id == _q.conversation_id)
    hopeless = waiting.where(_q.left_at.is_(None), ~_q.is_everyone, ~can_come, has_others)
    if conversation_id is not None:
        hopeless = hopeless.where(_q.conversation_id == conversation_id)
    return sorted(reader.execute(hopeless).scalars())
