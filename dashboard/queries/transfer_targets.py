"""To whom a conversation can be transferred, and whether somebody there is free (T2, T4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from dashboard.models import Team, Teamspace, TeamspaceTeam, User, Workspace
from dashboard.models.enums import Availability, ConversationKind, Method
from dashboard.models.membership import Reader, load_viewers, members_select, permitted_select
from dashboard.models.permissions import effective_method
from dashboard.queries.candidates import IS_PRESENT, Candidate, load_candidates

_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c
_ts = Teamspace.__table__.c
_u = User.__table__.c
_w = Workspace.__table__.c

_TEAMSPACE = (
    select(_ts.auto_limit, _ts.offers_transfers, _ts.method, _w.plan)
    .join(Workspace.__table__, _w.id == _ts.workspace_id)
    .where(_ts.id == bindparam("id", type_=_ts.id.type))
)


@dataclass(frozen=True)
class UserTarget:
    """`availability` is online, away, or absent: declared Online, and gone (P2)."""

    public_id: str
    name: str
    availability: str
    open_chats: int
    languages: tuple[str, ...]


@dataclass(frozen=True)
class TeamTarget:
    """`free` members would get it at once; with none it waits, visible to the team."""

    public_id: str
    name: str
    members: int
    free: int


@dataclass(frozen=True)
class Targets:
    """Who is offered a transfer is asked first (T5); where nothing is assigned, free members have to claim (A1)."""

    users: list[UserTarget]
    teams: list[TeamTarget]
    is_offered: bool = False
    is_voluntary: bool = False


def load_targets(reader: Reader, teamspace_id: int, kind: ConversationKind, sender_id: int, now: datetime) -> Targets:
    """Everybody but the sender; for tickets those who manage tickets, live agents or not (T2)."""
    agents = [each for each in load_candidates(reader, teamspace_id, now) if each.user_id != sender_id]
    users = agents
    if kind is ConversationKind.TICKET:
        agents = [each for each in agents if each.manages_tickets]
        known = {sender_id, *(each.user_id for each in agents)}
        users = agents + _others_with_tickets(reader, teamspace_id, known, now)
    teamspace = reader.execute(_TEAMSPACE, {"id": teamspace_id}).one()
    spoken = select(_u.id, _u.languages).where(_u.id.in_([each.user_id for each in users]))
    languages = {row.id: tuple(row.languages or ()) for row in reader.execute(spoken)}
    return Targets(
        users=[_user(each, languages.get(each.user_id, ())) for each in sorted(users, key=_online_first)],
        teams=_teams(reader, teamspace_id, agents, kind, teamspace.auto_limit),
        is_offered=teamspace.offers_transfers,
        is_voluntary=effective_method(teamspace.method, teamspace.plan) is Method.VOLUNTARY,
    )


def _others_with_tickets(reader: Reader, teamspace_id: int, known: set[int], now: datetime) -> list[Candidate]:
    """Who manages tickets of the teamspace and is no live agent there: Chat Assignment never picks them."""
    able = permitted_select("tickets.assigned").where(_u.id.not_in(known))
    viewers = load_viewers(reader, reader.execute(able).scalars().all())
    here = [each.user_id for each in viewers.values() if teamspace_id in each.teamspace_ids]
    columns = select(_u.id, _u.public_id, _u.name, _u.availability, IS_PRESENT).where(_u.id.in_(here))
    return [
        Candidate(row[0], row[1], row[2], row[3] is Availability.ONLINE, bool(row[4]), 0, 0, None)
        for row in (reader.execute(columns, {"now": now}) if here else ())
    ]


def _online_first(candidate: Candidate) -> tuple[bool, str]:
    return not candidate.is_here, candidate.name


def _user(candidate: Candidate, languages: tuple[str, ...]) -> UserTarget:
    availability = "online" if candidate.is_here else "absent" if candidate.is_online else "away"
    return UserTarget(candidate.public_id, candidate.name, availability, candidate.open_chats, languages)


def _teams(
    reader: Reader, teamspace_id: int, candidates: list[Candidate], kind: ConversationKind, limit: int
) -> list[TeamTarget]:
    linked = select(_t.id, _t.public_id, _t.name).join(TeamspaceTeam.__table__, _tt.team_id == _t.id)
    members: dict[int, set[int]] = {}
    for row in reader.execute(members_select()):
        members.setdefault(row.team_id, set()).add(row.user_id)
    is_chat = kind is ConversationKind.CHAT
    free = {
        each.user_id
        for each in candidates
        if each.obstacle(limit=limit, is_eligible=True, is_excluded=False, is_chat=is_chat) is None
    }
    known = {each.user_id for each in candidates}
    return [
        TeamTarget(team.public_id, team.name, len(belong & known), len(belong & free))
        for team in reader.execute(linked.where(_tt.teamspace_id == teamspace_id).order_by(_t.name))
        for belong in [members.get(team.id, set())]
    ]
