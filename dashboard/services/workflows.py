"""Saving an AI agent's workflow: each save is a new version; of two editors at once one learns of the other (I5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, insert, select, update

from dashboard.models import AIAgent, WorkflowVersion
from dashboard.models.errors import Invalid, NotFound, WorkflowChanged
from dashboard.models.visibility import Viewer
from dashboard.queries.handoff_choices import load_choices
from dashboard.queries.workflows import Workflow, get_workflow
from dashboard.services.access import authorise
from dashboard.services.handoff_settings import find_mistakes
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.workflow.actions.human_handoff import HumanHandoffSettings
from dashboard.workflow.editing import with_settings
from dashboard.workflow.tree import Tree, TreeError

PERMISSION = "ai_agents.manage"

_ai = AIAgent.__table__.c
_w = WorkflowVersion.__table__.c


def save_handoff(viewer: Viewer, ai_agent: str, key: str, settings: Mapping[str, Any], based_on: int) -> int:
    """Store the settings of one Human Handoff in a new version, which every session that begins from now on runs on.

    Answers the number of the version that runs; the same settings again make none. Raises WorkflowChanged when
    `based_on` is not the current version any more, Invalid with a sentence per field, and NotFound for an AI agent
    outside the user's teamspaces and for a key that is no Human Handoff.
    """
    with unit_of_work() as uow:
        viewer = authorise(uow, viewer.user_id, PERMISSION)
        workflow = _hold_workflow(uow, viewer, ai_agent)
        current = workflow.version
        if current.number != based_on:
            raise WorkflowChanged(current.number, current.by, current.at)
        before = get_handoff(current.tree, key)
        _check(uow, workflow, settings, before)
        number = _next_number(uow, workflow.agent_key)
        tree = _change(current.tree, key, settings, number)
        if get_handoff(tree, key) == before:
            return current.number
        _store(uow, workflow.agent_key, viewer.user_id, tree)
    return number


def get_handoff(tree: Tree, key: str) -> HumanHandoffSettings:
    """The settings of the Human Handoff with that key; raises NotFound."""
    node = tree.find_node(key)
    if node is None or not isinstance(node.settings, HumanHandoffSettings):
        raise NotFound
    return node.settings


def _hold_workflow(uow: UnitOfWork, viewer: Viewer, ai_agent: str) -> Workflow:
    """The workflow as of this transaction, saved by nobody else until it ends; chats go on starting meanwhile."""
    key = get_workflow(uow.conn, viewer, ai_agent).agent_key
    uow.conn.execute(select(_ai.id).where(_ai.id == key).with_for_update(key_share=True))
    return get_workflow(uow.conn, viewer, ai_agent)


def _check(uow: UnitOfWork, workflow: Workflow, settings: Mapping[str, Any], before: HumanHandoffSettings) -> None:
    choices = load_choices(uow.conn, workflow.teamspace_key, uow.now)
    mistakes = find_mistakes(settings, before, choices, workflow.teamspace_name)
    if mistakes:
        raise Invalid(mistakes)


def _change(tree: Tree, key: str, settings: Mapping[str, Any], number: int) -> Tree:
    try:
        return with_settings(tree, key, settings, version=number)
    except TreeError as error:
        raise Invalid({error.field: f"This {error.problem}."}) from None


def _next_number(uow: UnitOfWork, agent_key: int) -> int:
    """Of all versions ever saved, whichever of them runs."""
    latest = select(func.max(_w.number)).where(_w.ai_agent_id == agent_key)
    return int(uow.conn.execute(latest).scalar_one()) + 1


def _store(uow: UnitOfWork, agent_key: int, user_id: int, tree: Tree) -> None:
    values = {
        "ai_agent_id": agent_key,
        "number": tree.version,
        "tree": tree.to_json(),
        "created_at": uow.now,
        "created_by_id": user_id,
    }
    version = uow.conn.execute(insert(WorkflowVersion.__table__).values(values).returning(_w.id)).scalar_one()
    uow.conn.execute(update(AIAgent.__table__).where(_ai.id == agent_key).values(workflow_version_id=version))
