"""With unchanged settings a dry run finds again what the real services did, whatever happened in between (A7)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from dashboard.models import db
from dashboard.models.enums import Method
from dashboard.models.errors import BatonError
from dashboard.queries.recorded import History
from dashboard.queries.replay import load_history
from dashboard.services import availability, dry_run
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import Scene, make_tree

AGENTS = ("bo", "cy", "eli", "gus")
STEPS = 110


class Day:
    """A day at random: persons come, agents come and go, and do with their chats what agents do."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.random = scene, Random(seed)
        self.chats: dict[str, str] = {}
        self.connections: dict[str, str] = {}
        self.acts: list[Callable[[], None]] = [
            *[self.ask] * 4, *[self.toggle] * 2, *[self.close] * 2, self.connect, self.sign_out, self.resolve,
            self.write_again, self.claim, self.give, self.give_to_team, self.take_over, self.ticket,
        ]  # fmt: skip

    def live(self) -> None:
        for name in AGENTS[:3]:
            self.connect(name)
            availability.set_availability(self.scene.users[name], "online")
        self.ask()
        for _ in range(STEPS):
            self.scene.clock.forward(seconds=self.random.randint(1, 40))
            availability.renew("a process", list(self.connections.values()))
            with suppress(BatonError):
                self.random.choice(self.acts)()

    def ask(self) -> None:
        person = f"person {len(self.chats)}"
        if self.random.random() < 0.3:
            self.scene.use_tree(make_tree(assign=self.some_set(), asks_feedback=False))
        self.chats[person] = self.scene.ask_for_human(person)

    def some_set(self) -> dict[str, object]:
        team = self.scene.team_public_id(self.random.choice(["Front line", "Returns"]))
        return self.random.choice([{"everyone": True}, {"teams": [team]}])

    def connect(self, name: str | None = None) -> None:
        name = name or self.random.choice(AGENTS)
        self.connections.setdefault(name, f"{name}-{self.scene.key()}")
        availability.connect(self.scene.users[name], self.connections[name], "a process")

    def sign_out(self) -> None:
        name = self.random.choice(AGENTS)
        if self.connections.pop(name, None):
            with unit_of_work() as uow:
                availability.end_presence(uow, self.scene.users[name], None)

    def toggle(self) -> None:
        name = self.random.choice(AGENTS)
        availability.set_availability(self.scene.users[name], self.random.choice(["online", "online", "away"]))

    def one(self) -> str:
        return self.random.choice(list(self.chats.values()))

    def mine(self) -> tuple[str, str]:
        """A chat that somebody has, and who."""
        having = [(self.scene.owner(chat), chat) for chat in self.chats.values()]
        return self.random.choice([pair for pair in having if pair[0] in self.scene.users] or [("bo", self.one())])

    def close(self) -> None:
        name, chat = self.mine()
        self.scene.set_status(name, chat, "closed")

    def resolve(self) -> None:
        name, chat = self.mine()
        self.scene.set_status(name, chat, self.random.choice(["resolved", "pending", "open"]))

    def write_again(self) -> None:
        self.scene.write(self.random.choice(list(self.chats)), "One more thing")

    def claim(self) -> None:
        self.scene.claim(self.random.choice(AGENTS), self.one())

    def give(self) -> None:
        name, chat = self.mine()
        self.scene.give(name, chat, self.random.choice(AGENTS))

    def give_to_team(self) -> None:
        name, chat = self.mine()
        self.scene.give(name, chat, self.random.choice(["Front line", "Returns"]))

    def take_over(self) -> None:
        self.scene.take_over(self.random.choice(AGENTS), self.one())

    def ticket(self) -> None:
        self.scene.ticket(assignee=self.random.choice([None, "bo", "cy"]))


def read(scene: Scene, last: int) -> History:
    try:
        return load_history(db.session, scene.support, last, scene.clock.now)
    finally:
        db.session.close()


@pytest.mark.parametrize("method", [Method.BALANCED, Method.ROUND_ROBIN])
@pytest.mark.parametrize("seed", range(3))
def test_unchanged_settings_reproduce_who_got_what_and_when(scene: Scene, method: Method, seed: int) -> None:
    scene.configure(method=method, auto_limit=2)
    Day(scene, seed).live()
    for last in (200, 12):
        history = read(scene, last)
        report = dry_run.try_out(history, dry_run.Settings(method, 2))
        assert len(report.lines) >= 12
        told = [(line.person, line.now.name, line.now.wait_words) for line in report.lines]
        assert told == [(line.person, line.then.name, line.then.wait_words) for line in report.lines]
    assert report.moved == 0
