"""AI agents and their workflows as the pages show them: who answers where, which version runs, who saved it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from dashboard.models import AIAgent, Channel, Teamspace, User, WorkflowVersion
from dashboard.models.errors import NotFound
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer
from dashboard.workflow.tree import Tree

_ai = AIAgent.__table__.c
_w = WorkflowVersion.__table__.c
_ts = Teamspace.__table__.c
_ch = Channel.__table__.c
_u = User.__table__.c

VERSIONS = 10


@dataclass(frozen=True)
class AgentRow:
    """An AI agent in the list; `number` 0 is one without a workflow."""

    public_id: str
    name: str
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    is_handoff_enabled: bool
    number: int
    saved_at: datetime | None
    saved_by: str | None


@dataclass(frozen=True)
class Space:
    """A teamspace with its AI agents, perhaps none."""

    name: str
    agents: tuple[AgentRow, ...]


@dataclass(frozen=True)
class Version:
    """One save of a workflow; `by` None is the installation itself."""

    number: int
    at: datetime
    by: str | None
    tree: Tree


@dataclass(frozen=True)
class Workflow:
    """An AI agent with the version that new sessions run on."""

    agent_key: int
    public_id: str
    name: str
    languages: tuple[str, ...]
    is_handoff_enabled: bool
    teamspace_key: int
    teamspace_name: str
    version: Version


def load_agents(reader: Reader, viewer: Viewer) -> list[Space]:
    """Every teamspace of the viewer's with its AI agents, in alphabetical order; three SELECTs."""
    is_theirs = _ts.id.in_(viewer.teamspace_ids) & _ts.archived_at.is_(None)
    spaces = reader.execute(select(_ts.id, _ts.name).where(is_theirs).order_by(_ts.name, _ts.id)).all()
    agents = reader.execute(
        _agents_select().where(_ai.teamspace_id.in_([each.id for each in spaces])).order_by(_ai.name, _ai.id)
    ).all()
    names = select(_ch.ai_agent_id, _ch.name).where(_ch.ai_agent_id.in_([each.id for each in agents]))
    channels: defaultdict[int, list[str]] = defaultdict(list)
    for agent_key, name in reader.execute(names.order_by(_ch.kind.desc(), _ch.name)):
        channels[agent_key].append(name)
    return [
        Space(
            space.name, tuple(_row(each, channels[each.id]) for each in agents if each.teamspace_id == space.id)
        )
        for space in spaces
    ]  # fmt: skip


def get_workflow(reader: Reader, viewer: Viewer, public_id: str) -> Workflow:
    """Raises NotFound for an AI agent outside the viewer's teamspaces, or one that has no workflow."""
    found = (
        is_public_id(public_id)
        and reader.execute(
            _agents_select(_ts.name.label("space"), _w.tree)
            .join(Teamspace.__table__, _ts.id == _ai.teamspace_id)
            .where(_ai.public_id == public_id, _ai.teamspace_id.in_(viewer.teamspace_ids), _ts.archived_at.is_(None))
        ).first()
    )
    if not found or found.number is None:
        raise NotFound
    return Workflow(
        agent_key=found.id,
        public_id=found.public_id,
        name=found.name,
        languages=tuple(found.languages),
        is_handoff_enabled=found.is_handoff_enabled,
        teamspace_key=found.teamspace_id,
        teamspace_name=found.space,
        version=_version(found),
    )


def load_versions(reader: Reader, agent_key: int) -> list[Version]:
    """The latest versions, the newest first."""
    rows = reader.execute(_versions_select(agent_key).order_by(_w.number.desc()).limit(VERSIONS))
    return [_version(row) for row in rows]


def find_version(reader: Reader, agent_key: int, number: int) -> Version | None:
    """One version of a workflow by its number."""
    row = reader.execute(_versions_select(agent_key).where(_w.number == number)).first()
    return _version(row) if row else None


def _agents_select(*more: Any) -> Select[Any]:
    """AI agents that are in use, with the head of their current version."""
    columns = (_ai.id, _ai.public_id, _ai.name, _ai.languages, _ai.is_handoff_enabled, _ai.teamspace_id)
    return (
        select(*columns, _w.number, _w.created_at, _u.name.label("by"), *more)
        .outerjoin(WorkflowVersion.__table__, _w.id == _ai.workflow_version_id)
        .outerjoin(User.__table__, _u.id == _w.created_by_id)
        .where(_ai.is_archived.is_(False))
    )


def _versions_select(agent_key: int) -> Select[Any]:
    return (
        select(_w.number, _w.created_at, _w.tree, _u.name.label("by"))
        .outerjoin(User.__table__, _u.id == _w.created_by_id)
        .where(_w.ai_agent_id == agent_key)
    )


def _row(row: Row[Any], channels: list[str]) -> AgentRow:
    return AgentRow(
        public_id=row.public_id,
        name=row.name,
        languages=tuple(row.languages),
        channels=tuple(channels),
        is_handoff_enabled=row.is_handoff_enabled,
        number=row.number or 0,
        saved_at=row.created_at,
        saved_by=row.by,
    )


def _version(row: Row[Any]) -> Version:
    return Version(row.number, row.created_at, row.by, Tree.from_json(row.tree))
