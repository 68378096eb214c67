"""The settings of teamspaces as an admin sees and uses them (N10, L10)."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from dashboard.models import Channel, Teamspace
from dashboard.models.enums import ChannelKind
from tests.blueprints.pages.conftest import Browser, Office
from tests.blueprints.pages.test_teams import form_of, row_of, text

S = "/settings/teamspaces"


@pytest.fixture
def ada(office: Office) -> Browser:
    return office.browser("ada")


def address(office: Office, name: str = "Support") -> str:
    return f"{S}/{office.scene.scalar(select(Teamspace.public_id).where(Teamspace.name == name))}"


def webchat(office: Office, teamspace_id: int) -> str:
    is_it = (Channel.teamspace_id == teamspace_id) & (Channel.kind == ChannelKind.WEBCHAT)
    return str(office.scene.scalar(select(Channel.public_id).where(is_it)))


def test_the_list_shows_who_is_there_and_what_is_open(office: Office, ada: Browser) -> None:
    office.scene.online("bo")
    office.scene.ask_for_human("pia")
    rows = {text(row, "h2"): row for row in ada.page(S).select(".card-row")}
    assert list(rows) == ["Support", "Wholesale"]
    facts = [each.get_text(strip=True) for each in rows["Support"].select("dd")]
    assert facts == ["1 of 5", "1", "Balanced"]
    assert "Chatters, Front line, Returns" in text(rows["Support"], ".card-what")


def test_a_new_one_says_its_webchat_and_how_to_get_the_secret(office: Office, ada: Browser) -> None:
    form = form_of(ada.page(f"{S}/new"))
    assert form["languages"] == ["en"]
    wanted = {**form, "name": "Rentals", "agent_name": "Paddle", "teams": [office.scene.team_public_id("Returns")]}
    answer = ada.raw("POST", S, data=wanted, headers={"HX-Request": "true"})
    made = office.scene.one(select(Teamspace.__table__).where(Teamspace.name == "Rentals"))
    assert answer.headers["HX-Push-Url"] == f"{S}/{made.public_id}"
    page = BeautifulSoup(answer.text, "html.parser")
    script, secret = (each.get_text() for each in page.select(".code-line"))
    assert f"/webchat/{webchat(office, made.id)}.js" in script
    assert secret == 'baton teamspace-secret "Rentals"'
    assert office.stranger().raw("GET", f"/webchat/{webchat(office, made.id)}/frame").status_code == 200


def test_what_is_missing_comes_back_beside_its_field(office: Office, ada: Browser) -> None:
    page = ada.fragment(S, 422, "POST", name="Rentals", agent_name="", languages=["de"])
    assert page.select_one("#wrong-agent_name") is not None
    assert page.select_one("[name=name]")["value"] == "Rentals"
    assert page.select_one("[value=de]").has_attr("checked")


def test_the_general_page_has_tabs_and_says_who_is_linked_how(office: Office, ada: Browser) -> None:
    page = ada.page(address(office))
    tabs = {tab.get_text(): tab.get("aria-current") for tab in page.select(".page-tab")}
    assert (tabs["General"], tabs["Chat assignment"]) == ("page", None)
    assert row_of(page, "Ada Moreno").select_one("input").has_attr("disabled")
    assert "here through a team" in row_of(page, "Bo Lindqvist").get_text()
    assert row_of(page, "Di Castellan").select_one("input").has_attr("checked")


def test_links_are_saved_and_a_conflict_is_told(office: Office, ada: Browser) -> None:
    page = ada.page(address(office))
    fay = office.scene.viewer("fay").public_id
    first = {**form_of(page), "users": [fay]}
    ada.fragment(address(office), 200, "PUT", **first)
    assert office.scene.support in office.scene.viewer("fay").teamspace_ids
    refused = ada.fragment(address(office), 409, "PUT", **{**form_of(page), "name": "Help"})
    told = [each.get_text(" ", strip=True) for each in refused.select(".differs li")]
    assert told == ["The name is “Support”.", "Fay Thornton is linked.", "Di Castellan is not linked."] or told == [
        "The name is “Support”.", "Di Castellan is not linked.", "Fay Thornton is linked.",
    ]  # fmt: skip
    ada.fragment(address(office), 200, "PUT", **form_of(refused))
    assert office.scene.scalar(select(Teamspace.name).where(Teamspace.id == office.scene.support)) == "Help"


def test_without_a_live_agent_the_page_warns(office: Office, ada: Browser) -> None:
    page = ada.page(address(office))
    saved = ada.fragment(address(office), 200, "PUT", **{**form_of(page), "teams": []})
    assert "Support has no live agent" in text(saved, ".is-warning")
    assert "nobody available" in ada.page(S).get_text()


def test_with_open_conversations_the_dialog_offers_no_deletion(office: Office, ada: Browser) -> None:
    office.scene.ask_for_human("pia")
    dialog = ada.fragment(f"{address(office)}/deletion")
    assert "1 open conversation" in dialog.get_text(" ", strip=True)
    assert dialog.select_one("button[type=submit]") is None
    seen = dialog.select_one("[name=seen]")["value"]
    refused = ada.raw("DELETE", f"{address(office)}?seen={seen}", headers={"HX-Request": "true"})
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (409, "#delete-teamspace")


def test_a_deleted_one_is_gone_and_its_webchat_is_switched_off(office: Office, ada: Browser) -> None:
    scene, path, chat = office.scene, address(office), webchat(office, office.scene.support)
    di = office.browser("di")
    old = scene.write("pia", "Hello").conversation_public_id
    assert old in di.fragment("/inbox/list?view=all").decode()
    seen = ada.fragment(f"{path}/deletion").select_one("[name=seen]")["value"]
    done = ada.raw("DELETE", f"{path}?seen={seen}", headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Push-Url"]) == (200, S)
    assert "Support was deleted" in done.text
    assert [text(row, "h2") for row in ada.page(S).select(".card-row")] == ["Wholesale"]
    for name in ("ada", "di"):
        assert old not in office.browser(name).fragment("/inbox/list?view=all").decode()
        assert office.browser(name).raw("GET", f"/conversations/{old}").status_code == 404
    assert ada.raw("GET", path).status_code == 404
    assert ada.raw("GET", f"{path}/chat-assignment").status_code == 404
    loader = office.stranger().raw("GET", f"/webchat/{chat}.js").get_data(as_text=True)
    assert "createElement" not in loader
    assert '"is_connected": false' in office.stranger().raw("GET", f"/webchat/{chat}/frame").get_data(as_text=True)
