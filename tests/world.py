"""A world in bulk for races: one teamspace, many live agents and persons, an AI agent that hands off on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from dashboard.models import (
    AIAgent,
    Channel,
    Person,
    Role,
    RolePermission,
    Team,
    TeamMember,
    Teamspace,
    TeamspaceTeam,
    User,
    UserRole,
    WorkflowVersion,
    Workspace,
)
from dashboard.models.enums import ChannelKind, Method, RoleType
from dashboard.models.ids import new_public_id
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

AGENT_PERMISSIONS = ("livechats.assigned", "livechats.view_teams", "livechats.manage_teams", "livechats.transfer")

TREE: dict[str, Any] = {
    "version": 1,
    "triggers": [
        {
            "key": "start",
            "type": "chat_started",
            "actions": [{"key": "hello", "type": "send_message", "settings": {"texts": {"en": "Hi, I am Trail."}}}],
        },
        {
            "key": "human",
            "type": "message_received",
            "settings": {"intents": ["asks_for_person"]},
            "actions": [
                {
                    "key": "to_people",
                    "type": "human_handoff",
                    "settings": {"availability_check": False, "assign": {"everyone": True}},
                    "children": {
                        "on_close": [
                            {"key": "back", "type": "send_message", "settings": {"texts": {"en": "I am back."}}}
                        ]
                    },
                }
            ],
        },
        {
            "key": "fallback",
            "type": "fallback",
            "levels": [[{"key": "again", "type": "send_message", "settings": {"texts": {"en": "Sorry?"}}}]],
        },
        {
            "key": "closed",
            "type": "chat_closed_by_live_agent",
            "actions": [{"key": "rate", "type": "collect_feedback"}],
        },
    ],
}


@dataclass(frozen=True)
class World:
    """Sequential ids of what was built, in the order of their numbers."""

    teamspace_id: int
    team_id: int
    channel_id: int
    ai_agent_id: int
    agent_ids: list[int]
    person_ids: list[int]


def build_world(agents: int, persons: int, *, method: Method = Method.BALANCED, limit: int = 10) -> World:
    """Build it in one transaction of the current application."""
    with unit_of_work() as uow:
        workspace = _add(uow, Workspace, name="Acme Outdoor")
        role = _add(uow, Role, workspace_id=workspace, name="Live agent", type=RoleType.TEAM)
        uow.conn.execute(
            insert(RolePermission.__table__), [{"role_id": role, "permission": each} for each in AGENT_PERMISSIONS]
        )
        teamspace = _add(uow, Teamspace, workspace_id=workspace, name="Support", method=method, auto_limit=limit)
        team = _add(uow, Team, workspace_id=workspace, name="Front line")
        uow.conn.execute(insert(TeamspaceTeam.__table__).values(teamspace_id=teamspace, team_id=team))
        agent_ids = [_add_agent(uow, workspace, role, team, number) for number in range(agents)]
        ai_agent = _add_ai_agent(uow, teamspace)
        channel = _add(
            uow, Channel, teamspace_id=teamspace, ai_agent_id=ai_agent, kind=ChannelKind.API, name="API",
            allowed_sites=[],
        )  # fmt: skip
        person_ids = [
            _add(uow, Person, teamspace_id=teamspace, external_id=f"person-{number}", name=f"Person {number}")
            for number in range(persons)
        ]
    return World(teamspace, team, channel, ai_agent, agent_ids, person_ids)


def _add_agent(uow: UnitOfWork, workspace: int, role: int, team: int, number: int) -> int:
    user = _add(
        uow, User, workspace_id=workspace, email=f"agent{number}@acme.test", name=f"Agent {number}", languages=[]
    )
    uow.conn.execute(insert(UserRole.__table__).values(user_id=user, role_id=role))
    uow.conn.execute(insert(TeamMember.__table__).values(team_id=team, user_id=user))
    return user


def _add_ai_agent(uow: UnitOfWork, teamspace: int) -> int:
    ai_agent = _add(uow, AIAgent, teamspace_id=teamspace, name="Trail", languages=["en", "es"])
    version = _add(uow, WorkflowVersion, ai_agent_id=ai_agent, number=1, tree=TREE)
    table = AIAgent.__table__
    uow.conn.execute(table.update().where(table.c.id == ai_agent).values(workflow_version_id=version))
    return ai_agent


def _add(uow: UnitOfWork, model: Any, **values: Any) -> int:
    table = model.__table__
    if "public_id" in table.c:
        values.setdefault("public_id", new_public_id())
    added: int = uow.conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return added
