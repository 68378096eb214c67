"""The Queue page: who waits and why, for whoever may know it, at the same cost however many wait."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert

from dashboard.models import Conversation, Person, QueueEntry, TeamspaceTeam, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import ConversationKind, Handler, Method, Plan, Status
from dashboard.models.errors import NotFound
from dashboard.models.ids import new_public_id
from dashboard.models.workspace import Workspace
from dashboard.queries.queue_page import STEP, Part, QueueItem, QueuePage, SpaceSummary, load_queue
from dashboard.services import availability, messaging
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, Scene, make_tree


def queue(scene: Scene, name: str = "ada", **options: Any) -> QueuePage:
    viewer = scene.viewer(name)
    page = load_queue(db.session, viewer, utcnow(), **options)
    db.session.close()
    return page


def items(page: QueuePage) -> list[QueueItem]:
    return [item for part in page.parts for item in part.items]


def people(page: QueuePage) -> list[str]:
    return [item.row.person_name for item in items(page)]


def part(page: QueuePage, kind: str) -> Part:
    [found] = [each for each in page.parts if each.kind == kind]
    return found


def space(page: QueuePage, name: str = "Support") -> SpaceSummary:
    [found] = [each for each in page.spaces if each.space.name == name]
    return found


def groups(item: QueueItem) -> dict[str, tuple[int, str]]:
    return {group.label: (group.count, group.names) for group in item.reason.groups}


def for_team(scene: Scene, person: str, team: str) -> str:
    """A chat that waits for one team."""
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id(team)]}))
    return scene.ask_for_human(person)


def in_wholesale(scene: Scene, person: str) -> str:
    """Somebody who waits in the other teamspace."""
    with unit_of_work() as uow:
        statement = insert(Person.__table__).values(
            public_id=new_public_id(), teamspace_id=scene.wholesale, external_id=person, name=person, details={},
            is_banned=False, created_at=uow.now,
        )  # fmt: skip
        key = uow.conn.execute(statement.returning(Person.__table__.c.id)).scalar_one()
    return messaging.start_chat(scene.other_channel, key, HUMAN, scene.key()).conversation_public_id


def test_the_oldest_stands_first_with_its_place_and_clock(scene: Scene) -> None:
    first = scene.ask_for_human("pia")
    scene.clock.forward(minutes=3)
    scene.ask_for_human("quinn")
    page = queue(scene)
    assert people(page) == ["pia", "quinn"]
    assert [item.place for item in items(page)] == [1, 2]
    assert [item.row.waits_since for item in items(page)] == [item.queued_at for item in items(page)]
    assert page.oldest == items(page)[0].queued_at
    assert items(page)[0].row.public_id == first
    assert page.waiting == 2


def test_who_could_take_it_and_why_the_others_could_not(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    scene.ask_for_human("pia")
    scene.ask_for_human("quinn")
    scene.present("cy", "eli")
    availability.set_availability(scene.users["gus"], "online")
    [item] = items(queue(scene))
    assert item.reason.free == ""
    assert groups(item) == {
        "at limit 1/1": (1, "Bo Lindqvist"),
        "away": (3, "Cy Okafor, Eli Navarro and Vi Brandt"),
        "not connected": (1, "Gus Chatter"),
    }
    assert item.reason.for_whom == "everyone in Support"
    scene.configure(auto_limit=2)
    [item] = items(queue(scene))
    assert (item.reason.free, item.reason.free_count) == ("Bo Lindqvist", 1)


def test_a_return_keeps_its_place_and_says_who_gave_it_away(scene: Scene) -> None:
    scene.ask_for_human("pia")
    chat = scene.claimed_by("bo", "quinn")
    scene.ask_for_human("rosa")
    scene.give("bo", chat, "Returns")
    page = queue(scene)
    assert people(page) == ["pia", "quinn", "rosa"]
    waits = items(page)[1]
    assert waits.reason.for_whom == "Returns"
    assert groups(waits) == {"away": (1, "Eli Navarro"), "transferred it away": (1, "Bo Lindqvist")}


def test_a_team_agent_sees_their_teams_alone_and_nobody_elses_names(scene: Scene) -> None:
    for_team(scene, "pia", "Front line")
    for_team(scene, "quinn", "Returns")
    for_team(scene, "rosa", "Front line")
    in_wholesale(scene, "wanda")
    assert people(queue(scene, "bo")) == ["pia", "rosa"]
    assert people(queue(scene, "eli")) == ["quinn"]
    assert people(queue(scene, "fay")) == ["wanda"]
    assert people(queue(scene, "di")) == ["pia", "quinn", "rosa"]
    assert sorted(people(queue(scene, "ada"))) == ["pia", "quinn", "rosa", "wanda"]
    page = queue(scene, "eli")
    assert (page.waiting, space(page).waiting, len(page.spaces)) == (1, 1, 1)
    assert items(page)[0].place == 2  # the true place, of what they see alone
    for name in ("pia", "rosa", "wanda", "Lindqvist", "Okafor", "Wholesale"):
        assert name not in str(page)


def test_only_the_eligible_may_claim(scene: Scene) -> None:
    for_team(scene, "pia", "Front line")
    may = {name: [item.may_claim for item in items(queue(scene, name))] for name in ("bo", "cy", "di", "ada")}
    assert may == {"bo": [True], "cy": [True], "di": [False], "ada": [False]}


def test_what_nobody_can_get_stands_first_with_what_to_do(scene: Scene) -> None:
    scene.ask_for_human("pia")
    for_team(scene, "quinn", "Chatters")
    scene.deactivate("gus")
    ticket = scene.ticket(teams=["Front line"])
    page = queue(scene)
    assert [(each.kind, each.count) for each in page.parts] == [("blocked", 1), ("routed", 2)]
    [item] = part(page, "blocked").items
    assert item.row.person_name == "quinn"
    assert item.reason.blocked == "Nobody in Chatters is a live agent of Support."
    assert item.reason.remedy == "Add a live agent to Chatters, or take it over."
    assert ticket in {each.row.public_id for each in part(page, "routed").items}


def test_a_ticket_that_nobody_manages_and_a_list_of_its_sender_alone_are_blocked(scene: Scene) -> None:
    scene.ticket(teams=["Chatters"])
    chat = scene.claimed_by("eli")
    scene.give("eli", chat, "Returns")
    assert [item.reason.blocked for item in part(queue(scene), "blocked").items] == [
        "Nobody in Chatters manages tickets.",
        "Only Eli Navarro could get it, and transferred it away.",
    ]
    scene.configure(method=Method.VOLUNTARY)
    assert [each.kind for each in queue(scene).parts] == ["blocked", "claim"]


def test_a_teamspace_without_live_agents_can_route_nothing(scene: Scene) -> None:
    scene.ask_for_human("pia")
    with unit_of_work() as uow:
        uow.conn.execute(delete(TeamspaceTeam.__table__).where(TeamspaceTeam.teamspace_id == scene.support))
    page = queue(scene)
    assert items(page)[0].reason.blocked == "No live agent is in Support."
    assert (space(page).agents, space(page).online, space(page).free_slots) == (0, 0, 0)


def test_voluntary_chats_wait_to_be_claimed_unless_the_plan_has_fallen(scene: Scene) -> None:
    scene.configure(method=Method.VOLUNTARY)
    scene.online("bo")
    scene.ask_for_human("pia")
    assert part(queue(scene), "claim").items[0].reason.free == "Bo Lindqvist"
    scene.change(Workspace, 1, plan=Plan.LITE)
    page = queue(scene)
    assert [each.kind for each in page.parts] == ["routed"]
    assert space(page).space.method is Method.BALANCED


def test_the_summary_counts_who_is_there_and_what_is_free(scene: Scene) -> None:
    scene.configure(auto_limit=3)
    scene.online("bo", "eli")
    availability.set_availability(scene.users["cy"], "online")  # without a page
    scene.ask_for_human("pia")
    found = space(queue(scene))
    assert (found.agents, found.online, found.free_slots) == (5, 2, 5)
    assert (found.waiting, found.oldest, found.usual_wait, found.waits) == (0, None, None, 0)
    scene.away("bo", "eli")
    for number, minutes in enumerate((1, 2, 9)):
        chat = scene.ask_for_human(f"person {number}")
        scene.clock.forward(minutes=minutes)
        scene.claim("bo", chat)
    found = space(queue(scene))
    assert (found.usual_wait, found.waits) == (120, 3)


def test_one_teamspace_is_shown_alone_when_it_is_chosen(scene: Scene) -> None:
    scene.ask_for_human("pia")
    in_wholesale(scene, "wanda")
    page = queue(scene)
    assert [each.name for each in page.choices] == ["Support", "Wholesale"]
    assert [(each.space.name, each.waiting) for each in page.spaces] == [("Support", 1), ("Wholesale", 1)]
    wholesale = page.choices[1].public_id
    assert people(queue(scene, teamspace=wholesale)) == ["wanda"]
    for strange in (wholesale, "no such thing"):
        with pytest.raises(NotFound):
            queue(scene, "di", teamspace=strange)


def test_nobody_waiting_is_an_empty_page(scene: Scene) -> None:
    page = queue(scene)
    assert (page.parts, page.waiting, page.oldest, page.next_shown) == ([], 0, None, None)


def fill(scene: Scene, count: int) -> None:
    """This many more wait for everybody, one second after another."""
    person = scene.person("somebody")
    with unit_of_work() as uow:
        now = uow.now
        for _ in range(count):
            conversation = insert(Conversation.__table__).values(
                public_id=new_public_id(), kind=ConversationKind.TICKET, teamspace_id=scene.support, person_id=person,
                handler=Handler.QUEUE, status=Status.PENDING, epoch=1, owner_since=now, last_seq=0, public_seq=0,
                last_activity_at=now, created_at=now, is_language_corrected=False,
            )  # fmt: skip
            key = uow.conn.execute(conversation.returning(Conversation.__table__.c.id)).scalar_one()
            uow.conn.execute(
                insert(QueueEntry.__table__).values(
                    conversation_id=key, teamspace_id=scene.support, queued_at=now, entered_at=now, is_everyone=True
                )
            )


def test_many_are_shown_a_hundred_at_a_time_and_counted_whole(scene: Scene) -> None:
    for_team(scene, "quinn", "Chatters")
    scene.deactivate("gus")
    fill(scene, STEP + 20)
    page = queue(scene)
    assert (len(items(page)), page.waiting, page.next_shown) == (STEP, STEP + 21, 2 * STEP)
    assert [(each.kind, each.count) for each in page.parts] == [("blocked", 1), ("routed", STEP + 20)]
    more = queue(scene, shown=2 * STEP)
    assert (len(items(more)), more.next_shown) == (STEP + 21, None)


def test_it_costs_the_same_however_many_wait(scene: Scene, selects: list[str]) -> None:
    in_wholesale(scene, "wanda")
    for_team(scene, "pia", "Returns")
    viewer = scene.viewer("ada")
    numbers = []
    for count in (3, 60):
        fill(scene, count)
        for_team(scene, f"more {count}", "Front line")
        db.session.close()
        selects.clear()
        load_queue(db.session, viewer, utcnow())
        numbers.append(len([each for each in selects if each.startswith("SELECT")]))
    assert numbers == [7, 7]
