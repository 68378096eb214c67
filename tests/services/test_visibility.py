"""The one rule of who sees what, in Python and in SQL: both agree for random viewers and conversations (M2)."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from dashboard.models import Conversation, Handoff, Person, QueueEligible, QueueEntry, Team, User, UserRole, db
from dashboard.models.enums import (
    ConversationKind,
    Destination,
    Handler,
    HandoffMode,
    HandoffSource,
    RoleType,
    Status,
)
from dashboard.models.ids import new_public_id
from dashboard.models.membership import load_viewers
from dashboard.models.permissions import CONVERSATION_PERMISSIONS
from dashboard.models.scopes import load_scopes
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, can_manage, can_view, visible_clause
from dashboard.services.setup import add_ai_agent, add_role, add_team, add_teamspace, add_user, add_workspace
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from tests.factories import make_tree

_c = Conversation.__table__.c
VIEWERS, CONVERSATIONS = 60, 400


class RandomOffice:
    """Teamspaces, teams, users with random roles, and conversations in every state, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        with unit_of_work() as uow:
            bench = add_workspace(uow, "Random")
            self.spaces = [add_teamspace(uow, bench.workspace_id, f"Space {n}") for n in range(3)]
            self.ai_agents = {each: add_ai_agent(uow, each, "Trail", ["en"], make_tree()) for each in self.spaces}
            self.teams = [add_team(uow, bench.workspace_id, f"Team {n}", self.some(self.spaces)) for n in range(5)]
            roles = [
                add_role(
                    uow, bench.workspace_id, f"Role {n}", RoleType.WORKSPACE, self.some(CONVERSATION_PERMISSIONS, 3)
                )
                for n in range(12)
            ] + [bench.roles["admin"], bench.roles["Live agent"]]
            self.users = [
                add_user(
                    uow, bench.workspace_id, f"user{n}@acme.test", f"User {n}", roles=self.some(roles, 2),
                    teams=self.some(self.teams, 2), teamspaces=self.some(self.spaces, 1),
                )
                for n in range(VIEWERS)
            ]  # fmt: skip
            for _ in range(CONVERSATIONS):
                self.add_conversation(uow)

    def some(self, items: Sequence[Any], most: int = 9) -> list[Any]:
        return self.random.sample(list(items), self.random.randint(0, min(most, len(items))))

    def maybe(self, items: Sequence[int]) -> int | None:
        return self.random.choice([None, *items])

    def add_conversation(self, uow: UnitOfWork) -> None:
        kind = self.random.choice(list(ConversationKind))
        chat = kind is ConversationKind.CHAT
        handler = self.random.choice(list(Handler) if chat else [Handler.QUEUE, Handler.LIVE_AGENT])
        space = self.random.choice(self.spaces)
        person = add(uow, Person, teamspace_id=space, external_id=new_public_id(), details={}, created_at=uow.now)
        conversation = add(
            uow, Conversation, kind=kind, teamspace_id=space, person_id=person, handler=handler,
            ai_agent_id=self.ai_agents[space] if chat else None,
            assignee_id=self.random.choice(self.users) if handler is Handler.LIVE_AGENT else None,
            team_id=self.maybe(self.teams), status=self.random.choice(list(Status)), owner_since=uow.now,
            last_activity_at=uow.now, created_at=uow.now,
        )  # fmt: skip
        for _ in range(self.random.randint(0, 2) if chat else 0):
            handoff = self.add_handoff(uow, conversation, space)
            uow.conn.execute(Conversation.__table__.update().where(_c.id == conversation).values(handoff_id=handoff))
        if handler is Handler.QUEUE or self.random.random() < 0.2:
            self.add_entry(uow, conversation, space, is_waiting=handler is Handler.QUEUE)

    def add_handoff(self, uow: UnitOfWork, conversation: int, space: int) -> int:
        return add(
            uow, Handoff, conversation_id=conversation, teamspace_id=space, status=Status.CLOSED,
            source=HandoffSource.NODE, destination=Destination.INBOX, mode=HandoffMode.INBOX, reason="", packet={},
            variables={}, targets={}, assignee_id=self.maybe(self.users), team_id=self.maybe(self.teams),
            requested_at=uow.now, closed_at=uow.now,
        )  # fmt: skip

    def add_entry(self, uow: UnitOfWork, conversation: int, space: int, *, is_waiting: bool) -> None:
        is_everyone = self.random.random() < 0.3
        entry = add(
            uow, QueueEntry, conversation_id=conversation, teamspace_id=space, queued_at=uow.now, entered_at=uow.now,
            left_at=None if is_waiting else uow.now, is_everyone=is_everyone,
        )  # fmt: skip
        if not is_everyone:
            for user in self.some(self.users, 3):
                add(uow, QueueEligible, queue_entry_id=entry, user_id=user)
            for team in self.some(self.teams, 2):
                add(uow, QueueEligible, queue_entry_id=entry, team_id=team)


def add(uow: UnitOfWork, model: Any, **values: Any) -> int:
    table = model.__table__
    if "public_id" in table.c:
        values["public_id"] = new_public_id()
    return int(uow.conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


@pytest.fixture
def office(app: Flask) -> RandomOffice:
    return RandomOffice(seed=1)


def test_the_clause_in_sql_and_the_predicate_in_python_agree(office: RandomOffice) -> None:
    scopes = load_scopes(db.session, list(db.session.execute(select(_c.id)).scalars()))
    assert len(scopes) == CONVERSATIONS
    seen = 0
    for viewer in load_viewers(db.session, office.users).values():
        by_sql = set(db.session.execute(select(_c.id).where(visible_clause(viewer))).scalars())
        by_python = {key for key, scope in scopes.items() if can_view(viewer, scope)}
        assert by_sql == by_python, viewer
        seen += len(by_sql)
    assert 0.05 < seen / (VIEWERS * CONVERSATIONS) < 0.95, "the office is too uniform to prove anything"
    db.session.close()


def test_manage_includes_view_and_stays_in_linked_teamspaces(office: RandomOffice) -> None:
    scopes = load_scopes(db.session, list(db.session.execute(select(_c.id)).scalars()))
    managed = 0
    for viewer in load_viewers(db.session, office.users).values():
        for scope in scopes.values():
            if can_manage(viewer, scope):
                managed += 1
                assert can_view(viewer, scope)
                assert scope.teamspace_id in viewer.teamspace_ids
    assert managed > 100
    db.session.close()


def test_a_scope_survives_its_way_through_an_event(office: RandomOffice) -> None:
    for key, scope in load_scopes(db.session, list(db.session.execute(select(_c.id)).scalars())).items():
        assert Scope.from_json(key, json.loads(json.dumps(scope.to_json()))) == scope
    db.session.close()


def test_a_viewer_loaded_alone_is_the_one_loaded_among_all(office: RandomOffice) -> None:
    with unit_of_work() as uow:
        gone = office.users[:3]
        uow.conn.execute(update(User.__table__).where(User.__table__.c.id.in_(gone)).values(is_active=False))
        role = select(func.min(UserRole.__table__.c.role_id)).scalar_subquery()
        uow.conn.execute(update(Team.__table__).where(Team.__table__.c.id == office.teams[0]).values(role_id=role))
    among_all = load_viewers(db.session, office.users)
    alone = {user_id: load_viewer(db.session, user_id) for user_id in office.users}
    assert alone == {user_id: among_all.get(user_id) for user_id in office.users}
    assert sorted(set(alone) - set(among_all)) == sorted(gone)
    assert any(viewer.team_mate_ids for viewer in among_all.values())
    db.session.close()
