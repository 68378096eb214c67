"""The teamspaces of the Queue page, and the live agents who serve them, each in one SELECT for all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select

from dashboard.models import AgentLoad, Presence, Team, Teamspace, TeamspaceTeam, User, Workspace
from dashboard.models.enums import Availability, Method
from dashboard.models.membership import LIVE_AGENT_PERMISSION, Reader, members_select, permitted_select
from dashboard.models.permissions import effective_method
from dashboard.queries.candidates import Candidate

_s = Teamspace.__table__.c
_w = Workspace.__table__.c
_u = User.__table__.c
_p = Presence.__table__.c
_l = AgentLoad.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c


@dataclass(frozen=True)
class Space:
    """Chat Assignment of one teamspace as it runs now: `method` is the one that the plan allows."""

    id: int
    public_id: str
    name: str
    method: Method
    limit: int


def load_spaces(reader: Reader, teamspace_ids: Collection[int]) -> list[Space]:
    """Those of the teamspaces that are in use, by name."""
    rows = reader.execute(
        select(_s.id, _s.public_id, _s.name, _s.method, _s.auto_limit, _w.plan)
        .join(Workspace.__table__, _w.id == _s.workspace_id)
        .where(_s.id.in_(teamspace_ids), _s.archived_at.is_(None))
        .order_by(_s.name, _s.id)
    )
    return [
        Space(row.id, row.public_id, row.name, effective_method(row.method, row.plan), row.auto_limit) for row in rows
    ]


def load_agents(reader: Reader, teamspace_ids: Collection[int], now: datetime) -> dict[int, list[Candidate]]:
    """The live agents of each teamspace as Chat Assignment looks at them; one without any is left out."""
    members = members_select().subquery("m")
    serve = (
        select(_tt.teamspace_id, members.c.user_id)
        .join(members, members.c.team_id == _tt.team_id)
        .join(Team.__table__, _t.id == _tt.team_id)
        .where(_tt.teamspace_id.in_(teamspace_ids), _t.archived_at.is_(None))
        .distinct()
        .subquery("serve")
    )
    is_present = exists(select(_p.connection_id).where(_p.user_id == _u.id, _p.lease_until > now))
    rows = reader.execute(
        select(
            serve.c.teamspace_id, _u.id, _u.public_id, _u.name, _u.availability, is_present.label("is_present"),
            _l.open_chats, _l.open_tickets, _l.last_assigned_at,
            _u.id.in_(permitted_select("tickets.assigned")).label("manages_tickets"),
        )
        .join(serve, serve.c.user_id == _u.id)
        .outerjoin(AgentLoad.__table__, and_(_l.user_id == _u.id, _l.teamspace_id == serve.c.teamspace_id))
        .where(_u.id.in_(permitted_select(LIVE_AGENT_PERMISSION)))
        .order_by(_u.name, _u.id)
    )  # fmt: skip
    agents: dict[int, list[Candidate]] = {}
    for row in rows:
        agents.setdefault(row.teamspace_id, []).append(
            Candidate(
                user_id=row.id,
                public_id=row.public_id,
                name=row.name,
                is_online=row.availability is Availability.ONLINE,
                is_present=bool(row.is_present),
                open_chats=row.open_chats or 0,
                open_tickets=row.open_tickets or 0,
                last_assigned_at=row.last_assigned_at,
                manages_tickets=bool(row.manages_tickets),
            )
        )
    return agents
