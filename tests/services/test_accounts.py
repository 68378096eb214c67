"""Users, tokens and secrets as the command line makes them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Channel, Team, Teamspace, User, db
from dashboard.models.enums import Availability, Plan
from dashboard.models.errors import Invalid, NotFound, PlanRequired, Refused
from dashboard.models.membership import load_viewers
from dashboard.models.permissions import ALL_PERMISSIONS
from dashboard.models.visibility import Viewer
from dashboard.queries import api as api_queries
from dashboard.services import accounts, plans, sessions
from dashboard.services.accounts import NewUser
from dashboard.services.secrets import digest
from tests.cast import load_cast

KEY = "the installation's key"


def find_viewer(email: str) -> Viewer:
    db.session.close()
    user_id = db.session.execute(select(User.id).where(User.email == email)).scalar_one()
    return load_viewers(db.session, [user_id])[user_id]


def test_the_first_admin_finds_a_workspace_to_work_in(app: Flask) -> None:
    password = accounts.create_admin(NewUser("Root@Example.com", "Root"))

    viewer = find_viewer("root@example.com")
    assert viewer.is_admin
    assert viewer.permissions == ALL_PERMISSIONS
    spaces = db.session.execute(select(Teamspace.name)).scalars().all()
    kinds = db.session.execute(select(Channel.kind).order_by(Channel.id)).scalars().all()
    assert (spaces, [kind.value for kind in kinds]) == (["Support"], ["webchat", "api"])
    assert sessions.find_user(sessions.sign_in("root@example.com", password, "", ""))
    assert viewer.team_ids == set(db.session.execute(select(Team.id)).scalars()), "so that a handoff finds somebody"


def test_a_second_admin_joins_the_same_workspace(app: Flask) -> None:
    accounts.create_admin(NewUser("root@example.com", "Root"))
    accounts.create_admin(NewUser("deputy@example.com", "Deputy"))
    assert find_viewer("deputy@example.com").workspace_id == find_viewer("root@example.com").workspace_id
    assert find_viewer("deputy@example.com").team_ids == frozenset()


def test_a_user_gets_roles_teams_and_teamspaces_by_name(app: Flask) -> None:
    cast = load_cast()
    chosen = "a password of my own"

    answer = accounts.create_user(
        NewUser("gil@acme.test", "Gil", ["Live agent", "Manager"], ["Returns"], ["Wholesale"], chosen)
    )

    viewer = find_viewer("gil@acme.test")
    assert answer == chosen
    assert viewer.team_ids == {cast.teams["Returns"]}
    assert viewer.teamspace_ids == {cast.support.id, cast.wholesale.id}
    assert {"livechats.assigned", "livechats.view_all"} <= viewer.permissions
    state = db.session.execute(select(User.availability).where(User.email == "gil@acme.test")).scalar_one()
    assert state is Availability.AWAY


@pytest.mark.parametrize(
    ("user", "error"),
    [
        (NewUser("bo@acme.test", "Bo", ["Manager"]), Refused),
        (NewUser("gil@acme.test", "Gil", ["Pirate"]), NotFound),
        (NewUser("gil@acme.test", "Gil", ["Manager"], ["Nobody"]), NotFound),
        (NewUser("gil@acme.test", "Gil", []), Invalid),
        (NewUser("gil", "Gil", ["Manager"]), Invalid),
        (NewUser("gil@acme.test", " ", ["Manager"]), Invalid),
        (NewUser("gil@acme.test", "Gil", ["Manager"], password="short"), Invalid),
    ],
)
def test_a_mistake_makes_no_user(app: Flask, user: NewUser, error: type[Exception]) -> None:
    load_cast()
    with pytest.raises(error):
        accounts.create_user(user)
    assert db.session.execute(select(User.id).where(User.email == "gil@acme.test")).first() is None


def test_an_unknown_name_is_answered_with_those_that_there_are(app: Flask) -> None:
    load_cast()
    with pytest.raises(NotFound, match=r"there are: .*Live agent.*Manager"):
        accounts.create_user(NewUser("gil@acme.test", "Gil", ["Pirate"]))


def test_a_personal_token_is_its_user_and_stored_hashed(app: Flask) -> None:
    cast = load_cast()
    raw = accounts.create_token("Bo@acme.test")
    db.session.close()
    viewer = api_queries.find_viewer(db.session, digest(raw))
    assert viewer is not None
    assert viewer.user_id == cast.users["bo"]
    with pytest.raises(NotFound):
        accounts.create_token("nobody@acme.test")


def test_a_teamspace_secret_can_be_shown_again_and_a_rotation_voids_it(app: Flask) -> None:
    cast = load_cast()

    first = accounts.teamspace_secret("Support", KEY)
    again = accounts.teamspace_secret("Support", KEY)
    rotated = accounts.teamspace_secret("Support", KEY, is_rotated=True)
    other = accounts.teamspace_secret("Wholesale", KEY)

    db.session.close()
    assert first == again
    assert len({first, rotated, other}) == 3
    assert api_queries.find_teamspace_id(db.session, digest(first)) is None
    assert api_queries.find_teamspace_id(db.session, digest(rotated)) == cast.support.id


def test_a_secret_of_a_lost_key_is_not_guessed(app: Flask) -> None:
    load_cast()
    accounts.teamspace_secret("Support", KEY)
    with pytest.raises(Refused, match="--rotate"):
        accounts.teamspace_secret("Support", "another key")
    assert accounts.teamspace_secret("Support", "another key", is_rotated=True)


def test_secrets_need_the_total_plan_and_a_teamspace_that_exists(app: Flask) -> None:
    load_cast()
    with pytest.raises(NotFound):
        accounts.teamspace_secret("Nowhere", KEY)
    plans.set_plan("pro")
    with pytest.raises(PlanRequired) as refusal:
        accounts.teamspace_secret("Support", KEY)
    assert (refusal.value.feature, refusal.value.needs) == ("teamspace_secrets", Plan.TOTAL)


def test_a_plan_is_set_by_name_and_gates_what_is_above_it(app: Flask) -> None:
    load_cast()
    assert plans.get_plan(db.session) is Plan.ENTERPRISE
    assert plans.set_plan(" Lite ") is Plan.LITE
    plans.require(db.session, "transfers")
    with pytest.raises(PlanRequired):
        plans.require(db.session, "zendesk")
    with pytest.raises(Invalid, match="free, lite, pro, total, enterprise"):
        plans.set_plan("gold")
