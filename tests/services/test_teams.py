"""Teams are created, changed and deleted, and what waits follows at once (SPEC 1, A4, L10)."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from dashboard.models import Event, QueueEligible, QueueEntry, Role, Team, TeamMember, Teamspace, User, UserRole, db
from dashboard.models.enums import RoleType
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Refused
from dashboard.queries.team_deletion import Consequences, load_consequences
from dashboard.queries.teams import TeamState, get_team, load_teams
from dashboard.services import (
    accounts,
    assignment,
    messaging,
    returning,
    spoken_languages,
    team_deletion,
    teams,
    transfers,
)
from dashboard.services.belonging import Stale
from dashboard.services.setup import add_role, add_user
from dashboard.services.teams import TeamDraft
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, Scene, make_tree
from tests.services.test_concurrency import at_once

_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c


def public_id(scene: Scene, *names: str) -> frozenset[str]:
    """Of users of the cast."""
    return frozenset(scene.viewer(name).public_id for name in names)


def space_id(scene: Scene, name: str = "Support") -> str:
    s = Teamspace.__table__.c
    return str(scene.scalar(select(s.public_id).where(s.name == name)))


def role_id(scene: Scene, name: str) -> str:
    r = Role.__table__.c
    return str(scene.scalar(select(r.public_id).where(r.name == name)))


def state(scene: Scene, name: str, by: str = "ada") -> TeamState:
    viewer = scene.viewer(by)
    found = get_team(db.session, viewer, scene.team_public_id(name))
    db.session.close()
    return found


def draft_of(team: TeamState) -> TeamDraft:
    return TeamDraft(team.name, team.role, team.members, team.teamspaces)


def save(scene: Scene, team_name: str, /, *, by: str = "ada", **changes: object) -> None:
    team = state(scene, team_name, by)
    draft = replace(draft_of(team), **changes)  # type: ignore[arg-type]
    teams.change_team(scene.viewer(by), team.public_id, draft, team.version)


def counts(scene: Scene, name: str) -> Consequences:
    found = load_consequences(db.session, state(scene, name))
    db.session.close()
    return found


def delete(scene: Scene, name: str) -> None:
    team_deletion.delete_team(scene.viewer("ada"), scene.team_public_id(name), counts(scene, name).seen)


def eligible(scene: Scene, chat: str) -> tuple[bool, set[int], set[int]]:
    """Of the stay that has not ended: everyone, users, teams."""
    entry = scene.one(
        select(_q.id, _q.is_everyone).where(_q.conversation_id == scene.conversation(chat).id, _q.left_at.is_(None))
    )
    rows = scene.all(select(_e.user_id, _e.team_id).where(_e.queue_entry_id == entry.id))
    users = {row.user_id for row in rows if row.user_id}
    return entry.is_everyone, users, {row.team_id for row in rows if row.team_id}


def manager(scene: Scene, name: str, permission: str, space: int) -> None:
    """A new user of the cast who manages something in one teamspace."""
    with unit_of_work() as uow:
        role = add_role(uow, 1, f"role of {name}", RoleType.WORKSPACE, [permission])
        scene.users[name] = add_user(uow, 1, f"{name}@acme.test", name, roles=[role], teamspaces=[space])


def test_a_team_is_created_with_members_and_links_and_gets_the_waiting_chat_at_once(scene: Scene) -> None:
    scene.online("fay")
    chat = scene.ask_for_human("pia")
    assert scene.owner(chat) == "queue"

    teams.create_team(
        scene.viewer("ada"), TeamDraft("Night shift", "", public_id(scene, "fay"), frozenset([space_id(scene)]))
    )

    assert scene.owner(chat) == "fay"
    access = [row.data["user_ids"] for row in scene.rows(Event) if row.kind == "AccessChanged"]
    assert access == [[scene.users["fay"]]]


def test_everyone_with_the_teams_role_is_a_member_and_a_role_of_workspace_type_is_refused(scene: Scene) -> None:
    ada = scene.viewer("ada")
    with pytest.raises(Invalid, match="Team type"):
        teams.create_team(ada, TeamDraft("All", role_id(scene, "Manager")))
    made = teams.create_team(ada, TeamDraft("All", role_id(scene, "Live agent"), frozenset(), frozenset()))
    team = scene.one(select(Team.__table__).where(Team.__table__.c.public_id == made))
    assert team.id in scene.viewer("bo").team_ids
    assert team.id not in scene.viewer("di").team_ids


@pytest.mark.parametrize("name", ["Front line", "front LINE", "  Front   line "])
def test_a_name_that_is_in_use_is_refused_in_words(scene: Scene, name: str) -> None:
    with pytest.raises(Invalid, match="already") as refused:
        teams.create_team(scene.viewer("ada"), TeamDraft(name))
    assert set(refused.value.fields) == {"name"}
    with pytest.raises(Invalid, match="already"):
        save(scene, "Returns", name=name)


def test_two_who_take_a_name_at_once_have_one_winner(app: Flask, scene: Scene) -> None:
    ada = scene.viewer("ada")
    outcomes = at_once(app, [partial(teams.create_team, ada, TeamDraft("Dawn"))] * 4)
    assert sorted(type(each).__name__ for each in outcomes) == ["Invalid", "Invalid", "Invalid", "str"]


def test_what_is_unknown_or_gone_is_refused_and_nothing_is_written(scene: Scene) -> None:
    scene.deactivate("cy")
    ada, before = scene.viewer("ada"), len(scene.rows(Team))
    for draft in (
        TeamDraft("A", members=frozenset(["nobody"])),
        TeamDraft("A", members=frozenset([str(scene.one(select(User.public_id).where(User.name == "Cy Okafor"))[0])])),
        TeamDraft("A", teamspaces=frozenset(["nowhere"])),
        TeamDraft("A", role="none"),
        TeamDraft(" "),
    ):
        with pytest.raises(Invalid):
            teams.create_team(ada, draft)
    assert len(scene.rows(Team)) == before


def test_a_save_never_passes_over_anothers(scene: Scene) -> None:
    seen = state(scene, "Returns")
    save(scene, "Returns", members=seen.members | public_id(scene, "bo"))
    with pytest.raises(Stale):
        teams.change_team(scene.viewer("ada"), seen.public_id, replace(draft_of(seen), name="Refunds"), seen.version)
    assert state(scene, "Returns").members == public_id(scene, "eli", "bo")


def test_of_two_saves_at_once_one_is_told_of_the_other(app: Flask, scene: Scene) -> None:
    team, ada = state(scene, "Returns"), scene.viewer("ada")
    drafts = [replace(draft_of(team), members=public_id(scene, "eli", name)) for name in ("bo", "cy", "gus", "vi")]
    outcomes = at_once(app, [partial(teams.change_team, ada, team.public_id, each, team.version) for each in drafts])
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "Stale", "Stale", "Stale"]
    winner = next(draft for draft, each in zip(drafts, outcomes, strict=True) if each is None)
    assert state(scene, "Returns").members == winner.members


def test_who_is_a_member_by_role_or_deactivated_stays_listed_when_the_form_cannot_speak_of_them(scene: Scene) -> None:
    with unit_of_work() as uow:
        seers = add_role(uow, 1, "Seers", RoleType.TEAM, ["livechats.view_teams"])
        uow.conn.execute(insert(UserRole.__table__).values(user_id=scene.users["vi"], role_id=seers))
    save(scene, "Front line", role=role_id(scene, "Seers"))
    scene.deactivate("cy")
    save(scene, "Front line", members=public_id(scene, "bo"))
    listed = {row.user_id for row in scene.rows(TeamMember) if row.team_id == scene.teams["Front line"]}
    assert listed == {scene.users["bo"], scene.users["cy"], scene.users["vi"]}


def test_a_removed_member_loses_what_they_had_and_it_goes_to_the_others(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.online("cy")
    save(scene, "Front line", members=public_id(scene, "cy", "vi"))
    assert scene.owner(chat) == "cy"
    assert "returned" in scene.codes(chat)
    assert scene.viewer("bo").teamspace_ids == frozenset()


def test_an_unlinked_teamspace_keeps_what_waited_for_the_team(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Returns")]}))
    chat = scene.ask_for_human("pia")
    scene.online("bo")
    assert scene.owner(chat) == "queue"
    save(scene, "Returns", teamspaces=frozenset())
    assert scene.owner(chat) == "bo"
    assert "team_unlinked" in scene.codes(chat)


def test_only_who_manages_teams_does_and_only_in_their_teamspaces(scene: Scene) -> None:
    manager(scene, "max", "teams.manage", scene.support)
    with pytest.raises(NotPermitted, match="Manage teams"):
        teams.create_team(scene.viewer("di"), TeamDraft("Mine"))
    with pytest.raises(Invalid, match="not yours"):
        teams.create_team(
            scene.viewer("max"), TeamDraft("Mine", "", frozenset(), frozenset([space_id(scene, "Wholesale")]))
        )
    with pytest.raises(NotFound):
        state(scene, "Trade desk", "max")
    save(scene, "Returns", by="max", name="Refunds")
    assert {each.name for each in load_teams(db.session, scene.viewer("max"), scene.clock.now)} == {
        "Chatters", "Front line", "Refunds",
    }  # fmt: skip


def test_a_team_that_others_share_is_shown_and_not_changed(scene: Scene) -> None:
    manager(scene, "max", "teams.manage", scene.support)
    save(scene, "Returns", teamspaces=frozenset([space_id(scene), space_id(scene, "Wholesale")]))
    with pytest.raises(NotPermitted, match="not linked"):
        state(scene, "Returns", "max")
    rows = {each.name: each for each in load_teams(db.session, scene.viewer("max"), scene.clock.now)}
    assert (rows["Returns"].is_mine, rows["Returns"].teamspaces) == (False, ["Support"])


def test_the_dialogs_numbers_come_true(scene: Scene) -> None:
    front, returns = scene.team_public_id("Front line"), scene.team_public_id("Returns")
    scene.use_tree(make_tree(assign={"teams": [front]}, by_language={"es": {"teams": [front, returns]}}))
    waiting = scene.ask_for_human("pia")
    scene.use_tree(make_tree(assign={"teams": [front, returns]}))
    shared = scene.ask_for_human("pau")
    scene.use_tree(make_tree())
    with_team = scene.claimed_by("eli", "pim")
    scene.give("eli", with_team, "Front line")
    scene.claim("eli", with_team)
    orphan = scene.claimed_by("bo", "pol")
    scene.use_tree(make_tree(assign={"teams": [front]}, by_language={"es": {"teams": [front, returns]}}))

    told = counts(scene, "Front line")
    assert (told.widened, told.narrowed, told.kept, told.returned, told.handoffs) == (1, 1, 1, 1, 1)
    assert (told.members, told.teamspaces, told.unstaffed) == (3, ("Support",), ())
    delete(scene, "Front line")

    assert eligible(scene, waiting) == (True, set(), set())
    assert eligible(scene, shared) == (False, set(), {scene.teams["Returns"]})
    assert (scene.owner(with_team), scene.conversation(with_team).team_id) == ("eli", None)
    assert scene.handoff(with_team).team_id is None
    assert (scene.owner(orphan), scene.conversation(orphan).epoch) == ("queue", 3)
    assert [scene.codes(chat).count("team_deleted") for chat in (waiting, shared, with_team, orphan)] == [1, 1, 1, 0]
    assert "Front line" in scene.timeline(with_team)[-1].body


def test_what_widens_keeps_its_place_and_goes_to_whoever_is_free(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    first, second = scene.ask_for_human("pia"), scene.ask_for_human("pau")
    scene.configure(auto_limit=1)
    scene.online("eli")
    assert scene.waiting() == [first, second]
    epochs = [scene.conversation(chat).epoch for chat in (first, second)]
    delete(scene, "Front line")
    assert (scene.owner(first), scene.owner(second)) == ("eli", "queue")
    assert scene.conversation(second).epoch == epochs[1], "nobody's turn is no change of owner"
    last = scene.receipts(second)[-1].data["candidates"]
    assert {each["name"]: each["obstacle"] for each in last}["Eli Navarro"] == "at_limit"


def test_a_deleted_team_is_gone_from_everywhere_and_its_name_is_free(scene: Scene) -> None:
    front = scene.team_public_id("Front line")
    scene.use_tree(make_tree(assign={"teams": [front]}))
    delete(scene, "Front line")
    assert scene.viewer("bo").team_ids == frozenset()
    chat = scene.ask_for_human("pia")
    assert eligible(scene, chat)[0], "a handoff that names it falls back to everyone"
    with pytest.raises(NotFound):
        teams.change_team(scene.viewer("ada"), front, TeamDraft("Again"), "")
    with pytest.raises(NotFound):
        accounts.create_user(accounts.NewUser("x@acme.test", "X", ["Live agent"], ["Front line"]))
    with pytest.raises(NotFound):
        team_deletion.delete_team(scene.viewer("ada"), front, "")
    with pytest.raises(NotFound):
        scene.ticket("eli", teams=["Front line"])
    with pytest.raises(Invalid):
        scene.give("eli", scene.claimed_by("eli", "pau"), "Front line")
    again = teams.create_team(scene.viewer("ada"), TeamDraft("Front line"))
    accounts.create_user(accounts.NewUser("y@acme.test", "Y", ["Live agent"], ["Front line"]))
    assert again != front
    assert [row.archived_at is None for row in scene.rows(Team) if row.name == "Front line"] == [False, True]


def test_other_numbers_than_were_agreed_to_are_refused(scene: Scene) -> None:
    told = counts(scene, "Front line")
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    chat = scene.ask_for_human("pia")
    before = scene.counts()
    with pytest.raises(Stale):
        team_deletion.delete_team(scene.viewer("ada"), scene.team_public_id("Front line"), told.seen)
    assert scene.counts() == before
    assert eligible(scene, chat) == (False, set(), {scene.teams["Front line"]})


def test_the_last_team_with_live_agents_is_named(scene: Scene) -> None:
    for name in ("Returns", "Chatters"):
        delete(scene, name)
    assert counts(scene, "Front line").unstaffed == ("Support",)


def test_languages_belong_to_the_user_and_a_manager_changes_those_of_members(scene: Scene) -> None:
    ada, returns = scene.viewer("ada"), scene.team_public_id("Returns")
    eli = scene.viewer("eli").public_id
    spoken_languages.set_member_languages(ada, returns, eli, ["es", "de"], [])
    with pytest.raises(Stale):
        spoken_languages.set_member_languages(ada, returns, eli, ["fr"], [])
    with pytest.raises(NotFound):
        spoken_languages.set_member_languages(ada, returns, scene.viewer("bo").public_id, ["fr"], [])
    with pytest.raises(NotPermitted):
        spoken_languages.set_member_languages(scene.viewer("bo"), returns, eli, ["fr"], ["es", "de"])
    assert scene.scalar(select(User.languages).where(User.id == scene.users["eli"])) == ["es", "de"]
    spoken_languages.set_own_languages(scene.users["eli"], [])
    with pytest.raises(Invalid):
        spoken_languages.set_own_languages(scene.users["eli"], ["klingon"])
    assert scene.scalar(select(User.languages).where(User.id == scene.users["eli"])) == []


def test_members_come_and_go_while_chats_are_routed_and_nothing_is_lost(app: Flask, scene: Scene) -> None:
    scene.configure(auto_limit=3)
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    scene.online("bo", "cy", "eli", "gus")
    ada = scene.viewer("ada")

    def reshuffle(*names: str) -> None:
        members = public_id(scene, *names)
        for _ in range(5):  # somebody else's save in between is told, and looked at again
            team = state(scene, "Front line")
            try:
                teams.change_team(ada, team.public_id, replace(draft_of(team), members=members), team.version)
            except Stale:
                continue
            return

    persons = [scene.person(f"person {number}") for number in range(12)]
    chats = [partial(messaging.start_chat, scene.channel, each, HUMAN, "one") for each in persons]
    changes = [partial(reshuffle, "bo"), partial(reshuffle, "cy", "eli"), partial(reshuffle, "gus", "bo")]
    outcomes = at_once(app, [*chats, *changes])
    assert not [each for each in outcomes if isinstance(each, Exception)]
    returning.return_orphans()
    assignment.drain(scene.support)
    members = {row.user_id for row in scene.rows(TeamMember) if row.team_id == scene.teams["Front line"]}
    held = {name: scene.load(name) for name in ("bo", "cy", "eli", "gus")}
    assert sum(held.values()) + len(scene.waiting()) == 12
    assert max(held.values()) <= 3
    free = [name for name, number in held.items() if number < 3 and scene.users[name] in members]
    assert not (scene.waiting() and free), "a chat waits beside a free member"


def test_a_team_is_deleted_while_chats_go_to_it_and_none_waits_for_nobody(app: Flask, scene: Scene) -> None:
    """The audit, which runs after every test, finds what waits for a team that is gone."""
    front = scene.team_public_id("Front line")
    scene.use_tree(make_tree(assign={"teams": [front]}))
    persons = [scene.person(f"person {number}") for number in range(8)]
    ada = scene.viewer("ada")

    def remove() -> None:
        for _ in range(200):
            try:
                team_deletion.delete_team(ada, front, counts(scene, "Front line").seen)
            except NotFound:
                return
            except Refused:
                continue

    calls = [partial(messaging.start_chat, scene.channel, each, HUMAN, "one") for each in persons]
    outcomes = at_once(app, [*calls[:4], remove, *calls[4:]])
    assert not [each for each in outcomes if isinstance(each, Exception)]
    remove()
    chats = [each.conversation_public_id for each in outcomes if each is not None]
    assert [eligible(scene, chat) for chat in chats] == [(True, set(), set())] * 8


def wait_until_somebody_waits() -> None:
    """Until another transaction waits for a lock of PostgreSQL; SQLite lets nobody begin meanwhile."""
    if db.engine.dialect.name != "postgresql":
        return
    here = "wait_event_type = 'Lock' AND datname = current_database()"
    waiting = text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")
    deadline = time.monotonic() + 10
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while not conn.execute(waiting).scalar():
            assert time.monotonic() < deadline, "nobody waited"


@pytest.mark.parametrize("gives", ["handoff", "transfer"])
def test_what_was_about_to_go_to_a_team_that_leaves_does_not_wait_for_it(app: Flask, scene: Scene, gives: str) -> None:
    chat = scene.claimed_by("eli", "pau")
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Front line")]}))
    front, ada, eli, person = state(scene, "Front line"), scene.viewer("ada"), scene.viewer("eli"), scene.person("pia")
    outcome: list[object] = []

    def give() -> None:
        with app.app_context():
            try:
                if gives == "handoff":
                    outcome.append(messaging.start_chat(scene.channel, person, HUMAN, "one").conversation_public_id)
                else:
                    outcome.append(transfers.transfer_to_team(eli, chat, front.public_id))
            except Invalid as refusal:
                outcome.append(refusal)
            finally:
                db.session.remove()

    other = threading.Thread(target=give)
    with unit_of_work() as uow:
        released = teams.unlink(uow, ada, [front], [scene.support])
        other.start()
        wait_until_somebody_waits()
        assert released == {}
    other.join()
    if gives == "handoff":
        assert eligible(scene, str(outcome[0])) == (True, set(), set())
    else:
        assert isinstance(outcome[0], Invalid)
        assert (scene.owner(chat), scene.conversation(chat).team_id) == ("eli", None)
