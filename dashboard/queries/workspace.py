"""The workspace's own settings as they are stored."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from sqlalchemy import select

from dashboard.models import Workspace
from dashboard.models.membership import Reader

_w = Workspace.__table__.c


@dataclass(frozen=True)
class WorkspaceValues:
    """`idle_logout_minutes` None is off."""

    name: str
    time_zone: str
    idle_logout_minutes: int | None

    @property
    def version(self) -> str:
        """Names these values, so that a form knows whether it was drawn from what is stored."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:16]


def get_workspace(reader: Reader, workspace_id: int, *, lock: bool = False) -> WorkspaceValues:
    """The values; with `lock` nobody else changes them before this transaction ends."""
    statement = select(_w.name, _w.time_zone, _w.idle_logout_minutes).where(_w.id == workspace_id)
    return WorkspaceValues(*reader.execute(statement.with_for_update(key_share=True) if lock else statement).one())
