"""`can(actor, action, conversation)` of random roles, against SPEC 6a, 2 and 6 told again as a table (M2)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from dashboard.models.enums import ConversationKind, Handler, Status
from dashboard.models.permissions import CONVERSATION_PERMISSIONS
from dashboard.models.visibility import Scope, Viewer
from dashboard.services.access import Action, can

ME, MATE, OTHER = 1, 2, 3
MY_TEAM, THEIR_TEAM = 10, 11
HERE, ELSEWHERE = 100, 101
SAMPLES = 20_000


class Told:
    """One viewer and one conversation, and what the specification says of them in its own words."""

    def __init__(self, viewer: Viewer, scope: Scope) -> None:
        self.viewer, self.scope = viewer, scope
        self.x = "livechats" if scope.kind is ConversationKind.CHAT else "tickets"

    def may(self, *permissions: str) -> bool:
        return any(f"{self.x}.{each}" in self.viewer.permissions for each in permissions)

    def is_linked(self) -> bool:
        return self.scope.teamspace_id in self.viewer.teamspace_ids

    def is_assignee(self) -> bool:
        return self.scope.assignee_id == ME

    def is_of_my_teams(self, user: int | None, team: int | None) -> bool:
        return team == MY_TEAM or user in (ME, MATE)

    def is_eligible(self) -> bool:
        is_waiting = self.scope.handler is Handler.QUEUE and self.scope.teamspace_id in self.viewer.agent_teamspace_ids
        is_named = ME in self.scope.eligible_users or MY_TEAM in self.scope.eligible_teams
        return is_waiting and self.may("assigned") and (self.scope.is_everyone or is_named)

    def manages(self) -> bool:
        if not self.is_linked():
            return False
        return (
            self.may("manage_all")
            or (self.may("assigned") and self.is_assignee())
            or (self.may("manage_teams") and self.is_of_my_teams(self.scope.assignee_id, self.scope.team_id))
            or self.is_eligible()
        )

    def views(self) -> bool:
        if not self.is_linked():
            return False
        had = [(user, team) for user, team in self.scope.past]
        return (
            self.manages()
            or self.may("view_all")
            or (self.may("view_teams") and self.is_of_my_teams(self.scope.assignee_id, self.scope.team_id))
            or (self.may("assigned") and any(user == ME for user, _ in had))
            or (self.may("view_teams", "manage_teams") and any(self.is_of_my_teams(*each) for each in had))
        )

    def owns(self) -> bool:
        return self.is_assignee() and self.manages()

    def takes_over(self) -> bool:
        if self.is_assignee() or not self.may("transfer") or self.scope.handler is Handler.EXTERNAL:
            return False
        if self.scope.handler is Handler.LIVE_AGENT:
            return self.manages()
        return (self.is_linked() and self.may("manage_all")) or self.is_eligible()


RULES: dict[Action, Callable[[Told], bool]] = {
    Action.VIEW: Told.views,
    Action.NOTE: Told.views,
    Action.CLAIM: Told.is_eligible,
    Action.REPLY: Told.owns,
    Action.SET_STATUS: Told.owns,
    Action.RETURN: Told.owns,
    Action.TAG: Told.manages,
    Action.TRANSFER: lambda told: told.owns() and told.may("transfer"),
    Action.TAKEOVER: Told.takes_over,
    Action.CLOSE_QUEUED: lambda told: (
        told.scope.handler is Handler.QUEUE and told.is_linked() and told.may("manage_all")
    ),
}


def some_viewer(chance: random.Random) -> Viewer:
    held = chance.sample(list(CONVERSATION_PERMISSIONS), chance.choice((0, 1, 1, 2, 3, 5)))
    linked = chance.choice(([HERE], [HERE], [HERE, ELSEWHERE], [ELSEWHERE], []))
    return Viewer(
        user_id=ME, public_id="me", name="Me", alias=None, email="me@acme.test", workspace_id=1,
        permissions=frozenset(held), team_ids=frozenset({MY_TEAM}), team_mate_ids=frozenset({ME, MATE}),
        teamspace_ids=frozenset(linked),
        agent_teamspace_ids=frozenset(linked if "livechats.assigned" in held and chance.random() < 0.8 else ()),
    )  # fmt: skip


def some_scope(chance: random.Random) -> Scope:
    kind = chance.choice(list(ConversationKind))
    handler = chance.choice([each for each in Handler if kind is ConversationKind.CHAT or each in TICKETS])
    is_queued, is_held = handler is Handler.QUEUE, handler is Handler.LIVE_AGENT
    users, teams = (ME, MATE, OTHER), (MY_TEAM, THEIR_TEAM)
    return Scope(
        1, kind, HERE, handler, Status.OPEN if is_held else None,
        chance.choice(users) if is_held else None,
        chance.choice((None, *teams)) if is_held or is_queued else None,
        is_everyone=is_queued and chance.random() < 0.3,
        eligible_users=frozenset(chance.sample(users, chance.randint(0, 1)) if is_queued else ()),
        eligible_teams=frozenset(chance.sample(teams, chance.randint(0, 1)) if is_queued else ()),
        past=frozenset(
            (chance.choice((None, *users)), chance.choice((None, *teams))) for _ in range(chance.choice((0, 0, 1, 2)))
        ),
    )  # fmt: skip


TICKETS = (Handler.LIVE_AGENT, Handler.QUEUE)


@pytest.mark.parametrize("action", Action)
def test_who_may_do_it_is_what_the_specification_says(action: Action) -> None:
    chance = random.Random(action.value)
    answers: Counter[bool] = Counter()
    for _ in range(SAMPLES):
        viewer, scope = some_viewer(chance), some_scope(chance)
        answer = can(viewer, action, scope)
        assert answer is RULES[action](Told(viewer, scope)), (viewer, scope)
        answers[answer] += 1
    assert min(answers[True], answers[False]) > SAMPLES / 500, "both answers are met often"


def test_every_action_has_its_rule() -> None:
    assert set(RULES) == set(Action)


def test_whoever_may_do_anything_may_view() -> None:
    chance = random.Random(5)
    for _ in range(SAMPLES):
        viewer, scope = some_viewer(chance), some_scope(chance)
        if not can(viewer, Action.VIEW, scope):
            assert not [action for action in Action if can(viewer, action, scope)], (viewer, scope)
