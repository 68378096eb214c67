"""The conversation that a request names, and the answer that shows it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from dashboard.blueprints.api import shapes
from dashboard.blueprints.api.operations import Reply
from dashboard.blueprints.api.principals import Principal
from dashboard.models import db
from dashboard.models.errors import NotFound, Ownership, OwnershipChanged
from dashboard.queries import api as queries


def get_row(principal: Principal, public_id: str) -> Row[Any]:
    """The conversation as the principal may see it; raises NotFound."""
    row = queries.find_conversation(db.session, public_id, principal.reach)
    if row is None:
        raise NotFound
    return row


def show(principal: Principal, public_id: str, status: int = 200) -> Reply:
    """The conversation after a verb, also when it took it out of the principal's sight."""
    row = queries.get_conversation(db.session, public_id)
    return Reply(shapes.conversation(row, is_secret=principal.is_secret), status)


def require_epoch(row: Row[Any], epoch: int | None) -> None:
    """Refuse what a program decided on an older state; it learns of the owner what persons may know."""
    if epoch is None or epoch == row.epoch:
        return
    name = row.assignee_alias or row.assignee_name
    raise OwnershipChanged(Ownership(row.handler, None, name, None, row.epoch, row.owner_since))
