"""The eligible sets of waiting conversations with their names, in two SELECTs whatever their number (H4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select

from dashboard.models import QueueEligible, QueueEntry, Team, User
from dashboard.models.membership import Reader, members_select

_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c
_u = User.__table__.c
_t = Team.__table__.c


@dataclass(frozen=True)
class Listed:
    """`users` are names by id, `teams` by id their name and the ids of their members."""

    users: dict[int, str] = field(default_factory=dict)
    teams: dict[int, tuple[str, frozenset[int]]] = field(default_factory=dict)


def load_sets(reader: Reader, clause: ColumnElement[bool]) -> dict[int, Listed]:
    """By entry, of those that wait and match; the ids of thousands stay out of the statement."""
    rows = reader.execute(
        select(_e.queue_entry_id, _e.user_id, _e.team_id, _u.name.label("user"), _t.name.label("team"))
        .join(QueueEntry.__table__, _q.id == _e.queue_entry_id)
        .outerjoin(User.__table__, _u.id == _e.user_id)
        .outerjoin(Team.__table__, _t.id == _e.team_id)
        .where(_q.left_at.is_(None), clause)
    ).all()
    members = _load_members(reader, {row.team_id for row in rows if row.team_id is not None})
    sets: dict[int, Listed] = {}
    for row in rows:
        listed = sets.setdefault(row.queue_entry_id, Listed())
        if row.user_id is not None:
            listed.users[row.user_id] = row.user
        else:
            listed.teams[row.team_id] = (row.team, members[row.team_id])
    return sets


def _load_members(reader: Reader, team_ids: set[int]) -> Mapping[int, frozenset[int]]:
    if not team_ids:
        return {}
    members: dict[int, set[int]] = {team_id: set() for team_id in team_ids}
    of_teams = members_select().subquery("m")
    for team_id, user_id in reader.execute(select(of_teams).where(of_teams.c.team_id.in_(team_ids))):
        members[team_id].add(user_id)
    return {team_id: frozenset(users) for team_id, users in members.items()}
