"""Teams as their settings show them: the list, and one team as its form was rendered (SPEC 1)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard.models import Role, Team, TeamMember, Teamspace, TeamspaceTeam, User
from dashboard.models.errors import NotFound, NotPermitted
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader, members_select
from dashboard.models.visibility import Viewer
from dashboard.queries.staff import Colleague, load_colleagues, load_links

_m = TeamMember.__table__.c
_r = Role.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c
_u = User.__table__.c

OUT_OF_REACH = "This team also works in teamspaces that you are not linked to. An admin can change it."


@dataclass(frozen=True)
class TeamRow:
    """A team in the list; `is_mine` says whether the viewer may change it."""

    public_id: str
    name: str
    role: str | None
    members: list[Colleague]
    teamspaces: list[str]
    is_mine: bool


@dataclass(frozen=True)
class TeamState:
    """What is stored of a team, as public ids. `version` names exactly this state, so that no save passes over it."""

    id: int
    public_id: str
    name: str
    role: str
    members: frozenset[str]
    teamspaces: frozenset[str]

    @property
    def version(self) -> str:
        return version_of(self.name, self.role, sorted(self.members), sorted(self.teamspaces))


def version_of(*parts: object) -> str:
    """A short name for a state of a form."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def load_teams(reader: Reader, viewer: Viewer, now: datetime) -> list[TeamRow]:
    """The teams of the viewer's teamspaces, and those that are linked nowhere."""
    colleagues = load_colleagues(reader, viewer.workspace_id, now)
    members: dict[int, list[Colleague]] = {}
    for team_id, user_id in reader.execute(members_select()):
        if user_id in colleagues:
            members.setdefault(team_id, []).append(colleagues[user_id])
    mine = (_s.id.in_(viewer.teamspace_ids)) & _s.archived_at.is_(None)
    names = {row.id: row.name for row in reader.execute(select(_s.id, _s.name).where(mine).order_by(_s.name))}
    links = load_links(reader)
    rows = reader.execute(
        select(_t.id, _t.public_id, _t.name, _r.name.label("role"))
        .outerjoin(Role.__table__, _r.id == _t.role_id)
        .where(_t.workspace_id == viewer.workspace_id, _t.archived_at.is_(None))
        .order_by(_t.name)
    )
    return [
        TeamRow(
            row.public_id, row.name, row.role, sorted(members.get(row.id, []), key=lambda each: each.name),
            [name for key, name in names.items() if key in links[row.id]], links[row.id] <= viewer.teamspace_ids,
        )
        for row in rows
        if not links[row.id] or links[row.id] & viewer.teamspace_ids
    ]  # fmt: skip


def get_team(reader: Reader, viewer: Viewer, public_id: str) -> TeamState:
    """A team that the viewer may change: it works in their teamspaces alone.

    Raises NotFound for one that is deleted or works elsewhere, NotPermitted for one that they share with others.
    """
    row = None
    if is_public_id(public_id):
        in_use = (_t.public_id == public_id) & (_t.workspace_id == viewer.workspace_id) & _t.archived_at.is_(None)
        row = reader.execute(select(_t.id).where(in_use)).first()
    if row is None:
        raise NotFound
    links = set(reader.execute(select(_tt.teamspace_id).where(_tt.team_id == row.id)).scalars())
    if links and not links & viewer.teamspace_ids:
        raise NotFound
    if not links <= viewer.teamspace_ids:
        raise NotPermitted(OUT_OF_REACH)
    return load_state(reader, row.id)


def load_state(reader: Reader, team_id: int) -> TeamState:
    """What is stored of a team that exists; deactivated users who are listed are part of it."""
    row = reader.execute(
        select(_t.id, _t.public_id, _t.name, _r.public_id.label("role"))
        .outerjoin(Role.__table__, _r.id == _t.role_id)
        .where(_t.id == team_id)
    ).one()
    listed = select(_u.public_id).join(TeamMember.__table__, _m.user_id == _u.id).where(_m.team_id == team_id)
    linked = select(_s.public_id).join(TeamspaceTeam.__table__, _tt.teamspace_id == _s.id)
    return TeamState(
        row.id, row.public_id, row.name, row.role or "", frozenset(reader.execute(listed).scalars()),
        frozenset(reader.execute(linked.where(_tt.team_id == team_id)).scalars()),
    )  # fmt: skip


def member_ids(reader: Reader, team_id: int) -> frozenset[int]:
    """Keys of a team's members, by list or by role."""
    members = members_select().subquery("m")
    return frozenset(reader.execute(select(members.c.user_id).where(members.c.team_id == team_id)).scalars())


def teamspace_ids_of(reader: Reader, team_id: int) -> frozenset[int]:
    """Keys of the teamspaces that a team is linked to."""
    return frozenset(reader.execute(select(_tt.teamspace_id).where(_tt.team_id == team_id)).scalars())
