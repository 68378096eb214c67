"""Routing receipts in words: why it went to whom, why it still waits, and what was decided before (A6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from dashboard.models import RoutingReceipt, Team, TeamMember, TeamspaceTeam, Workspace, db
from dashboard.models.enums import Method, Plan
from dashboard.queries.receipts import Decisions, Receipt, load_decisions
from dashboard.queries.rows import load_row
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene

NAMES = {"bo": "Bo Lindqvist", "cy": "Cy Okafor", "eli": "Eli Navarro"}
_r = RoutingReceipt.__table__.c


def decisions(scene: Scene, chat: str) -> Decisions:
    db.session.close()
    return load_decisions(db.session, load_row(db.session, scene.conversation(chat).id))


def current(scene: Scene, chat: str) -> Receipt:
    found = decisions(scene, chat).current
    assert found is not None
    return found


def why(receipt: Receipt) -> dict[str, str]:
    return {line.name: line.why for line in receipt.lines}


def store(scene: Scene, chat: str, method: Method, chosen: str | None, **data: Any) -> None:
    """A decision as the router would have stored it."""
    with unit_of_work() as uow:
        uow.conn.execute(
            insert(RoutingReceipt.__table__).values(
                conversation_id=scene.conversation(chat).id, at=uow.now, method=method,
                chosen_user_id=scene.users[chosen] if chosen else None, data=data,
            )
        )  # fmt: skip


def candidate(scene: Scene, name: str, held: int, obstacle: str | None = None, **more: Any) -> dict[str, Any]:
    known = {"user_id": scene.users[name], "name": NAMES[name], "open_chats": held, "obstacle": obstacle}
    return known | more


def test_the_receipt_says_why_it_went_to_whom(scene: Scene) -> None:
    scene.online("bo", "eli")
    chat = scene.ask_for_human("pia")
    receipt, chosen = current(scene, chat), scene.owner(chat)
    assert receipt.title == f"Why {NAMES[chosen]}"
    assert receipt.summary == "Balanced: fewest open conversations (0), and the longest without a new one."
    assert why(receipt)[NAMES[chosen]] == "chosen, had 0 open"
    assert why(receipt)["Cy Okafor"] == "away"
    assert receipt.lines[0].is_chosen
    second = scene.ask_for_human("raul")
    assert current(scene, second).summary == "Balanced: fewest open conversations (0)."


def test_who_alone_was_free_is_said_to_have_been(scene: Scene) -> None:
    scene.online("bo")
    assert current(scene, scene.ask_for_human("pia")).summary == "Balanced: nobody else was free."


def test_the_receipt_says_why_it_still_waits_as_of_now(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    scene.ask_for_human("pia")
    chat = scene.ask_for_human("raul")
    receipt = current(scene, chat)
    assert receipt.title == "Why still waiting"
    assert receipt.summary == "Nobody it waits for is free."
    assert why(receipt)["Bo Lindqvist"] == "at limit 1/1"
    assert why(receipt)["Cy Okafor"] == "away"
    scene.present("cy")
    scene.away("bo")
    assert why(current(scene, chat))["Bo Lindqvist"] == "away"
    scene.clock.forward(minutes=5)
    scene.change(Workspace, 1, plan=Plan.FREE)
    assert why(current(scene, chat))["Cy Okafor"] == "away"


def test_who_is_not_in_question_says_why(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    receipt = current(scene, chat)
    assert why(receipt)["Bo Lindqvist"] == "transferred it away"
    assert why(receipt)["Cy Okafor"] == "not in Returns"
    assert why(receipt)["Eli Navarro"] == "away"
    ticket = scene.ticket(teams=["Chatters"])
    assert why(current(scene, ticket))["Gus Chatter"] == "does not manage tickets"
    assert current(scene, ticket).summary.startswith("Nobody in Chatters manages tickets.")


def test_who_declares_online_without_a_page_is_not_connected(scene: Scene) -> None:
    scene.configure(auto_limit=0)
    scene.online("bo")
    scene.clock.forward(minutes=5)
    assert why(current(scene, scene.ask_for_human("pia")))["Bo Lindqvist"] == "not connected"


def test_voluntary_waits_for_a_claim(scene: Scene) -> None:
    scene.configure(method=Method.VOLUNTARY)
    scene.online("bo")
    receipt = current(scene, scene.ask_for_human("pia"))
    assert receipt.summary == "Voluntary: it waits until somebody claims it."
    assert why(receipt)["Bo Lindqvist"] == "free, 0 open"


def test_without_live_agents_the_receipt_says_so(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    with unit_of_work() as uow:
        uow.conn.execute(delete(TeamspaceTeam.__table__))
    assert current(scene, chat).summary.startswith("No live agent is in Support.")


def test_what_a_person_decided_explains_itself(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    assert (current(scene, chat).title, current(scene, chat).summary) == (
        "Why Bo Lindqvist",
        "Claimed it from the queue.",
    )
    scene.give("bo", chat, "eli", "speaks Spanish")
    assert current(scene, chat).summary == "Transferred by Bo Lindqvist. “speaks Spanish”"
    scene.take_over("ada", chat)
    assert (current(scene, chat).title, current(scene, chat).summary) == (
        "Why Ada Moreno",
        "Took it over with a reply.",
    )


def test_earlier_decisions_are_told_newest_first(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    scene.online("bo")
    scene.clock.forward(minutes=1)
    scene.take_over("cy", chat)
    found = decisions(scene, chat)
    assert found.current is not None
    assert found.current.title == "Why Cy Okafor"
    assert [each.title for each in found.earlier] == ["Why Bo Lindqvist", "Nobody was picked"]
    assert why(found.earlier[1])["Bo Lindqvist"] == "away"


def test_a_chat_with_its_ai_agent_has_no_current_decision(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    found = decisions(scene, chat)
    assert found.current is None
    assert found.earlier


@pytest.mark.parametrize(
    ("method", "more", "said"),
    [
        (Method.RANDOM, {}, "Random: drawn from 2 who were free."),
        (Method.ROUND_ROBIN, {}, "Round robin: the first who came online."),
        (Method.ROUND_ROBIN, {"turn": {"user_id": 1, "name": "Ada"}}, "Round robin: whose turn it was, after Ada."),
        (Method.BALANCED, {"stored_method": "random"},
         "Balanced: fewest open conversations (2). Random is set, but is not in the plan."),
        (Method.BALANCED, {"stored_method": "of another time"}, "Balanced: fewest open conversations (2)."),
    ],
)  # fmt: skip
def test_each_method_says_what_decided(scene: Scene, method: Method, more: dict[str, Any], said: str) -> None:
    chat = scene.claimed_by("bo")
    three = [
        candidate(scene, "eli", 10, "at_limit"),
        candidate(scene, "cy", 4, open_tickets=1, rank=2),
        candidate(scene, "bo", 1, open_tickets=1, rank=1),
    ]
    store(scene, chat, method, "bo", limit=10, candidates=three, **more)
    receipt = decisions(scene, chat).earlier[0]
    assert receipt.summary == said
    assert [(line.name, line.why) for line in receipt.lines] == [
        ("Bo Lindqvist", "chosen, had 1 open"),
        ("Cy Okafor", "free, 4 open"),
        ("Eli Navarro", "at limit 10/10"),
    ]


def test_old_and_odd_receipts_are_read_as_far_as_they_go(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    with unit_of_work() as uow:
        uow.conn.execute(delete(RoutingReceipt.__table__))
    store(scene, chat, Method.BALANCED, None)
    store(scene, chat, Method.BALANCED, "cy", candidates=[{"user_id": scene.users["cy"], "name": "Cy Okafor"}])
    store(scene, chat, Method.BALANCED, "bo", candidates=["what?", candidate(scene, "eli", 1, "on_the_moon")])
    odd, old, empty = decisions(scene, chat).earlier
    assert why(odd) == {"Eli Navarro": "on the moon"}
    assert why(old) == {"Cy Okafor": "chosen, had 0 open"}
    assert (empty.title, empty.lines) == ("Nobody was picked", ())


def test_a_deleted_team_and_a_renamed_one_are_said_as_they_are_now(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    scene.change(Team, scene.teams["Returns"], name="Refunds")
    assert why(current(scene, chat))["Cy Okafor"] == "not in Refunds"
    with unit_of_work() as uow:
        uow.conn.execute(delete(TeamMember.__table__).where(TeamMember.team_id == scene.teams["Returns"]))
        uow.conn.execute(update(RoutingReceipt.__table__).values(data={}))
    assert current(scene, chat).summary.startswith("Only Bo Lindqvist could get it")
