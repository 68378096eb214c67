"""What follows when roles, teams or links changed: sight is computed anew, orphans return, waiting chats are routed."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.models.errors import Refused
from dashboard.services import assignment, returning, voiding, widening
from dashboard.services.events import AccessChanged
from dashboard.services.unit_of_work import UnitOfWork


class Stale(Refused):
    """Somebody else changed it since the form was drawn; nothing was saved."""

    slug = "stale"


def belonging_changed(uow: UnitOfWork, user_ids: Iterable[int], teamspace_ids: Iterable[int]) -> None:
    """Tell of the users whose reach may be another now, and give the teamspaces' waiting chats to who may have them.

    A member who joins gets waiting chats at once (A4). What somebody may no longer have returns to the queue after
    the commit, conversation by conversation, and what is offered to them is not offered any more.
    """
    users = tuple(sorted(set(user_ids)))
    if users:  # none listed would mean everybody
        uow.emit(AccessChanged(None, None, users))
    uow.after_commit(returning.return_orphans)
    uow.after_commit(widening.widen_hopeless)
    uow.after_commit(voiding.end_hopeless)
    for teamspace_id in sorted(set(teamspace_ids)):
        assignment.route_now_and_after(uow, teamspace_id)
