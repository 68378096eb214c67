"""The inbox over HTTP: what stands on the page, for whom, and what bad addresses get."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.blueprints.pages.conftest import Office


def row_of(office: Office, name: str, chat: str, view: str = "all") -> Any:
    return office.browser(name).page(f"/inbox?view={view}").select_one(f"#row-{chat}")


def test_the_root_leads_to_the_inbox_and_strangers_to_the_sign_in(office: Office) -> None:
    assert office.browser("bo").raw("GET", "/").headers["Location"] == "/inbox"
    answer = office.stranger().raw("GET", "/inbox?view=all")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/inbox?view%3Dall"
    assert office.stranger().raw("GET", "/inbox/list", headers={"HX-Request": "true"}).status_code == 401


def test_every_row_says_in_words_who_has_it(office: Office) -> None:
    scene = office.scene
    with_ai = scene.write("nora", "Hello").conversation_public_id
    waiting = scene.ask_for_human("quin")
    bos = scene.claimed_by("bo")
    for chat, handler, words in (
        (with_ai, "ai_agent", "Trail"),
        (waiting, "queue", "waiting"),
        (bos, "live_agent", "Bo Lindqvist"),
    ):
        row = row_of(office, "di", chat)
        badge = row.select_one(f".who.h-{handler}")
        assert words in badge.get_text()
        assert badge.select_one("svg, .who-initials")


def test_a_row_carries_what_the_page_needs_to_keep_it_in_place(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    row = row_of(office, "bo", chat, "mine")
    bo = office.scene.viewer("bo")
    assert row["data-assignee"] == bo.public_id
    assert row["data-handler"] == "live_agent"
    assert row["data-status"] == "open"
    assert row["data-at"].endswith("Z")
    assert int(row["data-seq"]) == office.scene.conversation(chat).last_seq
    assert row.a["href"] == f"/conversations/{chat}"
    assert not row.find_all(attrs={"data-mine": True})


def test_no_page_shows_a_sequential_key(office: Office) -> None:
    office.scene.claimed_by("bo")
    text = str(office.browser("bo").page("/inbox"))
    assert "user:" not in text
    assert "person:" not in text


def test_the_views_a_user_has_follow_from_their_role(office: Office) -> None:
    def views(name: str) -> list[str]:
        return [link["data-view"] for link in office.browser(name).page("/inbox").select("#views .view")]

    assert views("bo") == ["mine", "unassigned", "teams", "all"]
    assert views("di") == ["mine", "unassigned", "all", "ai"]


def test_the_filter_is_on_the_page_as_it_is_in_the_address(office: Office) -> None:
    page = office.browser("di").page("/inbox?view=all&status=open&q=zip&sort=oldest")
    assert json.loads(page.select_one("#rows")["data-filter"]) == {
        "view": "all", "q": "zip", "status": "open", "sort": "oldest",
    }  # fmt: skip
    assert page.select_one("select[name=status] option[selected]")["value"] == "open"
    assert page.select_one("input[name=q]")["value"] == "zip"
    assert "hidden" not in page.select_one("#filters").attrs
    assert page.select_one(".rows-empty h3").get_text() == "Nothing matches"


def test_empty_views_teach_and_offer_one_action(office: Office) -> None:
    page = office.browser("bo").page("/inbox")
    assert page.select_one(".rows-empty h3").get_text() == "Nothing is with you"
    assert page.select_one(".rows-empty button[hx-put='/me/availability']")
    assert (
        office.browser("bo").page("/inbox?view=unassigned").select_one(".rows-empty h3").get_text()
        == "Nobody is waiting"
    )


def test_further_rows_come_by_the_cursor_of_the_page_before(office: Office) -> None:
    for number in range(35):
        office.scene.write(f"person {number}", "Hello")
    page = office.browser("di").page("/inbox?view=all")
    more = page.select_one("#rows-more")
    assert len(page.select("#rows .row")) == 30
    rest = office.browser("di").fragment(more["hx-get"])
    assert len(rest.select(".row")) == 5
    assert not rest.select("#rows-more, .rows-empty, #rows")


def test_the_refreshed_list_replaces_rows_and_views_by_id(office: Office) -> None:
    office.scene.claimed_by("bo")
    fragment = office.browser("bo").fragment("/inbox/list?view=mine")
    roots = list(fragment.find_all(recursive=False))
    assert {part["id"] for part in roots} == {"rows", "views", "rail-count", "queue-link"}
    assert all(part["hx-swap-oob"] == "true" for part in roots)
    assert not fragment.select("#rows [hx-swap-oob]")
    assert fragment.select_one("#rail-count").get_text() == "1"


def test_a_conversation_in_the_address_is_opened_beside_the_list(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    page = office.browser("bo").page(f"/inbox?view=mine&c={chat}")
    assert page.select_one(f"#thread-{chat}")
    assert page.select_one("#inbox")["data-pane"] == "thread"


def test_an_unknown_conversation_in_the_address_leaves_the_list_and_says_so(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    for name, address in (("eli", chat), ("bo", "no-such-thing"), ("fay", chat)):
        page = office.browser(name).page(f"/inbox?c={address}", 404)
        assert page.select_one("#list")
        assert "not yours to see" in page.select_one("#conversation").get_text()


@pytest.mark.parametrize(
    "query", ["view=everything", "status=5", "assignee=1", "sort=%00", "q=" + "x" * 300, "channel=%ff%fe"]
)
def test_an_address_that_makes_no_sense_is_422_never_500(office: Office, query: str) -> None:
    page = office.browser("bo").page(f"/inbox?{query}", 422)
    assert page.select_one("a[href='/inbox']")
    assert office.browser("bo").raw("GET", f"/inbox/list?{query}").status_code == 422
    assert office.browser("bo").raw("GET", "/inbox/list?cursor=abc").status_code == 422


@pytest.mark.parametrize("text", ["'; --", "%25%5F", "%F0%9F%A6%8A", "%22", "%ED%A0%80", "a%0Ab"])
def test_no_search_breaks_the_page(office: Office, text: str) -> None:
    office.scene.write("nora", "Hello")
    assert office.browser("di").page(f"/inbox?view=all&q={text}").select_one("#rows")


def test_pages_carry_no_inline_script_or_style(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    answer = office.browser("bo").raw("GET", f"/inbox?c={chat}")
    page = office.browser("bo").page(f"/inbox?c={chat}")
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert all(script.get("src") and not script.get_text() for script in page.find_all("script"))
    assert not page.find_all("style")
    assert not page.find_all(attrs={"style": True})
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith(("on", "hx-on"))]


def test_every_link_of_the_page_leads_somewhere(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    page = office.browser("bo").page(f"/inbox?c={chat}")
    addresses = {link["href"] for link in page.find_all("a", href=True)} | {
        each["href"] for each in page.find_all("link")
    }
    addresses |= {script["src"] for script in page.find_all("script")}
    for address in sorted(each for each in addresses if each.startswith("/")):
        with office.browser("bo").raw("GET", address) as answer:
            assert answer.status_code in (200, 303), address


def test_the_filter_panel_comes_when_it_is_opened(office: Office) -> None:
    page = office.browser("bo").page("/inbox")
    panel = page.select_one("#filters")
    assert "hidden" in panel.attrs
    names = [select["name"] for select in office.browser("bo").fragment(panel["hx-get"]).find_all("select")]
    assert names == ["kind", "status", "handler", "assignee", "team", "channel", "language", "tag", "sort"]


def test_what_has_its_version_in_its_address_is_kept_by_browsers(office: Office) -> None:
    page = office.browser("bo").page("/inbox")
    sheet = page.select_one("link[rel=stylesheet]")["href"]
    icons = page.select_one("use")["href"].partition("#")[0]
    for address in (sheet, icons):
        with office.browser("bo").raw("GET", address) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
    with office.browser("bo").raw("GET", "/static/live.js") as answer:
        assert "immutable" not in answer.headers["Cache-Control"]
