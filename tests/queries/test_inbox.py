"""The inbox's list: what each view holds for whom, its pages, its counters, its filters and its search."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from dashboard.models import Channel, Conversation, Team, User, db
from dashboard.models.errors import Invalid
from dashboard.models.scopes import load_scopes
from dashboard.models.visibility import can_view
from dashboard.queries import inbox
from dashboard.queries.filters import Filters, address, read_filters
from dashboard.queries.inbox import Page, load_choices, load_page, load_views
from dashboard.services.reading import mark_read
from tests.factories import USERS, Scene


def page(scene: Scene, name: str, cursor: str = "", **filters: str) -> Page:
    db.session.close()
    return load_page(db.session, scene.viewer(name), Filters(**{"view": "all", **filters}), cursor)


def chats(scene: Scene, name: str, **filters: str) -> list[str]:
    return [row.public_id for row in page(scene, name, **filters).rows]


def counts(scene: Scene, name: str) -> dict[str, int | None]:
    views = load_views(db.session, scene.viewer(name), Filters(view="mine"))
    return {view.name: view.count for view in views}


def busy_day(scene: Scene) -> dict[str, str]:
    """One conversation in every state."""
    day = {
        "ai": scene.write("nora", "Hello there").conversation_public_id,
        "queued": scene.ask_for_human("quin"),
        "bo's": scene.claimed_by("bo", "pia"),
        "eli's": scene.claimed_by("eli", "raul"),
        "closed": scene.claimed_by("cy", "sam"),
        "team's": scene.claimed_by("bo", "tess"),
    }
    scene.set_status("cy", day["closed"], "closed")
    scene.give("bo", day["team's"], "Returns")
    return day


def test_each_view_holds_what_its_name_says(scene: Scene) -> None:
    day = busy_day(scene)
    assert chats(scene, "bo", view="mine") == [day["bo's"]]
    assert set(chats(scene, "bo", view="unassigned")) == {day["queued"], day["team's"]}
    assert set(chats(scene, "eli", view="teams")) == {day["eli's"], day["team's"]}
    assert set(chats(scene, "di", view="ai")) == {day["ai"], day["closed"]}
    assert set(chats(scene, "di", view="all")) == set(day.values())


def test_lists_show_exactly_what_the_visibility_rule_allows(scene: Scene) -> None:
    busy_day(scene)
    keys = dict(db.session.execute(select(Conversation.id, Conversation.public_id)).all())
    for name in USERS:
        viewer = scene.viewer(name)
        scopes = load_scopes(db.session, list(keys))
        expected = {keys[key] for key, scope in scopes.items() if can_view(viewer, scope)}
        assert set(chats(scene, name)) == expected, name


def test_a_closed_livechat_stays_in_the_list_of_who_had_it(scene: Scene) -> None:
    day = busy_day(scene)
    assert day["closed"] in chats(scene, "cy")
    assert day["closed"] not in chats(scene, "cy", view="mine")


def test_nothing_of_another_teamspace_is_listed(scene: Scene) -> None:
    busy_day(scene)
    assert chats(scene, "fay") == []


def test_counters_count_open_conversations_per_view(scene: Scene) -> None:
    day = busy_day(scene)
    assert counts(scene, "bo") == {"mine": 1, "unassigned": 2, "teams": 1, "all": None}
    assert counts(scene, "di") == {"mine": 0, "unassigned": 2, "all": None, "ai": None}
    scene.set_status("bo", day["bo's"], "resolved")
    assert counts(scene, "bo")["mine"] == 0
    assert chats(scene, "bo", view="mine") == [day["bo's"]]


def test_pages_follow_each_other_without_holes_or_repeats(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 4)
    written = [scene.write(f"person {number}", "Hello").conversation_public_id for number in range(10)]
    for sort, expected in (("newest", written[::-1]), ("oldest", written)):
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            found = page(scene, "di", cursor, sort=sort)
            seen += [row.public_id for row in found.rows]
            cursor = found.next_cursor or ""
        assert seen == expected
        assert cursor == ""


def test_a_page_goes_on_where_it_ended_when_newer_ones_arrive(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    first, second, third = (scene.write(name, "Hello").conversation_public_id for name in ("ann", "ben", "cat"))
    top = page(scene, "di")
    assert [row.public_id for row in top.rows] == [third, second]
    scene.write("dan", "Hello")
    rest = page(scene, "di", top.next_cursor or "")
    assert [row.public_id for row in rest.rows] == [first]
    assert rest.is_continued


def test_conversations_of_the_same_moment_are_all_listed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    written = {scene.write(name, "Hello").conversation_public_id for name in ("ann", "ben", "cat", "dan")}
    for key in range(1, 5):
        scene.change(Conversation, key, last_activity_at=scene.clock.now)
    top = page(scene, "di")
    rest = page(scene, "di", top.next_cursor or "")
    assert {row.public_id for row in [*top.rows, *rest.rows]} == written


@pytest.mark.parametrize("cursor", ["x", "12", "12_", "٣_0198c0de-0000-7000-8000-000000000000", "1" * 40 + "_x", "_"])
def test_a_cursor_that_is_not_ours_is_refused(scene: Scene, cursor: str) -> None:
    with pytest.raises(Invalid, match="Start again"):
        page(scene, "di", cursor)


def test_filters_narrow_the_list(scene: Scene) -> None:
    day = busy_day(scene)
    bo = db.session.execute(select(User.public_id).where(User.name == "Bo Lindqvist")).scalar_one()
    returns = db.session.execute(select(Team.public_id).where(Team.name == "Returns")).scalar_one()
    shop = db.session.execute(select(Channel.public_id).where(Channel.name == "Shop")).scalar_one()
    trade = db.session.execute(select(Channel.public_id).where(Channel.name == "Trade")).scalar_one()
    assert set(chats(scene, "di", status="open")) == {day["bo's"], day["eli's"]}
    assert set(chats(scene, "di", handler="queue")) == {day["queued"], day["team's"]}
    assert chats(scene, "di", assignee=bo) == [day["bo's"]]
    assert chats(scene, "di", team=returns) == [day["team's"]]
    assert len(chats(scene, "di", channel=shop)) == len(day)
    assert chats(scene, "di", channel=trade) == []
    assert chats(scene, "di", language="es") == []


def test_waiting_longest_lists_only_who_waits_oldest_first(scene: Scene) -> None:
    day = busy_day(scene)
    scene.reply("eli", day["eli's"], "Hello")
    waiting = page(scene, "di", sort="waiting").rows
    assert day["eli's"] not in {row.public_id for row in waiting}
    times = [row.waiting_since for row in waiting]
    assert all(one is not None and other is not None and one <= other for one, other in itertools.pairwise(times))


def test_a_page_takes_one_select_and_knows_what_was_read(scene: Scene, selects: list[str]) -> None:
    chat = scene.claimed_by("bo")
    mark_read(scene.viewer("bo"), chat, 3)
    viewer = scene.viewer("bo")
    selects.clear()
    [row] = load_page(db.session, viewer, Filters(view="mine")).rows
    assert [each for each in selects if each.startswith("SELECT")] == selects[-1:]
    assert row.read_seq == 3
    selects.clear()
    load_views(db.session, viewer, Filters(view="mine"))
    assert len(selects) == 1


def test_the_filter_panel_offers_only_what_is_there(scene: Scene) -> None:
    busy_day(scene)
    offered = {name: [text for _, text in options] for name, _, options in load_choices(db.session, scene.viewer("di"))}
    assert offered["assignee"] == ["Anybody", "Bo Lindqvist", "Eli Navarro"]
    assert offered["channel"] == ["Any channel", "Shop"]
    assert offered["language"] == ["Any language", "English", "Spanish"]
    assert "Returns" in offered["team"]
    assert "Trade desk" not in offered["team"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"view": "everything"},
        {"status": "OPEN"},
        {"handler": "me"},
        {"assignee": "1"},
        {"team": "front"},
        {"channel": "' OR 1=1"},
        {"tag": "Refund"},
        {"sort": "random"},
        {"language": "a language"},
        {"q": "x" * 201},
        {"q": "a\x00b"},
    ],
)
def test_an_address_with_something_unknown_is_refused_by_name(scene: Scene, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_filters(wrong, scene.viewer("bo"))
    assert list(refused.value.fields) == list(wrong)


def test_the_filter_stands_in_the_address_and_comes_back_from_it(scene: Scene) -> None:
    filters = Filters(view="teams", q="zip & tent", status="open", sort="oldest")
    assert address(filters) == "/inbox?view=teams&q=zip+%26+tent&status=open&sort=oldest"
    again = read_filters({"view": "teams", "q": "zip & tent", "status": "open", "sort": "oldest"}, scene.viewer("bo"))
    assert again == filters
    assert read_filters({}, scene.viewer("bo")).view == "mine"
    assert read_filters({}, scene.viewer("di")).view == "all"
