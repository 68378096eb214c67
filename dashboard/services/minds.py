"""Loading what an AI agent thinks with: its tree, its languages, and what it knows of the person."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from dashboard.models import AIAgent, Person, WorkflowVersion
from dashboard.models.enums import AuthorKind
from dashboard.services.holding import Held
from dashboard.services.timeline import Author
from dashboard.services.unit_of_work import UnitOfWork
from dashboard.workflow import inputs
from dashboard.workflow.tree import Tree

_ai = AIAgent.__table__.c
_w = WorkflowVersion.__table__.c
_p = Person.__table__.c

_trees: OrderedDict[int, Tree] = OrderedDict()
_TREES_KEPT = 200


@dataclass(frozen=True)
class Mind:
    """The AI agent of a conversation, as one transaction reads it."""

    agent_id: int
    name: str
    languages: tuple[str, ...]
    tree: Tree | None
    tree_id: int | None

    @property
    def author(self) -> Author:
        return Author(f"ai:{self.agent_id}", AuthorKind.AI_AGENT, self.name)


def load_mind(uow: UnitOfWork, held: Held, given: inputs.Input) -> Mind:
    agent = uow.conn.execute(
        select(_ai.id, _ai.name, _ai.languages, _ai.workflow_version_id).where(_ai.id == held.ai_agent_id)
    ).one()
    # A session pins its version; a close runs on the newest (C5).
    is_close = isinstance(given, inputs.ClosedByLiveAgent | inputs.HandedBack)
    pinned = None if is_close else held.workflow_version_id
    tree_id = pinned or agent.workflow_version_id
    tree = _load_tree(uow, tree_id) if tree_id is not None else None
    return Mind(agent.id, agent.name, tuple(agent.languages), tree, tree_id)


def _load_tree(uow: UnitOfWork, tree_id: int) -> Tree:
    """Versions never change, so that a parsed one may be kept."""
    if tree_id not in _trees:
        raw = uow.conn.execute(select(_w.tree).where(_w.id == tree_id)).scalar_one()
        _trees[tree_id] = Tree.from_json(raw)
        if len(_trees) > _TREES_KEPT:
            _trees.popitem(last=False)
    return _trees[tree_id]


def forget_trees() -> None:
    """Drop the parsed trees (another database in one process, as in tests)."""
    _trees.clear()


def context_of(uow: UnitOfWork, held: Held, mind: Mind) -> inputs.Context:
    person = uow.conn.execute(select(_p.name, _p.email).where(_p.id == held.person_id)).one()
    known: Mapping[str, str] = {
        key: value
        for key, value in {
            "person_name": person.name,
            "person_email": person.email,
            "ai_agent_name": mind.name,
        }.items()
        if value
    }
    return inputs.Context(now=uow.now, last_seq=held.last_seq, languages=mind.languages, variables=known)
