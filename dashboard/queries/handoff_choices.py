"""Who a Human Handoff can be assigned to: live agents and teams of the teamspace, and those who were (H4, H5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from dashboard.models import Team, TeamspaceTeam, User
from dashboard.models.membership import Reader, members_select
from dashboard.queries.candidates import Candidate, load_candidates

_u = User.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c


@dataclass(frozen=True)
class Choice:
    """A user or team that can be listed. `value` is `user:…` or `team:…`; `live_agents` are those it stands for."""

    value: str
    name: str
    live_agents: frozenset[int]
    is_online: bool = False
    languages: tuple[str, ...] = ()

    @property
    def is_team(self) -> bool:
        return self.value.startswith("team:")


@dataclass(frozen=True)
class Choices:
    """Teams first, then users, each by name; `gone` names those who are listed and no longer here."""

    here: tuple[Choice, ...]
    gone: dict[str, str] = field(default_factory=dict)

    @property
    def has_live_agents(self) -> bool:
        """Whether anybody in the teamspace could ever take a chat (H2)."""
        return any(each.live_agents for each in self.here)

    def is_reachable(self, members: Iterable[str]) -> bool:
        """Whether a live agent is among these users and teams."""
        wanted = set(members)
        return any(each.live_agents for each in self.here if each.value in wanted)

    def name(self, value: str) -> str:
        """The name of a user or team that is or was here."""
        known = {each.value: each.name for each in self.here}
        return known.get(value) or self.gone.get(value) or "Somebody who was deleted"


def load_choices(reader: Reader, teamspace_key: int, now: datetime, listed: Iterable[str] = ()) -> Choices:
    """Everybody in the teamspace, and the names of the `listed` who are not; at most six SELECTs."""
    candidates = load_candidates(reader, teamspace_key, now)
    here = (*_teams(reader, teamspace_key, candidates), *_users(reader, candidates))
    missing = set(listed) - {each.value for each in here}
    return Choices(here, _names(reader, missing) if missing else {})


def _users(reader: Reader, candidates: list[Candidate]) -> list[Choice]:
    spoken = select(_u.id, _u.languages).where(_u.id.in_([each.user_id for each in candidates]))
    languages = {row.id: tuple(row.languages or ()) for row in reader.execute(spoken)}
    return [
        Choice(
            value=f"user:{each.public_id}",
            name=each.name,
            live_agents=frozenset([each.user_id]),
            is_online=each.is_online and each.is_present,
            languages=languages.get(each.user_id, ()),
        )
        for each in sorted(candidates, key=lambda each: (each.name, each.user_id))
    ]


def _teams(reader: Reader, teamspace_key: int, candidates: list[Candidate]) -> list[Choice]:
    agents = {each.user_id for each in candidates}
    online = {each.user_id for each in candidates if each.is_online and each.is_present}
    members: dict[int, set[int]] = {}
    for row in reader.execute(members_select()):
        members.setdefault(row.team_id, set()).add(row.user_id)
    linked = (
        select(_t.id, _t.public_id, _t.name)
        .join(TeamspaceTeam.__table__, _tt.team_id == _t.id)
        .where(_tt.teamspace_id == teamspace_key, _t.archived_at.is_(None))
        .order_by(_t.name, _t.id)
    )
    return [
        Choice(f"team:{row.public_id}", row.name, frozenset(belong), is_online=bool(belong & online))
        for row in reader.execute(linked)
        for belong in [members.get(row.id, set()) & agents]
    ]


def _names(reader: Reader, values: set[str]) -> dict[str, str]:
    ids = [each.partition(":")[2] for each in values]
    users = reader.execute(select(_u.public_id, _u.name).where(_u.public_id.in_(ids)))
    teams = reader.execute(select(_t.public_id, _t.name).where(_t.public_id.in_(ids)))
    found = {f"user:{row.public_id}": row.name for row in users} | {f"team:{row.public_id}": row.name for row in teams}
    return {each: found[each] for each in values if each in found}
