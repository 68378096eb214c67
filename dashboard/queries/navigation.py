"""What every page of the shell shows: who is signed in, their availability, how much is with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from dashboard.models import Conversation, Team, User
from dashboard.models.clock import utcnow
from dashboard.models.enums import Availability, Status
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer
from dashboard.queries.unseen import Unseen, load_unseen

_u = User.__table__.c
_t = Team.__table__.c
_c = Conversation.__table__.c


@dataclass(frozen=True)
class Navigation:
    """Public ids throughout; `teams` and `mates` let the page decide what belongs to "My teams".

    `at` is a moment from before it was read.
    """

    user: str
    name: str
    alias: str | None
    email: str
    availability: Availability
    open_count: int
    unseen: tuple[Unseen, ...]
    at: datetime
    permissions: frozenset[str]
    teams: tuple[str, ...]
    mates: tuple[str, ...]


def load_navigation(reader: Reader, viewer: Viewer, availability: Availability) -> Navigation:
    """Four SELECTs: the number of their open conversations, what of them is unseen, their teams, their team mates."""
    is_open = _c.status.in_((Status.OPEN, Status.PENDING, Status.OVERDUE))
    mine = select(func.count()).select_from(Conversation.__table__).where(_c.assignee_id == viewer.user_id, is_open)
    teams = select(_t.public_id).where(_t.id.in_(viewer.team_ids)).order_by(_t.name)
    mates = select(_u.public_id).where(_u.id.in_(viewer.team_mate_ids)).order_by(_u.id)
    at = utcnow()  # before the reading, as what comes meanwhile is younger
    return Navigation(
        user=viewer.public_id,
        name=viewer.name,
        alias=viewer.alias,
        email=viewer.email,
        availability=availability,
        open_count=reader.execute(mine).scalar_one(),
        unseen=load_unseen(reader, viewer),
        at=at,
        permissions=viewer.permissions,
        teams=tuple(reader.execute(teams).scalars()),
        mates=tuple(reader.execute(mates).scalars()),
    )
