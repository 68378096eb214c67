"""Makes each call on the real services, tells the model what was assigned automatically, and compares both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import select

from dashboard.models import Assignment, Conversation, User
from dashboard.models.enums import AssignmentHow, Method
from dashboard.models.errors import BatonError
from dashboard.services import availability
from dashboard.services.audit import audit
from tests.factories import say
from tests.invariants import find_broken
from tests.machine.floor import AGENTS, EVERYONE, Case, Floor, Pick, Targets
from tests.scene import Scene

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_u = User.__table__.c

SPECIALISTS = Targets(frozenset(["cy", "eli"]))
RETURNS = Targets(teams=frozenset(["Returns"]))
MIXED = Targets(frozenset(["bo"]), frozenset(["Chatters"]))

WISHES: dict[str, list[Targets]] = {
    "Can I talk to a human?": [EVERYONE],
    "Quiero hablar con una persona, por favor.": [RETURNS, EVERYONE],
    "My warranty question": [SPECIALISTS],
    "A broken zipper": [RETURNS],
    "The wholesale invoice": [MIXED],
}
"""What a person writes to get a live agent → the lists of the handoff that it reaches, the first that fits (H4, H5)."""

RATING = {"key": "rate", "type": "collect_feedback", "is_enabled": False}

METHODS = ("round_robin", "round_robin", "balanced", "random")
"""With which one an example begins."""

PHRASES = ("My warranty question", "A broken zipper", "The wholesale invoice")


def make_floor_tree(scene: Scene) -> dict[str, Any]:
    """One handoff for each wish; who just asks for a person gets the one that assigns by language."""

    def assign(targets: Targets) -> dict[str, Any]:
        if targets == EVERYONE:
            return {"everyone": True}
        users = [scene.viewer(each).public_id for each in sorted(targets.users)]
        return {"users": users, "teams": [scene.team_public_id(each) for each in sorted(targets.teams)]}

    def handoff(key: str, wish: str, **more: Any) -> dict[str, Any]:
        settings = {"availability_check": False, "assign": assign(WISHES[wish][-1]), **more}
        return {"key": key, "type": "human_handoff", "settings": settings}

    asks = handoff("asks", "Can I talk to a human?", by_language={"es": assign(RETURNS)})
    said = [
        {
            "key": f"said_{number}", "type": "message_received", "settings": {"phrases": [phrase]},
            "actions": [handoff(f"to_{number}", phrase)],
        }
        for number, phrase in enumerate(PHRASES)
    ]  # fmt: skip
    return {
        "version": 1,
        "triggers": [
            {"key": "start", "type": "chat_started", "actions": [say("hello", "Hi, I am Trail.")]},
            {
                "key": "human", "type": "message_received", "settings": {"intents": ["asks_for_person"]},
                "actions": [asks],
            },
            *said,
            {"key": "fallback", "type": "fallback", "levels": [[say("again", "Sorry?")]]},
            {"key": "closed", "type": "chat_closed_by_live_agent", "actions": [RATING]},
        ],
    }  # fmt: skip


class FloorHarness(RuleBasedStateMachine):
    """`reset` makes an empty floor of the current application and answers its cast."""

    reset: ClassVar[Callable[[], Scene]]

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor()
        self.ids: dict[str, str] = {}
        self.last_assignment = 0
        self.is_changed = False

    @initialize(method=st.sampled_from(METHODS), limit=st.integers(2, 4))
    def begin(self, method: str, limit: int) -> None:
        self.scene = type(self).reset()
        self.names = {user_id: name for name, user_id in self.scene.users.items()}
        self.teams = {team_id: name for name, team_id in self.scene.teams.items()}
        self.scene.configure(method=Method(method), auto_limit=limit)
        self.floor.save(method, limit, False)
        for user in AGENTS:
            self.connect([(user, f"{user}-0")])
            self.declare(user, "online")

    def do(self, verb: Callable[[], object], expected: Callable[[], None]) -> None:
        """Make the call, and have the model follow: it is told who got what."""
        self.is_changed = True
        try:
            verb()
        except BatonError as error:
            raise AssertionError(f"refused: {error!r}") from error
        self.floor.picks.extend(self.new_picks())
        expected()
        assert not self.floor.picks, f"assigned although nothing may be: {list(self.floor.picks)}"

    def connect(self, connections: list[tuple[str, str]]) -> None:
        arrivals = [availability.Arrival(self.scene.users[user], name) for user, name in connections]
        self.do(lambda: availability.connect_all("a process", arrivals), lambda: self.floor.connect(connections))

    def declare(self, user: str, state: str) -> None:
        verb = self.floor.go_online if state == "online" else self.floor.go_away
        self.do(lambda: availability.set_availability(self.scene.users[user], state), lambda: verb(user))

    def new_picks(self) -> list[Pick]:
        is_new = (_a.id > self.last_assignment) & (_a.how == AssignmentHow.AUTO)
        rows = self.scene.all(select(_a.id, _a.conversation_id, _a.user_id).where(is_new).order_by(_a.id))
        self.last_assignment = rows[-1].id if rows else self.last_assignment
        keys = self.keys() if rows else {}
        return [Pick(keys[row.conversation_id], self.names[row.user_id]) for row in rows]

    def keys(self) -> dict[int, str]:
        """Names of the cases by their sequential ids."""
        by_public_id = {public_id: name for name, public_id in self.ids.items()}
        rows = self.scene.all(select(_c.id, _c.public_id))
        return {row.id: by_public_id.get(row.public_id, "the new one") for row in rows}

    def find(self, is_wanted: Callable[[Case], bool]) -> list[Case]:
        return [case for case in self.floor.cases.values() if is_wanted(case)]

    @invariant()
    def the_database_tells_the_same_and_nothing_is_broken(self) -> None:
        if self.is_changed:
            self.is_changed = False
            self.compare()
            assert find_broken() == []

    def teardown(self) -> None:
        if self.ids:
            assert audit() == []

    def compare(self) -> None:
        rows = {row.public_id: row for row in self.scene.all(select(Conversation.__table__))}
        for name, case in self.floor.cases.items():
            row = rows[self.ids[name]]
            found = (
                row.handler.value,
                self.names.get(row.assignee_id),
                row.status.value if row.status else None,
                self.teams.get(row.team_id),
                row.waiting_since is not None,
            )
            assert found == case.facts(), name
        order = [name for public_id in self.scene.waiting() for name, key in self.ids.items() if key == public_id]
        assert order == [case.name for case in self.floor.queue()]
        ring = self.scene.all(select(_u.id).where(_u.online_since.is_not(None)).order_by(_u.online_since, _u.id))
        assert [self.names[row.id] for row in ring] == sorted(self.floor.since, key=self.floor.place)
