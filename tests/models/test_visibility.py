"""Who sees what (SPEC 6a): the rule in words, and the clause over the table that must say the same (M2)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import insert, select

from dashboard.models import Conversation, Handoff, Person, QueueEligible, QueueEntry, db
from dashboard.models.clock import utcnow
from dashboard.models.enums import ConversationKind, Handler, RoleType, Status
from dashboard.models.ids import new_public_id
from dashboard.models.membership import load_viewers
from dashboard.models.permissions import CONVERSATION_PERMISSIONS
from dashboard.models.scopes import complete, load_scopes
from dashboard.models.visibility import Scope, Viewer, can_manage, can_view, is_eligible, visible_clause
from dashboard.services.demo.cast import Cast
from dashboard.services.setup import add_role, add_team, add_user
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from tests.cast import load_cast

ME, MATE, OTHER = 1, 2, 3
MY_TEAM, THEIR_TEAM = 10, 11
HERE, ELSEWHERE = 100, 101

CHAT = Scope(1, ConversationKind.CHAT, HERE, Handler.LIVE_AGENT, Status.OPEN, OTHER, None)
QUEUED = replace(CHAT, handler=Handler.QUEUE, status=Status.PENDING, assignee_id=None)
WITH_AI = replace(CHAT, handler=Handler.AI_AGENT, status=None, assignee_id=None)


def me(*permissions: str, is_agent: bool = True) -> Viewer:
    return Viewer(
        user_id=ME, public_id="me", name="Me", alias=None, email="me@acme.test", workspace_id=1,
        permissions=frozenset(permissions), team_ids=frozenset({MY_TEAM}), team_mate_ids=frozenset({ME, MATE}),
        teamspace_ids=frozenset({HERE}), agent_teamspace_ids=frozenset({HERE} if is_agent else ()),
    )  # fmt: skip


def of(user: int | None, team: int | None = None) -> Scope:
    return replace(CHAT, assignee_id=user, team_id=team)


VIEW = [
    ("livechats.assigned", of(ME), True),
    ("livechats.assigned", of(MATE), False),
    ("livechats.assigned", of(OTHER, MY_TEAM), False),
    ("livechats.view_teams", of(MATE), True),
    ("livechats.view_teams", of(OTHER, MY_TEAM), True),
    ("livechats.view_teams", of(OTHER, THEIR_TEAM), False),
    ("livechats.manage_teams", of(MATE), True),
    ("livechats.view_all", of(OTHER), True),
    ("livechats.manage_all", of(OTHER), True),
    ("tickets.view_all", of(OTHER), False),
    ("livechats.view_all", WITH_AI, True),
    ("livechats.manage_teams", WITH_AI, False),
    ("livechats.assigned", replace(WITH_AI, past=frozenset({(ME, None)})), True),
    ("livechats.view_teams", replace(WITH_AI, past=frozenset({(OTHER, MY_TEAM)})), True),
    ("livechats.view_teams", replace(WITH_AI, past=frozenset({(OTHER, THEIR_TEAM)})), False),
    ("livechats.view_all", replace(of(ME), teamspace_id=ELSEWHERE), False),
    ("livechats.assigned", replace(of(ME), teamspace_id=ELSEWHERE), False),
    ("livechats.assigned", replace(QUEUED, is_everyone=True), True),
    ("livechats.assigned", replace(QUEUED, eligible_users=frozenset({ME})), True),
    ("livechats.assigned", replace(QUEUED, eligible_teams=frozenset({MY_TEAM})), True),
    ("livechats.assigned", replace(QUEUED, eligible_users=frozenset({OTHER})), False),
    ("livechats.assigned", replace(QUEUED, eligible_teams=frozenset({THEIR_TEAM})), False),
    ("livechats.view_all", replace(QUEUED, eligible_users=frozenset({OTHER})), True),
]


@pytest.mark.parametrize(("permission", "scope", "is_seen"), VIEW)
def test_view_reaches_what_the_specification_says(permission: str, scope: Scope, is_seen: bool) -> None:
    assert can_view(me(permission), scope) is is_seen


@pytest.mark.parametrize(
    ("permission", "scope", "is_managed"),
    [
        ("livechats.assigned", of(ME), True),
        ("livechats.view_teams", of(MATE), False),
        ("livechats.manage_teams", of(MATE), True),
        ("livechats.manage_teams", of(OTHER, MY_TEAM), True),
        ("livechats.view_all", of(OTHER), False),
        ("livechats.manage_all", of(OTHER), True),
        ("livechats.manage_all", replace(of(OTHER), teamspace_id=ELSEWHERE), False),
        ("livechats.assigned", replace(WITH_AI, past=frozenset({(ME, None)})), False),
        ("livechats.assigned", replace(QUEUED, eligible_users=frozenset({ME})), True),
    ],
)
def test_manage_reaches_less_than_view(permission: str, scope: Scope, is_managed: bool) -> None:
    assert can_manage(me(permission), scope) is is_managed


def test_only_live_agents_of_the_teamspace_are_eligible() -> None:
    waiting = replace(QUEUED, is_everyone=True)
    agent = me("livechats.assigned")
    assert is_eligible(agent, waiting)
    assert not is_eligible(me("livechats.assigned", is_agent=False), waiting)
    assert not is_eligible(agent, replace(waiting, handler=Handler.LIVE_AGENT, assignee_id=OTHER))


def test_of_tickets_only_live_agents_who_manage_tickets_are_eligible() -> None:
    waiting = replace(QUEUED, is_everyone=True, kind=ConversationKind.TICKET)
    assert is_eligible(me("livechats.assigned", "tickets.assigned"), waiting)
    for reach in (is_eligible, can_view, can_manage):
        assert not reach(me("livechats.assigned"), waiting)


@pytest.mark.parametrize("scope", [scope for _, scope, _ in VIEW])
def test_whoever_manages_also_views(scope: Scope) -> None:
    for permission in CONVERSATION_PERMISSIONS:
        viewer = me(permission)
        assert can_view(viewer, scope) or not can_manage(viewer, scope), permission


def test_an_event_keeps_a_scope_as_it_was() -> None:
    scope = replace(QUEUED, eligible_users=frozenset({ME}), past=frozenset({(ME, None), (None, MY_TEAM)}))
    assert Scope.from_json(scope.conversation_id, scope.to_json()) == scope


@pytest.mark.parametrize("seed", range(3))
def test_the_clause_and_the_predicate_say_the_same_about_everything(app: Flask, seed: int) -> None:
    """Viewers of every single permission, over conversations in every state that the tables allow."""
    chance = random.Random(seed)
    cast = load_cast()
    with unit_of_work() as uow:
        users = _add_viewers(uow, cast, chance)
        ids = [_add_conversation(uow, cast, users, chance) for _ in range(60)]
    scopes = load_scopes(db.session, ids)
    viewers = load_viewers(db.session, [*users, *cast.users.values()])
    seen = 0
    for viewer in viewers.values():
        found = set(db.session.execute(select(Conversation.id).where(visible_clause(viewer))).scalars())
        assert found == {key for key, scope in scopes.items() if can_view(viewer, scope)}, viewer
        seen += len(found)
    assert 0 < seen < len(viewers) * len(ids)


def test_a_scope_that_is_completed_is_the_one_that_is_loaded(app: Flask) -> None:
    chance = random.Random(7)
    cast = load_cast()
    with unit_of_work() as uow:
        ids = [_add_conversation(uow, cast, list(cast.users.values()), chance) for _ in range(30)]
    for key, scope in load_scopes(db.session, ids).items():
        handed = db.session.execute(select(Conversation.handoff_id).where(Conversation.id == key)).scalar()
        bare = replace(
            scope, is_everyone=False, eligible_users=frozenset(), eligible_teams=frozenset(), past=frozenset()
        )
        assert complete(db.session, bare, was_handed_off=handed is not None) == scope


def _add_viewers(uow: UnitOfWork, cast: Cast, chance: random.Random) -> list[int]:
    teams = [*cast.teams.values(), add_team(uow, cast.workspace_id, "Both", [cast.support.id, cast.wholesale.id])]
    users = []
    for permission in CONVERSATION_PERMISSIONS:
        role = add_role(uow, cast.workspace_id, permission, RoleType.TEAM, [permission])
        extra = chance.sample(list(CONVERSATION_PERMISSIONS), 2)
        mixed = add_role(uow, cast.workspace_id, f"{permission} and more", RoleType.TEAM, {permission, *extra})
        for one in (role, mixed):
            users.append(
                add_user(
                    uow,
                    cast.workspace_id,
                    f"{one}@acme.test",
                    permission,
                    roles=[one],
                    teams=chance.sample(teams, chance.randint(0, 2)),
                    teamspaces=chance.sample([cast.support.id, cast.wholesale.id], chance.randint(0, 1)),
                )
            )
    return users


def _add_conversation(uow: UnitOfWork, cast: Cast, users: list[int], chance: random.Random) -> int:
    kind = chance.choice(list(ConversationKind))
    space = chance.choice([cast.support, cast.wholesale])
    states = [Handler.QUEUE, Handler.LIVE_AGENT] + ([Handler.AI_AGENT] if kind is ConversationKind.CHAT else [])
    handler = chance.choice(states)
    team = chance.choice([None, *cast.teams.values()]) if handler is not Handler.AI_AGENT else None
    now = utcnow()
    person = _add(uow, Person, teamspace_id=space.id, external_id=new_public_id(), details={})
    conversation = _add(
        uow, Conversation, kind=kind, teamspace_id=space.id, ai_agent_id=space.ai_agent_id, person_id=person,
        channel_id=space.api_id, handler=handler, team_id=team,
        assignee_id=chance.choice(users) if handler is Handler.LIVE_AGENT else None,
        status=None if handler is Handler.AI_AGENT else Status.PENDING,
        owner_since=now, last_activity_at=now, created_at=now,
    )  # fmt: skip
    for _ in range(chance.randint(0, 2)):
        closed = _add(
            uow, Handoff, conversation_id=conversation, teamspace_id=space.id, status=Status.CLOSED, source="node",
            destination="inbox", mode="inbox", reason="", requested_at=now, closed_at=now,
            assignee_id=chance.choice([None, *users]), team_id=chance.choice([None, *cast.teams.values()]),
        )  # fmt: skip
        table = Conversation.__table__
        uow.conn.execute(table.update().where(table.c.id == conversation).values(handoff_id=closed))
    if handler is Handler.QUEUE:
        _add_entry(uow, cast, conversation, space.id, users, chance)
    return conversation


def _add_entry(
    uow: UnitOfWork, cast: Cast, conversation: int, space: int, users: list[int], chance: random.Random
) -> None:
    now = utcnow()
    is_everyone = chance.random() < 0.4
    values = {"conversation_id": conversation, "teamspace_id": space, "queued_at": now, "entered_at": now}
    _add(uow, QueueEntry, **values, left_at=now, is_everyone=True)
    entry = _add(uow, QueueEntry, **values, is_everyone=is_everyone)
    if is_everyone:
        return
    for user in chance.sample(users, 3):
        _add(uow, QueueEligible, queue_entry_id=entry, user_id=user)
    for team in chance.sample(list(cast.teams.values()), chance.randint(0, 2)):
        _add(uow, QueueEligible, queue_entry_id=entry, team_id=team)


def _add(uow: UnitOfWork, model: type, **values: object) -> int:
    table = model.__table__  # type: ignore[attr-defined]
    return int(uow.conn.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
