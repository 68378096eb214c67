"""The settings of teams as an admin sees and uses them (N10, L10, H2, H5)."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select

from dashboard.models import Role, Team, TeamMember, User
from dashboard.services import teams
from dashboard.services.teams import TeamDraft
from tests.blueprints.pages.conftest import Browser, Office
from tests.factories import make_tree

T = "/settings/teams"


def text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return found.get_text(" ", strip=True)


def form_of(page: BeautifulSoup) -> dict[str, Any]:
    """What the browser would send: fields that are neither disabled nor unticked."""
    form = page.select_one("form[data-settings]")
    assert isinstance(form, Tag)
    values: dict[str, Any] = {}
    for each in form.select("input[name]"):
        if each.has_attr("disabled") or (each.get("type") == "checkbox" and not each.has_attr("checked")):
            continue
        values.setdefault(str(each["name"]), []).append(str(each.get("value", "")))
    for each in form.select("select"):
        chosen = each.select_one("option[selected]")
        values[str(each["name"])] = [str(chosen["value"]) if chosen else ""]
    return values


def row_of(page: BeautifulSoup, name: str) -> Tag:
    return next(each for each in page.select(".choice") if name in each.get_text())


def address(office: Office, name: str) -> str:
    return f"{T}/{office.scene.team_public_id(name)}"


@pytest.fixture
def ada(office: Office) -> Browser:
    return office.browser("ada")


def test_the_list_shows_each_team_with_its_people(office: Office, ada: Browser) -> None:
    office.scene.online("bo")
    page = ada.page(T)
    rows = {text(row, "h2"): row for row in page.select(".card-row")}
    assert list(rows) == ["Chatters", "Front line", "Returns", "Trade desk"]
    front = rows["Front line"]
    assert text(front, ".card-count") == "3 members 1 online"
    assert "Support" in text(front, ".card-what")
    dots = [dot["data-availability"] for dot in front.select(".avatar-dot")]
    assert dots == ["online", "away", "away"]
    assert page.select_one(f"a[href='{T}/new']") is not None


def test_whoever_manages_no_teams_finds_neither_entry_nor_page(office: Office) -> None:
    page = office.browser("di").page("/inbox")
    assert page.select_one(f"a[href='{T}']") is None
    assert office.browser("di").raw("GET", T).status_code == 403


def test_a_team_is_made_and_the_page_goes_on_at_its_own_address(office: Office, ada: Browser) -> None:
    bo = office.scene.viewer("bo").public_id
    new = ada.page(f"{T}/new")
    assert text(new, ".save-bar button") == "Create team"
    answer = ada.raw(
        "POST", T, data={**form_of(new), "name": "Night shift", "members": [bo]}, headers={"HX-Request": "true"}
    )
    made = office.scene.one(select(Team.__table__).where(Team.name == "Night shift"))
    assert answer.headers["HX-Push-Url"] == f"{T}/{made.public_id}"
    page = BeautifulSoup(answer.text, "html.parser")
    assert text(page, "h1") == "Night shift"
    assert "Saved" in text(page, "[hx-swap-oob]")


def test_a_taken_name_comes_back_with_what_was_typed_and_why(office: Office, ada: Browser) -> None:
    bo = office.scene.viewer("bo").public_id
    page = ada.fragment(T, 422, "POST", name="Front line", members=[bo])
    assert "already" in text(page, "#wrong-name")
    form = page.select_one("form[data-settings]")
    assert form is not None
    assert form.has_attr("data-refused")
    assert form.select_one("[name=name]")["value"] == "Front line"
    assert form.select_one(f"[name=members][value='{bo}']").has_attr("checked")


def test_members_through_the_role_are_shown_and_cannot_be_unticked(office: Office, ada: Browser) -> None:
    role = office.scene.scalar(select(Role.public_id).where(Role.name == "Live agent"))
    page = ada.page(address(office, "Front line"))
    assert [option.get_text() for option in page.select("#team-role option")][1:] == ["Chats only", "Live agent"]
    saved = ada.fragment(address(office, "Front line"), 200, "PUT", **{**form_of(page), "role": role})
    eli = row_of(saved, "Eli Navarro")
    assert eli.select_one("input").has_attr("disabled")
    assert eli.select_one("input").has_attr("checked")
    assert "member through the team's role" in eli.get_text()
    assert row_of(saved, "Ada Moreno").select_one("[data-by-role]").has_attr("hidden")
    again = ada.fragment(address(office, "Front line"), 200, "PUT", **form_of(saved))
    assert form_of(again)["role"] == [role]
    listed = [row.user_id for row in office.scene.rows(TeamMember) if row.team_id == office.scene.teams["Front line"]]
    assert sorted(listed) == sorted(office.scene.users[name] for name in ("bo", "cy", "vi")), "the listed stay listed"


def test_who_gets_no_chats_is_marked_in_words(office: Office, ada: Browser) -> None:
    page = ada.page(f"{T}/new")
    assert "Gets no chats" in row_of(page, "Di Castellan").get_text()
    assert "Gets no chats" not in row_of(page, "Bo Lindqvist").get_text()
    assert "View and manage livechats assigned to them" in page.get_text()


def test_the_second_of_two_admins_is_told_what_the_first_saved(office: Office, ada: Browser) -> None:
    page = ada.page(address(office, "Returns"))
    mine = {**form_of(page), "name": "Refunds"}
    scene = office.scene
    theirs = TeamDraft("Returns", "", frozenset(scene.viewer(name).public_id for name in ("eli", "cy")), frozenset())
    [version] = mine["version"]
    teams.change_team(scene.viewer("ada"), scene.team_public_id("Returns"), theirs, version)

    answer = ada.raw("PUT", address(office, "Returns"), data=mine, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#settings")
    refused = BeautifulSoup(answer.text, "html.parser")
    told = [each.get_text(" ", strip=True) for each in refused.select(".differs li")]
    assert told == ["The name is “Returns”.", "Cy Okafor is a listed member.", "It is not linked to Support."]
    assert refused.select_one("[name=name]")["value"] == "Refunds"
    saved = ada.fragment(address(office, "Returns"), 200, "PUT", **form_of(refused))
    assert text(saved, "h1") == "Refunds"


def test_the_last_live_agent_who_leaves_is_warned_of(office: Office, ada: Browser) -> None:
    for name in ("Chatters", "Returns"):
        page = ada.page(address(office, name))
        ada.fragment(address(office, name), 200, "PUT", **{**form_of(page), "teamspaces": []})
    page = ada.page(address(office, "Front line"))
    assert "has no live agent" not in page.get_text()
    saved = ada.fragment(address(office, "Front line"), 200, "PUT", **{**form_of(page), "members": []})
    assert "Support has no live agent" in text(saved, ".is-warning")
    assert "nobody available" in text(saved, ".is-warning")


def test_the_deletion_names_its_consequences_and_then_does_them(office: Office, ada: Browser) -> None:
    scene = office.scene
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    chat = scene.ask_for_human("pia")
    scene.claimed_by("cy", "pau")
    dialog = ada.fragment(f"{address(office, 'Front line')}/deletion")
    told = " ".join(each.get_text(" ", strip=True) for each in dialog.select(".follows li"))
    assert "1 queued conversation widens to the teamspace" in told
    assert "1 open conversation returns to the queue" in told
    assert "1 handoff setting names it" in told
    assert "3 members lose what they see through it." in told
    seen = str(dialog.select_one("[name=seen]")["value"])

    scene.ask_for_human("pim")
    refused = ada.raw("DELETE", f"{address(office, 'Front line')}?seen={seen}", headers={"HX-Request": "true"})
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (409, "#delete-team")
    again = BeautifulSoup(refused.text, "html.parser")
    assert "2 queued conversations widen" in again.get_text(" ", strip=True)
    seen = str(again.select_one("[name=seen]")["value"])

    done = ada.raw("DELETE", f"{address(office, 'Front line')}?seen={seen}", headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Push-Url"]) == (200, T)
    assert "close-dialog" in done.headers["HX-Trigger"]
    page = BeautifulSoup(done.text, "html.parser")
    assert "Front line" not in [text(row, "h2") for row in page.select(".card-row")]
    assert "Front line was deleted" in text(page, "[hx-swap-oob]")
    waiting = ada.fragment(f"/conversations/{chat}")
    assert "waits for everyone in the teamspace now" in waiting.get_text(" ", strip=True)
    targets = office.browser("eli").fragment(f"/conversations/{scene.claimed_by('eli', 'pol')}/transfers/new")
    assert "Front line" not in targets.get_text()
    filters = ada.fragment("/inbox/filters?view=all")
    assert "Front line" not in filters.get_text()


def test_languages_of_a_member_are_changed_in_a_dialog_and_show_in_the_transfer(office: Office, ada: Browser) -> None:
    scene, base = office.scene, address(office, "Returns")
    eli = scene.viewer("eli").public_id
    path = f"{base}/members/{eli}/languages"
    dialog = ada.fragment(path)
    assert dialog.select("input:checked, input[checked]") == []
    answer = ada.raw("PUT", path, data={"was": "", "languages": ["es", "de"]}, headers={"HX-Request": "true"})
    assert "close-dialog" in answer.headers["HX-Trigger"]
    assert "Spanish, German" in answer.text
    stale = ada.fragment(path, 409, "PUT", was="", languages=["fr"])
    assert "Somebody else changed" in stale.get_text()
    chat = scene.claimed_by("bo")
    modal = office.browser("bo").fragment(f"/conversations/{chat}/transfers/new")
    assert "Spanish, German" in row_of(modal, "Eli Navarro").get_text(" ", strip=True)


def test_ones_own_languages_are_on_the_account(office: Office) -> None:
    bo = office.browser("bo")
    assert bo.page("/account").select("form[hx-put='/account/languages'] input[checked]") == []
    answer = bo.fragment("/account/languages", 200, "PUT", languages=["pt", "en"])
    assert answer.get_text(strip=True) == "Saved: Portuguese, English."
    ticked = bo.page("/account").select("form[hx-put='/account/languages'] input[checked]")
    assert [each["value"] for each in ticked] == ["en", "pt"]
    assert bo.raw("PUT", "/account/languages", data={"languages": ["xx"]}).status_code == 422
    assert office.scene.scalar(select(User.languages).where(User.id == office.scene.users["bo"])) == ["pt", "en"]


def test_a_team_that_is_gone_or_unknown_is_not_there(office: Office, ada: Browser) -> None:
    for path in (f"{T}/nobody", f"{T}/nobody/deletion", f"{address(office, 'Returns')}/members/nobody/languages"):
        assert ada.raw("GET", path).status_code == 404
