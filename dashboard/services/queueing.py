"""Putting a conversation into the queue with its eligible set (H4, A4, A5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from dashboard.models import Conversation, Handoff, QueueEligible, QueueEntry, Team, TeamspaceTeam, User
from dashboard.models.membership import live_agents_select, members_select
from dashboard.services.holding import Held
from dashboard.services.unit_of_work import UnitOfWork

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_u = User.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c


@dataclass(frozen=True)
class EligibleSet:
    """Who may see and claim: everyone (all live agents of the teamspace), or the listed users and teams (ids).

    `language` is the one whose own list this is (H5); None for a default list.
    """

    is_everyone: bool = True
    user_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    language: str | None = None

    def to_json(self) -> dict[str, Any]:
        named = {"language": self.language} if self.language else {}
        return {"everyone": self.is_everyone, "users": sorted(self.user_ids), "teams": sorted(self.team_ids), **named}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EligibleSet:
        users, teams = frozenset(data.get("users", ())), frozenset(data.get("teams", ()))
        return cls(data.get("everyone", True), users, teams, data.get("language"))

    @classmethod
    def of_team(cls, team_id: int) -> EligibleSet:
        return cls(is_everyone=False, team_ids=frozenset([team_id]))

    def with_user(self, user_id: int | None) -> EligibleSet:
        """The same set and this user: who gives a conversation away sees it and may claim it (A5)."""
        if self.is_everyone or user_id is None:
            return self
        return replace(self, user_ids=self.user_ids | {user_id})


EVERYONE = EligibleSet()


def find_targets(
    uow: UnitOfWork,
    teamspace_id: int,
    *,
    everyone: bool,
    users: Iterable[str],
    teams: Iterable[str],
    language: str | None = None,
) -> EligibleSet | None:
    """The eligible set behind public ids; None when no live agent of the teamspace is in it any more."""
    if everyone:
        return EligibleSet(language=language)
    agents = live_agents_select(teamspace_id)
    user_ids = uow.conn.execute(select(_u.id).where(_u.public_id.in_(list(users)), _u.id.in_(agents))).scalars()
    linked = select(_tt.team_id).where(_tt.teamspace_id == teamspace_id)
    team_ids = uow.conn.execute(
        select(_t.id).where(_t.public_id.in_(list(teams)), _t.id.in_(linked), _t.archived_at.is_(None))
    ).scalars()
    found = EligibleSet(False, frozenset(user_ids), frozenset(team_ids), language)
    return found if _is_reachable(uow, teamspace_id, found) else None


def enter_queue(
    uow: UnitOfWork,
    held: Held,
    eligible: EligibleSet,
    *,
    requested_at: datetime | None = None,
    excluded_user_id: int | None = None,
) -> None:
    """Write the entry of a conversation whose handler has just become the queue.

    Its place is the time of the handoff's request, also after a return (A4); `requested_at` overrides it.
    """
    eligible = _without_gone(uow, held.teamspace_id, eligible)
    entry_id = uow.conn.execute(
        insert(QueueEntry.__table__)
        .values(
            conversation_id=held.id,
            handoff_id=held.handoff_id,
            teamspace_id=held.teamspace_id,
            queued_at=requested_at or _requested_at(uow, held),
            entered_at=uow.now,
            is_everyone=eligible.is_everyone,
            excluded_user_id=excluded_user_id,
        )
        .returning(QueueEntry.__table__.c.id)
    ).scalar_one()
    listed = [{"queue_entry_id": entry_id, "user_id": each, "team_id": None} for each in sorted(eligible.user_ids)]
    listed += [{"queue_entry_id": entry_id, "user_id": None, "team_id": each} for each in sorted(eligible.team_ids)]
    if listed:
        uow.conn.execute(insert(QueueEligible.__table__), listed)


def _without_gone(uow: UnitOfWork, teamspace_id: int, eligible: EligibleSet) -> EligibleSet:
    """Locks the teams' links against a change that is going on: nothing may wait for a team that has left (L10)."""
    if not eligible.team_ids:
        return eligible
    linked = select(_tt.team_id).where(_tt.teamspace_id == teamspace_id, _tt.team_id.in_(eligible.team_ids))
    locked = linked.order_by(_tt.team_id).with_for_update(read=True, key_share=True)
    teams = frozenset(uow.conn.execute(locked).scalars())
    return replace(eligible, team_ids=teams) if teams or eligible.user_ids else EVERYONE


def returning_set(uow: UnitOfWork, held: Held) -> EligibleSet:
    """Who is eligible on a return: the conversation's team, else the handoff's set, else everyone (A5)."""
    if held.team_id is not None:
        eligible = EligibleSet.of_team(held.team_id)
    elif held.handoff_id is not None:
        targets = uow.conn.execute(select(_h.targets).where(_h.id == held.handoff_id)).scalar_one()
        eligible = EligibleSet.from_json(targets)
    else:
        return EVERYONE
    return eligible if _is_reachable(uow, held.teamspace_id, eligible) else EVERYONE


def _is_reachable(uow: UnitOfWork, teamspace_id: int, eligible: EligibleSet) -> bool:
    """Whether anybody of the set is still a live agent here: an Assignee who left may have been the only one."""
    if eligible.is_everyone:
        return True
    members = members_select().subquery("m")
    in_teams = select(members.c.user_id).where(members.c.team_id.in_(eligible.team_ids))
    agents = live_agents_select(teamspace_id).where(_u.id.in_(eligible.user_ids) | _u.id.in_(in_teams))
    return uow.conn.execute(agents.limit(1)).first() is not None


def _requested_at(uow: UnitOfWork, held: Held) -> datetime:
    if held.handoff_id is None:
        created: datetime = uow.conn.execute(select(_c.created_at).where(_c.id == held.id)).scalar_one()
        return created
    requested: datetime = uow.conn.execute(select(_h.requested_at).where(_h.id == held.handoff_id)).scalar_one()
    return requested
