"""Every cause that A4 names serves the queue by itself, and the sweep alone serves what a killed process left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from dashboard.models import Role, RolePermission, TeamMember, Teamspace, UserRole
from dashboard.models.enums import Method, Plan
from dashboard.services import assignment, availability, plans, returning, sweeps
from dashboard.services.holding import hold
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree
from tests.services.test_concurrency import at_once


def queued(scene: Scene, person: str = "waiting") -> str:
    chat = scene.ask_for_human(person)
    assert scene.owner(chat) == "queue"
    return chat


def full(scene: Scene, *names: str) -> dict[str, str]:
    """These agents are online with one chat each, and the limit is one."""
    scene.use_tree(make_tree(asks_feedback=False))
    scene.configure(auto_limit=1)
    scene.online(*names)
    chats = {}
    for name in names:
        chat = scene.ask_for_human(f"of {name}")
        chats[scene.owner(chat)] = chat
    return chats


def in_a_verb(scene: Scene, *statements: object) -> None:
    with unit_of_work() as uow:
        for statement in statements:
            uow.conn.execute(statement)  # type: ignore[call-overload]
        assignment.route_now_and_after(uow, scene.support)


SLOTS: dict[str, Callable[[Scene, str], object]] = {
    "closed": lambda scene, chat: scene.set_status("bo", chat, "closed"),
    "resolved": lambda scene, chat: scene.set_status("bo", chat, "resolved"),
    "transferred to a user": lambda scene, chat: scene.give("bo", chat, "eli"),
    "transferred to a team": lambda scene, chat: scene.give("bo", chat, "Returns"),
    "taken over": lambda scene, chat: scene.take_over("ada", chat),
}


@pytest.mark.parametrize("how", SLOTS)
def test_a_slot_that_opens_goes_to_who_waits_longest(scene: Scene, how: str) -> None:
    held = full(scene, "bo")["bo"]
    chats = [queued(scene, "older"), queued(scene, "younger")]
    SLOTS[how](scene, held)
    assert [scene.owner(chat) for chat in chats] == ["bo", "queue"]


def test_a_return_opens_a_slot_but_its_own_request_is_the_oldest(scene: Scene) -> None:
    held = full(scene, "bo")["bo"]
    younger = queued(scene)
    with unit_of_work() as uow:
        returning.return_to_queue(uow, hold(uow, public_id=held), "Back.", excluded_user_id=scene.users["bo"])
    assert (scene.owner(held), scene.owner(younger)) == ("queue", "bo"), "Bo is not picked for what was theirs"
    assert scene.waiting() == [held]


def test_a_reopened_chat_opens_no_slot_and_takes_one(scene: Scene) -> None:
    held = full(scene, "bo")["bo"]
    waiting = queued(scene)
    scene.set_status("bo", held, "resolved")
    assert scene.owner(waiting) == "bo"
    scene.write("of bo", "One more thing")
    third = queued(scene, "third")
    scene.set_status("bo", waiting, "closed")
    assert (scene.load("bo"), scene.owner(third)) == (1, "queue")


def test_an_agent_who_comes_online_gets_the_oldest_whichever_comes_last(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    chats = [queued(scene, "older"), queued(scene, "younger")]
    scene.present("bo")
    availability.set_availability(scene.users["bo"], "online")
    availability.set_availability(scene.users["cy"], "online")
    assert [scene.owner(chat) for chat in chats] == ["bo", "queue"]
    scene.present("cy")
    assert scene.owner(chats[1]) == "cy"


def test_a_raised_limit_another_method_or_a_plan_serve_it(scene: Scene) -> None:
    full(scene, "bo")
    chats = [queued(scene, f"person {number}") for number in range(3)]

    def change(**columns: object) -> None:
        with unit_of_work() as uow:
            is_it = Teamspace.__table__.c.id == scene.support
            uow.conn.execute(update(Teamspace.__table__).where(is_it).values(columns))
            assignment.rules_changed(uow, scene.support)

    change(auto_limit=2)
    assert [scene.owner(chat) for chat in chats] == ["bo", "queue", "queue"]
    change(auto_limit=3, method=Method.VOLUNTARY)
    assert [scene.owner(chat) for chat in chats] == ["bo", "queue", "queue"]
    change(method=Method.RANDOM)
    assert [scene.owner(chat) for chat in chats] == ["bo", "bo", "queue"]
    change(auto_limit=9, method=Method.VOLUNTARY)
    plans.set_plan(Plan.LITE)
    assert scene.owner(chats[2]) == "bo"


def test_a_new_member_a_new_role_and_a_new_user_of_the_eligible_set_serve_it(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Returns")]}))
    scene.online("bo", "di")
    chat = queued(scene)
    member = {"team_id": scene.teams["Returns"], "user_id": scene.users["bo"]}
    in_a_verb(scene, insert(TeamMember.__table__).values(member))
    assert scene.owner(chat) == "bo"
    in_a_verb(scene, delete(TeamMember.__table__).where(TeamMember.__table__.c.user_id == scene.users["bo"]))
    second = queued(scene, "second")
    in_a_verb(
        scene,
        insert(UserRole.__table__).values(user_id=scene.users["di"], role_id=scene.roles["Live agent"]),
        insert(TeamMember.__table__).values(team_id=scene.teams["Returns"], user_id=scene.users["di"]),
    )
    assert scene.owner(second) == "di"


def test_a_deactivated_agents_chats_go_to_who_is_free(scene: Scene) -> None:
    held = full(scene, "bo")["bo"]
    scene.online("cy")
    scene.away("bo")
    scene.deactivate("bo")
    assert returning.return_orphans() == 1
    assert scene.owner(held) == "cy"


def test_a_role_that_loses_the_permission_gives_its_chats_back(scene: Scene) -> None:
    held = full(scene, "gus")["gus"]
    scene.online("bo")
    role = scene.one(Role.__table__.select().where(Role.__table__.c.name == "Chats only"))
    permission = RolePermission.__table__.c
    is_it = (permission.role_id == role.id) & permission.permission.in_(
        ("livechats.assigned", "livechats.manage_teams")
    )
    in_a_verb(scene, delete(RolePermission.__table__).where(is_it))
    returning.return_orphans()
    assert scene.owner(held) == "bo"


def test_tickets_queued_by_hand_or_for_a_team_are_given_out_at_once(scene: Scene) -> None:
    scene.online("eli")
    assert scene.owner(scene.ticket(teams=["Returns"])) == "eli"
    assert scene.owner(scene.ticket(teams=["Front line"])) == "queue"


def test_the_sweep_alone_serves_what_a_killed_process_left(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [scene.claimed_by("bo", person) for person in ("pia", "ravi", "sam")]
    scene.configure(auto_limit=2)
    with monkeypatch.context() as patch:
        patch.setattr(assignment, "route_now_and_after", lambda *_: None)  # it dies before it comes to that
        for chat in chats:
            with unit_of_work() as uow:
                returning.return_to_queue(uow, hold(uow, public_id=chat), "Back.")
        scene.online("cy")
    assert [scene.owner(chat) for chat in chats] == ["queue"] * 3
    assert sweeps.route_waiting() == 2
    assert [scene.owner(chat) for chat in chats] == ["cy", "cy", "queue"]
    assert sweeps.route_waiting() == 0


def test_a_long_queue_is_served_in_several_transactions(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "BATCH", 2)
    monkeypatch.setattr(assignment, "PAGE", 3)
    scene.use_tree(make_tree(assign={"users": [scene.viewer("eli").public_id]}))
    for_eli = [scene.ask_for_human(f"for Eli {number}") for number in range(4)]
    scene.use_tree(make_tree())
    chats = [scene.ask_for_human(f"person {number}") for number in range(5)]
    scene.online("bo")
    assert [scene.owner(chat) for chat in chats] == ["bo"] * 5
    assert scene.waiting() == for_eli
    scene.online("eli")
    assert scene.waiting() == []
    moments = [scene.handoff(chat).assigned_at for chat in chats]
    assert moments == sorted(moments)


def test_assignments_of_one_transaction_have_moments_of_their_own(scene: Scene) -> None:
    chats = [scene.ask_for_human(f"person {number}") for number in range(5)]
    scene.online("bo")
    moments = [scene.handoff(chat).assigned_at for chat in chats]
    assert sorted(set(moments)) == moments


def test_whoever_goes_away_while_a_queue_is_served_gets_nothing_from_then_on(app: Flask, scene: Scene) -> None:
    scene.configure(auto_limit=500)
    for number in range(30):
        scene.ask_for_human(f"person {number}")
    scene.present("bo")
    calls = [partial(availability.set_availability, scene.users["bo"], "online")]
    calls += [partial(assignment.drain, scene.support)] * 2
    calls += [partial(availability.set_availability, scene.users["bo"], "away")]
    at_once(app, calls)
    availability.set_availability(scene.users["bo"], "away")
    before = scene.load("bo")
    assert assignment.drain(scene.support) == 0
    assert before == scene.load("bo") == 30 - len(scene.waiting())
