"""A resolved conversation in which the person writes again comes back to its Assignee (L6)."""

from __future__ import annotations

from dashboard.models.enums import Status
from dashboard.services.events import StatusChanged
from dashboard.services.holding import Held
from dashboard.services.jobs import cancel_timer
from dashboard.services.ownership import set_counted_status
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork


def autoclose_key(held: Held) -> str:
    """Key of the timer that closes a resolved conversation."""
    return f"autoclose:{held.id}"


def reopen(uow: UnitOfWork, held: Held) -> None:
    """Open again with the same Assignee, who may exceed the limit by it (A2)."""
    set_counted_status(uow, held, Status.OPEN)
    cancel_timer(uow, autoclose_key(held))
    activity(uow, held, "reopened", "The person wrote again: reopened.")
    uow.emit(StatusChanged(held.id, held.teamspace_id, Status.OPEN.value))
