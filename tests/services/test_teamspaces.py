"""Teamspaces work from the moment they are made, and leave nothing behind when they go (SPEC 1, L10)."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Channel, Team, Teamspace, TeamspaceUser, db
from dashboard.models.enums import ChannelKind, Plan
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Obstacle, Refused
from dashboard.models.membership import load_viewers
from dashboard.queries.api import find_teamspace_id
from dashboard.queries.teamspaces import TeamspaceState, get_teamspace, load_removal, load_teamspaces
from dashboard.services import accounts, messaging, plans, sweeps, teamspace_deletion, teamspaces
from dashboard.services.belonging import Stale
from dashboard.services.in_use import is_in_use
from dashboard.services.secrets import digest
from dashboard.services.teamspaces import NewTeamspace, TeamspaceDraft
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, Scene, make_tree
from tests.services.test_concurrency import at_once
from tests.services.test_teams import eligible, manager, public_id, wait_until_somebody_waits

_s = Teamspace.__table__.c
_ch = Channel.__table__.c
KEY = "the installation's key"


def state(scene: Scene, name: str = "Support", by: str = "ada") -> TeamspaceState:
    found = scene.scalar(select(_s.public_id).where(_s.name == name).order_by(_s.id.desc()))
    space = get_teamspace(db.session, scene.viewer(by), str(found))
    db.session.close()
    return space


def save(scene: Scene, space_name: str, /, *, by: str = "ada", **changes: object) -> None:
    space = state(scene, space_name, by)
    draft = replace(TeamspaceDraft(space.name, space.users, space.teams), **changes)  # type: ignore[arg-type]
    teamspaces.change_teamspace(scene.viewer(by), space.public_id, draft, space.version)


def delete(scene: Scene, name: str = "Support") -> None:
    space = state(scene, name)
    seen = load_removal(db.session, space.id).seen
    teamspace_deletion.delete_teamspace(scene.viewer("ada"), space.public_id, seen)


def create(scene: Scene, name: str = "Rentals", *teams: str, by: str = "ada") -> int:
    new = NewTeamspace(name, "Paddle", ("de", "en"), frozenset(scene.team_public_id(each) for each in teams))
    made = teamspaces.create_teamspace(scene.viewer(by), new)
    return int(scene.scalar(select(_s.id).where(_s.public_id == made)))


def test_a_new_teamspace_takes_a_chat_and_hands_it_to_its_team(scene: Scene) -> None:
    space = create(scene, "Rentals", "Returns")
    channels = {row.kind: row for row in scene.rows(Channel) if row.teamspace_id == space}
    assert set(channels) == {ChannelKind.WEBCHAT, ChannelKind.API}
    scene.online("eli")
    scene.support = space
    posted = messaging.start_chat(channels[ChannelKind.WEBCHAT].id, scene.person("pia"), HUMAN, "one")
    assert scene.owner(posted.conversation_public_id) == "eli"
    assert accounts.teamspace_secret("Rentals", KEY)


def test_its_creator_is_linked_and_admins_see_it_at_once(scene: Scene) -> None:
    manager(scene, "max", "teamspaces.manage", scene.support)
    space = create(scene, by="max")
    assert space in scene.viewer("max").teamspace_ids
    assert space in scene.viewer("ada").teamspace_ids
    assert space not in scene.viewer("di").teamspace_ids


def test_what_is_missing_or_taken_is_refused_by_field(scene: Scene) -> None:
    before = scene.counts()
    with pytest.raises(Invalid) as refused:
        teamspaces.create_teamspace(scene.viewer("ada"), NewTeamspace("support", "Paddle", ("en",)))
    assert set(refused.value.fields) == {"name"}
    for new, field in (
        (NewTeamspace("", "Paddle", ("en",)), "name"),
        (NewTeamspace("Rentals", " ", ("en",)), "agent_name"),
        (NewTeamspace("Rentals", "Paddle", ()), "languages"),
        (NewTeamspace("Rentals", "Paddle", ("klingon",)), "languages"),
        (NewTeamspace("Rentals", "Paddle", ("en",), frozenset(["none"])), "teams"),
    ):
        with pytest.raises(Invalid) as refused:
            teamspaces.create_teamspace(scene.viewer("ada"), new)
        assert set(refused.value.fields) == {field}
    assert scene.counts() == before


def test_only_who_manages_teamspaces_does_and_only_their_own(scene: Scene) -> None:
    manager(scene, "max", "teamspaces.manage", scene.support)
    with pytest.raises(NotPermitted):
        create(scene, by="di")
    with pytest.raises(NotFound):
        save(scene, "Wholesale", by="max", name="Mine")
    save(scene, "Support", by="max", name="Help")
    assert [each.name for each in load_teamspaces(db.session, scene.viewer("max"), scene.clock.now)] == ["Help"]


def test_a_linked_user_sees_it_and_an_unlinked_one_no_more(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    save(scene, "Support", users=public_id(scene, "fay"))
    assert scene.support in scene.viewer("fay").teamspace_ids
    assert scene.viewer("di").teamspace_ids == frozenset()
    assert scene.owner(chat) == "bo", "a team's live agents keep what they have"
    linked = {row.user_id for row in scene.rows(TeamspaceUser) if row.teamspace_id == scene.support}
    assert linked == {scene.users["fay"]}


def test_a_linked_team_gets_waiting_chats_at_once_and_an_unlinked_one_lets_go_of_all(scene: Scene) -> None:
    scene.online("fay")
    chat = scene.ask_for_human("pia")
    with_desk = state(scene).teams | {scene.team_public_id("Trade desk")}
    save(scene, "Support", teams=with_desk)
    assert scene.owner(chat) == "fay"
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line"), scene.team_public_id("Returns")]}))
    waiting = scene.ask_for_human("pau")
    save(scene, "Support", teams=frozenset([scene.team_public_id("Chatters")]))
    assert scene.owner(chat) == "queue"
    assert eligible(scene, waiting) == (True, set(), set())


def test_a_save_never_passes_over_anothers(app: Flask, scene: Scene) -> None:
    space, ada = state(scene), scene.viewer("ada")
    drafts = [TeamspaceDraft(f"Support {number}", space.users, space.teams) for number in range(4)]
    calls = [partial(teamspaces.change_teamspace, ada, space.public_id, each, space.version) for each in drafts]
    assert sorted(type(each).__name__ for each in at_once(app, calls)) == ["NoneType", "Stale", "Stale", "Stale"]


def test_with_open_conversations_it_is_not_deleted(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    scene.ticket("bo", assignee="bo")
    before = scene.counts()
    with pytest.raises(Refused, match="2 open conversations"):
        delete(scene)
    assert scene.counts() == before
    assert scene.owner(chat) == "queue"


def test_a_deleted_teamspace_is_gone_from_everywhere(scene: Scene) -> None:
    accounts.teamspace_secret("Support", KEY)
    hashed = scene.scalar(select(_s.secret_hash).where(_s.id == scene.support))
    chat = scene.write("pia", "Hello").conversation_public_id
    old = state(scene)
    delete(scene)
    for name in ("ada", "bo", "di"):
        assert scene.support not in scene.viewer(name).teamspace_ids
    viewers = load_viewers(db.session, scene.users.values())
    assert not [each for each in viewers.values() if scene.support in each.teamspace_ids | each.agent_teamspace_ids]
    assert not [row for row in scene.rows(Channel) if row.teamspace_id == scene.support and row.is_connected]
    assert find_teamspace_id(db.session, str(hashed)) is None
    with pytest.raises(Obstacle, match="closed at the moment"):
        scene.write("pia", HUMAN)
    with pytest.raises(NotFound):
        accounts.teamspace_secret("Support", KEY)
    with pytest.raises(NotFound):
        scene.ticket("ada")
    with pytest.raises(NotFound):
        scene.take_over("ada", chat)
    with pytest.raises(NotFound):
        teamspace_deletion.delete_teamspace(scene.viewer("ada"), old.public_id, "")
    assert [each.name for each in load_teamspaces(db.session, scene.viewer("ada"), scene.clock.now)] == ["Wholesale"]
    sweeps.mark_overdue()
    plans.set_plan(Plan.ENTERPRISE.value)
    assert create(scene, "Support") != old.id


def test_what_is_resolved_closes_with_it(scene: Scene) -> None:
    chat, ticket = scene.claimed_by("bo"), scene.ticket("bo", assignee="bo")
    for each in (chat, ticket):
        scene.set_status("bo", each, "resolved")
    delete(scene)
    assert scene.owner(chat) == "ai_agent"
    assert scene.conversation(ticket).status.value == "closed"


def test_other_numbers_than_were_agreed_to_are_refused(scene: Scene) -> None:
    space = state(scene)
    seen = load_removal(db.session, space.id).seen
    save(scene, "Support", teams=frozenset())
    with pytest.raises(Stale):
        teamspace_deletion.delete_teamspace(scene.viewer("ada"), space.public_id, seen)


def test_no_handoff_comes_to_be_in_a_teamspace_that_is_being_deleted(app: Flask, scene: Scene) -> None:
    """Each chat either was there first, and the deletion is refused, or stays with its AI agent or is not taken."""
    persons = [scene.person(f"person {number}") for number in range(6)]
    space, ada = state(scene), scene.viewer("ada")
    seen = load_removal(db.session, space.id).seen
    remove = partial(teamspace_deletion.delete_teamspace, ada, space.public_id, seen)
    calls = [partial(messaging.start_chat, scene.channel, each, HUMAN, "one") for each in persons]
    outcomes = at_once(app, [*calls[:3], remove, *calls[3:]])
    assert all(not isinstance(each, Exception) or isinstance(each, Refused) for each in outcomes), outcomes
    is_gone = scene.scalar(select(_s.archived_at).where(_s.id == scene.support)) is not None
    assert is_gone is isinstance(outcomes[3], str)
    assert not (is_gone and scene.waiting())


def test_secrets_and_hashes_of_others_stay(scene: Scene) -> None:
    raw = accounts.teamspace_secret("Wholesale", KEY)
    delete(scene)
    assert find_teamspace_id(db.session, digest(raw)) == scene.wholesale
    assert [row.archived_at for row in scene.rows(Team)] == [None] * 4


def test_a_handoff_that_waited_for_the_deletion_stays_with_the_ai_agent(app: Flask, scene: Scene) -> None:
    chat, space, person = scene.write("pia", "Hello").conversation_public_id, state(scene), scene.person("pia")

    def ask() -> None:
        with app.app_context():
            messaging.receive_message(chat, person, HUMAN, "two")
            db.session.remove()

    other = threading.Thread(target=ask)
    with unit_of_work() as uow:
        uow.conn.execute(select(_s.id).where(_s.id == space.id).with_for_update())
        other.start()
        wait_until_somebody_waits()
        teamspace_deletion.archive(uow, space)
    other.join()
    assert (scene.owner(chat), scene.waiting()) == ("ai_agent", [])
    assert "handoff_unavailable" in scene.codes(chat)


def test_a_deletion_does_not_wait_for_what_is_being_opened_there(app: Flask, scene: Scene) -> None:
    space, ada = state(scene), scene.viewer("ada")
    seen = load_removal(db.session, space.id).seen
    db.session.close()
    outcome: list[object] = []

    def remove() -> None:
        with app.app_context():
            try:
                outcome.append(teamspace_deletion.delete_teamspace(ada, space.public_id, seen))
            except Refused as refusal:
                outcome.append(refusal.sentence)
            finally:
                db.session.remove()

    other = threading.Thread(target=remove)
    with unit_of_work() as uow:
        assert is_in_use(uow, space.id)
        other.start()
        if db.engine.dialect.name == "postgresql":  # SQLite lets nobody begin meanwhile
            other.join(10)
            assert outcome == [teamspace_deletion.BUSY]
    other.join()
    assert len(outcome) == 1
