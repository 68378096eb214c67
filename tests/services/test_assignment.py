"""Chat Assignment: who gets the next chat, why, and why one still waits (A1 to A6)."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import insert, update

from dashboard.models import TeamMember, Workspace
from dashboard.models.enums import AssignmentHow, Method, Plan, Status
from dashboard.services import assignment, plans
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree

PERSONS = ("pia", "ravi", "sam", "tess", "uma", "vera")


def obstacles(scene: Scene, chat: str) -> dict[str, str | None]:
    by_id = {user_id: name for name, user_id in scene.users.items()}
    listed = scene.receipts(chat)[-1].data["candidates"]
    return {by_id[each["user_id"]]: each["obstacle"] for each in listed}


def test_balanced_gives_it_to_whoever_holds_the_fewest(scene: Scene) -> None:
    scene.online("bo", "cy")
    owners = [scene.owner(scene.ask_for_human(person)) for person in PERSONS[:4]]
    assert sorted(owners) == ["bo", "bo", "cy", "cy"]
    assert owners[0] != owners[1]


def test_a_tie_goes_to_whoever_waited_longest_for_an_assignment(scene: Scene) -> None:
    scene.online("bo", "cy", "eli")
    chats = {scene.owner(chat): chat for chat in map(scene.ask_for_human, PERSONS[:3])}
    for name in ("cy", "eli", "bo"):
        scene.set_status(name, chats[name], "resolved")
    owners = [scene.owner(scene.ask_for_human(person)) for person in PERSONS[3:]]
    assert owners == list(chats)


def test_nobody_gets_more_than_the_limit_and_the_rest_waits_in_order(scene: Scene) -> None:
    scene.configure(auto_limit=2)
    scene.online("bo", "cy")
    chats = [scene.ask_for_human(person) for person in PERSONS]
    assert [scene.owner(chat) for chat in chats[4:]] == ["queue", "queue"]
    assert (scene.load("bo"), scene.load("cy")) == (2, 2)
    assert scene.waiting() == chats[4:]
    assert obstacles(scene, chats[4])["bo"] == "at_limit"


def test_a_slot_opens_when_a_chat_is_closed_resolved_or_given_away(scene: Scene) -> None:
    scene.use_tree(make_tree(asks_feedback=False))
    scene.configure(auto_limit=1)
    scene.online("bo")
    first, second, third, fourth = (scene.ask_for_human(person) for person in PERSONS[:4])
    scene.set_status("bo", first, "closed")
    assert (scene.owner(second), scene.waiting()) == ("bo", [third, fourth])
    scene.set_status("bo", second, "resolved")
    assert (scene.owner(third), scene.waiting()) == ("bo", [fourth])
    scene.give("bo", third, "cy")
    assert (scene.owner(fourth), scene.waiting()) == ("bo", [])


def test_a_reopened_chat_keeps_its_assignee_and_may_exceed_the_limit(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    first, second = scene.ask_for_human("pia"), scene.ask_for_human("ravi")
    scene.set_status("bo", first, "resolved")
    assert scene.owner(second) == "bo"
    scene.write("pia", "One more thing")
    assert (scene.owner(first), scene.conversation(first).status, scene.load("bo")) == ("bo", Status.OPEN, 2)
    third = scene.ask_for_human("sam")
    scene.set_status("bo", second, "resolved")
    assert scene.owner(third) == "queue", "one slot too many was open before"


def test_claims_transfers_and_takeovers_are_not_limited_but_count(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    for person in PERSONS[:2]:
        scene.claimed_by("bo", person)
    scene.give("cy", scene.claimed_by("cy", PERSONS[2]), "bo")
    scene.take_over("bo", scene.claimed_by("cy", PERSONS[3]))
    assert scene.load("bo") == 4
    scene.online("bo")
    assert scene.owner(scene.ask_for_human(PERSONS[4])) == "queue"


def test_tickets_are_routed_alike_and_ignore_the_limit(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    tickets = [scene.ticket() for _ in range(3)]
    assert [scene.owner(each) for each in (chat, *tickets)] == ["bo"] * 4
    assert scene.load("bo") == 1


def test_a_ticket_waits_for_somebody_who_manages_tickets(scene: Scene) -> None:
    scene.online("gus")
    ticket = scene.ticket()
    assert scene.owner(ticket) == "queue"
    assert obstacles(scene, ticket)["gus"] == "no_tickets"
    scene.online("bo")
    assert scene.owner(ticket) == "bo"


def test_away_and_absent_users_are_never_picked_but_may_claim(scene: Scene) -> None:
    scene.present("bo")
    scene.online("cy")
    scene.clock.forward(seconds=61)  # Cy's lease is over
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "queue"
    assert obstacles(scene, chat) == {"bo": "away", "cy": "absent", "eli": "away", "gus": "away", "vi": "away"}
    scene.claim("bo", chat)
    assert scene.owner(chat) == "bo"


def test_the_receipt_says_why_this_one(scene: Scene) -> None:
    scene.online("bo", "cy")
    scene.use_tree(make_tree(assign={"users": [scene.viewer("cy").public_id]}))
    chat = scene.ask_for_human("pia")
    [receipt] = scene.receipts(chat)
    assert receipt.chosen_user_id == scene.users["cy"]
    assert receipt.method is Method.BALANCED
    assert receipt.handoff_id == scene.handoff(chat).id
    assert obstacles(scene, chat) == {
        "bo": "not_eligible", "cy": None, "eli": "not_eligible", "gus": "not_eligible", "vi": "not_eligible",
    }  # fmt: skip


def test_voluntary_gives_nothing_and_says_so(scene: Scene) -> None:
    scene.configure(method=Method.VOLUNTARY)
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "queue"
    assert scene.receipts(chat)[-1].method is Method.VOLUNTARY
    assert assignment.drain(scene.support) == 0


def test_below_its_plan_voluntary_runs_as_balanced_and_stays_stored(scene: Scene) -> None:
    scene.configure(method=Method.VOLUNTARY)
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    plans.set_plan("pro")
    assert scene.owner(chat) == "bo", "the change of the method serves the queue"
    assert scene.receipts(chat)[-1].method is Method.BALANCED


def test_random_and_round_robin_assign_too(scene: Scene) -> None:
    scene.online("bo", "cy")
    for method, person in ((Method.RANDOM, "pia"), (Method.ROUND_ROBIN, "ravi")):
        scene.configure(method=method)
        assert scene.owner(scene.ask_for_human(person)) in ("bo", "cy")


def test_the_queue_is_served_in_the_order_of_the_requests_also_after_a_return(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    first = scene.claimed_by("cy", "pia")
    chats = [scene.ask_for_human(person) for person in PERSONS[1:4]]
    scene.give("cy", first, "Returns")  # nobody there: it waits, with the oldest request
    assert scene.waiting() == [first, *chats]
    scene.online("eli")
    assert scene.owner(first) == "eli"
    requested = [scene.handoff(chat).requested_at for chat in (first, *chats)]
    assert all(earlier < later for earlier, later in pairwise(requested))


def test_a_younger_chat_that_somebody_may_have_is_not_held_up_by_an_older_one_that_nobody_may(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"users": [scene.viewer("eli").public_id]}))
    older = scene.ask_for_human("pia")
    scene.use_tree(make_tree())
    scene.online("bo")
    assert scene.owner(scene.ask_for_human("ravi")) == "bo"
    assert scene.owner(older) == "queue"


def test_a_new_member_is_served_by_the_next_look(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Returns")]}))
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    with unit_of_work() as uow:
        member = {"team_id": scene.teams["Returns"], "user_id": scene.users["bo"]}
        uow.conn.execute(insert(TeamMember.__table__).values(member))
        assignment.route_now_and_after(uow, scene.support)
    assert scene.owner(chat) == "bo"


def test_a_raised_limit_serves_the_queue(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("bo")
    chats = [scene.ask_for_human(person) for person in PERSONS[:3]]
    scene.configure(auto_limit=3)
    assert assignment.drain(scene.support) == 2
    assert [scene.owner(chat) for chat in chats] == ["bo"] * 3
    assert assignment.drain(scene.support) == 0


def test_one_teamspaces_queue_and_limit_are_none_of_anothers(scene: Scene) -> None:
    scene.configure(auto_limit=1)
    scene.online("fay")
    assert scene.owner(scene.ask_for_human("pia")) == "queue"
    scene.online("bo")
    assert (scene.owner(scene.ask_for_human("ravi")), scene.load("fay")) == ("queue", 0)


def test_an_assignment_is_announced_recorded_and_told_to_the_person(scene: Scene) -> None:
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    assert scene.events().count("ConversationAssigned") == 1
    line = scene.timeline(chat)[-1]
    assert (line.body, line.public_seq, line.data["how"]) == (
        "Bo Lindqvist joined the conversation.",
        scene.conversation(chat).public_seq,
        AssignmentHow.AUTO.value,
    )
    assert scene.handoff(chat).assigned_at is not None


def test_the_plan_decides_the_method_in_one_place(scene: Scene) -> None:
    scene.configure(method=Method.RANDOM)
    with unit_of_work() as uow:
        uow.conn.execute(update(Workspace.__table__).values(plan=Plan.FREE))
    scene.online("bo")
    assert scene.receipts(scene.ask_for_human("pia"))[-1].method is Method.BALANCED
