"""Users: what changes for them changes at once, deactivation loses nothing, and somebody always is admin (L10, M1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from dashboard.models import ApiToken, Event, Message, Role, User, UserRole, UserSession, db
from dashboard.models.enums import Handler, RoleType
from dashboard.models.errors import Invalid, NotFound, NotPermitted, Refused
from dashboard.queries.users import get_user, load_users
from dashboard.services import roles, sessions, users
from dashboard.services.belonging import Stale
from dashboard.services.granting import Grants
from dashboard.services.roles import RoleDraft
from dashboard.services.secrets import hash_password
from dashboard.services.unit_of_work import unit_of_work
from dashboard.services.users import UserDraft, grants_of
from tests.factories import Scene
from tests.together import race


def public_role(name: str) -> str:
    found = db.session.execute(select(Role.public_id).where(Role.name == name)).scalar_one()
    db.session.close()
    return str(found)


def public_user(scene: Scene, name: str) -> str:
    found = db.session.execute(select(User.public_id).where(User.id == scene.users[name])).scalar_one()
    db.session.close()
    return str(found)


def change(scene: Scene, name: str, by: str = "ada", **changes: frozenset[str]) -> None:
    state = get_user(db.session, scene.viewer("ada").workspace_id, public_user(scene, name))
    db.session.close()
    grants = Grants(**{**vars(grants_of(state)), **changes})
    users.change_user(scene.viewer(by), state.public_id, UserDraft(state.name, state.alias, grants), state.version)


def make_clerk(scene: Scene, name: str) -> None:
    """Somebody who manages users, and may do nothing else."""
    roles.create_role(scene.viewer("ada"), RoleType.WORKSPACE, RoleDraft("Clerk", frozenset({"users.manage"})))
    key = select(Role.id).where(Role.name == "Clerk").scalar_subquery()
    with unit_of_work() as uow:
        uow.conn.execute(insert(UserRole.__table__).values(user_id=scene.users[name], role_id=key))


def test_a_new_role_is_there_at_once(scene: Scene) -> None:
    change(scene, "bo", roles=frozenset({public_role("Live agent"), public_role("Manager")}))
    assert "livechats.view_all" in scene.viewer("bo").permissions


def test_who_leaves_a_team_loses_what_they_had_through_it(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    change(scene, "bo", teams=frozenset())
    assert scene.conversation(chat).handler is Handler.QUEUE


def test_who_views_a_teams_conversations_hears_who_comes_and_goes(scene: Scene) -> None:
    change(scene, "bo", teams=frozenset({scene.team_public_id("Returns")}))
    told = db.session.execute(select(Event.data).where(Event.kind == "AccessChanged")).scalars().all()
    db.session.close()
    assert {user for data in told for user in data["user_ids"]} == {
        scene.users[name] for name in ("bo", "cy", "vi", "eli")
    }


def test_who_joins_a_team_gets_what_waits_for_it(scene: Scene) -> None:
    change(scene, "bo", teams=frozenset())
    scene.online("bo")
    chat = scene.ask_for_human("pia")
    assert scene.conversation(chat).assignee_id is None
    change(scene, "bo", teams=frozenset({scene.team_public_id("Front line")}))
    assert scene.conversation(chat).assignee_id == scene.users["bo"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"roles": frozenset()}, "roles"),
        ({"roles": frozenset({"0198c0de-0000-7000-8000-000000000001"})}, "roles"),
        ({"teams": frozenset({"0198c0de-0000-7000-8000-000000000001"})}, "teams"),
        ({"teamspaces": frozenset({"0198c0de-0000-7000-8000-000000000001"})}, "teamspaces"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(scene: Scene, changes: dict[str, frozenset[str]], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change(scene, "bo", **changes)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("name", ["bo", "di", "fay"])
def test_only_who_manages_users_changes_them(scene: Scene, name: str) -> None:
    with pytest.raises(NotPermitted):
        change(scene, "cy", by=name, roles=frozenset({public_role("Manager")}))


def test_who_manages_users_makes_nobody_more_than_themselves(scene: Scene) -> None:
    make_clerk(scene, "bo")
    for wanted in ("admin", "Manager"):
        with pytest.raises(NotPermitted):
            change(scene, "cy", by="bo", roles=frozenset({public_role("Live agent"), public_role(wanted)}))
    with pytest.raises(NotPermitted, match="may do more than you"):
        change(scene, "ada", by="bo", roles=frozenset({public_role("Live agent")}))
    with pytest.raises(NotPermitted):
        users.deactivate_user(scene.viewer("bo"), public_user(scene, "di"), 0)


def test_who_manages_users_links_nobody_beyond_their_own_teamspaces(scene: Scene) -> None:
    make_clerk(scene, "bo")
    elsewhere = frozenset({scene.team_public_id("Trade desk")})
    with pytest.raises(NotPermitted):
        change(scene, "cy", by="bo", teams=elsewhere)


def test_the_last_admin_stays_admin(scene: Scene) -> None:
    with pytest.raises(Invalid, match="admin"):
        change(scene, "ada", roles=frozenset({public_role("Live agent")}))
    change(scene, "bo", roles=frozenset({public_role("admin")}))
    change(scene, "ada", roles=frozenset({public_role("Live agent")}))
    assert not scene.viewer("ada").is_admin


def test_of_two_admins_who_take_it_from_each_other_one_stays(app: Flask, scene: Scene) -> None:
    change(scene, "bo", roles=frozenset({public_role("admin")}))
    ids = {name: public_user(scene, name) for name in ("ada", "bo")}
    viewers = {name: scene.viewer(name) for name in ids}
    pairs = (("ada", "bo"), ("bo", "ada"))
    acts = {by: partial(users.deactivate_user, viewers[by], ids[other], 0) for by, other in pairs}
    answers = list(race(app, acts).values())
    assert answers.count("done") == 1
    active = select(func.count()).select_from(User).where(User.is_active, User.id.in_(scene.users[n] for n in ids))
    assert db.session.execute(active).scalar_one() == 1


def test_a_deactivated_users_conversations_wait_again_and_their_messages_stay(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "I am on it.")
    assert users.deactivate_user(scene.viewer("ada"), public_user(scene, "bo"), 1).startswith("Bo")
    row = scene.conversation(chat)
    assert (row.handler, row.assignee_id) == (Handler.QUEUE, None)
    said = select(Message.author_name).where(Message.body == "I am on it.")
    assert db.session.execute(said).scalar_one().startswith("Bo")


def test_a_deactivated_user_is_out_everywhere_at_once(scene: Scene) -> None:
    scene.change(User, scene.users["bo"], password_hash=hash_password("a good password"))
    raw = sessions.sign_in("bo@acme.test", "a good password", "127.0.0.1", "")
    scene.online("bo")
    with unit_of_work() as uow:
        values = {"token_hash": "x", "user_id": scene.users["bo"], "created_at": uow.now}
        uow.conn.execute(insert(ApiToken.__table__).values(values))
    users.deactivate_user(scene.viewer("ada"), public_user(scene, "bo"), 0)
    assert sessions.find_user(raw) is None
    assert db.session.execute(select(ApiToken.revoked_at)).scalar_one() is not None
    kinds = db.session.execute(select(Event.kind)).scalars().all()
    assert {"SessionRevoked", "AccessChanged"} <= set(kinds)
    db.session.close()
    with pytest.raises(Invalid):
        sessions.sign_in("bo@acme.test", "a good password", "127.0.0.1", "")


def test_more_open_conversations_than_were_named_ask_again(scene: Scene) -> None:
    scene.claimed_by("bo")
    with pytest.raises(Refused, match="1 open"):
        users.deactivate_user(scene.viewer("ada"), public_user(scene, "bo"), 0)
    assert get_user(db.session, scene.viewer("ada").workspace_id, public_user(scene, "bo")).is_active


def test_nobody_deactivates_themselves(scene: Scene) -> None:
    with pytest.raises(Refused, match="yourself"):
        users.deactivate_user(scene.viewer("ada"), public_user(scene, "ada"), 0)


def test_who_comes_back_has_what_they_had(scene: Scene) -> None:
    before = scene.viewer("bo")
    users.deactivate_user(scene.viewer("ada"), public_user(scene, "bo"), 0)
    users.reactivate_user(scene.viewer("ada"), public_user(scene, "bo"))
    assert scene.viewer("bo") == before


def test_signing_somebody_out_leaves_them_their_account(scene: Scene) -> None:
    scene.change(User, scene.users["bo"], password_hash=hash_password("a good password"))
    sessions.sign_in("bo@acme.test", "a good password", "127.0.0.1", "")
    users.sign_out_everywhere(scene.viewer("ada"), public_user(scene, "bo"))
    assert db.session.execute(select(UserSession.revoked_at)).scalar_one() is not None
    db.session.close()
    assert sessions.sign_in("bo@acme.test", "a good password", "127.0.0.1", "")


def test_the_second_of_two_who_save_is_told(scene: Scene) -> None:
    state = get_user(db.session, scene.viewer("ada").workspace_id, public_user(scene, "bo"))
    db.session.close()
    change(scene, "bo", teams=frozenset())
    draft, ada = UserDraft("Bo", "", grants_of(state)), scene.viewer("ada")
    with pytest.raises(Stale):
        users.change_user(ada, state.public_id, draft, state.version)


@pytest.mark.parametrize("act", [users.reactivate_user, users.sign_out_everywhere])
def test_an_unknown_user_is_not_found(scene: Scene, act: Callable[..., str]) -> None:
    for public_id in ("nonsense", "0198c0de-0000-7000-8000-000000000001"):
        with pytest.raises(NotFound):
            act(scene.viewer("ada"), public_id)


def test_the_list_is_searched_by_all_words_and_filtered(scene: Scene) -> None:
    ada = scene.viewer("ada")
    users.deactivate_user(ada, public_user(scene, "cy"), 0)
    now = scene.clock.now

    def found(**options: str) -> set[str]:
        return {row.email.partition("@")[0] for row in load_users(db.session, ada.workspace_id, now, **options)}

    assert found(words="BO acme") == {"bo"}
    assert found(words="%") == set()
    assert found(state="deactivated") == {"cy"}
    assert "cy" not in found(state="active")
