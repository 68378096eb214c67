"""What is unseen, as every page brings it and as a page asks for it after its line was cut (P6)."""

from __future__ import annotations

import pytest

from dashboard.models.clock import to_rfc3339
from dashboard.realtime import seen
from tests.blueprints.pages.conftest import Office


def told(office: Office, name: str, query: str = "") -> list[tuple[str, str]]:
    page = office.browser(name).fragment(f"/me/unseen{query}")
    return [(item["data-kind"], item["data-c"]) for item in page.select("#unseen li")]


def test_every_page_comes_with_the_count_in_its_title_and_icon(office: Office) -> None:
    office.scene.online("bo")
    chats = [office.scene.ask_for_human(person) for person in ("pia", "raul")]
    for address, title in (("/inbox", "(2) Inbox · Baton"), ("/account", "(2) Account · Baton")):
        page = office.browser("bo").page(address)
        assert page.title is not None
        assert page.title.string == title
        icon = page.select_one("link[rel=icon]")
        assert icon is not None
        assert "/static/icons/unread-2.svg" in icon["href"]
        assert {item["data-c"] for item in page.select("#unseen li")} == set(chats)
    calm = office.browser("cy").page("/inbox")
    assert calm.title is not None
    assert calm.title.string == "Inbox · Baton"
    assert calm.select("#unseen li") == []


def test_a_page_asks_again_with_the_time_of_its_last_answer(office: Office) -> None:
    early = to_rfc3339(office.scene.clock.tick())
    waiting = office.scene.ask_for_human("pia")
    office.scene.clock.forward(minutes=1)
    late = to_rfc3339(office.scene.clock.tick())
    assert told(office, "bo", f"?since={early}") == [("queued", waiting)]
    assert told(office, "bo", f"?since={late}") == []
    assert told(office, "bo") == []
    assert told(office, "fay", f"?since={early}") == []


@pytest.mark.parametrize("since", ["yesterday", "", "2026-13-01"])
def test_what_is_no_time_is_refused_in_words(office: Office, since: str) -> None:
    answer = office.browser("bo").raw("GET", f"/me/unseen?since={since}")
    assert answer.status_code == 422


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "2026-01-01"])
def test_any_time_is_understood(office: Office, since: str) -> None:
    assert office.browser("bo").raw("GET", f"/me/unseen?since={since}").status_code == 200


def test_what_is_read_is_told_to_all_pages_of_the_user(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    heard: list[object] = []
    office.app.extensions["baton"].on_message(seen.KIND, heard.append)
    assert office.browser("bo").do("PUT", f"/conversations/{chat}/read", seq="2").status_code == 200
    assert heard == [{"kind": "seen", "user": office.scene.users["bo"], "c": chat, "seq": 2}]
    assert office.browser("fay").do("PUT", f"/conversations/{chat}/read", seq="2").status_code == 404
    assert len(heard) == 1
