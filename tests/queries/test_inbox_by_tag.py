"""The inbox filtered by a tag: chats and tickets, of rare tags and common ones, never more than one may see (N1)."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from dashboard.models import Conversation, ConversationTag, Tag, db
from dashboard.models.ids import new_public_id
from dashboard.queries import inbox, tags
from dashboard.queries.filters import Filters, address, read_filters
from dashboard.queries.inbox import Page, load_choices, load_page
from dashboard.services.tags import tag_conversation, untag_conversation
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import USERS, Scene

_c = Conversation.__table__.c
_t = Tag.__table__.c


@pytest.fixture(params=["rare", "common"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of looking: by the tag's own index, and along the list."""
    if request.param == "common":
        monkeypatch.setattr(tags, "FEW", 0)


def tag_id(scene: Scene, name: str = "Refund") -> str:
    return str(scene.scalar(select(_t.public_id).where(_t.name == name, _t.teamspace_id == scene.support)))


def page(scene: Scene, name: str, cursor: str = "", **filters: str) -> Page:
    db.session.close()
    found = load_page(db.session, scene.viewer(name), Filters(**{"view": "all", **filters}), cursor)
    db.session.close()
    return found


def listed(scene: Scene, name: str, **filters: str) -> list[str]:
    return [row.public_id for row in page(scene, name, **filters).rows]


def tagged_day(scene: Scene) -> dict[str, str]:
    """Bo's chat, eli's ticket and a waiting chat are tagged Refund; bo's other chat is not, and one has another tag."""
    day = {
        "bo's": scene.claimed_by("bo", "pia"),
        "other": scene.claimed_by("bo", "raul"),
        "another tag": scene.claimed_by("bo", "sam"),
        "eli's": scene.ticket("ada", assignee="eli"),
        "waiting": scene.ask_for_human("quin"),
    }
    for name in ("bo's", "eli's", "waiting"):
        tag_conversation(scene.viewer("ada"), day[name], "Refund")
    tag_conversation(scene.viewer("ada"), day["another tag"], "Repair")
    return day


@pytest.mark.usefixtures("way")
def test_it_lists_chats_and_tickets_with_the_tag_that_one_may_see(scene: Scene) -> None:
    day = tagged_day(scene)
    tag = tag_id(scene)
    assert set(listed(scene, "ada", tag=tag)) == {day["bo's"], day["eli's"], day["waiting"]}
    assert set(listed(scene, "bo", tag=tag)) == {day["bo's"], day["waiting"]}
    assert set(listed(scene, "eli", tag=tag)) == {day["eli's"], day["waiting"]}
    assert listed(scene, "fay", tag=tag) == []
    for name in USERS:
        assert set(listed(scene, name, tag=tag)) <= set(listed(scene, name)), name
    untag_conversation(scene.viewer("ada"), day["bo's"], tag)
    assert listed(scene, "bo", tag=tag) == [day["waiting"]]


@pytest.mark.usefixtures("way")
def test_it_works_together_with_every_other_filter_view_order_and_the_search(scene: Scene) -> None:
    day = tagged_day(scene)
    tag = tag_id(scene)
    assert listed(scene, "ada", tag=tag, kind="ticket") == [day["eli's"]]
    assert listed(scene, "ada", tag=tag, status="pending") == [day["waiting"]]
    assert listed(scene, "ada", tag=tag, view="unassigned") == [day["waiting"]]
    assert listed(scene, "bo", tag=tag, view="mine") == [day["bo's"]]
    assert listed(scene, "ada", tag=tag, sort="oldest")[0] == day["bo's"]
    assert listed(scene, "ada", tag=tag, sort="waiting") == [day["bo's"], day["waiting"]]
    assert listed(scene, "ada", tag=tag, q="pia") == [day["bo's"]]
    assert listed(scene, "ada", tag=tag_id(scene, "Repair"), q="pia") == []


@pytest.mark.usefixtures("way")
def test_its_pages_follow_each_other_without_holes_or_repeats(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 4)
    written = [scene.write(f"person {number}", "Hello").conversation_public_id for number in range(20)]
    for chat in written[::2]:
        tag_conversation(scene.viewer("ada"), chat, "Refund")
    for sort, expected in (("newest", written[::2][::-1]), ("oldest", written[::2])):
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            found = page(scene, "ada", cursor, tag=tag_id(scene), sort=sort)
            seen += [row.public_id for row in found.rows]
            cursor = found.next_cursor or ""
        assert (seen, cursor) == (expected, "")


def test_a_tag_that_is_gone_lists_nothing(scene: Scene) -> None:
    tagged_day(scene)
    assert listed(scene, "ada", tag=new_public_id()) == []


def test_a_page_takes_three_selects(scene: Scene, selects: list[str]) -> None:
    tagged_day(scene)
    filters, viewer = Filters(view="all", tag=tag_id(scene)), scene.viewer("di")
    selects.clear()
    assert len(load_page(db.session, viewer, filters).rows) == 3
    assert len([each for each in selects if each.startswith("SELECT")]) == 3
    db.session.close()


def test_the_panel_offers_tags_that_conversations_carry_and_the_one_that_is_chosen(scene: Scene) -> None:
    tagged_day(scene)
    rows = [
        {"public_id": new_public_id(), "teamspace_id": space, "name": name}
        for space, name in ((scene.support, "Unused"), (scene.wholesale, "Refund"))
    ]
    with unit_of_work() as uow:
        uow.conn.execute(insert(Tag.__table__), rows)

    def offered(name: str, chosen: str = "") -> list[str]:
        choices = load_choices(db.session, scene.viewer(name), chosen)
        db.session.close()
        return [text for key, _, options in choices if key == "tag" for _, text in options]

    assert offered("bo") == ["Any tag", "Refund", "Repair"]
    assert offered("bo", rows[0]["public_id"]) == ["Any tag", "Refund", "Repair", "Unused"]
    assert offered("fay") == ["Any tag"]
    with unit_of_work() as uow:
        theirs = uow.conn.execute(select(_t.id).where(_t.teamspace_id == scene.wholesale)).scalar_one()
        chat = uow.conn.execute(select(_c.id)).scalars().first()
        uow.conn.execute(insert(ConversationTag.__table__).values(conversation_id=chat, tag_id=theirs))
    assert offered("ada") == ["Any tag", "Refund (Support)", "Refund (Wholesale)", "Repair"]
    with unit_of_work() as uow:
        uow.conn.execute(ConversationTag.__table__.delete().where(ConversationTag.__table__.c.tag_id == theirs))


def test_it_stands_in_the_address(scene: Scene) -> None:
    tag = new_public_id()
    filters = Filters(view="all", tag=tag)
    assert address(filters) == f"/inbox?view=all&tag={tag}"
    assert read_filters({"view": "all", "tag": tag}, scene.viewer("bo")) == filters
    assert filters.has_chips
    assert f'"tag": "{tag}"' in filters.as_json
