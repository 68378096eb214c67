"""The receipt tells why this one, or why nobody yet; while a conversation waits it never grows beyond two (A6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from dashboard.models import Teamspace
from dashboard.models.enums import Method, Plan
from dashboard.services import assignment, plans, receipts, sweeps
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree


def latest(scene: Scene, chat: str) -> dict[str, Any]:
    data = scene.receipts(chat)[-1].data
    assert isinstance(data, dict)
    return data


def of(scene: Scene, chat: str, name: str) -> dict[str, Any]:
    [found] = [each for each in latest(scene, chat)["candidates"] if each["user_id"] == scene.users[name]]
    assert isinstance(found, dict)
    return found


def ranks(scene: Scene, chat: str) -> dict[str, int | None]:
    by_id = {user_id: name for name, user_id in scene.users.items()}
    return {by_id[each["user_id"]]: each["rank"] for each in latest(scene, chat)["candidates"]}


def test_balanced_shows_the_counts_it_went_by_and_who_would_have_been_next(scene: Scene) -> None:
    scene.online("bo", "cy", "eli")
    scene.ticket(assignee="cy")
    scene.ask_for_human("pia")  # Bo and Eli hold nothing, and Bo is the first of them
    chat = scene.ask_for_human("sam")
    rows = [of(scene, chat, name) for name in ("bo", "cy", "eli")]
    by_rank = sorted(rows, key=lambda each: each["rank"])
    assert [each["open_chats"] + each["open_tickets"] for each in by_rank] == [0, 1, 1]
    assert by_rank[0]["user_id"] == scene.receipts(chat)[-1].chosen_user_id
    assert by_rank[1]["last_assigned_at"] < by_rank[2]["last_assigned_at"]
    assert ranks(scene, chat)["gus"] is None


def test_round_robin_shows_whose_turn_was_last_and_since_when_they_are_online(scene: Scene) -> None:
    scene.configure(method=Method.ROUND_ROBIN)
    scene.online("cy", "bo")
    first, second = scene.ask_for_human("pia"), scene.ask_for_human("ravi")
    assert latest(scene, first)["turn"] is None
    assert latest(scene, second)["turn"] == {"user_id": scene.users["cy"], "name": "Cy Okafor"}
    assert (ranks(scene, first)["cy"], ranks(scene, second)["bo"]) == (1, 1)
    assert of(scene, second, "cy")["online_since"] < of(scene, second, "bo")["online_since"]
    assert of(scene, second, "eli")["online_since"] is None


@pytest.mark.parametrize("method", [Method.RANDOM, Method.ROUND_ROBIN, Method.BALANCED])
def test_the_chosen_one_is_the_first_of_the_order_that_is_shown(scene: Scene, method: Method) -> None:
    scene.configure(method=method)
    scene.online("bo", "cy", "eli", "gus")
    for number in range(6):
        chat = scene.ask_for_human(f"person {number}")
        assert ranks(scene, chat)[scene.owner(chat)] == 1


def test_it_says_when_the_plan_is_below_the_chosen_method(scene: Scene) -> None:
    scene.configure(method=Method.ROUND_ROBIN)
    plans.set_plan(Plan.FREE)
    chat = scene.ask_for_human("pia")
    assert (scene.receipts(chat)[-1].method, latest(scene, chat)["stored_method"]) == (Method.BALANCED, "round_robin")


def test_it_names_the_list_that_somebody_is_not_in(scene: Scene) -> None:
    scene.use_tree(make_tree(by_language={"en": {"users": [scene.viewer("eli").public_id]}}))
    by_language = scene.ask_for_human("pia")
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Returns")]}))
    just_some = scene.ask_for_human("ravi")
    scene.use_tree(make_tree())
    everyone = scene.ask_for_human("sam")
    given = scene.claimed_by("bo", "tess")
    scene.give("bo", given, "Returns")
    lists = [latest(scene, chat)["list"] for chat in (by_language, just_some, everyone, given)]
    assert lists == [{"language": "en"}, {}, None, {"team": "Returns"}]
    assert (of(scene, given, "bo")["obstacle"], of(scene, given, "cy")["obstacle"]) == (
        "transferred_it",
        "not_eligible",
    )
    assert latest(scene, scene.ticket())["kind"] == "ticket"


def test_a_reason_that_changes_is_noted_once_and_then_written_over(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    assert (sweeps.explain_waiting(), len(scene.receipts(chat))) == (0, 1), "nothing is different"
    first = scene.receipts(chat)[0]
    scene.configure(auto_limit=0)
    for count, name in enumerate(("bo", "cy", "eli"), start=1):
        scene.online(name)
        assert [sweeps.explain_waiting(), sweeps.explain_waiting()] == [1, 0]
        assert len(scene.receipts(chat)) == 2
        assert [each["obstacle"] for each in latest(scene, chat)["candidates"]].count("at_limit") == count
    assert scene.receipts(chat)[0] == first
    assert scene.receipts(chat)[1].at > first.at


def test_routing_again_and_again_stores_nothing_while_nobody_can_have_it(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    chats = [scene.ask_for_human(f"person {number}") for number in range(4)]
    before = scene.counts()["RoutingReceipt"]
    for _ in range(5):
        assignment.drain(scene.support)
        sweeps.explain_waiting()
    assert scene.counts()["RoutingReceipt"] == before
    assert [len(scene.receipts(chat)) for chat in chats] == [1] * 4


def test_each_stay_has_notes_of_its_own(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    assert len(scene.receipts(chat)) == 2
    scene.configure(auto_limit=0)
    assert (sweeps.explain_waiting(), len(scene.receipts(chat))) == (1, 3)
    scene.configure(auto_limit=1)
    assert (sweeps.explain_waiting(), len(scene.receipts(chat))) == (1, 3)


def test_what_was_assigned_meanwhile_gets_no_note(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = scene.ask_for_human("pia")
    scene.configure(auto_limit=3)
    true = receipts._find_news

    def find(*given: Any) -> Any:
        news = true(*given)
        scene.claim("bo", chat)
        return news

    monkeypatch.setattr(receipts, "_find_news", find)
    receipts.explain_again(scene.support)
    assert len(scene.receipts(chat)) == 1


def test_a_change_of_the_method_is_a_new_reason(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    with unit_of_work() as uow:
        uow.conn.execute(update(Teamspace.__table__).values(method=Method.VOLUNTARY))
        assignment.rules_changed(uow, scene.support)
    sweeps.explain_waiting()
    assert scene.receipts(chat)[-1].method is Method.VOLUNTARY
    assert set(ranks(scene, chat).values()) == {None}
