"""Tags on screen: in the details of a conversation, on rows, in the filters, and in a teamspace's settings."""

from __future__ import annotations

from bs4 import BeautifulSoup
from sqlalchemy import select

from dashboard.models import Tag, Teamspace
from dashboard.services.tags import tag_conversation
from tests.blueprints.pages.conftest import Office


def base(office: Office) -> str:
    space = office.scene.scalar(select(Teamspace.public_id).where(Teamspace.id == office.scene.support))
    return f"/settings/teamspaces/{space}/tags"


def names(page: BeautifulSoup) -> list[str]:
    return [each.text.strip() for each in page.select(".tag-box .tag a")]


def rows(page: BeautifulSoup) -> list[str]:
    return [str(each["data-c"]) for each in page.select("article.row")]


def id_of(office: Office, name: str) -> str:
    return str(office.scene.scalar(select(Tag.public_id).where(Tag.name == name)))


def test_a_tag_is_typed_suggested_added_and_taken_off_in_the_details(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    bo, address = office.browser("bo"), f"/conversations/{chat}/tags"
    pane = bo.page(f"/conversations/{chat}").select_one(".details-pane")
    assert pane is not None
    [form] = pane.select("form[data-tag-add]")
    assert (form["hx-post"], form.has_attr("hx-preserve")) == (address, True)
    assert "Create “Late parcel”" in bo.fragment(f"{address}?tag=Late%20parcel").text

    page = bo.fragment(address, 200, "POST", tag="Late <parcel>")
    assert names(page) == ["Late <parcel>"]
    tag_conversation(office.scene.viewer("bo"), chat, "Refund")
    found = bo.fragment(f"{address}?tag=LATE")
    assert [each["data-word"] for each in found.select("[role=option]")] == ["LATE"], "what it has is not suggested"
    other = office.scene.claimed_by("bo", "pat")
    found = bo.fragment(f"/conversations/{other}/tags?tag=late")
    assert [each["data-word"] for each in found.select("[role=option]")] == ["Late <parcel>", "late"]

    [off] = page.select(".tag button")
    assert off["aria-label"] == "Take off Late <parcel>"
    assert names(bo.fragment(str(off["hx-delete"]), 200, "DELETE")) == ["Refund"]


def test_what_is_refused_is_said_beside_the_field(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    page = office.browser("bo").fragment(f"/conversations/{chat}/tags", 422, "POST", tag="x" * 41)
    assert "at most 40 characters" in page.select_one(".tag-box [role=alert]").text  # type: ignore[union-attr]


def test_whoever_does_not_manage_the_conversation_reads_its_tags(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    di = office.browser("di")
    assert "None" in di.page(f"/conversations/{chat}").select_one(".tag-box").text  # type: ignore[union-attr]
    tag_conversation(office.scene.viewer("bo"), chat, "Refund")
    page = di.page(f"/conversations/{chat}")
    assert names(page) == ["Refund"]
    assert page.select(".tag-box button") == page.select(".tag-box form") == []
    assert di.do("POST", f"/conversations/{chat}/tags", tag="x").status_code == 403
    assert di.do("GET", f"/conversations/{chat}/tags").status_code == 403
    assert office.browser("eli").do("POST", f"/conversations/{chat}/tags", tag="x").status_code == 409


def test_the_inbox_is_filtered_by_a_tag_and_says_so_in_its_panel(office: Office) -> None:
    chat, ticket = office.scene.claimed_by("bo", "pia"), office.scene.ticket("ada", assignee="bo")
    office.scene.claimed_by("bo", "raul")
    for each in (chat, ticket):
        tag_conversation(office.scene.viewer("bo"), each, "Refund")
    bo, tag = office.browser("bo"), id_of(office, "Refund")
    page = bo.page(f"/inbox?view=all&tag={tag}")
    assert rows(page) == [ticket, chat]
    assert page.select_one("#filters select[name=tag] option[selected]").text == "Refund"  # type: ignore[union-attr]
    assert page.select("article.row .row-tags")[0].text.strip() == "Refund"
    assert rows(bo.fragment(f"/inbox/list?view=all&tag={tag}&kind=chat")) == [chat]
    panel = bo.fragment(f"/inbox/filters?view=all&tag={tag}&kind=chat")
    chosen = {name: panel.select_one(f"select[name={name}] option[selected]") for name in ("kind", "tag")}
    assert [each and each.text for each in chosen.values()] == ["Chats", "Refund"]
    [link] = bo.page(f"/conversations/{chat}").select(".tag-box .tag a")
    assert rows(bo.page(str(link["href"]))) == [ticket, chat]
    assert rows(office.browser("fay").page(f"/inbox?view=all&tag={tag}")) == []
    assert "Nothing matches" in office.browser("fay").page(f"/inbox?view=all&tag={tag}").text


def test_the_settings_list_make_rename_and_delete_tags(office: Office) -> None:
    chat = office.scene.claimed_by("bo", "pia")
    tag_conversation(office.scene.viewer("bo"), chat, "Refund")
    ada, address = office.browser("ada"), base(office)
    page = ada.page(address)
    assert page.select_one(".page-tab[aria-current]").text == "Tags"  # type: ignore[union-attr]
    assert "1 conversation" in page.select_one(".tag-row").text  # type: ignore[union-attr]

    page = ada.fragment(address, 200, "POST", name="Repair")
    assert [each.text.strip() for each in page.select(".tag-row h2")] == ["Refund", "Repair"]
    again = ada.fragment(address, 422, "POST", name="REPAIR")
    assert again.select_one("#new-tag")["value"] == "REPAIR"  # type: ignore[index]
    assert "There is a tag “Repair” already" in again.select_one(".wrong").text  # type: ignore[union-attr]

    one = f"{address}/{id_of(office, 'Refund')}"
    dialog = ada.fragment(one)
    assert "It stays on 1 conversation, under the new name" in dialog.text
    [was] = dialog.select("input[name=was]")
    page = ada.fragment(one, 200, "PUT", name="Money back", was=was["value"])
    assert [each.text.strip() for each in page.select(".tag-row h2")] == ["Money back", "Repair"]
    late = ada.fragment(one, 409, "PUT", name="Refunds", was=was["value"])
    assert "“Money back” meanwhile" in late.text
    assert late.select_one("input[name=name]")["value"] == "Refunds"  # type: ignore[index]
    assert ada.fragment(one, 422, "PUT", name=" ", was="Money back").select(".wrong")

    dialog = ada.fragment(f"{one}/deletion")
    assert "taken off 1 conversation" in dialog.text
    [seen] = dialog.select("input[name=seen]")
    tag_conversation(office.scene.viewer("bo"), office.scene.claimed_by("bo", "pat"), "Money back")
    late = ada.fragment(one, 409, "DELETE", seen=seen["value"])
    assert "changed meanwhile" in late.text
    assert "taken off 2 conversations" in late.text
    [seen] = late.select("input[name=seen]")
    page = ada.fragment(one, 200, "DELETE", seen=seen["value"])
    assert [each.text.strip() for each in page.select(".tag-row h2")] == ["Repair"]
    ada.fragment(one, 404)


def test_a_name_that_is_taken_leads_to_a_merge(office: Office) -> None:
    first, second = office.scene.claimed_by("bo", "pia"), office.scene.claimed_by("bo", "pat")
    for chat, name in ((first, "Refund"), (second, "Money back")):
        tag_conversation(office.scene.viewer("bo"), chat, name)
    ada, one = office.browser("ada"), f"{base(office)}/{id_of(office, 'Money back')}"
    question = ada.fragment(one, 409, "PUT", name="refund", was="Money back")
    assert "Merge Money back into it?" in question.text
    [form] = question.select("form#tag-form")
    [seen] = form.select("input[name=seen]")
    page = ada.fragment(str(form["hx-post"]), 200, "POST", seen=seen["value"])
    assert [each.text.strip() for each in page.select(".tag-row h2")] == ["Refund"]
    assert "2 conversations" in page.text
    assert names(office.browser("bo").page(f"/conversations/{second}")) == ["Refund"]
    ada.fragment(str(form["hx-post"]), 404, "POST", seen=seen["value"])


def test_many_tags_are_searched_and_shown_in_parts(office: Office) -> None:
    ada, address = office.browser("ada"), base(office)
    assert "No tags yet" in ada.page(address).text
    for number in range(12):
        ada.fragment(address, 200, "POST", name=f"Word {number:03}")
    page = ada.page(f"{address}?shown=5")
    assert len(page.select(".tag-row")) == 5
    assert "Show more of 12" in page.text
    found = ada.page(f"{address}?q=WORD%20011")
    assert [each.text.strip() for each in found.select(".tag-row h2")] == ["Word 011"]
    assert "No tag like that" in ada.page(f"{address}?q=nothing").text
    for odd in ("shown=x", "shown=-1", "shown=99999999999999999999", "q=%00"):
        ada.page(f"{address}?{odd}")


def test_the_settings_are_for_who_manages_teamspaces(office: Office) -> None:
    for name in ("bo", "di"):
        assert office.browser(name).do("GET", base(office)).status_code == 403
