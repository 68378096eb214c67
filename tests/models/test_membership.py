"""Who belongs to what: permissions add up, teams are listed users plus their role, live agents are those in teams."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, insert, update

from dashboard.models import Team, TeamspaceTeam, User, UserRole, db
from dashboard.models.enums import RoleType
from dashboard.models.membership import live_agents_select, load_viewers, members_select, permitted_select
from dashboard.models.permissions import ALL_PERMISSIONS
from dashboard.models.visibility import Viewer
from dashboard.services.demo.cast import Cast
from dashboard.services.setup import add_role, add_team
from dashboard.services.unit_of_work import unit_of_work
from tests.cast import load_cast


@pytest.fixture
def cast(app: Flask) -> Cast:
    return load_cast()


def view(cast: Cast, name: str) -> Viewer:
    db.session.close()
    return load_viewers(db.session, [cast.users[name]])[cast.users[name]]


def live_agents(cast: Cast, space: int) -> set[str]:
    db.session.close()
    ids = set(db.session.execute(live_agents_select(space)).scalars())
    return {name for name, key in cast.users.items() if key in ids}


def test_the_live_agents_of_a_teamspace_are_those_in_its_teams(cast: Cast) -> None:
    assert live_agents(cast, cast.support.id) == {"bo", "cy", "eli"}
    assert live_agents(cast, cast.wholesale.id) == {"fay"}


def test_an_admin_is_linked_to_all_but_no_live_agent_without_a_team(cast: Cast) -> None:
    ada = view(cast, "ada")
    assert ada.permissions == ALL_PERMISSIONS
    assert ada.teamspace_ids == {cast.support.id, cast.wholesale.id}
    assert ada.agent_teamspace_ids == frozenset()


def test_permissions_of_several_roles_add_up(cast: Cast) -> None:
    with unit_of_work() as uow:
        role = add_role(uow, cast.workspace_id, "Reporter", RoleType.WORKSPACE, ["analytics.view"])
        uow.conn.execute(insert(UserRole.__table__).values(user_id=cast.users["bo"], role_id=role))
    assert {"analytics.view", "livechats.assigned"} <= view(cast, "bo").permissions


def test_a_teams_role_brings_everyone_who_holds_it(cast: Cast) -> None:
    with unit_of_work() as uow:
        role = add_role(uow, cast.workspace_id, "Night shift", RoleType.TEAM, ["livechats.assigned"])
        team = add_team(uow, cast.workspace_id, "Nights", [cast.wholesale.id])
        uow.conn.execute(update(Team.__table__).where(Team.id == team).values(role_id=role))
        uow.conn.execute(insert(UserRole.__table__).values(user_id=cast.users["cy"], role_id=role))
    cy = view(cast, "cy")
    assert team in cy.team_ids
    assert cy.agent_teamspace_ids == {cast.support.id, cast.wholesale.id}
    assert (team, cast.users["cy"]) in db.session.execute(members_select()).all()
    assert live_agents(cast, cast.wholesale.id) == {"fay", "cy"}


def test_a_team_that_is_unlinked_takes_its_live_agents_along(cast: Cast) -> None:
    with unit_of_work() as uow:
        table = TeamspaceTeam.__table__
        uow.conn.execute(table.delete().where(table.c.team_id == cast.teams["Returns"]))
    assert live_agents(cast, cast.support.id) == {"bo", "cy"}
    assert view(cast, "eli").teamspace_ids == frozenset()


def test_a_deactivated_user_is_nobody(cast: Cast) -> None:
    with unit_of_work() as uow:
        uow.conn.execute(update(User.__table__).where(User.id == cast.users["bo"]).values(is_active=False))
    assert load_viewers(db.session, [cast.users["bo"]]) == {}
    assert live_agents(cast, cast.support.id) == {"cy", "eli"}


def test_the_built_in_role_holds_every_permission(cast: Cast) -> None:
    assert set(db.session.execute(permitted_select("roles.manage")).scalars()) == {cast.users["ada"]}


def test_a_manager_is_linked_directly_and_is_no_live_agent(cast: Cast) -> None:
    di = view(cast, "di")
    assert (di.teamspace_ids, di.agent_teamspace_ids, di.team_ids) == ({cast.support.id}, frozenset(), frozenset())


def test_team_mates_are_those_of_ones_teams(cast: Cast) -> None:
    assert view(cast, "bo").team_mate_ids == {cast.users["bo"], cast.users["cy"]}


def test_any_number_of_viewers_costs_the_same_number_of_selects(cast: Cast) -> None:
    def count(ids: list[int]) -> int:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            db.session.close()
            load_viewers(db.session, ids)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    users = [cast.users[name] for name in ("bo", "cy", "eli", "di", "fay")]
    assert count(users) == count(users[:2]) <= 6
