"""Settings, General: checked, never over somebody else's change, and idle logout with a minute of notice (N10, P5)."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from dashboard.models import Event, UserSession, Workspace
from tests.blueprints.pages.conftest import Office

ADDRESS = "/settings/workspace"
GOOD = {"name": "Acme Outdoor", "time_zone": "Europe/Berlin", "idle_logout": "15"}


def version(page: BeautifulSoup) -> str:
    return str(page.select_one("[name=version]")["value"])  # type: ignore[index]


def stored(office: Office) -> tuple[str, str, int | None]:
    row = office.scene.one(select(Workspace.__table__))
    return row.name, row.time_zone, row.idle_logout_minutes


def test_it_shows_what_is_stored_and_stands_in_the_settings(office: Office) -> None:
    page = office.browser("ada").page(ADDRESS)
    assert page.select_one("[name=name]")["value"] == "Acme Outdoor"  # type: ignore[index]
    assert page.select_one("[name=time_zone] option[selected]")["value"] == "UTC"  # type: ignore[index]
    assert page.select_one("[name=idle_logout][checked]")["value"] == "off"  # type: ignore[index]
    assert page.select_one(f".settings-link[aria-current][href='{ADDRESS}']") is not None
    assert page.select_one("option[value='America/Argentina/Buenos_Aires']") is not None


def test_saving_says_what_follows_and_tells_every_page(office: Office) -> None:
    ada = office.browser("ada")
    form = {**GOOD, "version": version(ada.page(ADDRESS))}
    page = ada.fragment(ADDRESS, method="PUT", **form)
    assert stored(office) == ("Acme Outdoor", "Europe/Berlin", 15)
    assert "Whoever touches nothing for 15 minutes is signed out" in page.select_one("[data-toast]").text  # type: ignore[union-attr]
    assert page.select_one("[name=idle_logout][checked]")["value"] == "15"  # type: ignore[index]
    assert "WorkspaceChanged" in office.scene.events()
    ada.fragment(ADDRESS, method="PUT", **{**form, "version": version(page)})
    assert office.scene.events().count("WorkspaceChanged") == 1, "the same again changes nothing"
    off = ada.fragment(ADDRESS, method="PUT", **{**form, "version": version(page), "idle_logout": "off"})
    assert stored(office)[2] is None
    assert "Nobody is signed out for want of input any more." in off.text


def test_of_two_admins_the_second_is_told_and_can_save_again(office: Office) -> None:
    ada = office.browser("ada")
    first = version(ada.page(ADDRESS))
    ada.fragment(ADDRESS, method="PUT", **{**GOOD, "version": first})
    late = ada.fragment(ADDRESS, 422, "PUT", name="Mine", time_zone="UTC", idle_logout="off", version=first)
    assert stored(office) == ("Acme Outdoor", "Europe/Berlin", 15)
    assert "Somebody else saved other settings meanwhile." in late.text
    assert "Europe/Berlin, idle logout after 15 minutes" in late.text
    assert late.select_one("[name=name]")["value"] == "Mine"  # type: ignore[index]
    assert late.select_one("form[data-refused]") is not None
    ada.fragment(ADDRESS, method="PUT", name="Mine", time_zone="UTC", idle_logout="off", version=version(late))
    assert stored(office) == ("Mine", "UTC", None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Write something first."),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone of the list."),
        ({"time_zone": "../etc/passwd"}, "Choose a time zone of the list."),
        ({"idle_logout": "5"}, "Choose off, 10, 15 or 30 minutes."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    office: Office, wrong: dict[str, str], sentence: str
) -> None:
    ada = office.browser("ada")
    form = {**GOOD, "name": "Typed", "version": version(ada.page(ADDRESS)), **wrong}
    page = ada.fragment(ADDRESS, 422, "PUT", **form)
    assert sentence in page.text
    assert page.select_one("[name=name]")["value"].strip() == form["name"].strip()  # type: ignore[index,union-attr]
    assert stored(office) == ("Acme Outdoor", "UTC", None)


def test_a_new_limit_signs_nobody_out_without_a_warning(office: Office) -> None:
    bo, ada = office.browser("bo"), office.browser("ada")
    office.scene.clock.forward(hours=3)
    ada.fragment(ADDRESS, method="PUT", **{**GOOD, "version": version(ada.page(ADDRESS))})
    left = bo.do("GET", "/me/activity").get_json()["ends_in"]
    assert 55 < left <= 60
    ends = [row.last_input_at for row in office.scene.rows(UserSession)]
    assert max(ends) < office.scene.clock.now
    assert "WorkspaceChanged" in [row.kind for row in office.scene.rows(Event)]


def test_only_who_manages_the_workspace_sees_it(office: Office) -> None:
    assert office.browser("bo").raw("GET", ADDRESS).status_code == 403
    assert office.browser("bo").raw("PUT", ADDRESS, data=GOOD).status_code == 403
    assert office.stranger().raw("PUT", ADDRESS, data=GOOD).status_code == 401
    assert stored(office) == ("Acme Outdoor", "UTC", None)
