"""One's own account: name, password, where one is signed in, and what counts as input (N10, P5)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.models import User, UserSession, Workspace
from dashboard.services.secrets import hash_password, verify_password
from dashboard.services.unit_of_work import unit_of_work
from dashboard.web.browsers import in_words
from tests.blueprints.pages.conftest import Browser, Office
from tests.browserless import sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
EDGE = f"{CHROME} Edg/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def bo(office: Office) -> Any:
    return office.scene.one(select(User.__table__).where(User.email == "bo@acme.test"))


def sessions_of(office: Office, name: str = "bo") -> list[Any]:
    return [row for row in office.scene.rows(UserSession) if row.user_id == office.scene.users[name]]


def elsewhere(office: Office, agent: str = FIREFOX) -> Browser:
    other = Browser(sign_in(office.app, office.scene.users["bo"]))
    [*_, newest] = sessions_of(office)
    with unit_of_work() as uow:
        values = {"user_agent": agent, "address": "203.0.113.9"}
        uow.conn.execute(update(UserSession.__table__).where(UserSession.id == newest.id).values(values))
    return other


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"), (CHROME, "Chrome on Windows"), (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"), ("curl/8", "A browser"), (None, "A browser"),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_words(agent: str | None, words: str) -> None:
    assert in_words(agent) == words


def test_the_page_lists_the_sign_ins_with_this_one_first(office: Office) -> None:
    here = office.browser("bo")
    elsewhere(office)
    rows = [row.get_text(" ", strip=True) for row in here.page("/account").select("#sign-ins li")]
    assert len(rows) == 2
    assert "This browser" in rows[0]
    assert rows[1].startswith("Firefox on Linux 203.0.113.9 · last seen")
    assert "Sign out" not in rows[0]
    assert "Sign out" in rows[1]


def test_one_sign_in_or_all_others_are_ended(office: Office) -> None:
    here, first, second = office.browser("bo"), elsewhere(office), elsewhere(office, SAFARI)
    public_id = sessions_of(office)[1].public_id
    left = here.fragment(f"/account/sessions/{public_id}", method="DELETE")
    assert len(left.select("li")) == 2
    assert first.raw("GET", "/session").status_code == 401
    assert second.raw("GET", "/session").status_code == 204
    assert len(here.fragment("/account/sessions", method="DELETE").select("li")) == 1
    assert second.raw("GET", "/session").status_code == 401
    assert here.raw("GET", "/session").status_code == 204


def test_ending_ones_own_leads_to_the_sign_in_and_strangers_are_left_alone(office: Office) -> None:
    here, cy = office.browser("bo"), office.browser("cy")
    theirs, mine = sessions_of(office, "cy")[0].public_id, sessions_of(office)[0].public_id
    for path in (theirs, "%00", "nothing"):
        assert len(here.fragment(f"/account/sessions/{path}", method="DELETE").select("li")) == 1
    assert cy.raw("GET", "/session").status_code == 204
    answer = here.raw("DELETE", f"/account/sessions/{mine}", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/login"
    assert here.raw("GET", "/session").status_code == 401


def test_a_profile_is_saved_and_shown_and_a_refused_one_stays_typed(office: Office) -> None:
    browser = office.browser("bo")
    page = browser.fragment("/account/profile", method="PUT", name="Bo Berg", alias="Bo of Acme")
    assert (bo(office).name, bo(office).alias) == ("Bo Berg", "Bo of Acme")
    assert "Bo Berg" in page.select_one("#me[hx-swap-oob]")["aria-label"]  # type: ignore[index]
    refused = browser.fragment("/account/profile", 422, "PUT", name="", alias="Typed <b>")
    assert refused.select_one("#wrong-name") is not None
    assert refused.select_one("[name=alias]")["value"] == "Typed <b>"  # type: ignore[index]
    assert bo(office).alias == "Bo of Acme"


def test_a_password_changes_for_who_knows_it_and_is_never_sent_back(office: Office) -> None:
    with unit_of_work() as uow:
        known = {"password_hash": hash_password("the old password")}
        uow.conn.execute(update(User.__table__).where(User.email == "bo@acme.test").values(known))
    here, other = office.browser("bo"), elsewhere(office)
    wrong = here.fragment("/account/password", 422, "PUT", current="a wrong one", new="the new password")
    assert wrong.select_one("#wrong-current[hx-swap-oob]").text.strip() == "That is not your current password."  # type: ignore[union-attr]
    assert wrong.select_one("#wrong-new[hidden]") is not None
    assert "the new password" not in str(wrong)
    assert wrong.select("input") == [], "what was typed stays in the page"
    short = here.fragment("/account/password", 422, "PUT", current="the old password", new="short")
    assert "at least 8 characters" in short.select_one("#wrong-new").text  # type: ignore[union-attr]

    saved = here.raw("PUT", "/account/password", data={"current": "the old password", "new": "the new password"})
    assert (saved.status_code, saved.headers["HX-Retarget"]) == (200, "#password")
    assert verify_password(bo(office).password_hash, "the new password")
    assert other.raw("GET", "/session").status_code == 401
    assert here.raw("GET", "/session").status_code == 204


def test_input_is_what_is_reported_and_asking_is_none(office: Office) -> None:
    office.scene.change(Workspace, 1, idle_logout_minutes=10)
    browser = office.browser("bo")
    office.scene.clock.forward(minutes=9)
    assert 55 < browser.do("GET", "/me/activity").get_json()["ends_in"] <= 60
    browser.page("/inbox")
    assert 55 < browser.do("GET", "/me/activity").get_json()["ends_in"] <= 60
    assert 565 < browser.do("POST", "/me/activity", age="30").get_json()["ends_in"] <= 570
    for age in ("-1", "x", "9" * 20, ""):
        assert 599 < browser.do("POST", "/me/activity", age=age).get_json()["ends_in"] <= 600
    body = browser.page("/inbox").body
    assert 590 < int(str(body["data-idle-left"])) <= 600  # type: ignore[index]
    office.scene.clock.forward(minutes=11)
    assert browser.do("POST", "/me/activity").status_code == 401
    assert browser.raw("GET", "/session").status_code == 401


def test_without_the_setting_pages_expect_no_end(office: Office) -> None:
    browser = office.browser("bo")
    assert browser.page("/inbox").body["data-idle-left"] == ""  # type: ignore[index]
    assert browser.do("POST", "/me/activity").get_json() == {"ends_in": None}
