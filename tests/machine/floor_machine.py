"""The machine of Chat Assignment: persons ask, agents work, come, go and vanish, admins change the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from dashboard.models import Teamspace, db
from dashboard.models.enums import Method
from dashboard.queries.chat_assignment import get_stored
from dashboard.queries.teams import get_team
from dashboard.services import (
    availability,
    chat_assignment,
    plans,
    returning,
    sweeps,
    teams,
)
from dashboard.services.unit_of_work import unit_of_work
from tests.machine.floor import AGENTS, COUNTED, NEEDS, PLANS, TEAMS, Case
from tests.machine.floor_harness import WISHES, FloorHarness

PERSONS = ("pia", "ravi", "sam", "tess", "uma", "vera", "will", "xena")
SMALL_TALK = "Thank you."

STATUSES = ("open", "pending", "overdue", "resolved", "resolved", "closed", "closed", "closed")

DEEDS = {
    "ask_for_a_person": 14, "write_again": 2, "reply": 3, "set_status": 10, "close_in_the_queue": 1, "transfer": 6,
    "give_back": 3, "claim": 4, "the_admin_takes_over": 1, "open_a_ticket": 5, "come_to_work": 9, "open_a_page": 2,
    "go_away": 2, "close_a_page": 2, "sign_out": 1, "time_passes": 3, "the_server_starts_again": 2, "join_a_team": 2,
    "leave_a_team": 1, "save_settings": 6, "change_the_plan": 1, "sweep_the_queue": 1,
}  # fmt: skip
"""How often each is tried. Hypothesis itself would leave most of them out of most examples."""

numbers = st.integers(0, 23)


def is_waiting(case: Case) -> bool:
    return case.handler == "queue" and case.status != "closed"


def is_with_people(case: Case) -> bool:
    return case.is_chat and case.handler != "ai_agent"


class FloorMachine(FloorHarness):
    """Every call is one that is allowed: refusals are the other machine's matter. Two numbers choose among what is."""

    @rule(
        deed=st.sampled_from([deed for deed, weight in DEEDS.items() for _ in range(weight)]), one=numbers, two=numbers
    )
    def act(self, deed: str, one: int, two: int) -> None:
        getattr(self, deed)(one, two)

    # --- persons

    def ask_for_a_person(self, one: int, two: int) -> None:
        name, wish = PERSONS[one % len(PERSONS)], (*WISHES, *list(WISHES)[:1] * 3)[two % (len(WISHES) + 3)]
        case = self.floor.cases.get(name) or Case(name)
        if case.handler != "ai_agent":
            return
        self.floor.cases[name] = case

        def verb() -> None:
            self.ids[name] = self.scene.write(name, wish).conversation_public_id

        self.do(verb, lambda: self.floor.hand_off(case, WISHES[wish]))

    def write_again(self, one: int, _two: int) -> None:
        if (case := self.pick(is_with_people, one)) is None:
            return

        def expected() -> None:
            case.is_waiting = True
            if case.status == "resolved":
                self.floor.reopen(case)

        self.do(lambda: self.scene.write(case.name, SMALL_TALK), expected)

    # --- agents at work

    def reply(self, one: int, _two: int) -> None:
        if (case := self.pick(self.is_held, one)) is None:
            return

        def expected() -> None:
            case.is_waiting = False
            case.status = "open" if case.status in ("overdue", "resolved") else case.status

        self.do(lambda: self.scene.reply(str(case.assignee), self.ids[case.name], "Hello"), expected)

    def set_status(self, one: int, two: int) -> None:
        status = STATUSES[two % len(STATUSES)]
        if case := self.pick(self.is_held, one):
            verb = partial(self.scene.set_status, str(case.assignee), self.ids[case.name], status)
            self.do(verb, lambda: self.floor.set_status(case, status))

    def close_in_the_queue(self, one: int, _two: int) -> None:
        if case := self.pick(is_waiting, one):
            self.do(
                partial(self.scene.set_status, "ada", self.ids[case.name], "closed"), lambda: self.floor.close(case)
            )

    def transfer(self, one: int, two: int) -> None:
        to = (*TEAMS, *TEAMS, *AGENTS)[two % (2 * len(TEAMS) + len(AGENTS))]
        case = self.pick(self.is_held, one)
        if case is None or self.floor.plan == "free" or to == case.assignee:
            return
        if to in TEAMS or self.floor.may_have(to, case):
            verb = partial(self.scene.give, str(case.assignee), self.ids[case.name], to)
            self.do(verb, lambda: self.floor.transfer(case, to))

    def give_back(self, one: int, _two: int) -> None:
        if case := self.pick(lambda case: self.is_held(case) and case.status in COUNTED, one):
            viewer, giver = self.scene.viewer(str(case.assignee)), case.assignee
            verb = partial(returning.return_conversation, viewer, self.ids[case.name])
            self.do(verb, lambda: self.floor.give_back(case, giver))

    def claim(self, one: int, two: int) -> None:
        case, user = self.pick(is_waiting, one), AGENTS[two % len(AGENTS)]
        if case is None or user not in self.floor.listed(case.eligible) or not self.floor.may_have(user, case):
            return
        if one % 3 == 0:
            self.take_over(user, case)
            return
        self.do(partial(self.scene.claim, user, self.ids[case.name]), lambda: self.floor.claim(case, user))

    def the_admin_takes_over(self, one: int, _two: int) -> None:
        if case := self.pick(lambda case: case.status != "closed" and case.assignee != "ada", one):
            self.take_over("ada", case)

    def open_a_ticket(self, _one: int, two: int) -> None:
        team = (None, *TEAMS)[two % (1 + len(TEAMS))]
        if len(self.floor.cases) - len(PERSONS) > 5:
            return
        case = Case(f"ticket {len(self.ids)}", is_chat=False, status="pending", team=team)
        self.floor.cases[case.name] = case

        def verb() -> None:
            self.ids[case.name] = self.scene.ticket(teams=[team] if team else [])

        self.do(verb, lambda: self.floor.open_ticket(case, team))

    # --- who is there

    def come_to_work(self, one: int, two: int) -> None:
        user = AGENTS[one % len(AGENTS)]
        self.open_a_page(one, two)
        if user not in self.floor.online:
            self.declare(user, "online")

    def open_a_page(self, one: int, _two: int) -> None:
        user = AGENTS[one % len(AGENTS)]
        self.connect([(user, f"{user}-{self.scene.key()}")])

    def go_away(self, one: int, _two: int) -> None:
        user = AGENTS[one % len(AGENTS)]
        if user in self.floor.online:
            self.declare(user, "away")

    def close_a_page(self, one: int, _two: int) -> None:
        user = AGENTS[one % len(AGENTS)]
        running = [
            name
            for name, lease in self.floor.leases[user].items()
            if not lease.was_seen_to_end and lease.until > self.floor.second
        ]
        if running:
            name = running[-1]
            self.do(lambda: availability.disconnect(name), lambda: self.floor.disconnect(user, name))

    def sign_out(self, one: int, _two: int) -> None:
        user = AGENTS[one % len(AGENTS)]

        def verb() -> None:
            with unit_of_work() as uow:
                availability.end_presence(uow, self.scene.users[user], None)

        self.do(verb, lambda: self.floor.sign_out(user))

    def time_passes(self, one: int, two: int) -> None:
        """Pages that are open are renewed by their server, unless it hangs; the sweep comes every second."""
        if two % 4:
            names = [
                name
                for leases in self.floor.leases.values()
                for name, lease in leases.items()
                if not lease.was_seen_to_end
            ]
            self.do(lambda: availability.renew("a process", names), self.floor.renew)
        self.wait((20, 35, 61)[one % 3])
        self.do(availability.expire_leases, self.floor.sweep)

    def the_server_starts_again(self, one: int, two: int) -> None:
        """Its pages come back at once, in any order; nobody who does loses their place by it (ADR 0013)."""
        missing = (None, None, *AGENTS)[two % (2 + len(AGENTS))]
        back = [user for user in AGENTS if self.floor.is_present(user) and user != missing][:: -1 if one % 2 else 1]
        self.wait(61 if one % 3 else 20)
        self.do(lambda: availability.expire_leases(spares_lost=True), lambda: self.floor.sweep(spares_lost=True))
        if back:
            self.connect([(user, f"{user}-{self.scene.key()}") for user in back])
        self.do(availability.expire_leases, self.floor.sweep)

    # --- admins

    def join_a_team(self, one: int, two: int) -> None:
        team, user = list(TEAMS)[one % len(TEAMS)], AGENTS[two % len(AGENTS)]
        self.change_team(team, self.floor.members[team] | {user})

    def leave_a_team(self, one: int, two: int) -> None:
        team, user = list(TEAMS)[one % len(TEAMS)], AGENTS[1:][two % (len(AGENTS) - 1)]
        self.change_team(team, self.floor.members[team] - {user})

    def change_team(self, team: str, members: set[str]) -> None:
        if members == self.floor.members[team]:
            return

        def verb() -> None:
            ada = self.scene.viewer("ada")
            state = get_team(db.session, ada, self.scene.team_public_id(team))
            chosen = frozenset(self.scene.viewer(each).public_id for each in members)
            draft = teams.TeamDraft(state.name, state.role, chosen, state.teamspaces)
            teams.change_team(ada, state.public_id, draft, state.version)

        self.do(verb, lambda: self.floor.set_members(team, members))

    def save_settings(self, one: int, two: int) -> None:
        method = (*NEEDS, "round_robin", "balanced")[one % (len(NEEDS) + 2)]
        limit, returns = 1 + two % 4, two % 2 == 1
        if not self.floor.allows(method) and method != self.floor.method:
            return

        def verb() -> None:
            ada = self.scene.viewer("ada")
            public_id = self.scene.scalar(select(Teamspace.public_id).where(Teamspace.id == self.scene.support))
            stored = get_stored(db.session, ada.teamspace_ids, public_id).values
            wanted = replace(stored, method=Method(method), auto_limit=limit, returns_when_absent=returns)
            chat_assignment.save(ada, public_id, wanted, stored.version)

        self.do(verb, lambda: self.floor.save(method, limit, returns))

    def change_the_plan(self, one: int, _two: int) -> None:
        plan = (*PLANS, "enterprise", "enterprise")[one % (len(PLANS) + 2)]
        self.do(lambda: plans.set_plan(plan), lambda: self.floor.set_plan(plan))

    def sweep_the_queue(self, _one: int, _two: int) -> None:
        """The safety net finds nothing that an event left behind (A4)."""
        self.do(sweeps.route_waiting, lambda: None)

    # --- shared

    def is_held(self, case: Case) -> bool:
        """By somebody who still may work on it: who left all teams keeps resolved ones by name only."""
        has_one = case.assignee is not None and case.status != "closed"
        return has_one and (case.assignee == "ada" or self.floor.is_agent(str(case.assignee)))

    def pick(self, is_wanted: Callable[[Case], bool], index: int) -> Case | None:
        found = self.find(is_wanted)
        return found[index % len(found)] if found else None

    def take_over(self, user: str, case: Case) -> None:
        self.do(lambda: self.scene.take_over(user, self.ids[case.name]), lambda: self.floor.take_over(case, user))

    def wait(self, amount: int) -> None:
        self.scene.clock.forward(seconds=amount)
        self.floor.pass_time(amount)
