"""Saving Chat Assignment: who may, bounds and plans, never over another's change, and what follows (A1, A4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard.models import Role, RolePermission, Teamspace, UserRole, db
from dashboard.models.enums import Method, Plan
from dashboard.models.errors import Invalid, NotFound, NotPermitted, PlanRequired
from dashboard.models.permissions import PLAN_ORDER
from dashboard.queries.chat_assignment import Stored, Values, get_stored, load_floor
from dashboard.services import assignment_changes, chat_assignment, plans
from dashboard.services.belonging import Stale
from dashboard.services.chat_assignment import Saved
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene

GOOD = {"method": "balanced", "auto_limit": "10", "overdue_minutes": "", "autoclose_hours": "24"}
PEOPLE = ("pia", "ravi", "sam")


def stored(scene: Scene, name: str = "Support") -> Stored:
    public_id = next(row.public_id for row in scene.rows(Teamspace) if row.name == name)
    found = get_stored(db.session, scene.viewer("ada").teamspace_ids, public_id)
    db.session.close()
    return found


def save(scene: Scene, who: str = "ada", *, version: str | None = None, **values: Any) -> Saved:
    now = stored(scene)
    wanted = replace(now.values, **values)
    return chat_assignment.save(scene.viewer(who), now.public_id, wanted, version or now.values.version)


def describe(scene: Scene, **values: Any) -> list[str]:
    now = stored(scene)
    floor = load_floor(db.session, now.id, scene.clock.now)
    db.session.close()
    return assignment_changes.describe(now, replace(now.values, **values), floor)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("method", "chance", "Choose one of the four methods."),
        ("auto_limit", "0", "Enter a whole number from 1 to 1,000."),
        ("auto_limit", "1001", "Enter a whole number from 1 to 1,000."),
        ("auto_limit", "ten", "Enter a whole number from 1 to 1,000."),
        ("auto_limit", "", "Enter a whole number from 1 to 1,000."),
        ("auto_limit", "1.5", "Enter a whole number from 1 to 1,000."),
        ("auto_limit", "٣", "Enter a whole number from 1 to 1,000."),
        ("overdue_minutes", "0", "Enter a whole number from 1 to 10,080. Leave it empty to switch it off."),
        ("overdue_minutes", "10081", "Enter a whole number from 1 to 10,080. Leave it empty to switch it off."),
        ("autoclose_hours", "721", "Enter a whole number from 1 to 720."),
    ],
)
def test_a_wrong_field_is_told_in_words(field: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        chat_assignment.parse({**GOOD, field: value})
    assert refused.value.fields == {field: sentence}


def test_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        chat_assignment.parse({})
    assert set(refused.value.fields) == {"method", "auto_limit", "autoclose_hours"}


def test_a_form_becomes_its_values() -> None:
    form = {**GOOD, "method": "random", "auto_limit": " 1000 ", "overdue_minutes": "15", "returns_when_absent": "on"}
    assert chat_assignment.parse(form) == Values(Method.RANDOM, 1000, True, 15, 24)
    assert chat_assignment.parse(GOOD) == Values(Method.BALANCED, 10, False, None, 24)


def test_what_is_saved_is_stored(scene: Scene) -> None:
    values = Values(Method.ROUND_ROBIN, 3, True, 20, 48)
    now = stored(scene)
    chat_assignment.save(scene.viewer("ada"), now.public_id, values, now.values.version)
    assert stored(scene).values == values
    assert stored(scene, "Wholesale").values.method is Method.BALANCED


def test_only_who_manages_teamspaces_saves_and_only_where_they_reach(scene: Scene) -> None:
    for name in ("bo", "di"):
        with pytest.raises(NotPermitted):
            save(scene, name, auto_limit=1)
    role = next(row.id for row in scene.rows(Role) if row.name == "Manager")
    with unit_of_work() as uow:
        uow.conn.execute(RolePermission.__table__.insert().values(role_id=role, permission="teamspaces.manage"))
        uow.conn.execute(UserRole.__table__.insert().values(role_id=role, user_id=scene.users["fay"]))
    with pytest.raises(NotFound):
        save(scene, "fay", auto_limit=1)
    save(scene, "di", auto_limit=1)
    assert stored(scene).values.auto_limit == 1


@pytest.mark.parametrize(
    ("method", "needs"),
    [(Method.RANDOM, Plan.LITE), (Method.ROUND_ROBIN, Plan.PRO), (Method.VOLUNTARY, Plan.TOTAL)],
)
def test_a_method_needs_its_plan(scene: Scene, method: Method, needs: Plan) -> None:
    plans.set_plan(PLAN_ORDER[PLAN_ORDER.index(needs) - 1])
    with pytest.raises(PlanRequired) as refused:
        save(scene, method=method)
    assert (refused.value.feature, refused.value.needs) == (f"method.{method}", needs)
    assert stored(scene).values.method is Method.BALANCED
    plans.set_plan(needs)
    save(scene, method=method)
    assert stored(scene).method is method


def test_a_stored_method_above_the_plan_stays_when_other_fields_are_saved(scene: Scene) -> None:
    save(scene, method=Method.ROUND_ROBIN)
    plans.set_plan("free")
    save(scene, auto_limit=4)
    now = stored(scene)
    assert (now.values.method, now.method, now.values.auto_limit) == (Method.ROUND_ROBIN, Method.BALANCED, 4)
    assert assignment_changes.plan_words(now) == "Round robin is stored; the plan is Free, so Balanced runs."
    plans.set_plan("pro")
    assert assignment_changes.plan_words(stored(scene)) is None


def test_the_second_of_two_saves_does_not_replace_the_first(scene: Scene) -> None:
    seen = stored(scene).values.version
    save(scene, auto_limit=5)
    with pytest.raises(Stale):
        save(scene, version=seen, auto_limit=7)
    assert stored(scene).values.auto_limit == 5
    save(scene, version=stored(scene).values.version, auto_limit=7)
    assert stored(scene).values.auto_limit == 7


def test_leaving_voluntary_assigns_what_waits_at_once(scene: Scene) -> None:
    scene.configure(method=Method.VOLUNTARY)
    scene.online("bo", "cy")
    chats = [scene.ask_for_human(person) for person in PEOPLE]
    assert scene.waiting() == chats
    assert describe(scene, method=Method.BALANCED)[1] == (
        "3 chats wait now; there is room for 3 at once, if they are meant for whoever is online."
    )
    saved = save(scene, method=Method.BALANCED)
    assert scene.waiting() == []
    assert assignment_changes.tell(saved) == "Balanced instead of Voluntary. 3 waiting chats were assigned."


def test_a_higher_limit_assigns_as_many_as_there_is_room_for(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    for person in PEOPLE:
        scene.ask_for_human(person)
    told = assignment_changes.tell(save(scene, auto_limit=2))
    assert told == "The limit is 2 instead of 1. 1 waiting chat was assigned. 1 chat waits until somebody is free."
    assert scene.load("bo") == 2


def test_going_voluntary_leaves_what_waits_to_be_claimed(scene: Scene) -> None:
    scene.ask_for_human("pia")
    assert describe(scene, method=Method.VOLUNTARY) == [
        "Voluntary instead of Balanced. From then on nobody gets a chat automatically: each one waits until an agent "
        "claims it.",
        "1 chat waits now and will wait to be claimed.",
    ]
    told = assignment_changes.tell(save(scene, method=Method.VOLUNTARY))
    assert told == "Voluntary instead of Balanced. 1 chat waits to be claimed."
    scene.online("bo")
    assert len(scene.waiting()) == 1


def test_a_lower_limit_names_who_is_over_it_and_takes_nothing_away(scene: Scene) -> None:
    scene.online("bo")
    chats = [scene.ask_for_human(person) for person in PEOPLE]
    assert describe(scene, auto_limit=2) == [
        "2 auto-assigned chats at most instead of 10. Bo Lindqvist (3) is over it: keeps what they have, and gets no "
        "new one until there is room."
    ]
    assert describe(scene, auto_limit=3) == [
        "3 auto-assigned chats at most instead of 10. Nobody holds more than that now."
    ]
    save(scene, auto_limit=2)
    assert [scene.owner(chat) for chat in chats] == ["bo"] * 3


def test_the_other_settings_are_told_in_words(scene: Scene) -> None:
    assert describe(scene, returns_when_absent=True, overdue_minutes=5, autoclose_hours=1) == [
        "Chats in which the person waits return to the queue when their agent drops out.",
        "Open chats turn Overdue when the person has waited for 5 minutes.",
        "What is resolved from now on closes by itself after 1 hour; what was resolved before keeps its time.",
    ]
    save(scene, returns_when_absent=True, overdue_minutes=5)
    told = assignment_changes.tell(save(scene, returns_when_absent=False, overdue_minutes=None))
    assert told == "Chats stay with their agent when the agent drops out. Chats no longer turn Overdue by themselves."


def test_nothing_different_says_so_and_a_method_that_does_not_run_changes_nothing(scene: Scene) -> None:
    assert describe(scene) == []
    assert assignment_changes.tell(save(scene)) == "Nothing was different."
    save(scene, method=Method.ROUND_ROBIN)
    plans.set_plan("free")
    assert describe(scene, method=Method.BALANCED) == []
