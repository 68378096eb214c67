"""Online and Away, presence by lease, and the record of both (P1, P2, A7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.models import AvailabilityChange, User
from dashboard.models.enums import Availability
from dashboard.models.errors import Invalid
from dashboard.services import availability
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene


def record(scene: Scene, name: str) -> list[str]:
    return [row.state.value for row in scene.rows(AvailabilityChange) if row.user_id == scene.users[name]]


def test_everybody_starts_away(scene: Scene) -> None:
    assert {row.availability for row in scene.rows(User)} == {Availability.AWAY}


def test_the_same_again_changes_and_records_nothing(scene: Scene) -> None:
    availability.set_availability(scene.users["bo"], "online")
    before = (record(scene, "bo"), scene.events())
    availability.set_availability(scene.users["bo"], "online")
    assert (record(scene, "bo"), scene.events()) == before == (["online"], ["AvailabilityChanged"])


def test_anything_but_online_and_away_is_refused(scene: Scene) -> None:
    for state in ("busy", "", None, 1, ["online"], {"online": True}):
        with pytest.raises(Invalid):
            availability.set_availability(scene.users["bo"], state)


def test_online_without_a_connection_gets_nothing_until_one_comes(scene: Scene) -> None:
    availability.set_availability(scene.users["bo"], "online")
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "queue"
    scene.present("bo")
    assert scene.owner(chat) == "bo"


def test_going_away_keeps_what_one_has_and_stops_new_ones(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    scene.away("bo")
    assert scene.owner(chat) == "bo"
    assert scene.owner(scene.ask_for_human("ravi")) == "queue"


def test_several_connections_count_as_one_person(scene: Scene) -> None:
    for connection in ("laptop", "phone"):
        availability.connect(scene.users["bo"], connection, "a process")
    assert record(scene, "bo") == ["present"]
    scene.clock.forward(seconds=50)
    availability.renew("a process", ["phone"])
    scene.clock.forward(seconds=30)
    availability.expire_leases()
    assert record(scene, "bo") == ["present"]
    scene.clock.forward(seconds=31)
    availability.expire_leases()
    availability.expire_leases()
    assert record(scene, "bo") == ["present", "absent"]


def test_a_connection_that_breaks_is_forgiven_for_a_minute(scene: Scene) -> None:
    scene.online("bo")
    availability.connect(scene.users["cy"], "tab", "a process")
    availability.set_availability(scene.users["cy"], "online")
    scene.away("bo")
    availability.disconnect("tab")
    scene.clock.forward(seconds=59)
    assert scene.owner(scene.ask_for_human("pia")) == "cy"
    scene.clock.forward(seconds=2)
    assert scene.owner(scene.ask_for_human("ravi")) == "queue"


def test_renewing_tells_which_leases_are_gone(scene: Scene) -> None:
    availability.connect(scene.users["bo"], "kept", "a process")
    scene.clock.forward(seconds=61)
    availability.connect(scene.users["cy"], "new", "a process")
    availability.expire_leases()
    assert availability.renew("a process", ["kept", "new"]) == {"kept"}
    assert availability.renew("another process", ["new"]) == {"new"}
    assert availability.renew("a process", []) == set()


def test_signing_out_ends_the_presence_of_that_sign_in_at_once(scene: Scene) -> None:
    for connection, session_id in (("one", 1), ("two", 2)):
        availability.connect(scene.users["bo"], connection, "a process", session_id)
    availability.set_availability(scene.users["bo"], "online")
    with unit_of_work() as uow:
        availability.end_presence(uow, scene.users["bo"], 1)
    assert scene.owner(scene.ask_for_human("pia")) == "bo"
    with unit_of_work() as uow:
        availability.end_presence(uow, scene.users["bo"], 2)
    assert scene.owner(scene.ask_for_human("ravi")) == "queue"
    assert record(scene, "bo") == ["present", "online", "absent"]


def test_signing_out_somebody_who_was_not_there_records_nothing(scene: Scene) -> None:
    with unit_of_work() as uow:
        availability.end_presence(uow, scene.users["bo"], None)
    assert record(scene, "bo") == []


def test_coming_online_serves_the_whole_queue_up_to_the_limit(scene: Scene) -> None:
    scene.configure(auto_limit=2)
    chats = [scene.ask_for_human(person) for person in ("pia", "ravi", "sam")]
    scene.online("bo")
    assert [scene.owner(chat) for chat in chats] == ["bo", "bo", "queue"]


def test_the_last_choice_stays_over_absence(scene: Scene) -> None:
    scene.online("bo")
    scene.clock.forward(minutes=5)
    availability.expire_leases()
    assert scene.scalar(select(User.__table__.c.availability).where(User.__table__.c.id == scene.users["bo"])) == (
        Availability.ONLINE
    )
    chat = scene.ask_for_human("pia")
    scene.present("bo")
    assert scene.owner(chat) == "bo"
