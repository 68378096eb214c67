"""Round robin: in the order they came online, kept across restarts, moved only by its own picks (A1, ADR 0012)."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from dashboard.models import Teamspace, User
from dashboard.models.enums import Method
from dashboard.services import availability
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree


@pytest.fixture
def ring(scene: Scene) -> Scene:
    """Support takes turns; Cy came online first, then Eli, then Bo."""
    scene.configure(method=Method.ROUND_ROBIN)
    scene.online("cy", "eli", "bo")
    return scene


def owners(scene: Scene, *persons: str) -> list[str]:
    return [scene.owner(scene.ask_for_human(person)) for person in persons]


def online_since(scene: Scene, name: str) -> datetime | None:
    since = scene.scalar(select(User.__table__.c.online_since).where(User.__table__.c.id == scene.users[name]))
    assert since is None or isinstance(since, datetime)
    return since


def turn(scene: Scene) -> str | None:
    space = Teamspace.__table__.c
    user_id = scene.scalar(select(space.turn_user_id).where(space.id == scene.support))
    return next((name for name, key in scene.users.items() if key == user_id), None)


def test_it_goes_round_in_the_order_they_came_online(ring: Scene) -> None:
    assert owners(ring, "pia", "ravi", "sam", "tess") == ["cy", "eli", "bo", "cy"]


def test_a_burst_takes_turns_too(scene: Scene) -> None:
    scene.configure(method=Method.ROUND_ROBIN, auto_limit=2)
    chats = [scene.ask_for_human(f"person {number}") for number in range(6)]
    scene.online("cy")
    assert [scene.owner(chat) for chat in chats] == ["cy", "cy", *["queue"] * 4]
    scene.present("eli", "bo")
    scene.configure(auto_limit=3)
    availability.set_availability(scene.users["eli"], "online")
    assert [scene.owner(chat) for chat in chats[2:]] == ["eli", "cy", "eli", "eli"]


def test_whoever_came_back_from_away_stands_at_the_end(ring: Scene) -> None:
    ring.away("cy")
    assert online_since(ring, "cy") is None
    availability.set_availability(ring.users["cy"], "online")
    assert owners(ring, "pia", "ravi", "sam", "tess") == ["eli", "bo", "cy", "eli"]


def test_the_turn_goes_on_from_where_somebody_stood_who_is_gone(ring: Scene) -> None:
    assert owners(ring, "pia", "ravi") == ["cy", "eli"]
    ring.away("eli")
    assert owners(ring, "sam", "tess") == ["bo", "cy"]


def test_whoever_is_full_has_no_turn_this_time_and_the_next_time_again(ring: Scene) -> None:
    ring.use_tree(make_tree(asks_feedback=False))
    ring.configure(auto_limit=1)
    chats = {name: chat for chat in map(ring.ask_for_human, ("pia", "ravi", "sam")) for name in [ring.owner(chat)]}
    ring.set_status("eli", chats["eli"], "closed")
    assert owners(ring, "tess") == ["eli"], "Cy, whose turn it was, is full"
    ring.set_status("cy", chats["cy"], "closed")
    ring.set_status("bo", chats["bo"], "closed")
    assert owners(ring, "uma", "vera") == ["bo", "cy"], "it goes on after Eli"


def test_whom_a_conversation_does_not_wait_for_is_passed_over(ring: Scene) -> None:
    ring.use_tree(make_tree(assign={"teams": [ring.team_public_id("Front line")]}))
    assert owners(ring, "pia", "ravi", "sam") == ["cy", "bo", "cy"]


def test_claims_transfers_and_takeovers_move_nothing(ring: Scene) -> None:
    assert owners(ring, "pia") == ["cy"]
    ring.configure(method=Method.VOLUNTARY)
    waiting = ring.ask_for_human("ravi")
    ring.claim("eli", waiting)
    ring.give("eli", waiting, "bo")
    ring.take_over("ada", waiting)
    assert turn(ring) == "cy"
    ring.configure(method=Method.ROUND_ROBIN)
    assert owners(ring, "sam") == ["eli"]


def test_other_methods_move_nothing(ring: Scene) -> None:
    assert owners(ring, "pia") == ["cy"]
    for method in (Method.BALANCED, Method.RANDOM):
        ring.configure(method=method)
        ring.ask_for_human(method.value)
    assert turn(ring) == "cy"


def test_tickets_take_their_turn_and_go_to_those_who_manage_tickets(ring: Scene) -> None:
    ring.online("gus")
    assert [ring.owner(ring.ticket()) for _ in range(4)] == ["cy", "eli", "bo", "cy"]


def test_each_teamspace_has_a_place_of_its_own(ring: Scene) -> None:
    ring.change(Teamspace, ring.wholesale, method=Method.ROUND_ROBIN)
    assert owners(ring, "pia") == ["cy"]
    space = Teamspace.__table__.c
    assert ring.scalar(select(space.turn_user_id).where(space.id == ring.wholesale)) is None


def test_a_restart_longer_than_the_grace_keeps_the_order(ring: Scene) -> None:
    assert owners(ring, "pia") == ["cy"]
    ring.clock.forward(minutes=30)  # nobody renews the leases, and nobody has seen a connection end
    availability.expire_leases(spares_lost=True)
    ring.present("bo", "eli", "cy")  # they come back in another order
    assert owners(ring, "ravi", "sam", "tess") == ["eli", "bo", "cy"]


def test_whoever_does_not_come_back_after_a_restart_loses_the_place(ring: Scene) -> None:
    ring.clock.forward(minutes=30)
    availability.expire_leases()
    ring.present("bo", "eli", "cy")
    assert owners(ring, "pia", "ravi", "sam") == ["bo", "eli", "cy"]


def test_a_reload_keeps_the_place_and_a_closed_laptop_loses_it(ring: Scene) -> None:
    before = online_since(ring, "cy")
    availability.connect(ring.users["cy"], "tab", "a process")
    availability.disconnect("tab")
    ring.clock.forward(seconds=59)
    availability.connect(ring.users["cy"], "tab again", "a process")
    ring.clock.forward(seconds=50)
    availability.expire_leases(spares_lost=True)
    assert online_since(ring, "cy") == before is not None
    availability.disconnect("tab again")
    ring.clock.forward(seconds=61)
    availability.expire_leases(spares_lost=True)
    assert online_since(ring, "cy") is None


def test_signing_out_frees_the_place_unless_another_sign_in_is_there(scene: Scene) -> None:
    for connection, session_id in (("one", 1), ("two", 2)):
        availability.connect(scene.users["bo"], connection, "a process", session_id)
    availability.set_availability(scene.users["bo"], "online")
    for session_id, expected in ((1, True), (2, False)):
        with unit_of_work() as uow:
            availability.end_presence(uow, scene.users["bo"], session_id)
        assert (online_since(scene, "bo") is not None) is expected


def test_declaring_online_without_a_connection_takes_no_place(scene: Scene) -> None:
    availability.set_availability(scene.users["bo"], "online")
    assert online_since(scene, "bo") is None
    scene.present("bo")
    assert online_since(scene, "bo") is not None


def test_who_comes_in_one_transaction_came_in_that_order(scene: Scene) -> None:
    scene.configure(method=Method.ROUND_ROBIN)
    for name in ("bo", "cy", "eli"):
        availability.set_availability(scene.users[name], "online")
    arrivals = [availability.Arrival(scene.users[name], f"page of {name}") for name in ("eli", "cy", "bo")]
    availability.connect_all("a process", arrivals)
    assert owners(scene, "pia", "ravi", "sam") == ["eli", "cy", "bo"]
