"""The transfer modal, and the user's own pages."""

from __future__ import annotations

import json

import pytest

from dashboard.models import Conversation, User, Workspace
from dashboard.models.enums import Plan
from tests.blueprints.pages.conftest import Office


def test_the_modal_shows_who_is_there_and_says_what_would_happen(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    scene.online("eli")
    page = office.browser("bo").fragment(f"/conversations/{chat}/transfers/new")
    choices = {
        choice.b.get_text(): (choice.select_one(".sub").get_text(" ", strip=True), choice["data-says"])
        for choice in page.select("[role=option]")
    }

    assert choices["Eli Navarro"][0].startswith("Online · 0 open")
    assert choices["Eli Navarro"][1] == "Eli Navarro has it at once, and is told."
    assert choices["Cy Okafor"][0].startswith("Away · 0 open")
    assert "Cy Okafor is Away." in choices["Cy Okafor"][1]
    assert "Bo Lindqvist" not in choices
    assert choices["Front line"][1] == "Nobody in Front line is free. The chat waits, visible to Front line."
    assert choices["Returns"][0] == "1 of 1 free: Chat Assignment picks one"
    assert page.select_one("#transfer-says").get_text(strip=True).startswith("Choose who gets it.")
    assert scene.owner(chat) == "bo"


def test_who_is_online_without_a_page_and_who_speaks_the_language_is_said(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    scene.change(User, scene.users["eli"], availability="online", languages=["es", "de"])
    scene.change(Conversation, scene.conversation(chat).id, language="es")
    page = office.browser("bo").fragment(f"/conversations/{chat}/transfers/new")
    eli = page.select_one(f"#choice-{scene.viewer('eli').public_id}")
    assert eli.select_one(".presence").get_text() == "Not here"
    assert eli.select_one(".speaks").get_text() == "speaks Spanish"
    assert "German" in eli.get_text()
    assert "has no page open" in eli["data-says"]


def test_where_nothing_is_assigned_a_team_is_said_to_have_to_claim(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    scene.online("eli")
    scene.configure(method="voluntary")
    page = office.browser("bo").fragment(f"/conversations/{chat}/transfers/new")
    [team] = [each for each in page.select("[role=option]") if each.b.get_text() == "Returns"]
    assert "until one of them claims it" in team["data-says"]


def test_transfer_moves_it_closes_the_modal_and_names_the_target(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    to = f"user:{scene.viewer('eli').public_id}"
    answer = office.browser("bo").do("POST", f"/conversations/{chat}/transfers", to=to, note="speaks Spanish")
    assert answer.status_code == 204
    told = json.loads(answer.headers["HX-Trigger"])
    assert told == {"close-dialog": {}, "transferred": {"c": chat, "to": "Eli Navarro", "seconds": 10}}
    assert scene.owner(chat) == "eli"
    team = f"team:{scene.team_public_id('Front line')}"
    back = office.browser("eli").do("POST", f"/conversations/{chat}/transfers", to=team)
    assert json.loads(back.headers["HX-Trigger"])["transferred"]["to"] == "Front line"
    assert scene.owner(chat) == "queue"


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({}, 422, "Choose who gets it first."),
        ({"to": "team:"}, 422, "Choose who gets it first."),
        ({"to": "user:nobody"}, 422, "cannot have"),
        ({"to": "team:nothing"}, 422, "no such team"),
        ({"to": "user:nobody", "epoch": "99"}, 409, "Your text is kept"),
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


def test_a_refused_form_still_says_what_would_happen(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    to = f"user:{scene.viewer('cy').public_id}"
    page = office.browser("bo").fragment(f"/conversations/{chat}/transfers", 422, "POST", to=to, note="n" * 1_001)
    assert page.select_one("[data-to]")["value"] == to
    assert page.select_one("[aria-selected=true] b").get_text() == "Cy Okafor"
    assert "Cy Okafor is Away" in page.select_one("#transfer-says").get_text()
    assert page.select_one("textarea").get_text(strip=True) == "n" * 1_001


def test_a_plan_without_transfers_says_so_before_anything_is_chosen(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    scene.change(Workspace, 1, plan=Plan.FREE)
    page = office.browser("bo").fragment(f"/conversations/{chat}/transfers/new")
    assert "needs the Lite plan" in page.get_text()
    assert not page.select("form")
    to = f"user:{scene.viewer('eli').public_id}"
    answer = office.browser("bo").raw("POST", f"/conversations/{chat}/transfers", data={"to": to})
    assert answer.status_code == 403
    assert "needs the Lite plan" in answer.text


def test_an_offer_is_a_card_for_who_is_asked_and_a_line_for_who_asks(office: Office) -> None:
    scene = office.scene
    scene.configure(offers_transfers=True)
    chat = scene.claimed_by("bo")
    bo, eli = office.browser("bo"), office.browser("eli")
    form = bo.fragment(f"/conversations/{chat}/transfers/new")
    to = f"user:{scene.viewer('eli').public_id}"
    [says] = [each["data-says"] for each in form.select("[role=option]") if each["data-value"] == to]
    assert "is asked and has 60 seconds to accept" in says
    answer = bo.do("POST", f"/conversations/{chat}/transfers", to=to, note="Knows tents")
    assert json.loads(answer.headers["HX-Trigger"])["offered"]["to"] == "Eli Navarro"
    assert scene.owner(chat) == "bo"

    card = eli.fragment("/offers").select_one("[data-offer]")
    assert card.h2.get_text() == "Bo Lindqvist offers you pia"
    assert "Knows tents" in card.get_text()
    assert 55 <= int(card["data-left"]) <= 60
    assert chat not in str(card)
    assert eli.raw("GET", f"/conversations/{chat}").status_code == 404
    line = bo.fragment("/offers").select_one("[data-offer-line]")
    assert (line["data-c"], "Offered to Eli Navarro" in line.get_text()) == (chat, True)
    assert not office.browser("cy").fragment("/offers").select("*")
    assert "Offered to Eli Navarro" in bo.fragment(f"/conversations/{chat}/transfers/new").get_text()

    accepted = eli.do("POST", f"/offers/{card['data-offer']}/accept")
    assert accepted.json == {"conversation": chat}
    assert scene.owner(chat) == "eli"
    [told] = bo.fragment("/offers").select("*")
    assert (told["data-state"], told["data-to"], told["data-c"]) == ("accepted", "Eli Navarro", chat)


def test_a_declined_and_a_withdrawn_offer_are_gone_from_both_pages(office: Office) -> None:
    scene = office.scene
    scene.configure(offers_transfers=True)
    chat = scene.claimed_by("bo")
    bo, eli = office.browser("bo"), office.browser("eli")
    for browser, method, how in ((eli, "POST", "/decline"), (bo, "DELETE", "")):
        scene.give("bo", chat, "eli")
        offer = eli.fragment("/offers").select_one("[data-offer]")["data-offer"]
        assert browser.do(method, f"/offers/{offer}{how}").status_code == 204
        assert not eli.fragment("/offers").select("*")
        assert not bo.fragment("/offers").select("[data-offer-line]")
        assert eli.do("POST", f"/offers/{offer}/accept").status_code == 409
        assert scene.owner(chat) == "bo"


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
