"""The page of a teamspace's Chat Assignment, and the dry run on it."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import func, select

from dashboard.models import Teamspace, Workspace, db
from dashboard.models.enums import Method, RoleType
from dashboard.services import plans
from dashboard.services.setup import add_role, add_user
from dashboard.services.unit_of_work import unit_of_work
from tests.blueprints.pages.conftest import Browser, Office

FORM = {"method": "balanced", "auto_limit": "10", "overdue_minutes": "", "autoclose_hours": "24"}


def address(office: Office, name: str = "Support") -> str:
    public_id = next(row.public_id for row in office.scene.rows(Teamspace) if row.name == name)
    return f"/settings/teamspaces/{public_id}/chat-assignment"


def version(page: BeautifulSoup) -> str:
    return str(one(page, "input[name=version]")["value"])


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found, f"no {selector}"
    return found


def text(part: Tag) -> str:
    return part.get_text(" ", strip=True)


def put(office: Office, status: int = 200, **form: Any) -> BeautifulSoup:
    ada, path = office.browser("ada"), address(office)
    form = {**FORM, "version": version(ada.page(path)), **form}
    answer = ada.raw("PUT", path, data=form, headers={"HX-Request": "true"})
    assert answer.status_code == status, answer.text[:600]
    return BeautifulSoup(answer.text, "html.parser")


def settings(office: Office) -> tuple[Method, int, bool, int | None, int]:
    row = next(row for row in office.scene.rows(Teamspace) if row.name == "Support")
    return row.method, row.auto_limit, row.returns_when_absent, row.overdue_minutes, row.autoclose_hours


def count_rows(office: Office) -> dict[str, int]:
    with unit_of_work() as uow:
        return {
            table.name: uow.conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in db.metadata.sorted_tables
        }


def test_the_page_shows_what_is_stored_with_a_help_for_each_method(office: Office) -> None:
    page = office.browser("ada").page(address(office))
    assert text(one(page, "#settings h1")) == "Support"
    assert text(one(page, "#settings nav [aria-current=page]")) == "Chat assignment"
    assert [text(each) for each in page.select(".method b")] == ["Balanced", "Random", "Round robin", "Voluntary"]
    assert all(one(page, f"#{radio['aria-describedby']}").text for radio in page.select("input[name=method]"))
    assert one(page, "input[name=method][checked]")["value"] == "balanced"
    assert one(page, "input[name=auto_limit]")["value"] == "10"
    assert not page.select("input[name=method][disabled], input[name=returns_when_absent][checked]")


def test_saving_stores_everything_and_says_what_follows(office: Office) -> None:
    page = put(
        office, method="random", auto_limit="3", returns_when_absent="on", overdue_minutes="15", autoclose_hours="48"
    )
    assert settings(office) == (Method.RANDOM, 3, True, 15, 48)
    assert one(page, "input[name=method][checked]")["value"] == "random"
    assert page.select("input[name=returns_when_absent][checked]")
    assert "Random instead of Balanced. The limit is 3 instead of 10." in text(one(page, "[hx-swap-oob] [data-toast]"))


def test_saving_assigns_what_waited(office: Office) -> None:
    scene = office.scene
    scene.configure(method=Method.VOLUNTARY)
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    page = put(office, method="balanced")
    assert scene.owner(chat) == "bo"
    assert "1 waiting chat was assigned." in text(one(page, "[data-toast]"))


def test_a_wrong_number_comes_back_as_it_was_typed_with_the_reason(office: Office) -> None:
    page = put(office, 422, auto_limit="ten", method="voluntary", autoclose_hours="12")
    field = one(page, "input[name=auto_limit]")
    assert (field["value"], field["aria-invalid"]) == ("ten", "true")
    assert text(one(page, f"#{field['aria-describedby']}")) == "Enter a whole number from 1 to 1,000."
    assert one(page, "input[name=method][checked]")["value"] == "voluntary"
    assert one(page, "input[name=autoclose_hours]")["value"] == "12"
    assert page.select("form[data-refused]")
    assert settings(office)[0] is Method.BALANCED


@pytest.mark.parametrize(
    ("plan", "locked"),
    [
        ("free", {"random": "Lite", "round_robin": "Pro", "voluntary": "Total"}),
        ("pro", {"voluntary": "Total"}),
        ("total", {}),
    ],
)
def test_methods_above_the_plan_say_which_one_they_need(office: Office, plan: str, locked: dict[str, str]) -> None:
    plans.set_plan(plan)
    page = office.browser("ada").page(address(office))
    assert {str(each["value"]) for each in page.select("input[name=method][disabled]")} == set(locked)
    words = {str(one(each, "input")["value"]): text(one(each, ".needs")) for each in page.select(".is-above-plan")}
    assert words == {method: f"Needs the {name} plan" for method, name in locked.items()}


def test_the_server_refuses_a_method_above_the_plan_and_keeps_the_form(office: Office) -> None:
    plans.set_plan("lite")
    page = put(office, 403, method="voluntary", auto_limit="7")
    assert "Voluntary assignment needs the Total plan." in text(one(page, "[role=alert]"))
    assert one(page, "input[name=auto_limit]")["value"] == "7"
    assert settings(office)[:2] == (Method.BALANCED, 10)


def test_a_stored_method_above_the_plan_stays_chosen_and_is_told(office: Office) -> None:
    office.scene.configure(method=Method.ROUND_ROBIN)
    plans.set_plan("free")
    page = office.browser("ada").page(address(office))
    assert "Round robin is stored; the plan is Free, so Balanced runs." in text(one(page, ".note-box"))
    chosen = one(page, "input[name=method][checked]")
    assert (chosen["value"], chosen.has_attr("disabled")) == ("round_robin", False)
    put(office, method="round_robin", auto_limit="4")
    assert settings(office)[:2] == (Method.ROUND_ROBIN, 4)


def test_two_who_edit_at_once_do_not_replace_each_other(office: Office) -> None:
    seen = version(office.browser("ada").page(address(office)))
    put(office, method="random", auto_limit="5")
    page = put(office, 409, version=seen, method="voluntary", auto_limit="8")
    alert = text(one(page, "[role=alert]"))
    assert "Somebody else saved other settings meanwhile." in alert
    assert "Saved now: Random, at most 5 chats" in alert
    assert one(page, "input[name=method][checked]")["value"] == "voluntary"
    assert settings(office)[:2] == (Method.RANDOM, 5)
    put(office, version=version(page), method="voluntary", auto_limit="8")
    assert settings(office)[:2] == (Method.VOLUNTARY, 8)


def test_a_refusal_goes_into_the_page_and_not_into_a_corner_of_it(office: Office) -> None:
    answer = office.browser("ada").raw(
        "PUT", address(office), data={**FORM, "version": "of another time"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#settings")


def test_what_would_change_is_told_before_it_is_saved(office: Office) -> None:
    scene, ada, path = office.scene, office.browser("ada"), address(office)
    scene.online("bo")
    for person in ("pia", "ravi"):
        scene.ask_for_human(person)
    told = text(ada.fragment(f"{path}/changes?method=voluntary&auto_limit=1&autoclose_hours=24"))
    assert "Voluntary instead of Balanced." in told
    assert "Bo Lindqvist (2) is over it: keeps what they have, and gets no new one until there is room." in told
    assert "agents who are Away or absent are never picked automatically. Tickets" in told
    assert "Nothing yet" in text(ada.fragment(f"{path}/changes?method=balanced&auto_limit=10&autoclose_hours=24"))
    assert "not one that can be saved" in text(ada.fragment(f"{path}/changes?method=balanced&auto_limit=no"))
    assert settings(office)[0] is Method.BALANCED


def test_nobody_else_gets_in_and_a_foreign_teamspace_does_not_exist(office: Office) -> None:
    for name in ("bo", "di"):
        office.browser(name).page(address(office), 403)
    office.browser("ada").page("/settings/teamspaces/nonsense/chat-assignment", 404)
    office.scene.change(Teamspace, office.scene.support, archived_at=office.scene.clock.now)
    office.browser("ada").page(address(office), 404)


def test_without_handoffs_the_page_says_what_a_dry_run_will_show(office: Office) -> None:
    page = office.browser("ada").page(address(office))
    assert text(one(page, ".empty h3")) == "No handoffs yet"
    assert not page.select("#dry-run")


def hire(office: Office, permission: str) -> Browser:
    """Somebody who may do this in Support and nothing else."""
    bench = office.scene.rows(Workspace)[0]
    with unit_of_work() as uow:
        role = add_role(uow, bench.id, "Keeper", RoleType.WORKSPACE, [permission])
        office.scene.users["kim"] = add_user(
            uow, bench.id, "kim@acme.test", "Kim Keeper", roles=[role], teamspaces=[office.scene.support]
        )
    return office.browser("kim")


def tried(office: Office, **query: str) -> BeautifulSoup:
    form = {**FORM, "last": "50", **query}
    path = f"{address(office)}/dry-run?" + "&".join(f"{name}={value}" for name, value in form.items())
    return office.browser("ada").fragment(path)


def test_a_dry_run_shows_table_totals_and_picture_and_writes_nothing(office: Office) -> None:
    scene = office.scene
    scene.online("bo")
    first = scene.ask_for_human("pia")
    scene.clock.forward(seconds=30)
    scene.ask_for_human("ravi")
    scene.clock.forward(seconds=15)
    scene.set_status("bo", first, "closed")
    office.browser("ada")
    before = count_rows(office)
    page = tried(office, auto_limit="1")
    rows = [[text(cell) for cell in row.select("td")] for row in page.select("tbody tr")]
    assert [row[1:] for row in rows] == [
        ["ravi", "Bo Lindqvist", "at once", "Bo Lindqvist", "15 s"],
        ["pia", "Bo Lindqvist", "at once", "Bo Lindqvist", "at once"],
    ]
    assert text(one(page, ".dry-head")).startswith("Balanced, at most 1 chat. 2 handoffs replayed: 0 would have gone")
    assert [text(each) for each in page.select(".dry-totals b")] == ["8 s", "15 s", "2", "0"]
    assert page.select_one(".strip[role=img][aria-label]")
    assert len(page.select(".strip .bar-now")) == 2
    assert text(one(page, ".bars")).startswith("Bo Lindqvist 2 → 2")
    assert not page.select("[style]")
    assert count_rows(office) == before


def test_a_dry_run_says_what_could_not_be_routed_and_what_random_means(office: Office) -> None:
    scene = office.scene
    scene.online("bo")
    for person in ("pia", "ravi"):
        scene.ask_for_human(person)
    assert "everybody online was at the limit of 1" in text(one(tried(office, auto_limit="1"), "tbody tr"))
    assert "Waits for a claim. Online then: Bo Lindqvist." in text(one(tried(office, method="voluntary"), "tbody tr"))
    assert "seed 7" in text(one(tried(office, method="random"), ".dry-limits"))


def test_a_dry_run_needs_settings_that_could_be_saved(office: Office) -> None:
    office.scene.online("bo")
    office.scene.ask_for_human("pia")
    ada, path = office.browser("ada"), f"{address(office)}/dry-run"
    wrong = ada.fragment(f"{path}?method=balanced&auto_limit=0&autoclose_hours=24&last=50", 422)
    assert "Enter a whole number from 1 to 1,000." in text(one(wrong, "[role=alert]"))
    last = ada.fragment(f"{path}?method=balanced&auto_limit=1&autoclose_hours=24&last=51", 422)
    assert "how many handoffs" in text(one(last, "[role=alert]"))
    plans.set_plan("lite")
    above = ada.fragment(f"{path}?method=voluntary&auto_limit=1&autoclose_hours=24&last=50", 422)
    assert "needs the Total plan" in text(one(above, "[role=alert]"))


def test_handoffs_from_before_the_record_are_counted_and_said(office: Office) -> None:
    office.scene.ask_for_human("pia")
    assert "begins after the last handoff" in text(one(tried(office), ".note-box"))
    office.scene.online("bo")
    office.scene.ask_for_human("ravi")
    assert "1 of the handoffs came before anybody's availability was recorded" in text(
        one(tried(office), ".dry-limits")
    )


def test_whoever_may_not_see_the_chats_is_not_told_who_wrote_them(office: Office) -> None:
    scene = office.scene
    scene.online("bo")
    scene.ask_for_human("Zanzibar")
    assert "Zanzibar" in text(tried(office))
    keeper = hire(office, "teamspaces.manage")
    path = f"{address(office)}/dry-run?" + "&".join(f"{name}={value}" for name, value in {**FORM, "last": "50"}.items())
    page = keeper.fragment(path)
    assert "Zanzibar" not in page.text
    assert not page.select("tbody a")
    assert "Bo Lindqvist" in text(one(page, "tbody"))
