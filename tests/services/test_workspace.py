"""The workspace's settings: by who may, never over somebody else's change, told to every page (N10)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.models import Event, Workspace
from dashboard.models.errors import Invalid, NotPermitted
from dashboard.queries.workspace import WorkspaceValues
from dashboard.services import workspace
from dashboard.services.belonging import Stale
from tests.factories import Scene

WANTED = WorkspaceValues("Acme", "Europe/Berlin", 30)
NOW = WorkspaceValues("Acme Outdoor", "UTC", None)


def stored(scene: Scene) -> WorkspaceValues:
    columns = Workspace.__table__.c
    row = scene.one(select(columns.name, columns.time_zone, columns.idle_logout_minutes))
    return WorkspaceValues(*row)


def test_who_manages_the_workspace_saves_what_they_saw_and_nobody_else_does(scene: Scene) -> None:
    with pytest.raises(NotPermitted):
        workspace.save(scene.viewer("bo"), WANTED, NOW.version)
    assert workspace.save(scene.viewer("ada"), WANTED, NOW.version) == NOW
    assert stored(scene) == WANTED
    assert [row.kind for row in scene.rows(Event)] == ["WorkspaceChanged"]
    with pytest.raises(Stale):
        workspace.save(scene.viewer("ada"), NOW, NOW.version)
    assert stored(scene) == WANTED


def test_every_field_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        workspace.parse({"name": "", "time_zone": "Mars/Olympus", "idle_logout": "11"})
    assert set(refusal.value.fields) == {"name", "time_zone", "idle_logout"}
    assert workspace.parse({"name": " Acme ", "time_zone": "Europe/Berlin", "idle_logout": "30"}) == WANTED
    assert workspace.parse({"name": "Acme Outdoor", "time_zone": "UTC", "idle_logout": "off"}) == NOW


def test_the_list_has_places_and_utc_and_no_doubles() -> None:
    zones = workspace.time_zones()
    assert {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"} <= set(zones)
    assert not any(zone.startswith(("posix/", "right/", "Etc/")) for zone in zones)
    assert len(zones) == len(set(zones))
