"""What follows when a team is deleted, in numbers that are named first (L10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from dashboard.models import AIAgent, Conversation, QueueEligible, QueueEntry, Teamspace, WorkflowVersion
from dashboard.models.enums import Handler, Status
from dashboard.models.membership import Reader, live_agents_select, load_viewers, members_select
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, Viewer, can_manage
from dashboard.models.workspace import TeamspaceUser
from dashboard.queries.staff import load_links
from dashboard.queries.teams import TeamState, member_ids, version_of

_ai = AIAgent.__table__.c
_c = Conversation.__table__.c
_e = QueueEligible.__table__.c
_q = QueueEntry.__table__.c
_s = Teamspace.__table__.c
_tu = TeamspaceUser.__table__.c
_w = WorkflowVersion.__table__.c

OPEN = (Status.OPEN, Status.PENDING, Status.OVERDUE)


@dataclass(frozen=True)
class Waiting:
    """A queued conversation that names the team; `others` are the users and teams that it waits for besides."""

    conversation_id: int
    entry_id: int
    user_ids: frozenset[int]
    team_ids: frozenset[int]

    @property
    def widens(self) -> bool:
        return not self.user_ids and not self.team_ids


@dataclass(frozen=True)
class Consequences:
    """Counts for a person to read; `conversation_ids` are all that the deletion itself changes."""

    widened: int
    narrowed: int
    kept: int
    returned: int
    handoffs: int
    members: int
    teamspaces: tuple[str, ...]
    unstaffed: tuple[str, ...]
    conversation_ids: frozenset[int]

    @property
    def seen(self) -> str:
        """Names these numbers: what somebody agreed to, and nothing else, is done."""
        return version_of(
            self.widened, self.narrowed, self.kept, self.returned, self.handoffs, self.members, self.teamspaces,
            self.unstaffed,
        )  # fmt: skip


def load_consequences(reader: Reader, team: TeamState) -> Consequences:
    spaces = load_links(reader)[team.id]
    waiting = load_waiting_for(reader, team.id, spaces)
    assigned, returned = _load_assigned(reader, team.id)
    names = {row.id: row.name for row in reader.execute(select(_s.id, _s.name).where(_s.id.in_(spaces)))}
    return Consequences(
        widened=sum(each.widens for each in waiting),
        narrowed=sum(not each.widens for each in waiting),
        kept=len(assigned - returned),
        returned=len(returned),
        handoffs=_count_handoffs(reader, team.public_id),
        members=len(member_ids(reader, team.id)),
        teamspaces=tuple(sorted(names.values())),
        unstaffed=tuple(sorted(names[each] for each in spaces if _is_last_team(reader, each, team.id))),
        conversation_ids=load_concerned(reader, [team.id], spaces),
    )


def load_concerned(reader: Reader, team_ids: Collection[int], teamspace_ids: Collection[int]) -> frozenset[int]:
    """Keys of the conversations of these teamspaces that are with the teams or wait for them, and are not closed."""
    with_them = (_c.team_id.in_(team_ids)) & _c.teamspace_id.in_(teamspace_ids)
    found = reader.execute(select(_c.id).where(with_them, _c.status.is_not(None), _c.status != Status.CLOSED))
    naming = (_e.team_id.in_(team_ids)) & _q.teamspace_id.in_(teamspace_ids) & _q.left_at.is_(None)
    waiting = select(_q.conversation_id).join(QueueEligible.__table__, _e.queue_entry_id == _q.id).where(naming)
    return frozenset(found.scalars()).union(reader.execute(waiting).scalars())


def load_waiting_for(reader: Reader, team_id: int, teamspace_ids: Collection[int]) -> list[Waiting]:
    """The queued conversations of these teamspaces whose eligible set names the team, oldest first."""
    naming = select(_e.queue_entry_id).where(_e.team_id == team_id)
    rows = reader.execute(
        select(_q.id, _q.conversation_id, _e.user_id, _e.team_id)
        .join(QueueEligible.__table__, _e.queue_entry_id == _q.id)
        .where(_q.left_at.is_(None), _q.id.in_(naming), _q.teamspace_id.in_(teamspace_ids))
        .order_by(_q.queued_at, _q.id)
    )
    found: dict[int, Waiting] = {}
    for entry_id, conversation_id, user_id, other in rows:
        each = found.get(entry_id) or Waiting(conversation_id, entry_id, frozenset(), frozenset())
        if user_id is not None:
            each = replace(each, user_ids=each.user_ids | {user_id})
        elif other != team_id:
            each = replace(each, team_ids=each.team_ids | {other})
        found[entry_id] = each
    return list(found.values())


def _load_assigned(reader: Reader, team_id: int) -> tuple[set[int], set[int]]:
    """Keys of open conversations with an Assignee: those of the team, and those whose Assignee may not keep them."""
    rows = reader.execute(
        select(_c.id, _c.kind, _c.teamspace_id, _c.status, _c.assignee_id, _c.team_id).where(
            _c.handler == Handler.LIVE_AGENT, _c.status.in_(OPEN),
            (_c.team_id == team_id) | _c.assignee_id.in_(member_ids(reader, team_id)),
        )
    ).all()  # fmt: skip
    now = load_viewers(reader, {row.assignee_id for row in rows}) if rows else {}
    later = _without_team(reader, now, team_id) if rows else {}
    returned = set()
    for row in rows:
        scope = Scope(row.id, row.kind, row.teamspace_id, Handler.LIVE_AGENT, row.status, row.assignee_id, row.team_id)
        after = replace(scope, team_id=None if row.team_id == team_id else row.team_id)
        has = now.get(row.assignee_id)
        if has and can_manage(has, scope) and not can_manage(later[row.assignee_id], after):
            returned.add(row.id)
    return {row.id for row in rows if row.team_id == team_id}, returned


def _without_team(reader: Reader, viewers: Mapping[int, Viewer], team_id: int) -> dict[int, Viewer]:
    """The same users as they will be without the team."""
    links = load_links(reader)
    mates: dict[int, set[int]] = {}
    for each, user_id in reader.execute(members_select()):
        mates.setdefault(each, set()).add(user_id)
    direct: dict[int, set[int]] = {}
    for user_id, space in reader.execute(select(_tu.user_id, _tu.teamspace_id).where(_tu.user_id.in_(viewers))):
        direct.setdefault(user_id, set()).add(space)
    found = {}
    for key, viewer in viewers.items():
        teams = viewer.team_ids - {team_id}
        spaces = frozenset(space for team in teams for space in links[team])
        found[key] = replace(
            viewer, team_ids=teams, team_mate_ids=frozenset(mate for team in teams for mate in mates.get(team, ())),
            teamspace_ids=viewer.teamspace_ids if viewer.is_admin else spaces | direct.get(key, set()),
            agent_teamspace_ids=viewer.agent_teamspace_ids & spaces,
        )  # fmt: skip
    return found


def _is_last_team(reader: Reader, teamspace_id: int, team_id: int) -> bool:
    """Whether the teamspace has live agents, and none without the team (H2)."""
    agents = set(reader.execute(live_agents_select(teamspace_id)).scalars())
    viewers = {key: viewer for key in agents if (viewer := load_viewer(reader, key)) is not None}
    later = _without_team(reader, viewers, team_id)
    return bool(agents) and not any(teamspace_id in each.agent_teamspace_ids for each in later.values())


def _count_handoffs(reader: Reader, public_id: str) -> int:
    """How many Human Handoff actions of the workflows in use name the team."""
    trees = select(_w.tree).join(AIAgent.__table__, _ai.workflow_version_id == _w.id).where(~_ai.is_archived)
    nodes = (node for tree in reader.execute(trees).scalars() for node in _handoffs_in(tree))
    return sum(public_id in _teams_of(node.get("settings") or {}) for node in nodes)


def _handoffs_in(part: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "human_handoff":
            yield part
        for each in part.values():
            yield from _handoffs_in(each)
    elif isinstance(part, list):
        for each in part:
            yield from _handoffs_in(each)


def _teams_of(settings: Mapping[str, Any]) -> set[str]:
    lists = [settings.get("assign") or {}, *(settings.get("by_language") or {}).values()]
    return {team for each in lists for team in each.get("teams") or ()}
