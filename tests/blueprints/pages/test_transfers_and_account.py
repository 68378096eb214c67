"""The transfer modal, and the user's own pages."""

from __future__ import annotations

import pytest

from dashboard.models import Workspace
from dashboard.models.enums import Plan
from tests.blueprints.pages.conftest import Office


def test_the_modal_shows_who_is_away_and_where_it_would_wait(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    scene.online("eli")
    page = office.browser("bo").fragment(f"/conversations/{chat}/transfers/new")
    choices = page.select("[data-part-of=user] .choice .grow")
    users = {choice.get_text(" ", strip=True) for choice in choices}

    assert "Eli Navarro Online · 0 open" in users
    assert "Cy Okafor Away · 0 open" in users
    assert not any("Bo" in text for text in users)
    teams = page.select_one("[data-part-of=team]").get_text(" ", strip=True)
    assert "Nobody in Front line is free. The chat waits, visible to Front line." in teams
    assert "Returns 1 of 1 free" in teams
    assert scene.owner(chat) == "bo"


def test_transfer_moves_it_and_closes_the_modal(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    answer = office.browser("bo").do(
        "POST", f"/conversations/{chat}/transfers", to="user", user=scene.viewer("eli").public_id, note="speaks Spanish"
    )
    assert answer.status_code == 204
    assert "close-dialog" in answer.headers["HX-Trigger"]
    assert scene.owner(chat) == "eli"
    back = office.browser("eli").do(
        "POST", f"/conversations/{chat}/transfers", to="team", team=scene.team_public_id("Front line")
    )
    assert back.status_code == 204
    assert scene.owner(chat) == "queue"


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"to": "user"}, 422, "Choose a user first."),
        ({"to": "team"}, 422, "Choose a team first."),
        ({"to": "user", "user": "nobody"}, 422, "cannot have"),
        ({"to": "team", "team": "nothing"}, 422, "no such team"),
        ({"to": "user", "user": "nobody", "epoch": "99"}, 409, "Your text is kept"),
    ],
)
def test_a_refused_transfer_keeps_the_form_as_it_was(
    office: Office, form: dict[str, str], status: int, sentence: str
) -> None:
    chat = office.scene.claimed_by("bo")
    answer = office.browser("bo").raw(
        "POST",
        f"/conversations/{chat}/transfers",
        data={**form, "note": "Do not lose me"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Do not lose me" in answer.text
    assert answer.headers["HX-Retarget"] == "#transfer-form"
    assert office.scene.owner(chat) == "bo"


def test_a_plan_without_transfers_says_which_one_has_them(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    scene.change(Workspace, 1, plan=Plan.FREE)
    answer = office.browser("bo").raw(
        "POST", f"/conversations/{chat}/transfers", data={"to": "user", "user": scene.viewer("eli").public_id}
    )
    assert answer.status_code == 403
    assert "needs the Lite plan" in answer.text


def test_availability_is_declared_and_shown(office: Office) -> None:
    bo = office.browser("bo")
    fragment = bo.fragment("/me/availability", method="PUT", availability="online")
    assert fragment.select_one("#availability")["data-availability"] == "online"
    assert fragment.select_one("#me[hx-swap-oob=true] .avatar-dot")["data-availability"] == "online"
    checked = [item.get_text(" ", strip=True) for item in fragment.select("[aria-checked=true]")]
    assert checked[0].startswith("Online")
    assert bo.page("/inbox").select_one("#availability")["data-availability"] == "online"
    assert bo.do("PUT", "/me/availability", availability="invisible").status_code == 422


def test_the_account_page_keeps_the_chosen_look(office: Office) -> None:
    bo = office.browser("bo")
    assert "data-theme" not in bo.page("/account").html.attrs
    answer = bo.do("PUT", "/account/theme", theme="dark")
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    page = bo.page("/account")
    assert page.html["data-theme"] == "baton-dark"
    assert page.select_one("input[name=theme][checked]")["value"] == "dark"
    assert "bo@acme.test" in page.get_text()
    assert bo.do("PUT", "/account/theme", theme="pink").status_code == 422


@pytest.mark.parametrize("path", ["/account", "/inbox/views", "/inbox/filters"])
def test_pages_of_users_are_for_users(office: Office, path: str) -> None:
    assert office.stranger().raw("GET", path).status_code == 302
    assert office.stranger().raw("PUT", "/me/availability", data={"availability": "online"}).status_code == 401
