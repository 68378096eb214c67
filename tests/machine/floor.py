"""Chat Assignment in plain Python: no database, no transactions, no clock but counters (SPEC 3 to 6).

A verb says what follows for its conversation, then `route` hands out what waits. Who got what is told by the caller,
who looked into the database: for Random anybody free is right, for the other methods exactly one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

AGENTS = ("bo", "cy", "eli", "gus")
"""In the order of their ids, which breaks ties."""

TEAMS = {"Front line": ("bo", "cy"), "Returns": ("eli",), "Chatters": ("gus",)}
COUNTED = ("open", "pending", "overdue")
PLANS = ("free", "lite", "pro", "total", "enterprise")
NEEDS = {"balanced": "free", "random": "lite", "round_robin": "pro", "voluntary": "total"}
GRACE = 60


class Pick(NamedTuple):
    """One automatic assignment that was made."""

    name: str
    user: str


class Targets(NamedTuple):
    """Everyone, when none are listed."""

    users: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


EVERYONE = Targets()


@dataclass
class Case:
    """A conversation; `targets` are its handoff's, `eligible` those of its stay in the queue."""

    name: str
    is_chat: bool = True
    handler: str = "ai_agent"
    assignee: str | None = None
    status: str | None = None
    team: str | None = None
    is_waiting: bool = False
    targets: Targets = EVERYONE
    eligible: Targets = EVERYONE
    excluded: str | None = None
    requested: int = 0

    def facts(self) -> tuple[object, ...]:
        """What the database shows too."""
        return self.handler, self.assignee, self.status, self.team, self.is_waiting


@dataclass
class Lease:
    """`until` is a second, and `set_at` the moment within it."""

    until: int
    set_at: int
    was_seen_to_end: bool = False


@dataclass
class Floor:
    """Everybody, every conversation and the settings of one teamspace."""

    method: str = "balanced"
    limit: int = 2
    plan: str = "enterprise"
    returns_when_absent: bool = False
    cases: dict[str, Case] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=lambda: {name: set(who) for name, who in TEAMS.items()})
    online: set[str] = field(default_factory=set)
    leases: dict[str, dict[str, Lease]] = field(default_factory=lambda: {user: {} for user in AGENTS})
    since: dict[str, int] = field(default_factory=dict)
    last_got: dict[str, int] = field(default_factory=dict)
    turn: tuple[int, int] | None = None
    second: int = 0
    moment: int = 0
    picks: deque[Pick] = field(default_factory=deque)
    """What was assigned automatically, in order, since the verb began."""

    def next_moment(self) -> int:
        self.moment += 1
        return self.moment

    # --- who may ---------------------------------------------------------------------------------------------------

    @property
    def runs(self) -> str:
        """The method that the plan allows (A1)."""
        return self.method if self.allows(self.method) else "balanced"

    def allows(self, method: str) -> bool:
        return PLANS.index(self.plan) >= PLANS.index(NEEDS[method])

    def is_agent(self, user: str) -> bool:
        return any(user in members for members in self.members.values())

    def is_present(self, user: str) -> bool:
        return any(lease.until > self.second for lease in self.leases[user].values())

    def may_have(self, user: str, case: Case) -> bool:
        return self.is_agent(user) and (case.is_chat or user != "gus")

    def listed(self, targets: Targets) -> set[str]:
        """The live agents among those that are listed, teams spelled out."""
        named = set(AGENTS) if targets == EVERYONE else set(targets.users)
        named = named.union(*(self.members[team] for team in targets.teams))
        return {user for user in named if user in AGENTS and self.is_agent(user)}

    def open_count(self, user: str, *, chats_only: bool) -> int:
        return sum(
            case.assignee == user and case.status in COUNTED and (case.is_chat or not chats_only)
            for case in self.cases.values()
        )

    def is_free(self, user: str, case: Case) -> bool:
        """Whether Chat Assignment may give this to them now (A2, A3)."""
        return (
            self.may_have(user, case)
            and user in self.listed(case.eligible)
            and user != case.excluded
            and user in self.online
            and self.is_present(user)
            and not (case.is_chat and self.open_count(user, chats_only=True) >= self.limit)
        )

    # --- routing ---------------------------------------------------------------------------------------------------

    def queue(self) -> list[Case]:
        """In its order: the time of the request, also after a return (A4)."""
        return sorted((case for case in self.cases.values() if self.waits(case)), key=lambda case: case.requested)

    @staticmethod
    def waits(case: Case) -> bool:
        return case.handler == "queue" and case.status != "closed"

    def route(self) -> None:
        """The oldest that somebody free may have goes to whom the method picks; again, until none can."""
        while self.runs != "voluntary":
            options = ((case, [user for user in AGENTS if self.is_free(user, case)]) for case in self.queue())
            case, free = next(((case, free) for case, free in options if free), (None, []))
            if case is None:
                return
            assert self.picks, f"{case.name} waits although {free} could have it"
            pick = self.picks.popleft()
            assert pick.name == case.name, f"{pick} was served before {case.name}, for whom {free} are free"
            wanted = free if self.runs == "random" else [self.first(free)]
            assert pick.user in wanted, f"{pick}: it should have been one of {wanted}"
            if self.runs == "round_robin":
                self.turn = self.place(pick.user)
            self.give(case, pick.user, case.team)

    def first(self, free: list[str]) -> str:
        if self.runs == "balanced":
            return min(free, key=lambda user: (self.open_count(user, chats_only=False), self.last_got.get(user, 0)))
        ring = sorted(free, key=self.place)
        return next((user for user in ring if self.turn is not None and self.place(user) > self.turn), ring[0])

    def place(self, user: str) -> tuple[int, int]:
        return self.since[user], AGENTS.index(user)

    # --- owners ----------------------------------------------------------------------------------------------------

    def give(self, case: Case, user: str, team: str | None, status: str = "open") -> None:
        case.handler, case.assignee, case.status, case.team = "live_agent", user, status, team
        self.last_got[user] = self.next_moment()

    def put(self, case: Case, eligible: Targets, team: str | None, excluded: str | None = None) -> None:
        case.handler, case.assignee, case.status, case.team = "queue", None, "pending", team
        case.eligible, case.excluded = eligible, excluded

    def hand_off(self, case: Case, lists: list[Targets]) -> None:
        """To the first list that has a live agent left in it, else to everyone (H4, H5)."""
        found = next((each for each in lists if self.listed(each)), EVERYONE)
        case.targets = Targets(found.users & self.listed(found), found.teams)
        case.requested, case.is_waiting = self.next_moment(), True
        self.put(case, case.targets, None)
        self.route()

    def open_ticket(self, case: Case, team: str | None) -> None:
        case.requested = self.next_moment()
        self.put(case, Targets(teams=frozenset([team] if team else [])), team)
        self.route()

    def claim(self, case: Case, user: str) -> None:
        self.give(case, user, case.team)
        self.route()

    def give_back(self, case: Case, excluded: str | None = None) -> None:
        """Back to the queue: for its team, else the handoff's set, else everyone (A5)."""
        eligible = Targets(teams=frozenset([case.team])) if case.team else case.targets
        eligible = eligible if self.listed(eligible) else EVERYONE
        if excluded and eligible != EVERYONE:
            eligible = Targets(eligible.users | {excluded}, eligible.teams)
        self.put(case, eligible, case.team, excluded)
        self.route()

    def transfer(self, case: Case, to: str) -> None:
        if to in TEAMS:
            self.put(case, Targets(frozenset([str(case.assignee)]), frozenset([to])), to, case.assignee)
        else:
            self.give(case, to, None, "overdue" if case.status == "overdue" else "open")
        self.route()

    def take_over(self, case: Case, user: str) -> None:
        if case.handler == "ai_agent":
            case.targets, case.requested = EVERYONE, self.next_moment()
        self.give(case, user, None)
        case.is_waiting = False
        self.route()

    def close(self, case: Case) -> None:
        if case.is_chat:
            case.handler, case.assignee, case.status, case.team = "ai_agent", None, None, None
        else:
            case.status = "closed"
        case.is_waiting = False
        self.route()

    def set_status(self, case: Case, status: str) -> None:
        if status == "closed":
            self.close(case)
        else:
            case.status = status
            self.route()

    def reopen(self, case: Case) -> None:
        """The person wrote in a resolved one: its Assignee has it again, if they still may (A2, L6)."""
        case.status = "open"
        self.return_if_orphaned(case)
        self.route()

    # --- the rules, who belongs, who is there ----------------------------------------------------------------------

    def save(self, method: str, limit: int, returns_when_absent: bool) -> None:
        self.method, self.limit, self.returns_when_absent = method, limit, returns_when_absent
        self.route()

    def set_plan(self, plan: str) -> None:
        self.plan = plan
        self.route()

    def return_if_orphaned(self, case: Case) -> None:
        if case.assignee in AGENTS and case.status in COUNTED and not self.is_agent(str(case.assignee)):
            self.give_back(case)

    def set_members(self, team: str, members: set[str]) -> None:
        self.members[team] = members
        self.route()
        for case in self.cases.values():
            self.return_if_orphaned(case)
        for case in self.cases.values():
            self.widen_if_hopeless(case)

    def widen_if_hopeless(self, case: Case) -> None:
        """What waits for people none of whom may have it waits for everyone, if anybody there may (L7)."""
        if self.waits(case) and not any(self.may_have(user, case) for user in self.listed(case.eligible)):
            case.eligible = EVERYONE if any(self.may_have(user, case) for user in AGENTS) else case.eligible
            self.route()

    def go_online(self, user: str) -> None:
        self.online.add(user)
        self.join_ring(user)
        self.route()

    def go_away(self, user: str) -> None:
        self.online.discard(user)
        self.since.pop(user, None)

    def connect(self, connections: list[tuple[str, str]]) -> None:
        """(user, connection) pairs that come in one transaction, one after the other."""
        for user, connection in connections:
            self.leases[user][connection] = Lease(self.second + GRACE, self.next_moment())
        for user, _ in connections:
            self.join_ring(user)
        self.route()

    def join_ring(self, user: str) -> None:
        if user in self.online and self.is_present(user):
            self.since.setdefault(user, self.next_moment())

    def disconnect(self, user: str, connection: str) -> None:
        self.leases[user][connection] = Lease(self.second + GRACE, self.next_moment(), was_seen_to_end=True)

    def sign_out(self, user: str) -> None:
        """Ends what there is at once; who was gone already has nothing left to end (P2, P3)."""
        if not self.leases[user]:
            return
        self.leases[user].clear()
        self.since.pop(user, None)
        self.return_unanswered(user)

    def pass_time(self, seconds: int) -> None:
        self.second += seconds

    def renew(self) -> None:
        """Every server keeps the leases that it holds."""
        self.next_moment()
        for leases in self.leases.values():
            for lease in leases.values():
                if not lease.was_seen_to_end and lease.until > self.second:
                    lease.until, lease.set_at = self.second + GRACE, self.moment

    def sweep(self, *, spares_lost: bool = False) -> None:
        """Whose leases ran out is gone: no place in the ring, and unanswered chats return where that is set (P3)."""
        for user in AGENTS:
            leases = self.leases[user]
            over = [name for name, lease in leases.items() if lease.until <= self.second]
            if not over:
                continue
            last = max(leases.values(), key=lambda lease: (lease.until, lease.set_at))
            if spares_lost and not last.was_seen_to_end and not self.is_present(user):
                continue
            self.return_unanswered(user)
            for name in over:
                del leases[name]
            if not leases:
                self.since.pop(user, None)

    def return_unanswered(self, user: str) -> None:
        if not self.returns_when_absent or self.is_present(user):
            return
        mine = [case for case in self.cases.values() if case.assignee == user and case.is_chat]
        for case in sorted(mine, key=lambda case: case.requested):
            if case.is_waiting and case.status in COUNTED:
                self.give_back(case)
