"""The settings of roles as an admin meets them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard.models import Role, RolePermission, db
from tests.blueprints.pages.conftest import Office


def role(name: str) -> str:
    found = db.session.execute(select(Role.public_id).where(Role.name == name)).scalar_one()
    db.session.close()
    return str(found)


def permissions(name: str) -> set[str]:
    of_role = select(RolePermission.permission).join(Role, Role.id == RolePermission.role_id).where(Role.name == name)
    found = set(db.session.execute(of_role).scalars())
    db.session.close()
    return found


def version(office: Office, name: str) -> str:
    page = office.browser("ada").page(f"/settings/roles/{role(name)}")
    [field] = page.select("input[name=version]")
    return str(field["value"])


def test_the_list_says_who_holds_what(office: Office) -> None:
    page = office.browser("ada").page("/settings/roles")
    rows = {each.h2.text: each.text for each in page.select(".card-row")}  # type: ignore[union-attr]
    assert "Built in" in rows["admin"]
    assert "Team type" in rows["Live agent"]
    assert page.select_one('.settings-link[aria-current="page"]').text.strip() == "Roles"  # type: ignore[union-attr]


def test_the_grid_shows_what_the_role_has(office: Office) -> None:
    page = office.browser("ada").page(f"/settings/roles/{role('Manager')}")
    assert page.select_one('select[name="all.livechats"] option[selected]')["value"] == "view"  # type: ignore[index]
    assert page.select('input[value="livechats.assigned"][checked]') == []


def test_a_role_is_made_from_the_grid(office: Office) -> None:
    form: dict[str, Any] = {
        "name": "Night shift", "type": "team", "permissions": ["livechats.assigned", "users.manage"],
        "teams.livechats": "manage", "all.tickets": "view",
    }  # fmt: skip
    answer = office.browser("ada").raw("POST", "/settings/roles", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"].startswith("/settings/roles/")
    # A role of Team type holds nothing over the workspace, whatever the hidden part of the form had ticked.
    assert permissions("Night shift") == {"livechats.assigned", "livechats.manage_teams", "tickets.view_all"}


def test_a_refused_role_keeps_what_was_chosen(office: Office) -> None:
    form = {"name": "Live agent", "type": "workspace", "permissions": "users.manage", "teams.tickets": "view"}
    page = office.browser("ada").fragment("/settings/roles", 422, "POST", **form)
    assert page.select_one("form[data-refused]")
    assert "already" in page.select_one(".wrong").text  # type: ignore[union-attr]
    assert page.select_one('input[value="users.manage"][checked]')
    assert page.select_one('select[name="teams.tickets"] option[selected]')["value"] == "view"  # type: ignore[index]


def test_a_role_is_changed_and_says_what_follows(office: Office) -> None:
    form = {"name": "Supervisor", "permissions": "transcripts.view", "version": version(office, "Manager")}
    page = office.browser("ada").fragment(f"/settings/roles/{role('Manager')}", 200, "PUT", **form)
    assert page.select_one("#settings, form[data-settings]")
    assert "Saved" in page.text
    assert permissions("Supervisor") == {"transcripts.view"}


def test_a_save_over_another_save_is_refused_with_the_form(office: Office) -> None:
    form = {"name": "Manager", "permissions": "transcripts.view", "version": "older"}
    page = office.browser("ada").fragment(f"/settings/roles/{role('Manager')}", 409, "PUT", **form)
    assert "Somebody else changed this role" in page.text
    assert "livechats.view_all" in permissions("Manager")


def test_the_built_in_role_is_shown_and_cannot_be_saved(office: Office) -> None:
    page = office.browser("ada").page(f"/settings/roles/{role('admin')}")
    assert page.select_one("fieldset[disabled]")
    assert page.select("button[type=submit].btn-primary") == []


def test_what_somebody_holds_is_not_offered_for_deletion(office: Office) -> None:
    dialog = office.browser("ada").fragment(f"/settings/roles/{role('Live agent')}/deletion")
    assert "cannot be deleted" in dialog.text
    assert dialog.select("[hx-delete]") == []
    assert office.browser("ada").do("DELETE", f"/settings/roles/{role('Live agent')}").status_code == 409


def test_a_role_that_nobody_holds_is_deleted(office: Office) -> None:
    office.browser("ada").fragment(
        "/settings/roles", 200, "POST", name="Odd", type="team", permissions="tickets.export"
    )
    public_id = role("Odd")
    dialog = office.browser("ada").fragment(f"/settings/roles/{public_id}/deletion")
    assert dialog.select_one(f'[hx-delete="/settings/roles/{public_id}"]')
    page = office.browser("ada").fragment(f"/settings/roles/{public_id}", 200, "DELETE")
    assert "Odd is deleted" in page.text
    assert all(each.text != "Odd" for each in page.select(".card-row h2"))
