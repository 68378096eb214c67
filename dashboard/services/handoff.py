"""From the AI agent to people: the availability check, the packet, the queue place (SPEC 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select

from dashboard.models import AIAgent, Handoff
from dashboard.models.enums import Destination, Handler, HandoffMode, HandoffSource, Status
from dashboard.models.errors import Refused
from dashboard.models.ids import new_public_id
from dashboard.models.membership import members_select
from dashboard.queries.candidates import Candidate, load_candidates
from dashboard.services import assignment
from dashboard.services.events import ConversationHandedOff
from dashboard.services.holding import Held
from dashboard.services.in_use import is_in_use
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.packet import build_packet
from dashboard.services.queueing import EVERYONE, EligibleSet, enter_queue
from dashboard.services.timeline import Author, activity, append
from dashboard.services.unit_of_work import UnitOfWork

_ai = AIAgent.__table__.c


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    UNAVAILABLE = "unavailable"
    IGNORED = "ignored"


@dataclass(frozen=True)
class HandoffRequest:
    """What a node, a rule or a program asks for. `eligible` is already resolved to ids of this teamspace."""

    source: HandoffSource
    reason: str
    words: str = ""
    trigger: str | None = None
    node_key: str | None = None
    eligible: EligibleSet = EVERYONE
    is_availability_checked: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)


def hand_off(
    uow: UnitOfWork, held: Held, request: HandoffRequest, *, farewell: tuple[Author, str] | None = None
) -> Outcome:
    """Move a chat from its AI agent into the queue, and route it.

    IGNORED when it is not with the AI agent (H9); UNAVAILABLE when nobody could ever take it (H2, R1) or, with
    the check on, nobody eligible is online (H3). Nothing has changed then. `farewell` is the AI agent's last word,
    said once it is certain (H7).
    """
    if held.handler is not Handler.AI_AGENT:
        return Outcome.IGNORED
    if not is_in_use(uow, held.teamspace_id) or not _is_somebody_available(uow, held, request):
        return Outcome.UNAVAILABLE
    before = held.scope(uow).to_json()
    open_handoff(uow, held, request, Status.PENDING)
    if farewell and farewell[1]:  # after the packet, which tells what was tried before
        append(uow, held, *farewell)
    change_owner(uow, held, Owner(Handler.QUEUE, Status.PENDING))
    held.write(uow, waiting_since=uow.now)
    enter_queue(uow, held, request.eligible, requested_at=uow.now)
    activity(uow, held, "handed_off", f"Handed to people: {request.reason}", reason=request.reason)
    uow.emit(ConversationHandedOff(held.id, held.teamspace_id, before, held.epoch))
    assignment.route_now_and_after(uow, held.teamspace_id)
    assignment.explain(uow, held)
    return Outcome.ACCEPTED


def open_handoff(uow: UnitOfWork, held: Held, request: HandoffRequest, status: Status) -> None:
    """Store a new livechat and make it the conversation's; raises Refused in a deleted teamspace."""
    if not is_in_use(uow, held.teamspace_id):
        raise Refused("This teamspace was deleted.")
    packet = build_packet(
        uow,
        held,
        reason=request.reason,
        trigger=request.trigger,
        words=request.words,
        variables=request.variables,
    )
    values: dict[str, Any] = {
        "public_id": new_public_id(),
        "conversation_id": held.id,
        "teamspace_id": held.teamspace_id,
        "status": status,
        "source": request.source,
        "destination": Destination.INBOX,
        "mode": HandoffMode.INBOX,
        "reason": request.reason[:400],
        "packet": packet,
        "variables": dict(request.variables),
        "targets": request.eligible.to_json(),
        "node_key": request.node_key,
        "requested_at": uow.now,
    }
    statement = insert(Handoff.__table__).values(values).returning(Handoff.__table__.c.id)
    held.write(uow, handoff_id=uow.conn.execute(statement).scalar_one())


def _is_somebody_available(uow: UnitOfWork, held: Held, request: HandoffRequest) -> bool:
    is_enabled = uow.conn.execute(select(_ai.is_handoff_enabled).where(_ai.id == held.ai_agent_id)).scalar_one()
    candidates = load_candidates(uow.conn, held.teamspace_id, uow.now)
    if not is_enabled or not candidates:
        return False
    if not request.is_availability_checked:
        return True
    return any(each.is_online and each.is_present for each in _eligible(uow, candidates, request.eligible))


def _eligible(uow: UnitOfWork, candidates: list[Candidate], eligible: EligibleSet) -> list[Candidate]:
    if eligible.is_everyone:
        return candidates
    members = members_select().subquery("m")
    in_teams = set(
        uow.conn.execute(select(members.c.user_id).where(members.c.team_id.in_(eligible.team_ids))).scalars()
    )
    return [each for each in candidates if each.user_id in eligible.user_ids | in_teams]
