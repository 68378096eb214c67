"""The workspace's plan: what it includes is decided by models/permissions.py alone (SPEC 13)."""

from __future__ import annotations

from sqlalchemy import select, update

from dashboard.models import Workspace
from dashboard.models.enums import Plan
from dashboard.models.errors import Invalid, PlanRequired
from dashboard.models.membership import Reader, teamspaces_in_use
from dashboard.models.permissions import is_in_plan
from dashboard.models.visibility import Viewer
from dashboard.services.access import authorise
from dashboard.services.assignment import route_now_and_after
from dashboard.services.unit_of_work import unit_of_work

_workspace = Workspace.__table__
_PLAN = select(_workspace.c.plan).order_by(_workspace.c.id).limit(1)


def get_plan(reader: Reader) -> Plan:
    """The plan that the installation runs on; a new one runs on enterprise."""
    return reader.execute(_PLAN).scalar() or Plan.ENTERPRISE


def require(reader: Reader, feature: str) -> None:
    """Raise PlanRequired when the plan does not include `feature`, a key of FEATURES."""
    if not is_in_plan(get_plan(reader), feature):
        raise PlanRequired(feature)


def set_plan(name: str, by: Viewer | None = None) -> Plan:
    """Change the plan; what it no longer includes is refused from the next request on.

    `by` is the user who does it, None the command line. Raises Invalid, and NotPermitted without "Manage the plan".
    """
    try:
        plan = Plan(name.strip().lower())
    except ValueError:
        raise Invalid({"plan": f"There is no plan called {name!r}: {', '.join(Plan)}."}) from None
    with unit_of_work() as uow:
        if by is not None:
            authorise(uow, by.user_id, "plan.manage")
        uow.conn.execute(update(_workspace).values(plan=plan))
        for teamspace_id in uow.conn.execute(teamspaces_in_use()).scalars().all():
            route_now_and_after(uow, teamspace_id)  # the method that runs may be another one now (A1)
    return plan
