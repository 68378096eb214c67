"""Teamspaces as their settings show them: the list, and one teamspace as its form was rendered (SPEC 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from dashboard.models import Channel, Conversation, Team, Teamspace, TeamspaceTeam, TeamspaceUser, User, Workspace
from dashboard.models.enums import ChannelKind, Method, Status
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.permissions import effective_method
from dashboard.models.visibility import Viewer
from dashboard.queries.candidates import load_candidates
from dashboard.queries.teams import version_of

_c = Conversation.__table__.c
_ch = Channel.__table__.c
_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c
_tu = TeamspaceUser.__table__.c
_u = User.__table__.c
_w = Workspace.__table__.c

METHODS = {
    Method.BALANCED: "Balanced",
    Method.RANDOM: "Random",
    Method.ROUND_ROBIN: "Round robin",
    Method.VOLUNTARY: "Voluntary",
}
OPEN = (Status.OPEN, Status.PENDING, Status.OVERDUE)


@dataclass(frozen=True)
class TeamspaceRow:
    """A teamspace in the list; `method` is the one that runs."""

    public_id: str
    name: str
    teams: list[str]
    online: int
    agents: int
    open_count: int
    method: str


@dataclass(frozen=True)
class TeamspaceState:
    """What is stored of a teamspace's General page, as public ids; `version` names exactly this state."""

    id: int
    public_id: str
    name: str
    users: frozenset[str]
    teams: frozenset[str]

    @property
    def version(self) -> str:
        return version_of(self.name, sorted(self.users), sorted(self.teams))


@dataclass(frozen=True)
class Removal:
    """What stands against deleting a teamspace, and what would go with it (L10)."""

    open_count: int
    resolved: int
    channels: int
    users: int
    teams: int

    @property
    def seen(self) -> str:
        """Names these numbers, as for teams."""
        return version_of(self.open_count, self.resolved, self.channels, self.users, self.teams)


def load_teamspaces(reader: Reader, viewer: Viewer, now: datetime) -> list[TeamspaceRow]:
    """The viewer's teamspaces."""
    mine = _s.id.in_(viewer.teamspace_ids) & _s.archived_at.is_(None)
    rows = reader.execute(
        select(_s.id, _s.public_id, _s.name, _s.method, _w.plan)
        .join(Workspace.__table__, _w.id == _s.workspace_id)
        .where(mine)
        .order_by(_s.name)
    ).all()
    counts = select(_c.teamspace_id, func.count()).where(_c.status.in_(OPEN), _c.teamspace_id.in_(viewer.teamspace_ids))
    open_counts = {row[0]: row[1] for row in reader.execute(counts.group_by(_c.teamspace_id))}
    named = select(_tt.teamspace_id, _t.name).join(Team.__table__, _t.id == _tt.team_id).order_by(_t.name)
    teams: dict[int, list[str]] = {}
    for key, name in reader.execute(named):
        teams.setdefault(key, []).append(name)
    found = []
    for row in rows:
        agents = load_candidates(reader, row.id, now)
        online = sum(each.is_online and each.is_present for each in agents)
        found.append(
            TeamspaceRow(
                row.public_id, row.name, teams.get(row.id, []), online, len(agents), open_counts.get(row.id, 0),
                METHODS[effective_method(row.method, row.plan)],
            )
        )  # fmt: skip
    return found


def get_teamspace(reader: Reader, viewer: Viewer, public_id: str) -> TeamspaceState:
    """A teamspace that the viewer is linked to; raises NotFound."""
    row = None
    if is_public_id(public_id):
        mine = (_s.public_id == public_id) & _s.id.in_(viewer.teamspace_ids) & _s.archived_at.is_(None)
        row = reader.execute(select(_s.id).where(mine)).first()
    if row is None:
        raise NotFound
    return load_state(reader, row.id)


def load_state(reader: Reader, teamspace_id: int) -> TeamspaceState:
    row = reader.execute(select(_s.public_id, _s.name).where(_s.id == teamspace_id)).one()
    users = select(_u.public_id).join(TeamspaceUser.__table__, _tu.user_id == _u.id)
    teams = select(_t.public_id).join(TeamspaceTeam.__table__, _tt.team_id == _t.id)
    return TeamspaceState(
        teamspace_id, row.public_id, row.name,
        frozenset(reader.execute(users.where(_tu.teamspace_id == teamspace_id)).scalars()),
        frozenset(reader.execute(teams.where(_tt.teamspace_id == teamspace_id)).scalars()),
    )  # fmt: skip


def linked_user_ids(reader: Reader, teamspace_id: int) -> frozenset[int]:
    """Keys of the users who are linked directly."""
    return frozenset(reader.execute(select(_tu.user_id).where(_tu.teamspace_id == teamspace_id)).scalars())


def linked_team_ids(reader: Reader, teamspace_id: int) -> frozenset[int]:
    """Keys of the teams of a teamspace."""
    return frozenset(reader.execute(select(_tt.team_id).where(_tt.teamspace_id == teamspace_id)).scalars())


def find_webchat(reader: Reader, teamspace_id: int) -> str | None:
    """The public id of the first webchat that is connected."""
    of_space = (_ch.teamspace_id == teamspace_id) & (_ch.kind == ChannelKind.WEBCHAT) & _ch.is_connected
    found: str | None = reader.execute(select(_ch.public_id).where(of_space).order_by(_ch.id)).scalar()
    return found


def load_removal(reader: Reader, teamspace_id: int) -> Removal:
    """Counts; what is Resolved is not open, and closes with the teamspace."""
    statuses = select(_c.status, func.count()).where(_c.teamspace_id == teamspace_id, _c.status.is_not(None))
    counts = {row[0]: row[1] for row in reader.execute(statuses.group_by(_c.status))}
    channels = select(func.count()).where(_ch.teamspace_id == teamspace_id, _ch.is_connected)
    return Removal(
        open_count=sum(counts.get(each, 0) for each in OPEN),
        resolved=counts.get(Status.RESOLVED, 0),
        channels=reader.execute(channels).scalar_one(),
        users=len(linked_user_ids(reader, teamspace_id)),
        teams=len(linked_team_ids(reader, teamspace_id)),
    )
