"""A conversation that waits only for people who are gone waits for everyone (L7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.models import Event, QueueEntry, db
from dashboard.models.enums import Handler
from dashboard.queries.users import get_user
from dashboard.services import users, widening
from dashboard.services.granting import Grants
from dashboard.services.users import UserDraft, grants_of
from tests.factories import Scene, make_tree
from tests.services.test_users import public_user


def is_everyone(scene: Scene, chat: str) -> bool:
    key = scene.conversation(chat).id
    waiting = select(QueueEntry.is_everyone).where(QueueEntry.conversation_id == key, QueueEntry.left_at.is_(None))
    found = db.session.execute(waiting).scalar_one()
    db.session.close()
    return bool(found)


@pytest.fixture
def chat(scene: Scene) -> str:
    """It waits for Eli alone."""
    scene.use_tree(make_tree(assign={"users": [public_user(scene, "eli")]}))
    return scene.ask_for_human("pia")


def leave_teams(scene: Scene, name: str) -> None:
    state = get_user(db.session, scene.viewer("ada").workspace_id, public_user(scene, name))
    db.session.close()
    grants = Grants(**{**vars(grants_of(state)), "teams": frozenset()})
    users.change_user(scene.viewer("ada"), state.public_id, UserDraft(state.name, "", grants), state.version)


def test_who_is_deactivated_leaves_nobody_waiting_for_them_alone(scene: Scene, chat: str) -> None:
    scene.online("bo")
    assert scene.conversation(chat).handler is Handler.QUEUE
    users.deactivate_user(scene.viewer("ada"), public_user(scene, "eli"), 0)
    assert scene.conversation(chat).assignee_id == scene.users["bo"]


def test_with_nobody_online_it_waits_for_everyone_and_says_so(scene: Scene, chat: str) -> None:
    leave_teams(scene, "eli")
    assert is_everyone(scene, chat)
    assert any("waits for everyone" in line.body for line in scene.timeline(chat))
    assert "EligibleChanged" in db.session.execute(select(Event.kind)).scalars().all()


def test_as_long_as_one_of_them_is_left_it_waits_for_them(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"users": [public_user(scene, "eli"), public_user(scene, "cy")]}))
    chat = scene.ask_for_human("pia")
    users.deactivate_user(scene.viewer("ada"), public_user(scene, "eli"), 0)
    assert not is_everyone(scene, chat)


def test_somebody_else_who_leaves_changes_nothing(scene: Scene, chat: str) -> None:
    users.deactivate_user(scene.viewer("ada"), public_user(scene, "cy"), 0)
    assert not is_everyone(scene, chat)
    assert widening.widen_hopeless() == 0


def test_the_sweep_finds_what_a_process_that_died_has_left(scene: Scene, chat: str) -> None:
    scene.deactivate("eli")
    assert widening.widen_hopeless() == 1
    assert is_everyone(scene, chat)
    assert widening.widen_hopeless() == 0


def test_a_team_without_anybody_left_counts_as_gone(scene: Scene) -> None:
    scene.use_tree(make_tree(assign={"teams": [scene.team_public_id("Returns")]}))
    chat = scene.ask_for_human("pia")
    leave_teams(scene, "eli")
    assert is_everyone(scene, chat)


def test_a_ticket_that_waits_for_people_who_handle_chats_only_waits_for_everyone(scene: Scene) -> None:
    ticket = scene.ticket(teams=["Chatters"])
    widening.widen_hopeless()
    assert is_everyone(scene, ticket)
    scene.claim("bo", ticket)
