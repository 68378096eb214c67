"""The settings of users, and the link of an invitation, as people meet them."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from sqlalchemy import select

from dashboard.models import Role, User, db
from tests.blueprints.pages.conftest import Browser, Office


def role(name: str) -> str:
    found = db.session.execute(select(Role.public_id).where(Role.name == name)).scalar_one()
    db.session.close()
    return str(found)


def user(office: Office, name: str) -> str:
    return office.scene.viewer(name).public_id


def names(page: BeautifulSoup) -> list[str]:
    return [each.text for each in page.select(".card-row h2")]


def version(office: Office, name: str) -> str:
    [field] = office.browser("ada").page(f"/settings/users/{user(office, name)}").select("input[name=version]")
    return str(field["value"])


def invite(office: Office, **form: str) -> BeautifulSoup:
    given = {"email": "zoe@acme.test", "name": "Zoe Zimmer", "roles": role("Live agent"), **form}
    return office.browser("ada").fragment("/settings/users/invitations", 200, "POST", **given)


def link_of(page: BeautifulSoup) -> str:
    [box] = page.select("[data-copy-from]")
    return re.sub(r"^https?://[^/]+", "", str(box["value"]))


def test_the_list_says_who_is_what_and_is_searched(office: Office) -> None:
    page = office.browser("ada").page("/settings/users")
    rows = {each.h2.text: each.text for each in page.select(".card-row")}  # type: ignore[union-attr]
    [bo] = [text for name, text in rows.items() if name.startswith("Bo")]
    assert "Live agent" in bo
    assert "Front line" in bo
    found = office.browser("ada").page("/settings/users?q=cy@acme")
    assert [name.split()[0] for name in names(found)] == ["Cy"]
    assert "Nobody is called that" in office.browser("ada").page("/settings/users?q=nobody").text


def test_an_invitation_shows_its_link_once_and_waits_in_the_list(office: Office) -> None:
    page = invite(office)
    assert "zoe@acme.test" in page.select_one(".sheet").text  # type: ignore[union-attr]
    assert link_of(page).startswith("/invitations/")
    assert office.browser("ada").page("/settings/users").select("[data-copy-from]") == []


def test_a_user_has_a_page_and_so_has_a_new_invitation(office: Office) -> None:
    for address, title in (("invitations/new", "Invite a user"), (user(office, "bo"), "Bo")):
        page = office.browser("ada").page(f"/settings/users/{address}")
        assert page.select_one(".settings-nav")
        assert page.h1.text.startswith("Settings")  # type: ignore[union-attr]
        assert page.select_one(".settings-body h1").text.startswith(title)  # type: ignore[union-attr]


def test_a_refused_invitation_keeps_what_was_typed(office: Office) -> None:
    form = {"email": "bo@acme.test", "name": "Zoe", "roles": role("Manager")}
    page = office.browser("ada").fragment("/settings/users/invitations", 422, "POST", **form)
    assert page.select_one("input[name=email]")["value"] == "bo@acme.test"  # type: ignore[index]
    assert "already" in page.select_one(".wrong").text  # type: ignore[union-attr]
    assert page.select_one(f'input[value="{role("Manager")}"][checked]')


def test_whoever_follows_the_link_chooses_a_password_and_is_signed_in(office: Office) -> None:
    link = link_of(invite(office))
    stranger = office.stranger()
    page = stranger.page(link)
    assert "zoe@acme.test" in page.text
    refused = stranger._parse(stranger.raw("POST", link, data={"name": "Zoe Z.", "password": "short"}), 422)
    assert refused.select_one("input[name=name]")["value"] == "Zoe Z."  # type: ignore[index]
    answer = stranger.raw("POST", link, data={"name": "Zoe Z.", "password": "a good password"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/inbox")
    assert "Zoe Z." in stranger.page("/account").text
    void = office.stranger().page(link, 404)
    assert "no longer valid" in void.text


def test_the_pages_behind_a_link_are_kept_nowhere(office: Office) -> None:
    answer = office.stranger().raw("GET", link_of(invite(office)))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_user_is_changed_and_says_what_follows(office: Office) -> None:
    form = {"name": "Bo L.", "alias": "Bo", "roles": role("Manager"), "version": version(office, "bo")}
    page = office.browser("ada").fragment(f"/settings/users/{user(office, 'bo')}", 200, "PUT", **form)
    assert "Saved" in page.text
    viewer = office.scene.viewer("bo")
    assert (viewer.name, viewer.alias, viewer.team_ids) == ("Bo L.", "Bo", frozenset())
    assert "livechats.view_all" in viewer.permissions


def test_a_save_over_another_save_is_refused_with_the_form(office: Office) -> None:
    form = {"name": "Somebody", "alias": "", "roles": role("Manager"), "version": "older"}
    page = office.browser("ada").fragment(f"/settings/users/{user(office, 'bo')}", 409, "PUT", **form)
    assert page.select_one("input[name=name]")["value"] == "Somebody"  # type: ignore[index]
    assert office.scene.viewer("bo").name != "Somebody"


def test_the_last_admin_is_kept_in_words(office: Office) -> None:
    form = {"name": "Ada", "alias": "", "roles": role("Live agent"), "version": version(office, "ada")}
    page = office.browser("ada").fragment(f"/settings/users/{user(office, 'ada')}", 422, "PUT", **form)
    assert "nobody else is one" in page.select_one(".wrong").text  # type: ignore[union-attr]


def test_deactivation_names_what_follows_and_can_be_undone(office: Office) -> None:
    office.scene.claimed_by("bo")
    address = f"/settings/users/{user(office, 'bo')}"
    ada = office.browser("ada")
    dialog = ada.fragment(f"{address}/deactivation")
    assert "1 open conversation returns" in dialog.text.replace("\n", " ")
    assert ada.fragment(f"{address}/deactivation", 409, "POST", seen="0").select_one("#deactivate-user .note-box")
    page = ada.fragment(f"{address}/deactivation", 200, "POST", seen="1")
    assert "Deactivated" in page.text
    assert "Deactivate" not in [each.text.strip() for each in page.select(".btn-quiet-danger")]
    assert db.session.execute(select(User.is_active).where(User.name.startswith("Bo"))).scalar_one() is False
    db.session.close()
    assert "can sign in again" in ada.fragment(f"{address}/deactivation", 200, "DELETE").text


def test_a_deactivated_users_browser_is_signed_out(office: Office) -> None:
    bo = Browser(office.browser("bo").client)
    assert bo.raw("GET", "/session").status_code == 204
    office.browser("ada").fragment(f"/settings/users/{user(office, 'bo')}/deactivation", 200, "POST", seen="0")
    assert bo.raw("GET", "/session").status_code == 401


def test_a_link_for_a_new_password_is_shown_once(office: Office) -> None:
    address = f"/settings/users/{user(office, 'bo')}"
    page = office.browser("ada").fragment(f"{address}/password-links", 200, "POST")
    stranger = office.stranger()
    assert "Choose a new password" in stranger.page(link_of(page)).text
    assert stranger.raw("POST", link_of(page), data={"password": "another password"}).status_code == 303


def test_an_invitation_is_sent_again_and_taken_back(office: Office) -> None:
    ada = office.browser("ada")
    invite(office)
    [again] = ada.page("/settings/users").select("[hx-post$='/mails']")
    page = ada.fragment(str(again["hx-post"]), 200, "POST")
    assert page.select("[data-copy-from]")
    [back] = page.select("[hx-delete*='/invitations/']")
    assert "is void" in ada.fragment(str(back["hx-delete"]), 200, "DELETE").text
    assert ada.page("/settings/users").select("[hx-post$='/mails']") == []


def test_many_teams_have_a_search_and_few_have_none(office: Office) -> None:
    ada = office.browser("ada")
    few = ada.page("/settings/users/invitations/new")
    assert few.select("input[name=teams]")
    assert not few.select("[data-pick-search]")
    for number in range(8):
        assert ada.do("POST", "/settings/teams", name=f"Squad {number}").status_code < 300
    many = ada.page("/settings/users/invitations/new")
    search = many.select_one("[data-pick] [data-pick-search]")
    assert search["form"] == "pick", "it is no part of what is saved"
    assert many.select_one("[data-pick] [data-words='squad 3'] input[name=teams]")
