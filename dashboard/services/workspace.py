"""The workspace's name, time zone and idle logout, saved by whoever manages it (N10, N11, P5)."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from sqlalchemy import update

from dashboard.models import Workspace
from dashboard.models.errors import Invalid
from dashboard.models.visibility import Viewer
from dashboard.queries.workspace import WorkspaceValues, get_workspace
from dashboard.services import access, idle
from dashboard.services.belonging import Stale
from dashboard.services.events import WorkspaceChanged
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import unit_of_work

CHANGED = "Somebody else saved other settings meanwhile. Nothing of yours was saved; what you chose is kept below."
OFF = "off"

_w = Workspace.__table__.c
_NOT_ZONES = ("posix", "right", "Etc", "SystemV")


@cache
def time_zones() -> tuple[str, ...]:
    """The IANA names that are places, and UTC; read once, from the system's zone files."""
    names = zoneinfo.available_timezones()
    places = sorted(each for each in names if "/" in each and each.split("/")[0] not in _NOT_ZONES)
    return (*places, "UTC")


def parse(form: Mapping[str, str]) -> WorkspaceValues:
    """What a form says; raises Invalid with every field that is wrong."""
    wrong: dict[str, str] = {}
    name = ""
    try:
        name = clean_line(form.get("name"), "name", limit=120)
    except Invalid as error:
        wrong |= error.fields
    zone = form.get("time_zone", "")
    if zone not in zoneinfo.available_timezones():
        wrong["time_zone"] = "Choose a time zone of the list."
    chosen = form.get("idle_logout", OFF)
    if chosen != OFF and chosen not in {str(each) for each in idle.CHOICES}:
        wrong["idle_logout"] = "Choose off, 10, 15 or 30 minutes."
    if wrong:
        raise Invalid(wrong)
    return WorkspaceValues(name, zone, None if chosen == OFF else int(chosen))


def save(viewer: Viewer, wanted: WorkspaceValues, version: str) -> WorkspaceValues:
    """Store a form that was drawn from the values that `version` names; answers what was stored before.

    Raises NotPermitted, and Stale when other values are stored by now.
    """
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "workspace.manage")
        before = get_workspace(uow.conn, viewer.workspace_id, lock=True)
        if before.version != version:
            raise Stale(CHANGED)
        if before == wanted:
            return before
        minutes = wanted.idle_logout_minutes
        if minutes is not None and before.idle_logout_minutes != minutes:
            idle.give_notice(uow, viewer.workspace_id, minutes)
        stored = update(Workspace.__table__).where(_w.id == viewer.workspace_id).values(asdict(wanted))
        uow.conn.execute(stored)
        uow.emit(WorkspaceChanged(None, None))
    return before
