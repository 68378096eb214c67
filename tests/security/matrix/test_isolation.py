"""What strangers can find out: nothing, not even that there is something; who lost a race learns who has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dashboard.models.ids import new_public_id
from dashboard.services import closing
from tests.security.matrix.conftest import MARK, House

STRANGERS = ("fay", "eli")
LISTS = (
    "/inbox",
    *(f"/inbox?view={view}" for view in ("mine", "unassigned", "teams", "all", "ai")),
    *(f"/inbox/list?view=all&sort={sort}" for sort in ("newest", "oldest", "waiting")),
    f"/inbox/list?view=all&q={MARK}",
    "/inbox/views",
    "/inbox/filters",
)
ABOUT = (
    ("GET", "/conversations/{}"),
    ("GET", "/conversations/{}/messages?after=0"),
    ("GET", "/conversations/{}/side"),
    ("GET", "/conversations/{}/transfers/new"),
    ("POST", "/conversations/{}/claim"),
    ("POST", "/conversations/{}/typing"),
    ("GET", "/api/v1/conversations/{}"),
    ("GET", "/api/v1/conversations/{}/messages"),
)
HX = {"HX-Request": "true"}


@pytest.fixture
def guarded(house: House) -> list[str]:
    """Public ids: bo's chat with a note and a suggestion, a chat that waits for Front line, and bo's ticket."""
    chat = house.chat()[0]
    house.note(chat)
    house.suggestion(chat)
    return [chat, house.queued_chat()[0], house.make_ticket()]


def told(answer: TestResponse, about: str) -> str:
    """What is said, without the id that was asked for and the token of the form."""
    return answer.text.replace(about, "it")


@pytest.mark.parametrize("who", STRANGERS)
def test_lists_search_counters_and_filters_tell_strangers_nothing(house: House, guarded: list[str], who: str) -> None:
    for path in LISTS:
        answer = house.ask(who, "GET", path, headers=HX)
        assert answer.status_code == 200, path
        assert not [each for each in guarded if each in answer.text], path
        assert f"From {MARK}" not in answer.text, path
        assert MARK in path or MARK not in answer.text, path
    own = house.ask("bo", "GET", f"/inbox/list?view=all&q={MARK}", headers=HX).text
    assert all(each in own for each in guarded), "the search finds them for whoever may see them"


@pytest.mark.parametrize("who", STRANGERS)
def test_counters_do_not_count_what_cannot_be_seen(house: House, who: str) -> None:
    before = house.ask(who, "GET", "/inbox/views", headers=HX).text
    house.chat()
    house.queued_chat()
    assert house.ask(who, "GET", "/inbox/views", headers=HX).text == before


@pytest.mark.parametrize("who", STRANGERS)
def test_what_exists_and_what_does_not_are_refused_alike(house: House, guarded: list[str], who: str) -> None:
    for method, path in ABOUT:
        for public_id in guarded:
            unknown = new_public_id()
            real = house.ask(who, method, path.format(public_id), headers=HX, json={} if "/api/" in path else None)
            made_up = house.ask(who, method, path.format(unknown), headers=HX, json={} if "/api/" in path else None)
            assert (real.status_code, told(real, public_id)) == (404, told(made_up, unknown)), (method, path)


@pytest.mark.parametrize("who", STRANGERS)
def test_the_api_lists_and_filters_only_what_is_seen(house: House, guarded: list[str], who: str) -> None:
    for query in ("", "?assignee=bo@acme.test", "?handler=live_agent", "?status=open", "?limit=200"):
        answer = house.ask(who, "GET", f"/api/v1/conversations{query}")
        assert answer.status_code == 200
        assert not [each for each in guarded if each in answer.text]
        assert MARK not in answer.text


def test_a_secret_hears_what_the_person_hears(house: House) -> None:
    chat = house.chat()[0]
    house.note(chat)
    house.suggestion(chat)
    bo = house.scene.viewer("bo")
    for path in (f"/api/v1/conversations/{chat}", f"/api/v1/conversations/{chat}/messages", "/api/v1/conversations"):
        answer = house.ask("secret", "GET", path)
        assert answer.status_code == 200
        for private in (f"{MARK} note", f"To {MARK}", bo.email, bo.public_id, "Front line", "claimed"):
            assert private not in answer.text, (path, private)
    items = house.ask("secret", "GET", f"/api/v1/conversations/{chat}/messages").get_json()["items"]
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    assert {item["kind"] for item in items} <= {"text", "activity"}


def test_a_secret_cannot_tell_whose_addresses_are_known(house: House) -> None:
    ticket = {"subject": "A tent", "person": {"external_id": "pat"}, "text": "It is torn."}
    refused = [
        house.ask("secret", "POST", "/api/v1/tickets", json={**ticket, "assignee": each})
        for each in ("fay@acme.test", "nobody@acme.test")
    ]
    assert [answer.status_code for answer in refused] == [404, 404]
    assert refused[0].get_json() == refused[1].get_json()


def test_a_refusal_to_a_secret_names_the_alias_alone(house: House) -> None:
    from dashboard.models import User

    house.scene.change(User, house.scene.users["di"], alias="Dee")
    ticket = {"subject": "A tent", "person": {"external_id": "pat"}, "text": "It is torn.", "assignee": "di@acme.test"}
    answer = house.ask("secret", "POST", "/api/v1/tickets", json=ticket)
    assert answer.status_code == 409
    assert "Dee" in answer.text
    assert "Castellan" not in answer.text


def test_a_token_cannot_tell_whose_addresses_are_known(house: House, guarded: list[str]) -> None:
    """A stranger to the chat gets the same words, whomever they name."""
    answers = {
        house.ask("eli", "POST", f"/api/v1/conversations/{guarded[0]}/transfers", json={"user": each}).text
        for each in ("bo@acme.test", "nobody@acme.test")
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())["status"] == 404


@pytest.mark.parametrize("path", ["/conversations/{}/transfers", "/api/v1/conversations/{}/transfers"])
def test_who_gave_a_chat_away_and_asks_again_learns_who_has_it(house: House, path: str) -> None:
    chat = house.chat()[0]
    scene = house.scene
    scene.give("bo", chat, "eli")
    eli = scene.viewer("eli")
    cy = scene.viewer("cy").public_id
    body = {"to": f"user:{cy}", "note": "Please have a look"}
    is_api = path.startswith("/api/")
    options: dict[str, Any] = {"json": {"user": cy}} if is_api else {"data": body, "headers": HX}
    answer = house.ask("bo", "POST", path.format(chat), **options)
    assert answer.status_code == 409, answer.text
    assert eli.name in answer.text
    assert MARK not in answer.text
    if is_api:
        assert set(answer.get_json()["current"]) == {"handler", "assignee", "epoch", "at"}


def test_who_lost_sight_of_a_chat_keeps_no_page_of_it(house: House) -> None:
    chat = house.chat()[0]
    house.scene.give("bo", chat, "eli")
    for method, path in ABOUT[:4]:
        assert house.ask("bo", method, path.format(chat), headers=HX).status_code == 404, path
    assert chat not in house.ask("bo", "GET", "/inbox/list?view=all", headers=HX).text


def test_a_stale_or_broken_epoch_is_never_taken_for_none(house: House) -> None:
    chat = house.chat()[0]
    cy = house.scene.viewer("cy").public_id
    for epoch, status in (("0", 409), ("-1", 422), ("x", 422), ("99999999999", 422), ("\u0661", 422)):
        form = {"to": f"user:{cy}", "note": "Keep me", "epoch": epoch}
        answer = house.ask("bo", "POST", f"/conversations/{chat}/transfers", data=form, headers=HX)
        assert answer.status_code == status, epoch
        assert "Keep me" in answer.text
    assert house.scene.owner(chat) == "bo"


def test_strangers_cannot_get_at_a_closed_chat_either(house: House) -> None:
    chat = house.chat()[0]
    closing.set_status(house.scene.viewer("bo"), chat, "closed")
    assert house.ask("bo", "GET", f"/conversations/{chat}", headers=HX).status_code == 200
    for who in STRANGERS:
        assert house.ask(who, "GET", f"/conversations/{chat}", headers=HX).status_code == 404
    assert house.ask("other_secret", "GET", f"/api/v1/conversations/{chat}").status_code == 404


def test_a_visitor_reads_and_writes_only_their_own_chat(house: House) -> None:
    chat, key = house.chat()
    other_chat, other_key = house.chat()
    path = f"/webchat/{house.channels[house.scene.channel]}/messages"
    answer = house.ask("visitor", "GET", f"{path}?c={other_chat}", key=key)
    assert answer.get_json()["c"] == chat
    assert other_chat not in answer.text
    assert house.ask("visitor", "GET", path.replace(house.channels[house.scene.channel],
                     house.channels[house.scene.other_channel]), key=key).status_code == 401  # fmt: skip
    assert other_key not in answer.text


def test_a_banned_person_rates_nothing(house: House) -> None:
    from dashboard.models import Person

    chat, key = house.chat()
    closing.set_status(house.scene.viewer("bo"), chat, "closed")
    house.scene.change(Person, house.visitor(key).person_id, is_banned=True)
    path = f"/webchat/{house.channels[house.scene.channel]}/rating"
    answer = house.ask("visitor", "POST", path, key=key, json={"stars": 1, "comment": "Rude words"})
    assert answer.status_code == 409
    assert house.scene.handoff(chat).rating is None
