"""One conversation over HTTP: reading, writing, owning, and every refusal with the text kept."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from dashboard.models.ids import new_public_id
from tests.blueprints.pages.conftest import Office
from tests.browserless import Header

WRONG_NUMBERS = ["", "x", "-1", "1e3", "9" * 30, "1.0", "٣", " "]


def buttons(page: BeautifulSoup) -> set[str]:
    foot = page.select_one(".composer-foot")
    assert foot
    names = {button.get_text(strip=True) for button in foot.find_all("button")}
    return names | ({"Status"} if foot.select_one("select[data-status-of]") else set())


def opened(office: Office, name: str, chat: str) -> BeautifulSoup:
    return office.browser(name).fragment(f"/conversations/{chat}")


def test_the_header_says_in_a_sentence_who_has_it(office: Office) -> None:
    scene = office.scene

    def says(name: str, chat: str) -> str:
        return " ".join(opened(office, name, chat).select_one(".says").get_text(" ").split())

    assert says("di", scene.write("nora", "Hello").conversation_public_id) == "Trail is answering"
    assert says("bo", scene.ask_for_human("quin")).startswith("Waiting since")
    chat = scene.claimed_by("bo")
    assert "With Bo Lindqvist since" in says("cy", chat)
    scene.give("bo", chat, "Returns")
    assert "for Returns" in says("eli", chat)


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("bo", "mine", {"Create ticket", "Send", "Status", "Transfer", "Add note"}),
        ("cy", "mine", {"Create ticket", "Takeover & Send", "Add note"}),
        ("di", "mine", {"Add note"}),
        ("bo", "queued", {"Create ticket", "Claim", "Takeover & Send", "Add note"}),
        ("di", "queued", {"Add note"}),
        ("ada", "queued", {"Create ticket", "Takeover & Send", "Close", "Add note"}),
        ("ada", "ai", {"Create ticket", "Takeover & Send", "Add note"}),
        ("di", "ai", {"Add note"}),
    ],
)
def test_the_buttons_follow_from_who_has_it_and_who_looks(
    office: Office, name: str, state: str, expected: set[str]
) -> None:
    scene = office.scene
    chat = {
        "mine": lambda: scene.claimed_by("bo"),
        "queued": lambda: scene.ask_for_human("pia"),
        "ai": lambda: scene.write("pia", "Hello").conversation_public_id,
    }[state]()
    assert buttons(opened(office, name, chat)) == expected


def test_messages_notes_and_activity_stand_in_order_each_in_its_form(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    office.browser("cy").do("POST", f"/conversations/{chat}/messages", text="A note", client_id="n", kind="note")
    scene.reply("bo", chat, "Hello from Bo")
    page = opened(office, "bo", chat)
    entries = page.select(".messages > [data-seq]")
    assert [int(entry["data-seq"]) for entry in entries] == list(range(1, len(entries) + 1))
    assert page.select_one(".by-ai_agent .msg-by").get_text(" ", strip=True).startswith("Trail AI agent")
    assert page.select_one(".msg-note").get_text().strip().endswith("A note")
    assert page.select_one(".msg-act details.packet")
    assert page.select_one(".by-live_agent .bubble").get_text() == "Hello from Bo"
    times = page.select("time")
    assert times
    assert all(time["datetime"].endswith("Z") for time in times)


def test_what_is_written_is_escaped_and_addresses_are_links(office: Office) -> None:
    chat = office.scene.write(
        "nora", "<script>alert(1)</script> see http://example.test/?a=1&b=2."
    ).conversation_public_id
    bubble = opened(office, "di", chat).select_one(".msg-theirs .bubble")
    assert "<script>" in bubble.get_text()
    assert not bubble.find("script")
    assert bubble.a["href"] == "http://example.test/?a=1&b=2"
    assert bubble.a["rel"] == ["noopener", "noreferrer", "nofollow"]


def test_a_conversation_without_htmx_is_a_whole_page(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    page = office.browser("bo").page(f"/conversations/{chat}")
    assert page.select_one("nav.rail")
    assert page.select_one(f"#thread-{chat}")


def test_strangers_get_404_everywhere(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "", {}),
        ("GET", "/messages?after=0", {}),
        ("GET", "/messages?before=9", {}),
        ("GET", "/side", {}),
        ("GET", "/transfers/new", {}),
        ("POST", "/messages", {"text": "Hi", "client_id": "x"}),
        ("POST", "/messages", {"text": "Hi", "client_id": "x", "kind": "note"}),
        ("POST", "/takeover", {"text": "Hi", "client_id": "x"}),
        ("PUT", "/status", {"status": "closed"}),
        ("PUT", "/read", {"seq": "1"}),
        ("PUT", "/draft", {"text": "Hi"}),
        ("PUT", "/language", {"language": "es"}),
        ("POST", "/transfers", {"to": f"user:{office.scene.viewer('fay').public_id}"}),
    ]
    before = office.scene.counts()
    for address in (chat, new_public_id(), "no-such-thing", "1"):
        for method, path, form in calls:
            answer = office.browser("fay").do(method, f"/conversations/{address}{path}", **form)
            assert answer.status_code == 404, (method, path, address)
    assert office.scene.counts() == before


def test_a_reply_is_stored_once_however_often_it_is_sent(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    form = {"text": "Hello", "client_id": "same", "epoch": str(office.scene.conversation(chat).epoch)}
    answers = [office.browser("bo").do("POST", f"/conversations/{chat}/messages", **form) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    other = office.browser("bo").do("POST", f"/conversations/{chat}/messages", text="Else", client_id="same")
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 422), ("   ", 422), ("x" * 8001, 422), ("a\x00b", 422), ("x" * 2_000_000, 413), ("x" * 8000, 201)],
)
def test_a_text_that_cannot_be_sent_is_refused_in_words(office: Office, text: str, status: int) -> None:
    chat = office.scene.claimed_by("bo")
    answer = office.browser("bo").do("POST", f"/conversations/{chat}/messages", text=text, client_id="c")
    assert answer.status_code == status
    if status >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["detail"]


def test_who_lost_a_race_learns_who_won(office: Office) -> None:
    scene = office.scene
    chat = scene.ask_for_human("pia")
    epoch = str(scene.conversation(chat).epoch)
    assert office.browser("bo").do("POST", f"/conversations/{chat}/claim", epoch=epoch).status_code == 200
    lost = office.browser("eli").do("POST", f"/conversations/{chat}/claim", epoch=epoch)
    assert lost.status_code == 409
    assert lost.get_json()["current"]["assignee"]["name"] == "Bo Lindqvist"
    assert "Bo Lindqvist was faster" in lost.get_json()["detail"]
    stale = office.browser("cy").do("POST", f"/conversations/{chat}/takeover", text="Hi", client_id="t", epoch=epoch)
    assert stale.status_code == 409
    again = office.browser("bo").do("POST", f"/conversations/{chat}/claim", epoch=epoch)
    assert again.status_code == 200


def test_takeover_and_status_change_the_owner_and_the_state(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    assert (
        office.browser("cy").do("POST", f"/conversations/{chat}/takeover", text="Mine", client_id="t").status_code
        == 201
    )
    assert scene.owner(chat) == "cy"
    assert office.browser("bo").do("PUT", f"/conversations/{chat}/status", status="resolved").status_code == 409
    assert office.browser("cy").do("PUT", f"/conversations/{chat}/status", status="nonsense").status_code == 422
    assert office.browser("cy").do("PUT", f"/conversations/{chat}/status", status="closed").status_code == 200
    assert scene.owner(chat) == "ai_agent"


def test_what_was_missed_comes_as_a_frame_with_its_numbers(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    last = scene.conversation(chat).last_seq
    scene.write("pia", "One")
    scene.write("pia", "Two")
    text = office.browser("bo").raw("GET", f"/conversations/{chat}/messages?after={last}").text
    header = Header.of(text)
    assert (header.c, header.prev, header.seq) == (chat, last, last + 2)
    assert BeautifulSoup(text, "html.parser").select(f"[hx-swap-oob='beforeend:#m-{chat}'] .msg")
    nothing = Header.of(office.browser("bo").raw("GET", f"/conversations/{chat}/messages?after={last + 2}").text)
    assert (nothing.prev, nothing.seq) == (last + 2, last + 2)


def test_more_than_one_catch_up_brings_says_so(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    for number in range(205):
        scene.reply("bo", chat, f"Line {number}")
    header = Header.of(office.browser("bo").raw("GET", f"/conversations/{chat}/messages?after=0").text)
    assert header.seq == 200
    assert header.what == ("more",)
    header = Header.of(office.browser("bo").raw("GET", f"/conversations/{chat}/messages?after=200").text)
    assert header.what == ()
    assert header.seq == scene.conversation(chat).last_seq


def test_older_entries_come_in_windows_until_the_beginning(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("bo")
    for number in range(70):
        scene.reply("bo", chat, f"Line {number}")
    page = opened(office, "bo", chat)
    first = int(page.select_one(".messages > [data-seq]")["data-seq"])
    older = office.browser("bo").fragment(page.select_one(".earlier button")["hx-get"])
    seqs = [int(entry["data-seq"]) for entry in older.select("[data-seq]")]
    assert seqs == list(range(1, first))
    assert not older.select(".earlier")


@pytest.mark.parametrize("wrong", WRONG_NUMBERS)
def test_wrong_numbers_are_422(office: Office, wrong: str) -> None:
    chat = office.scene.claimed_by("bo")
    browser = office.browser("bo")
    assert browser.do("GET", f"/conversations/{chat}/messages?after={wrong}").status_code == 422
    assert browser.do("GET", f"/conversations/{chat}/messages?before={wrong}").status_code == 422
    assert browser.do("PUT", f"/conversations/{chat}/read", seq=wrong).status_code == 422
    if wrong:
        assert browser.do("PUT", f"/conversations/{chat}/status", status="open", epoch=wrong).status_code == 422


def test_draft_and_read_mark_are_the_users_own(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    bo = office.browser("bo")
    assert bo.do("PUT", f"/conversations/{chat}/draft", text="Half a sen", is_note="1").status_code == 200
    assert bo.do("PUT", f"/conversations/{chat}/read", seq="3").status_code == 200
    page = opened(office, "bo", chat)
    assert page.select_one("textarea").get_text() == "Half a sen"
    assert page.select_one("form.composer")["data-kind"] == "note"
    assert page.select_one(".thread-pane")["data-read"] == "3"
    other = opened(office, "cy", chat)
    assert other.select_one("textarea").get_text() == ""
    assert other.select_one(".thread-pane")["data-read"] == "0"


def test_the_side_brings_buttons_and_details_by_id(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    parts = office.browser("bo").fragment(f"/conversations/{chat}/side").find_all(recursive=False)
    assert {part["id"] for part in parts} == {f"{name}-{chat}" for name in ("actions", "links", "details", "side")}
    assert all(part["hx-swap-oob"] == "true" for part in parts)
    assert not parts[-1].has_attr("hx-get")


def test_the_language_is_corrected_by_who_manages_it(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    select = opened(office, "bo", chat).select_one("select[name=language]")
    assert [option["value"] for option in select.select("option[value]")] == ["en", "es"]
    assert office.browser("bo").do("PUT", f"/conversations/{chat}/language", language="es").status_code == 204
    assert office.browser("bo").do("PUT", f"/conversations/{chat}/language", language="xx").status_code == 422
    assert not opened(office, "di", chat).select_one("select[name=language]")
    assert office.browser("di").do("PUT", f"/conversations/{chat}/language", language="en").status_code == 403


def test_an_error_for_htmx_is_a_fragment_that_says_what_to_do(office: Office) -> None:
    fragment = office.browser("bo").fragment(f"/conversations/{new_public_id()}", 404)
    assert fragment.select_one("[role=alert]")
    assert not fragment.select("html")


def test_unknown_suggestions_are_404(office: Office) -> None:
    for what in ("use", "dismiss"):
        assert office.browser("bo").do("POST", f"/suggestions/{new_public_id()}/{what}").status_code == 404
        assert office.browser("bo").do("POST", f"/suggestions/nonsense/{what}").status_code == 404
