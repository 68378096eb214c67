"""The shift handover's dialog: offered on going Away, done conversation by conversation, nothing typed lost (P4)."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from sqlalchemy import delete, insert

from dashboard.models import Person, RolePermission, TeamMember, Workspace
from dashboard.models.enums import Plan
from dashboard.services import messaging
from dashboard.services.unit_of_work import unit_of_work
from tests.blueprints.pages.conftest import Office
from tests.factories import HUMAN

ADDRESS = "/me/shift-handover"


def open_dialog(office: Office, name: str = "bo") -> BeautifulSoup:
    return office.browser(name).fragment(ADDRESS)


def typed(form: BeautifulSoup | Tag) -> dict[str, str]:
    """What the form would send as it stands."""
    values = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[type=hidden]")}
    return {name: value for name, value in values.items() if name.startswith("epoch-")}


def submit(office: Office, chats: list[str], page: BeautifulSoup, status: int = 200, **form: Any) -> BeautifulSoup:
    data = {"conversation": chats, **typed(page), **{name.replace("__", "-"): value for name, value in form.items()}}
    return office.browser("bo").fragment(ADDRESS, status, "POST", **data)


def words(node: Tag | BeautifulSoup | None) -> str:
    assert node is not None
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True))


def test_going_away_offers_it_only_to_who_has_open_chats(office: Office) -> None:
    bo = office.browser("bo")
    offer = f"[hx-get='{ADDRESS}'][hx-trigger=load]"
    assert bo.fragment("/me/availability", method="PUT", availability="away").select_one(offer) is None
    office.scene.ticket(assignee="bo")
    assert bo.fragment("/me/availability", method="PUT", availability="away").select_one(offer) is None
    office.scene.claimed_by("bo")
    assert bo.fragment("/me/availability", method="PUT", availability="online").select_one(offer) is None
    found = bo.fragment("/me/availability", method="PUT", availability="away").select_one(offer)
    assert found is not None
    assert found["hx-target"] == "#modal"
    assert bo.page("/inbox").select_one(f"#me-menu button[hx-get='{ADDRESS}']") is not None
    assert office.browser("di").page("/inbox").select_one(f"#me-menu button[hx-get='{ADDRESS}']") is None


def test_it_lists_chats_and_tickets_apart_and_says_who_waits(office: Office) -> None:
    scene = office.scene
    waiting, answered = scene.claimed_by("bo", "Pia"), scene.claimed_by("bo", "Nora")
    scene.reply("bo", answered, "Here it is.")
    scene.ticket(assignee="bo")
    resolved = scene.claimed_by("bo", "Olga")
    scene.set_status("bo", resolved, "resolved")
    scene.claimed_by("cy", "Kim")

    page = open_dialog(office)

    groups = {str(each["aria-label"]): each.select(".shift-item") for each in page.select(".shift-group")}
    assert {name: len(items) for name, items in groups.items()} == {"Chats": 2, "Tickets": 1}
    first, second = groups["Chats"]
    assert "Pia Waits since" in words(first)
    assert "Nora Answered, with you since" in words(second)
    assert first.select_one("[name=conversation]")["value"] == waiting  # type: ignore[index]
    assert page.select_one("input[name=all][checked]")["value"] == "keep"  # type: ignore[index]
    assert "3 conversations are still with you" in words(page)


def test_it_says_who_is_free_and_where_it_would_wait(office: Office) -> None:
    scene = office.scene
    scene.claimed_by("bo")
    scene.online("eli")
    page = open_dialog(office)
    choices = {words(each.select_one(".grow")) for each in page.select(".choices .choice")}
    assert "Eli Navarro Online · 0 open" in choices
    assert "Nobody in Front line is free: it will wait, visible to Front line" in " ".join(choices)
    options = {words(each) for each in page.select(".shift-pick option")}
    assert "Returns (1 of 1 free)" in options
    assert "Front line (nobody free: it waits)" in options
    assert not any("Bo Lindqvist" in each for each in choices | options)


def test_it_says_before_submit_what_is_offered_only(office: Office) -> None:
    """Where transfers to users are offers, they take effect when they are accepted (T5)."""
    scene = office.scene
    scene.configure(offers_transfers=True)
    chats = [scene.claimed_by("bo", name) for name in ("Pia", "Nora")]
    scene.online("eli")

    page = open_dialog(office)

    said = words(page.select_one("[data-part-of=transfer] .shift-offers"))
    assert said.startswith("A live agent is asked first, and has 60 seconds to accept.")
    assert "Until then, and if the answer is no, the conversations stay with you." in said
    assert said.endswith("A transfer to a team happens at once.")
    choices = {words(each.select_one(".grow")) for each in page.select(".choices .choice")}
    assert "Eli Navarro Online · 0 open · is asked first" in choices
    groups = {str(each["label"]) for each in page.select(".shift-pick optgroup")}
    assert groups == {"Offer to a live agent (yours until accepted)", "Transfer to a team"}
    done = submit(office, chats, page, all="transfer", to=f"user:{scene.viewer('eli').public_id}")
    assert "2 offered, and with you until they accept" in words(done)
    assert {scene.owner(chat) for chat in chats} == {"bo"}


def test_where_one_teamspace_asks_and_another_does_not_it_says_which(office: Office) -> None:
    scene = office.scene
    with unit_of_work() as uow:
        uow.conn.execute(insert(TeamMember).values(team_id=scene.teams["Trade desk"], user_id=scene.users["bo"]))
        uow.conn.execute(insert(TeamMember).values(team_id=scene.teams["Trade desk"], user_id=scene.users["eli"]))
    scene.configure(offers_transfers=True)
    scene.claimed_by("bo", "Pia")
    tom = scene.person("Tom")
    scene.change(Person, tom, teamspace_id=scene.wholesale)
    scene.claim("bo", messaging.start_chat(scene.other_channel, tom, HUMAN, scene.key()).conversation_public_id)

    page = open_dialog(office)

    said = words(page.select_one(".shift-offers"))
    assert said.startswith("For 1 of them a live agent is asked first, and has 60 seconds to accept.")
    assert "the conversation stays with you" in said
    choices = {words(each.select_one(".grow")) for each in page.select(".choices .choice")}
    assert any("Eli Navarro" in each and "is asked first for 1 of 2" in each for each in choices)
    items = {words(each.select_one("b")): words(each) for each in page.select(".shift-item")}
    assert "a live agent is asked first" in items["Pia"]
    assert "asked first" not in items["Tom"]
    assert "Transfer to a live agent" in {str(each["label"]) for each in page.select(".shift-pick optgroup")}


def test_without_offers_it_speaks_of_none(office: Office) -> None:
    office.scene.claimed_by("bo")
    office.scene.online("eli")
    page = open_dialog(office)
    assert page.select(".shift-offers") == []
    assert "asked first" not in words(page)


def test_one_choice_for_all_and_others_for_some(office: Office) -> None:
    scene = office.scene
    chats = [scene.claimed_by("bo", person) for person in ("Pia", "Nora", "Olga")]
    eli = f"user:{scene.viewer('eli').public_id}"
    own = {f"do-{chats[1]}": "return", f"note-{chats[1]}": "Only this", f"do-{chats[2]}": "keep"}
    page = open_dialog(office)

    answer = submit(office, chats, page, all="transfer", to=eli, note="For all", **own)

    assert "1 kept, 1 returned to the queue, 1 transferred" in words(answer)
    assert [scene.owner(chat) for chat in chats] == ["eli", "queue", "bo"]
    assert "For all" in scene.timeline(chats[0])[-2].body
    assert scene.timeline(chats[1])[-1].body.endswith("“Only this”")


def test_it_closes_when_all_is_done(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    answer = office.browser("bo").do("POST", ADDRESS, conversation=chat, all="return")
    assert (answer.status_code, "close-dialog" in answer.headers["HX-Trigger"]) == (200, True)
    assert office.scene.owner(chat) == "queue"


def test_what_went_wrong_is_told_with_its_note_and_the_rest_is_done(office: Office) -> None:
    scene = office.scene
    taken, other, kept = (scene.claimed_by("bo", person) for person in ("Pia", "Nora", "Olga"))
    page = open_dialog(office)
    scene.take_over("cy", taken)

    own = {f"note-{taken}": "Wants a <refund>", f"do-{kept}": "keep", f"note-{kept}": "Not yet"}
    answer = submit(office, [taken, other, kept], page, 409, all="return", note="See you", **own)

    missed = words(answer.select_one(".note-box"))
    assert "Pia : Cy Okafor was faster and has this conversation now." in missed
    assert "Your note: “Wants a <refund>”" in missed
    assert "Done: 1 kept, 1 returned to the queue" in missed
    assert [words(each.select_one("b")) for each in answer.select(".shift-item")] == ["Olga"]
    assert answer.select_one(f"[name='note-{kept}']")["value"] == "Not yet"  # type: ignore[index]
    assert answer.select_one("textarea[name=note]").text == "See you"  # type: ignore[union-attr]
    assert (scene.owner(taken), scene.owner(other), scene.owner(kept)) == ("cy", "queue", "bo")


def test_the_form_sent_twice_is_done_once_and_says_so(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    page = open_dialog(office)
    for _ in range(2):
        assert "1 returned to the queue" in words(submit(office, [chat], page, all="return"))
    assert office.scene.codes(chat).count("returned") == 1


def test_without_a_target_nothing_is_done_and_everything_stays_typed(office: Office) -> None:
    chats = [office.scene.claimed_by("bo", person) for person in ("Pia", "Nora")]
    page = open_dialog(office)
    own = {f"do-{chats[0]}": "return"}
    answer = submit(office, chats, page, 422, all="transfer", note="Do not lose me", **own)
    assert "Choose to whom first." in words(answer)
    assert answer.select_one("textarea[name=note]").text == "Do not lose me"  # type: ignore[union-attr]
    assert answer.select_one("input[name=all][checked]")["value"] == "transfer"  # type: ignore[index]
    assert answer.select_one(f"select[name='do-{chats[0]}'] option[selected]")["value"] == "return"  # type: ignore[index]
    assert [office.scene.owner(chat) for chat in chats] == ["bo", "bo"]


def test_without_plan_or_permission_only_keep_and_return_are_left_and_why_is_said(office: Office) -> None:
    scene = office.scene
    scene.claimed_by("bo")
    scene.change(Workspace, 1, plan=Plan.FREE)
    page = open_dialog(office)
    assert "Transfers needs the Lite plan." in words(page) or "needs the Lite plan" in words(page)
    assert page.select_one("input[name=all][value=transfer]").has_attr("disabled")  # type: ignore[union-attr]
    assert page.select("optgroup") == []

    scene.change(Workspace, 1, plan=Plan.ENTERPRISE)
    with unit_of_work() as uow:
        uow.conn.execute(delete(RolePermission.__table__).where(RolePermission.permission.endswith(".transfer")))
    page = open_dialog(office)
    assert "Your role does not allow transfers." in words(page)
    assert page.select("optgroup") == []


def test_with_nothing_open_it_says_what_would_stand_here(office: Office) -> None:
    page = open_dialog(office)
    assert "Nothing is with you" in words(page)
    assert page.select_one("button[type=submit]") is None


def test_what_nobody_chose_is_refused_in_words(office: Office) -> None:
    chat = office.scene.claimed_by("bo")
    page = open_dialog(office)
    for form in ({"all": "burn"}, {"all": "transfer", "to": "nobody"}, {f"epoch-{chat}": "x", "all": "return"}):
        assert submit(office, [chat], page, 422, **form).select_one(".wrong") is not None
    assert office.scene.owner(chat) == "bo"


def test_what_was_never_theirs_is_neither_handed_over_nor_named(office: Office) -> None:
    scene = office.scene
    chat = scene.claimed_by("eli", "Zanzibar")
    answer = submit(office, [chat], open_dialog(office), 409, all="return")
    assert "A conversation :" in words(answer.select_one(".shift-missed"))
    assert "Zanzibar" not in answer.text
    assert scene.owner(chat) == "eli"
