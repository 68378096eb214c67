"""The People pages as colleagues meet them: the list, one person, notes, tags, the ban and the merge."""

from __future__ import annotations

from bs4 import BeautifulSoup
from sqlalchemy import insert, select

from dashboard.models import Person
from dashboard.models.enums import RoleType
from dashboard.models.ids import new_public_id
from dashboard.services import people, programs, roles
from dashboard.services.programs import PersonDetails
from dashboard.services.roles import RoleDraft
from dashboard.services.unit_of_work import unit_of_work
from tests.blueprints.pages.conftest import Office
from tests.services.test_users import change

_p = Person.__table__.c


def address(office: Office, name: str) -> str:
    person = office.scene.person(name)
    return f"/people/{office.scene.scalar(select(_p.public_id).where(_p.id == person))}"


def names(page: BeautifulSoup) -> list[str]:
    return [each.text for each in page.select(".person-row h2 a")]


def test_a_live_agent_finds_the_people_of_whom_they_see_a_conversation_and_nobody_else(office: Office) -> None:
    office.scene.claimed_by("bo", "pia")
    office.scene.claimed_by("eli", "pat")
    office.scene.person("quin")
    assert names(office.browser("bo").page("/people")) == ["pia"]
    assert names(office.browser("eli").page("/people")) == ["pat"]
    assert names(office.browser("ada").page("/people")) == ["quin", "pat", "pia"]
    assert names(office.browser("fay").page("/people")) == []
    assert names(office.browser("bo").page("/people?q=pat")) == []
    office.browser("bo").page(address(office, "pat"), 404)
    office.browser("fay").page(address(office, "pia"), 404)


def test_only_conversations_that_one_may_see_are_counted_and_listed(office: Office) -> None:
    office.scene.claimed_by("bo", "pia")
    program = programs.start_conversation(office.scene.support, PersonDetails("pia"), "An AI chat", "m1")
    assert program.is_new
    for name, count in (("bo", 1), ("di", 2)):
        row = office.browser(name).page("/people").select_one(".person-row")
        assert row is not None
        assert f"{count} conversation" in row.text
        assert len(office.browser(name).page(address(office, "pia")).select(".past-row")) == count


def test_the_list_is_searched_and_filtered(office: Office) -> None:
    ada = office.browser("ada")
    for name in ("pia", "pat", "50% off"):
        office.scene.person(name)
    ada.fragment(f"{address(office, 'pat')}/tags", 200, "POST", tag="Press")
    people.set_ban(office.scene.viewer("ada"), address(office, "pia")[8:], is_banned=True)
    assert names(ada.page("/people?q=PIA")) == ["pia"]
    assert names(ada.page("/people?q=50%25")) == ["50% off"]
    assert names(ada.page("/people?tag=Press")) == ["pat"]
    assert names(ada.page("/people?banned=yes")) == ["pia"]
    assert names(ada.page("/people?banned=no")) == ["50% off", "pat"]
    page = ada.page("/people?q=nobody")
    assert "Nobody like that" in page.text
    assert ada.raw("GET", "/people?q=%00").status_code == 422
    space = page.select("select[name=teamspace] option")
    wholesale = next(str(each["value"]) for each in space if each.text == "Wholesale")
    assert names(ada.page(f"/people?teamspace={wholesale}")) == []


def test_an_empty_list_says_who_will_appear_there(office: Office) -> None:
    assert "Nobody has written yet" in office.browser("ada").page("/people").text


def test_more_people_than_fit_follow_in_the_next_page(office: Office) -> None:
    with unit_of_work() as uow:
        rows = [
            {"public_id": new_public_id(), "teamspace_id": office.scene.support, "external_id": f"p{number}",
             "name": f"p{number}", "details": {}, "is_banned": False, "created_at": uow.now}
            for number in range(45)
        ]  # fmt: skip
        uow.conn.execute(insert(Person.__table__), rows)
    first = office.browser("ada").page("/people")
    [more] = first.select("#people-more a")
    second = office.browser("ada").page(str(more["href"]))
    assert names(first) + names(second) == [f"p{number}" for number in reversed(range(45))]
    assert second.select("#people-more") == []


def test_a_person_is_corrected_and_two_at_once_get_a_conflict(office: Office) -> None:
    ada, pia = office.browser("ada"), address(office, "pia")
    [version] = ada.page(pia).select("input[name=version]")
    form = {"name": "Pia Berg", "email": "pia@example.com", "details": "City: Oslo\nTier: gold: 1"}
    saved = ada.fragment(pia, 200, "PUT", **form, version=version["value"])
    assert saved.select_one("h1").text == "Pia Berg"  # type: ignore[union-attr]
    assert office.scene.rows(Person)[0].details == {"City": "Oslo", "Tier": "gold: 1"}
    late = ada.fragment(pia, 409, "PUT", **{**form, "name": "Pia B."}, version=version["value"])
    assert late.select_one("input[name=name]")["value"] == "Pia B."  # type: ignore[index]
    assert "Pia Berg" in late.select_one(".pairs").text  # type: ignore[union-attr]
    assert office.scene.rows(Person)[0].name == "Pia Berg"


def test_what_is_wrong_stands_beside_what_was_typed(office: Office) -> None:
    ada, pia = office.browser("ada"), address(office, "pia")
    [version] = ada.page(pia).select("input[name=version]")
    form = {"name": "Pia", "email": "no address", "details": "Oslo", "version": version["value"]}
    page = ada.fragment(pia, 422, "PUT", **form)
    assert page.select_one("textarea[name=details]").text == "Oslo"  # type: ignore[union-attr]
    assert len(page.select(".wrong")) == 2
    assert office.scene.rows(Person)[0].details == {}


def test_a_note_sent_again_after_a_lost_answer_stands_once(office: Office) -> None:
    office.scene.claimed_by("bo", "pia")
    pia, di = address(office, "pia"), office.browser("di")
    [field] = di.page(pia).select("#person-notes [name=note]")
    for _ in range(2):
        page = di.fragment(f"{pia}/notes", 200, "POST", text="Likes tents", note=field["value"])
        assert len(page.select(".note")) == 1
    assert page.select_one("[name=note]")["value"] != field["value"]  # type: ignore[index]
    changed = di.fragment(f"{pia}/notes", 200, "POST", text="Likes poles", note=field["value"])
    assert len(changed.select(".note")) == 2
    colleagues = office.browser("ada").fragment(f"{pia}/notes", 200, "POST", text="Likes tents", note=field["value"])
    assert len(colleagues.select(".note")) == 3


def test_notes_are_everybodys_who_sees_the_person_and_deleted_by_their_author(office: Office) -> None:
    office.scene.claimed_by("bo", "pia")
    pia = address(office, "pia")
    page = office.browser("bo").fragment(f"{pia}/notes", 200, "POST", text="Likes <b>tents</b>")
    assert "Likes <b>tents</b>" in page.select_one(".note").text  # type: ignore[union-attr]
    [mine] = page.select("button[hx-delete]")
    seen = office.browser("di").page(pia)
    assert "Bo Lindqvist" in seen.select_one(".note").text  # type: ignore[union-attr]
    assert seen.select(".note button") == []
    assert office.browser("di").do("DELETE", str(mine["hx-delete"])).status_code == 403
    assert office.browser("bo").do("DELETE", str(mine["hx-delete"])).status_code == 200
    kept = office.browser("bo").fragment(f"{pia}/notes", 422, "POST", text="x" * 4_001)
    assert kept.select_one("textarea").text == "x" * 4_001  # type: ignore[union-attr]


def test_a_tag_is_added_by_typing_whatever_its_case_and_taken_off(office: Office) -> None:
    office.scene.claimed_by("bo", "pia")
    ada, pia = office.browser("ada"), address(office, "pia")
    ada.fragment(f"{pia}/tags", 200, "POST", tag="VIP")
    page = ada.fragment(f"{pia}/tags", 200, "POST", tag="vip")
    assert [each.text for each in page.select(".tag")] == ["VIP"]
    assert office.browser("bo").page(pia).select(".tag button") == []
    assert "VIP" in office.browser("bo").page("/people").text
    [off] = page.select(".tag button")
    assert ada.fragment(str(off["hx-delete"]), 200, "DELETE").select(".tag") == []


def test_a_ban_names_what_follows_and_stands_in_open_conversations(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    ada, pia = office.browser("ada"), address(office, "pia")
    assert "stay with their Assignee" in ada.fragment(f"{pia}/ban").text
    page = ada.fragment(f"{pia}/ban", 200, "PUT")
    assert "Lift the ban" in page.text
    assert office.scene.codes(chat)[-1] == "banned"
    assert office.scene.owner(chat) == "bo"
    assert office.browser("bo").page(f"/conversations/{chat}").select(".details-pane .banned-mark")
    answer = office.browser("bo").do("POST", f"/conversations/{chat}/messages", text="Hello", client_id="k")
    assert (answer.status_code, "banned" in answer.text) == (409, True)
    assert "Lift the ban" not in ada.fragment(f"{pia}/ban", 200, "DELETE").text
    office.scene.write("pia", "Thank you")


def test_a_merge_is_searched_shown_and_done(office: Office) -> None:
    older, newer = office.scene.claimed_by("bo", "pia"), office.scene.claimed_by("cy", "pat")
    ada, pia = office.browser("ada"), address(office, "pia")
    found = ada.fragment(f"{pia}/merge?q=pa")
    [other] = found.select("button.other")
    preview = ada.fragment(str(other["hx-get"]))
    assert "Bo Lindqvist loses it" in preview.text
    assert "cannot be undone" in preview.text
    [seen] = preview.select("input[name=seen]")
    [form] = preview.select("form[hx-post]")
    page = ada.fragment(str(form["hx-post"]), 200, "POST", seen=seen["value"])
    assert len(page.select(".past-row")) == 2
    assert (office.scene.owner(older), office.scene.owner(newer)) == ("external", "cy")
    assert ada.raw("GET", address(office, "pat")).headers["Location"] == pia
    ended = office.browser("bo").page(f"/conversations/{older}")
    assert "Continued in another chat" in ended.text
    assert ended.select(f'a[href="/conversations/{newer}"]')
    again = ada.fragment(str(form["hx-post"]), 409, "POST", seen=seen["value"])
    assert "was merged by somebody else" in again.text
    assert "Merge for good" not in again.text


def test_a_preview_that_is_no_longer_true_comes_again(office: Office) -> None:
    office.scene.write("pia", "Hello")
    office.scene.write("pat", "Hello")
    ada, pia, pat = office.browser("ada"), address(office, "pia"), address(office, "pat")[8:]
    [seen] = ada.fragment(f"{pia}/merge/{pat}").select("input[name=seen]")
    office.scene.write("pia", "I am the newest now")
    page = ada.fragment(f"{pia}/merge/{pat}", 409, "POST", seen=seen["value"])
    assert "changed meanwhile" in page.text
    [now] = page.select("input[name=seen]")
    assert now["value"] != seen["value"]
    ada.fragment(f"{pia}/merge/{pat}", 200, "POST", seen=now["value"])


def test_whoever_may_not_change_people_reads_the_details_without_a_form(office: Office) -> None:
    office.scene.claimed_by("bo", "pia")
    page = office.browser("bo").page(address(office, "pia"))
    assert page.select("form[hx-put]") == []
    assert page.select(".person-acts") == []
    assert "First seen" in page.text
    assert office.browser("bo").do("PUT", f"{address(office, 'pia')}/ban").status_code == 403


def test_the_details_of_a_conversation_lead_to_its_person(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    office.browser("ada").fragment(f"{address(office, 'pia')}/tags", 200, "POST", tag="VIP")
    pane = office.browser("bo").page(f"/conversations/{chat}").select_one(".details-pane")
    assert pane is not None
    assert pane.select(f'a[href="{address(office, "pia")}"]')
    assert [each.text for each in pane.select(".tag")] == ["VIP"]


def test_the_preview_of_a_merge_says_nothing_of_chats_that_one_may_not_see(office: Office) -> None:
    scene = office.scene
    for name in ("pia", "pat"):
        scene.claimed_by("bo", name)
        scene.write(name, f"The secret of {name}")
    keeper = RoleDraft("Keeper", frozenset({"people.manage"}))
    role = roles.create_role(scene.viewer("ada"), RoleType.WORKSPACE, keeper)
    change(scene, "di", roles=frozenset({role}))
    where = f"{address(office, 'pia')}/merge/{address(office, 'pat')[8:]}"
    told = {name: office.browser(name).fragment(where).text for name in ("ada", "di")}
    assert ["The secret of" in told[name] for name in told] == [True, False]
    assert ["Bo Lindqvist loses it" in told["ada"], "its Assignee loses it" in told["di"]] == [True, True]
