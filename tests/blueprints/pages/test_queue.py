"""The Queue page and the receipt of a conversation, as the reader's browser gets them."""

from __future__ import annotations

from dashboard.models.enums import Method, RoleType
from dashboard.services.setup import add_role, add_user
from dashboard.services.unit_of_work import unit_of_work
from dashboard.services.visitors import Visitor, leave_email
from tests.blueprints.pages.conftest import Browser, Office
from tests.browserless import sign_in


def test_the_page_shows_who_waits_since_when_for_whom_and_why(office: Office) -> None:
    chat = office.scene.ask_for_human("pia")
    page = office.browser("di").page("/queue")
    item = page.select_one(f"#queue-routed li#queue-{chat}")
    assert item is not None
    assert item.select_one(f'h3 a[href="/conversations/{chat}"]').text == "pia"  # type: ignore[union-attr]
    assert item.select_one("time[data-format=elapsed]") is not None
    text = item.get_text(" ", strip=True)
    for said in ("Can I talk to a human?", "everyone in Support", "Nobody could take it now", "5 away"):
        assert said in text
    assert not item.select("[data-queue-claim]")  # di manages nothing
    assert page.select_one(".rail-link[aria-current=page]")["href"] == "/queue"  # type: ignore[index]


def test_who_may_claim_gets_the_button_with_the_epoch_they_saw(office: Office) -> None:
    chat = office.scene.ask_for_human("pia")
    item = office.browser("bo").page("/queue").select_one(f"#queue-{chat}")
    assert item is not None
    assert item.select_one(f'[data-queue-claim="{chat}"]') is not None
    assert item["data-epoch"] == str(office.scene.conversation(chat).epoch)


def test_what_nobody_can_get_has_its_own_headline_before_the_others(office: Office) -> None:
    office.scene.ask_for_human("pia")
    chat = office.scene.claimed_by("eli", "quinn")
    office.scene.give("eli", chat, "Returns")
    office.scene.deactivate("eli")
    page = office.browser("ada").page("/queue")
    assert [part["id"] for part in page.select(".queue-part")] == ["queue-blocked", "queue-routed"]
    assert "Add a live agent to Returns" in page.select_one("#queue-blocked").text  # type: ignore[union-attr]


def test_voluntary_chats_wait_to_be_claimed(office: Office) -> None:
    office.scene.configure(method=Method.VOLUNTARY)
    office.scene.ask_for_human("pia")
    assert "Wait to be claimed" in office.browser("ada").page("/queue").select_one("#queue-claim").text  # type: ignore[union-attr]


def test_with_several_teamspaces_each_can_be_shown_alone(office: Office) -> None:
    office.scene.ask_for_human("pia")
    page = office.browser("ada").page("/queue")
    links = {link.text: str(link["href"]) for link in page.select(".queue-spaces a")}
    assert list(links) == ["All", "Support", "Wholesale"]
    alone = office.browser("ada").page(links["Wholesale"])
    assert "Nobody is waiting" in alone.text
    assert "pia" not in alone.text
    assert not office.browser("di").page("/queue").select(".queue-spaces")
    office.browser("di").page(links["Wholesale"], 404)


def test_an_empty_queue_says_what_will_appear_and_that_nobody_is_online(office: Office) -> None:
    page = office.browser("ada").page("/queue")
    assert "Nobody is waiting" in page.text
    assert "No live agent is online" in page.text
    office.scene.online("bo", "fay")
    assert "No live agent is online" not in office.browser("ada").page("/queue").text


def test_the_part_that_refreshes_is_the_same_as_on_the_page_and_holds_no_table(office: Office) -> None:
    office.scene.ask_for_human("pia")
    part = office.browser("ada").fragment("/queue/list")
    assert part.select_one("#queue")["id"] == "queue"  # type: ignore[index]
    assert not part.select("table, html")
    assert str(part.select_one("#queue")) == str(office.browser("ada").page("/queue").select_one("#queue"))
    for place in part.select("[data-merge] > *"):
        assert place.get("id"), str(place)[:200]  # it is merged by ids


def test_numbers_that_make_no_sense_are_refused(office: Office) -> None:
    for shown in ("0", "-1", "many", "100000", "1e3", "٣"):
        assert office.browser("ada").do("GET", f"/queue/list?shown={shown}").status_code == 422


def test_who_sees_only_their_own_has_no_queue_and_no_way_in(office: Office) -> None:
    with unit_of_work() as uow:
        role = add_role(uow, 1, "Own only", RoleType.TEAM, ("livechats.assigned",))
        ida = add_user(
            uow, 1, "ida@acme.test", "Ida Own", roles=[role], teams=[office.scene.teams["Returns"]], teamspaces=()
        )
    office.scene.ask_for_human("pia")
    browser = Browser(sign_in(office.app, ida))
    for path in ("/queue", "/queue/list"):
        assert browser.do("GET", path).status_code == 403
    inbox = browser.page("/inbox?view=unassigned")
    assert not inbox.select('a[href="/queue"]:not([hidden])')
    assert "pia" in inbox.text


def test_the_unassigned_view_leads_to_the_queue(office: Office) -> None:
    browser = office.browser("bo")
    assert browser.page("/inbox?view=unassigned").select_one("#queue-link:not([hidden])")["href"] == "/queue"  # type: ignore[index]
    assert browser.page("/inbox?view=mine").select_one("#queue-link[hidden]") is not None
    assert (
        browser.fragment("/inbox/list?view=unassigned").select_one("#queue-link[hx-swap-oob]:not([hidden])") is not None
    )


def test_why_it_waits_is_read_anew_by_who_may_see_it(office: Office) -> None:
    chat = office.scene.ask_for_human("pia")
    page = office.browser("bo").page(f"/conversations/{chat}")
    assert page.select_one(f'[data-show="#why-{chat}"]') is not None
    assert page.select_one(f"#why-{chat} h3").text == "Why still waiting"  # type: ignore[union-attr]
    office.scene.present("bo")
    office.scene.configure(auto_limit=0)
    office.scene.online("bo")
    fresh = office.browser("bo").fragment(f"/conversations/{chat}/why")
    assert "at limit 0/0" in fresh.text
    office.browser("fay").fragment(f"/conversations/{chat}/why", 404)


def test_an_assigned_chat_says_why_and_what_was_decided_before(office: Office) -> None:
    chat = office.scene.ask_for_human("pia")
    office.scene.online("bo")
    why = office.browser("bo").page(f"/conversations/{chat}").select_one(f"#why-{chat}")
    assert why is not None
    assert why.select_one("h3").text == "Why Bo Lindqvist"  # type: ignore[union-attr]
    assert why.select_one("li.is-chosen").text == "Bo Lindqvistchosen, had 0 open"  # type: ignore[union-attr]
    assert "Nobody was picked" in why.select_one(".earlier-decisions").text  # type: ignore[union-attr]


def test_the_email_of_who_waits_stands_in_the_details(office: Office) -> None:
    chat = office.scene.ask_for_human("pia")
    pia = office.scene.person("pia")
    visitor = Visitor(1, office.scene.channel, office.scene.support, pia, pia, "pia", "pia", False)
    leave_email(visitor, "pia@example.com")
    page = office.browser("bo").page(f"/conversations/{chat}")
    assert page.select_one('.details-pane a[href="mailto:pia@example.com"]') is not None
    assert "Left an e-mail address: pia@example.com" in page.select_one(".messages").text  # type: ignore[union-attr]
