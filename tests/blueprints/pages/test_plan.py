"""The settings of the plan, and what a page says where the plan is too small."""

from __future__ import annotations

from dashboard.models import Teamspace, db
from dashboard.models.enums import Method, Plan
from dashboard.services import plans
from tests.blueprints.pages.conftest import Office


def plan() -> Plan:
    found = plans.get_plan(db.session)
    db.session.close()
    return found


def test_the_table_marks_the_plan_that_runs(office: Office) -> None:
    page = office.browser("ada").page("/settings/plan")
    assert page.select_one("thead [aria-current]").text == "Enterprise"  # type: ignore[union-attr]
    rows = {
        row.th.text.partition("used")[0]: [bool(cell.svg) for cell in row.select("td")]
        for row in page.select("tbody tr")
    }  # type: ignore[union-attr]
    assert rows["Voluntary assignment"] == [False, False, False, True, True]
    assert rows["Bitrix24"] == [False, False, False, False, True]


def test_a_smaller_plan_names_what_stops_before_it_is_chosen(office: Office) -> None:
    office.scene.change(Teamspace, office.scene.support, method=Method.ROUND_ROBIN)
    dialog = office.browser("ada").fragment("/settings/plan/changes/lite")
    assert "Round robin assignment" in dialog.text
    assert "Balanced runs instead" in dialog.text
    assert "Round robin" not in office.browser("ada").fragment("/settings/plan/changes/pro").text
    assert plan() is Plan.ENTERPRISE


def test_the_plan_is_changed(office: Office) -> None:
    page = office.browser("ada").fragment("/settings/plan", 200, "PUT", plan="lite")
    assert page.select_one("thead [aria-current]").text == "Lite"  # type: ignore[union-attr]
    assert plan() is Plan.LITE


def test_an_unknown_plan_is_refused(office: Office) -> None:
    assert office.browser("ada").do("PUT", "/settings/plan", plan="gold").status_code == 422
    assert office.browser("ada").do("GET", "/settings/plan/changes/gold").status_code == 422
    assert plan() is Plan.ENTERPRISE


def test_only_who_manages_the_plan_changes_it(office: Office) -> None:
    assert office.browser("bo").do("PUT", "/settings/plan", plan="free").status_code == 403
    assert plan() is Plan.ENTERPRISE
