"""Whether a teamspace still is one, asked before something open comes to be in it (L10)."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dashboard.models import Teamspace
from dashboard.services.unit_of_work import UnitOfWork

_s = Teamspace.__table__.c
_IN_USE = (
    select(_s.id)
    .where(_s.id == bindparam("teamspace"), _s.archived_at.is_(None))
    .with_for_update(read=True, key_share=True)
)


def is_in_use(uow: UnitOfWork, teamspace_id: int) -> bool:
    """Whether it is not deleted, and cannot be until the end of this transaction."""
    return uow.conn.execute(_IN_USE, {"teamspace": teamspace_id}).first() is not None
