"""Steps that make the parts of a workspace; each writes in the caller's transaction and answers the new id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert, update

from dashboard.models import (
    AIAgent,
    Channel,
    FaqEntry,
    Role,
    RolePermission,
    Team,
    TeamMember,
    Teamspace,
    TeamspaceTeam,
    TeamspaceUser,
    User,
    UserRole,
    WorkflowVersion,
    Workspace,
)
from dashboard.models.enums import Availability, ChannelKind, Method, Plan, RoleType
from dashboard.models.ids import new_public_id
from dashboard.models.permissions import KINDS
from dashboard.services.unit_of_work import UnitOfWork
from dashboard.workflow.tree import Tree

ADMIN = "admin"
LIVE_AGENT = "Live agent"
MANAGER = "Manager"

LIVE_AGENT_PERMISSIONS = tuple(f"{x}.{what}" for x in KINDS for what in ("assigned", "manage_teams", "transfer"))
MANAGER_PERMISSIONS = (
    *(f"{x}.{what}" for x in KINDS for what in ("view_all", "export", "download")),
    "analytics.view",
    "transcripts.view",
)


@dataclass(frozen=True)
class Workbench:
    """A new workspace with its built-in and usual roles: what everything else hangs on."""

    workspace_id: int
    roles: Mapping[str, int]


@dataclass(frozen=True)
class Entry:
    """A FAQ entry as it is written down: languages have rows of their own."""

    language: str
    question: str
    answer: str
    phrases: Sequence[str] = ()


def add_workspace(uow: UnitOfWork, name: str, time_zone: str = "UTC") -> Workbench:
    """The workspace on enterprise, with the roles admin, Live agent and Manager."""
    values = {"name": name, "plan": Plan.ENTERPRISE, "time_zone": time_zone, "created_at": uow.now}
    workspace_id = _add(uow, Workspace.__table__, values)
    roles = {
        ADMIN: add_role(uow, workspace_id, ADMIN, RoleType.WORKSPACE, (), is_builtin=True),
        LIVE_AGENT: add_role(uow, workspace_id, LIVE_AGENT, RoleType.TEAM, LIVE_AGENT_PERMISSIONS),
        MANAGER: add_role(uow, workspace_id, MANAGER, RoleType.WORKSPACE, MANAGER_PERMISSIONS),
    }
    return Workbench(workspace_id, roles)


def add_role(
    uow: UnitOfWork,
    workspace_id: int,
    name: str,
    kind: RoleType,
    permissions: Iterable[str],
    *,
    is_builtin: bool = False,
) -> int:
    """A role; the built-in one has every permission without listing any."""
    values = {"workspace_id": workspace_id, "name": name, "type": kind, "is_builtin": is_builtin}
    role_id = _add(uow, Role.__table__, values)
    rows = [{"role_id": role_id, "permission": permission} for permission in permissions]
    if rows:
        uow.conn.execute(insert(RolePermission.__table__), rows)
    return role_id


def add_user(
    uow: UnitOfWork,
    workspace_id: int,
    email: str,
    name: str,
    *,
    roles: Iterable[int],
    teams: Iterable[int] = (),
    teamspaces: Iterable[int] = (),
    password_hash: str | None = None,
    languages: Sequence[str] = (),
) -> int:
    """A user who starts Away (P1)."""
    values = {
        "workspace_id": workspace_id,
        "email": email,
        "name": name,
        "password_hash": password_hash,
        "languages": list(languages),
        "is_active": True,
        "availability": Availability.AWAY,
        "created_at": uow.now,
    }
    user_id = _add(uow, User.__table__, values)
    _link(uow, UserRole.__table__, "user_id", user_id, "role_id", roles)
    _link(uow, TeamMember.__table__, "user_id", user_id, "team_id", teams)
    _link(uow, TeamspaceUser.__table__, "user_id", user_id, "teamspace_id", teamspaces)
    return user_id


def add_team(uow: UnitOfWork, workspace_id: int, name: str, teamspaces: Iterable[int]) -> int:
    """A team linked to teamspaces."""
    team_id = _add(uow, Team.__table__, {"workspace_id": workspace_id, "name": name})
    _link(uow, TeamspaceTeam.__table__, "team_id", team_id, "teamspace_id", teamspaces)
    return team_id


def add_teamspace(uow: UnitOfWork, workspace_id: int, name: str) -> int:
    """A teamspace with the usual settings: Balanced, at most 10 chats each."""
    values = {
        "workspace_id": workspace_id,
        "name": name,
        "method": Method.BALANCED,
        "auto_limit": 10,
        "autoclose_hours": 24,
        "feedback_minutes": 10,
    }
    return _add(uow, Teamspace.__table__, values)


def add_ai_agent(
    uow: UnitOfWork, teamspace_id: int, name: str, languages: Sequence[str], tree: Mapping[str, Any]
) -> int:
    """An AI agent with its workflow; the teamspace's default one."""
    values = {
        "teamspace_id": teamspace_id,
        "name": name,
        "languages": list(languages),
        "is_archived": False,
        "is_handoff_enabled": True,
    }
    agent_id = _add(uow, AIAgent.__table__, values)
    add_workflow_version(uow, agent_id, 1, tree)
    space = Teamspace.__table__
    uow.conn.execute(update(space).where(space.c.id == teamspace_id).values(default_ai_agent_id=agent_id))
    return agent_id


def add_workflow_version(uow: UnitOfWork, agent_id: int, number: int, tree: Mapping[str, Any]) -> int:
    """A version of a workflow, which new sessions use from now on; raises TreeError when it is not sound."""
    sound = Tree.from_json(tree).to_json()
    values = {"ai_agent_id": agent_id, "number": number, "tree": sound, "created_at": uow.now}
    version_id = _add(uow, WorkflowVersion.__table__, values)
    agent = AIAgent.__table__
    uow.conn.execute(update(agent).where(agent.c.id == agent_id).values(workflow_version_id=version_id))
    return version_id


def add_faq(uow: UnitOfWork, agent_id: int, entries: Iterable[Entry]) -> None:
    """FAQ entries of an AI agent."""
    rows = [
        {
            "ai_agent_id": agent_id,
            "language": entry.language,
            "question": entry.question,
            "phrases": list(entry.phrases),
            "answer": entry.answer,
        }
        for entry in entries
    ]
    uow.conn.execute(insert(FaqEntry.__table__), rows)


def add_channel(uow: UnitOfWork, teamspace_id: int, agent_id: int, kind: ChannelKind, name: str, **columns: Any) -> int:
    """A channel whose chats start with that AI agent."""
    values = {
        "teamspace_id": teamspace_id,
        "ai_agent_id": agent_id,
        "kind": kind,
        "name": name,
        "color": "#1f5fbf",
        "allowed_sites": [],
        "is_connected": True,
        **columns,
    }
    return _add(uow, Channel.__table__, values)


def _add(uow: UnitOfWork, table: Table, values: dict[str, Any]) -> int:
    if "public_id" in table.c:
        values = {"public_id": new_public_id(), **values}
    return int(uow.conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def _link(uow: UnitOfWork, table: Table, left: str, left_id: int, right: str, right_ids: Iterable[int]) -> None:
    rows = [{left: left_id, right: right_id} for right_id in right_ids]
    if rows:
        uow.conn.execute(insert(table), rows)
