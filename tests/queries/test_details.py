"""The details pane: facts, history and receipts in words."""

from __future__ import annotations

from dashboard.models import Teamspace, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import ConversationKind, RoleType
from dashboard.queries.details import Details, load_details
from dashboard.queries.rows import load_row
from dashboard.queries.transfer_targets import Targets, load_targets
from dashboard.services import roles
from dashboard.services.roles import RoleDraft
from tests.factories import Scene
from tests.services.test_users import change


def details(scene: Scene, name: str, chat: str) -> Details:
    db.session.close()
    row = load_row(db.session, scene.conversation(chat).id)
    return load_details(db.session, scene.viewer(name), row)


def targets(scene: Scene, sender: str, kind: ConversationKind = ConversationKind.CHAT) -> Targets:
    db.session.close()
    return load_targets(db.session, scene.support, kind, scene.users[sender], utcnow())


def test_history_tells_every_owner_newest_first(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.clock.forward(minutes=3)
    scene.give("bo", chat, "eli", "speaks Spanish")
    scene.clock.forward(minutes=3)
    scene.set_status("eli", chat, "closed")
    history = details(scene, "ada", chat).history
    assert [step.text.split(":")[0] for step in history] == [
        "Eli Navarro, by transfer from Bo Lindqvist",
        "Bo Lindqvist, claimed it",
        "Handed off",
    ]
    assert history[0].more == "“speaks Spanish”"
    assert history[0].until is not None
    assert history[2].more == "closed"


def test_who_was_named_in_a_ticket_was_not_assigned_automatically(scene: Scene) -> None:
    found = details(scene, "bo", scene.ticket("ada", assignee="bo"))
    assert [step.text for step in found.history] == ["Bo Lindqvist, named by Ada Moreno when the ticket was created"]
    assert found.decisions.current is not None
    assert found.decisions.current.summary == "Named by Ada Moreno when the ticket was created."


def test_other_conversations_of_the_person_are_linked_only_for_who_may_see_them(scene: Scene) -> None:
    chat = scene.claimed_by("bo", "pat")
    ticket = scene.ticket(assignee="eli")
    urls = [step.url for step in details(scene, "ada", chat).history if step.url]
    assert urls == [f"/conversations/{ticket}"]
    assert [step.url for step in details(scene, "bo", chat).history if step.url] == []


def test_transfer_targets_are_everybody_else_with_whoever_is_online_first(scene: Scene) -> None:
    scene.online("eli")
    found = targets(scene, "bo")
    assert [user.name for user in found.users] == ["Eli Navarro", "Cy Okafor", "Gus Chatter", "Vi Brandt"]
    assert [user.availability for user in found.users] == ["online", "away", "away", "away"]
    free = {team.name: (team.members, team.free) for team in found.teams}
    assert free["Returns"] == (1, 1)
    assert free["Front line"] == (2, 0)
    assert "Trade desk" not in free


def test_a_team_at_the_limit_has_nobody_free(scene: Scene) -> None:
    scene.change(Teamspace, scene.support, auto_limit=1)
    scene.online("eli")
    scene.ask_for_human("pia")
    assert {team.name: team.free for team in targets(scene, "bo").teams}["Returns"] == 0


def test_a_ticket_goes_to_who_manages_tickets_live_agent_or_not(scene: Scene) -> None:
    only_tickets = RoleDraft("Tickets only", frozenset({"tickets.assigned"}))
    role = roles.create_role(scene.viewer("ada"), RoleType.TEAM, only_tickets)
    change(scene, "cy", roles=frozenset({role}))
    found = targets(scene, "bo", ConversationKind.TICKET)
    assert [user.name for user in found.users] == ["Ada Moreno", "Cy Okafor", "Eli Navarro"]
    assert {team.name: team.members for team in found.teams}["Front line"] == 0
    ticket = scene.ticket(assignee="bo")
    scene.give("bo", ticket, "cy")
    assert scene.owner(ticket) == "cy"
    assert "Cy Okafor" not in [user.name for user in targets(scene, "bo").users]


def test_history_tells_what_was_offered_and_not_accepted(scene: Scene) -> None:
    scene.configure(offers_transfers=True)
    chat = scene.claimed_by("bo")
    scene.clock.forward(minutes=1)
    scene.give("bo", chat, "eli")
    scene.clock.forward(minutes=1)
    scene.take_over("ada", chat)
    offer = details(scene, "ada", chat).history[1]
    assert (offer.text, offer.more) == ("Offered to Eli Navarro by Bo Lindqvist", "voided")
