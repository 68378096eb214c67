"""Putting the demo into an empty database, once, and switching its availability check."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from dashboard.models import AIAgent, Channel, Teamspace, WorkflowVersion, Workspace, db
from dashboard.models.enums import ChannelKind
from dashboard.models.errors import Refused
from dashboard.models.membership import Reader
from dashboard.services.default_workflow import HANDOFF_KEY
from dashboard.services.demo.cast import SUPPORT, WORKSPACE, Cast, assemble
from dashboard.services.demo.history import tell
from dashboard.services.secrets import hash_password, new_password
from dashboard.services.setup import add_workflow_version
from dashboard.services.unit_of_work import unit_of_work
from dashboard.services.workflows import get_handoff
from dashboard.workflow.editing import with_settings
from dashboard.workflow.tree import Tree
from integrations.port import Answerer

_agent = AIAgent.__table__.c
_version = WorkflowVersion.__table__.c
_space = Teamspace.__table__.c
_channel = Channel.__table__.c
_workspace = Workspace.__table__.c


@dataclass(frozen=True)
class Demo:
    """What to tell whoever starts it; the password only when it was made in this run."""

    password: str | None
    webchat_public_id: str


def load(answerer: Answerer, password: str | None = None, *, with_history: bool = True) -> Demo:
    """Write the cast and its history into an empty database; one that has the demo stays as it is.

    Raises Refused when the database holds a workspace of somebody else's.
    """
    made = None
    if not is_loaded(db.session):
        made = password or new_password()
        hashed = hash_password(made)
        with unit_of_work() as uow:
            cast: Cast = assemble(uow, hashed)
        if with_history:
            tell(cast, answerer)
    return Demo(made, _webchat(db.session))


def is_loaded(reader: Reader) -> bool:
    """Whether the demo is there; raises Refused for another workspace."""
    names = reader.execute(select(_workspace.name)).scalars().all()
    if names and WORKSPACE not in names:
        raise Refused(f"This database belongs to {names[0]}; the demo only goes into an empty one.")
    return bool(names)


def set_availability_check(is_on: bool) -> bool:
    """Switch the check of Trail's Human Handoff (H3) in a new version; False when it was so already."""
    with unit_of_work() as uow:
        row = uow.conn.execute(
            select(_agent.id, _version.tree)
            .join(WorkflowVersion.__table__, _version.id == _agent.workflow_version_id)
            .join(Teamspace.__table__, _space.id == _agent.teamspace_id)
            .where(_space.name == SUPPORT)
        ).one()
        tree = Tree.from_json(row.tree)
        settings = get_handoff(tree, HANDOFF_KEY).to_json()
        if settings["availability_check"] is is_on:
            return False
        numbers = select(func.max(_version.number)).where(_version.ai_agent_id == row.id)
        number = uow.conn.execute(numbers).scalar_one() + 1
        changed = with_settings(tree, HANDOFF_KEY, {**settings, "availability_check": is_on}, version=number)
        add_workflow_version(uow, row.id, number, changed.to_json())
    return True


def _webchat(reader: Reader) -> str:
    row = (
        select(_channel.public_id)
        .join(Teamspace.__table__, _space.id == _channel.teamspace_id)
        .where(_space.name == SUPPORT, _channel.kind == ChannelKind.WEBCHAT)
    )
    return str(reader.execute(row).scalar_one())
