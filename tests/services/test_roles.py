"""Roles: their permissions reach their holders at once, and nobody gives away more than they have (M1)."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Conversation, Role, RolePermission, Team, UserRole, db
from dashboard.models.enums import Handler, RoleType
from dashboard.models.errors import BatonError, Invalid, NotFound, NotPermitted, Refused
from dashboard.queries.roles import get_role, load_roles, load_use
from dashboard.services import roles
from dashboard.services.belonging import Stale
from dashboard.services.roles import RoleDraft
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene

CHATS = frozenset({"livechats.assigned", "livechats.view_teams"})


def role_id(scene: Scene, name: str) -> str:
    found = db.session.execute(select(Role.__table__.c.public_id).where(Role.__table__.c.name == name)).scalar_one()
    db.session.close()
    return str(found)


def version(scene: Scene, public_id: str) -> str:
    return get_role(db.session, scene.viewer("ada").workspace_id, public_id).version


def change(scene: Scene, name: str, permissions: frozenset[str], by: str = "ada") -> None:
    public_id = role_id(scene, name)
    roles.change_role(scene.viewer(by), public_id, RoleDraft(name, permissions), version(scene, public_id))


def give(scene: Scene, user: str, role: str) -> None:
    with unit_of_work() as uow:
        key = uow.conn.execute(select(Role.__table__.c.id).where(Role.__table__.c.name == role)).scalar_one()
        uow.conn.execute(UserRole.__table__.insert().values(user_id=scene.users[user], role_id=key))


def test_a_new_role_has_what_it_was_given(scene: Scene) -> None:
    public_id = roles.create_role(scene.viewer("ada"), RoleType.TEAM, RoleDraft(" Night shift ", CHATS))
    state = get_role(db.session, scene.viewer("ada").workspace_id, public_id)
    assert (state.name, state.type, state.permissions) == ("Night shift", RoleType.TEAM, CHATS)


@pytest.mark.parametrize(
    ("kind", "name", "permissions", "field"),
    [
        (RoleType.TEAM, "", CHATS, "name"),
        (RoleType.TEAM, "live AGENT", CHATS, "name"),
        (RoleType.TEAM, "Empty", frozenset(), "permissions"),
        (RoleType.TEAM, "Wide", frozenset({"users.manage"}), "permissions"),
        (RoleType.WORKSPACE, "Odd", frozenset({"livechats.fly"}), "permissions"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused_in_words(
    scene: Scene, kind: RoleType, name: str, permissions: frozenset[str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        roles.create_role(scene.viewer("ada"), kind, RoleDraft(name, permissions))
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("name", ["bo", "di", "fay"])
def test_only_who_manages_roles_makes_one(scene: Scene, name: str) -> None:
    with pytest.raises(NotPermitted):
        roles.create_role(scene.viewer(name), RoleType.TEAM, RoleDraft("Mine", CHATS))


def test_nobody_gives_or_takes_what_they_may_not_do_themselves(scene: Scene) -> None:
    roles.create_role(scene.viewer("ada"), RoleType.WORKSPACE, RoleDraft("Clerk", frozenset({"roles.manage"})))
    give(scene, "bo", "Clerk")
    with pytest.raises(NotPermitted, match="Manage users"):
        roles.create_role(scene.viewer("bo"), RoleType.WORKSPACE, RoleDraft("Boss", frozenset({"users.manage"})))
    with pytest.raises(NotPermitted, match="View all livechats"):
        change(scene, "Manager", frozenset({"transcripts.view"}), by="bo")
    assert roles.create_role(scene.viewer("bo"), RoleType.TEAM, RoleDraft("Like me", frozenset({"livechats.assigned"})))


def test_the_built_in_role_can_neither_be_changed_nor_deleted(scene: Scene) -> None:
    public_id = role_id(scene, "admin")
    for act in (
        lambda: change(scene, "admin", CHATS),
        lambda: roles.delete_role(scene.viewer("ada"), public_id),
    ):
        with pytest.raises(Refused, match="admin"):
            act()
    assert scene.viewer("ada").is_admin


def test_a_role_that_somebody_holds_stays_and_says_who(scene: Scene) -> None:
    with pytest.raises(Refused, match="still ha"):
        roles.delete_role(scene.viewer("ada"), role_id(scene, "Live agent"))


def test_a_role_that_nobody_holds_goes_and_its_teams_have_none(scene: Scene) -> None:
    public_id = roles.create_role(scene.viewer("ada"), RoleType.TEAM, RoleDraft("Night shift", CHATS))
    key = get_role(db.session, scene.viewer("ada").workspace_id, public_id).id
    scene.change(Team, scene.teams["Returns"], role_id=key)
    assert load_use(db.session, key).teams == ("Returns",)
    db.session.close()

    assert roles.delete_role(scene.viewer("ada"), public_id) == "Night shift"

    with pytest.raises(NotFound):
        get_role(db.session, scene.viewer("ada").workspace_id, public_id)
    assert db.session.execute(select(Team.__table__.c.role_id)).scalars().all().count(key) == 0
    assert db.session.execute(select(RolePermission).where(RolePermission.role_id == key)).first() is None


def test_a_permission_that_is_taken_returns_what_its_holder_can_have_no_longer(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    change(scene, "Live agent", frozenset({"livechats.view_teams"}))
    row = db.session.execute(select(Conversation.__table__)).one()
    assert (row.public_id, row.handler, row.assignee_id) == (chat, Handler.QUEUE, None)


def test_a_permission_that_is_given_brings_waiting_chats_at_once(scene: Scene) -> None:
    change(scene, "Live agent", frozenset({"livechats.view_teams"}))
    scene.online("bo")
    roles_before = scene.viewer("bo").agent_teamspace_ids
    assert not roles_before
    # With nobody who could ever take it a handoff is no handoff (H2): eli's role stays another one.
    give(scene, "cy", "Chats only")
    chat = scene.ask_for_human("pia")
    assert scene.conversation(chat).assignee_id is None

    change(scene, "Live agent", CHATS)

    assert scene.conversation(chat).assignee_id == scene.users["bo"]


def test_the_second_of_two_who_save_is_told_and_loses_nothing_of_the_first(scene: Scene) -> None:
    public_id = role_id(scene, "Manager")
    old = version(scene, public_id)
    change(scene, "Manager", frozenset({"livechats.view_all"}))
    with pytest.raises(Stale):
        roles.change_role(scene.viewer("ada"), public_id, RoleDraft("Manager", frozenset({"tickets.view_all"})), old)
    assert get_role(db.session, scene.viewer("ada").workspace_id, public_id).permissions == {"livechats.view_all"}


def test_of_many_who_take_one_name_at_once_one_gets_it(app: Flask, scene: Scene) -> None:
    ada, answers = scene.viewer("ada"), list[str]()

    def make() -> None:
        with app.app_context():
            try:
                roles.create_role(ada, RoleType.TEAM, RoleDraft("Night shift", CHATS))
                answers.append("made")
            except BatonError as error:
                answers.append(error.slug)

    threads = [threading.Thread(target=make) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["invalid"] * 4 + ["made"]


def test_the_list_counts_holders_and_names_teams(scene: Scene) -> None:
    found = {row.name: row for row in load_roles(db.session, scene.viewer("ada").workspace_id)}
    assert found["admin"].is_builtin
    assert found["Live agent"].holders >= 3
    assert next(iter(found)) == "admin"
