"""Carries each call to the real services and to the model, and compares what both tell afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import func, select

from dashboard.models import Conversation, Suggestion, db
from dashboard.models.errors import BatonError
from dashboard.services import closing, jobs, transfers
from tests.factories import HUMAN, QUESTION
from tests.invariants import find_broken
from tests.machine.chat import Chat, Refusal
from tests.machine.model import Office
from tests.scene import Scene

_g = Suggestion.__table__.c


class Harness(RuleBasedStateMachine):
    """`reset` makes an empty office of the current application and answers its cast."""

    reset: ClassVar[Callable[[], Scene]]

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.public_ids: dict[str, str] = {}
        self.taken: list[tuple[str, jobs.Job]] = []
        self.done: set[int] = set()
        self.is_changed = False

    @initialize()
    def begin(self) -> None:
        self.scene = type(self).reset()
        self.names = {user_id: name for name, user_id in self.scene.users.items()}
        self.teams = {team_id: name for name, team_id in self.scene.teams.items()}
        self.write("pia", HUMAN)
        self.write("ravi", QUESTION)

    def write(self, person: str, text: str) -> None:
        self.is_changed = True
        self.office.tick()
        self.public_ids[person] = self.scene.write(person, text).conversation_public_id
        self.office.write(person, text == HUMAN)

    def claim(self, user: str, person: str, behind: int | None = None) -> None:
        self.on_chat(user, person, behind, transfers.claim, lambda epoch: self.office.claim(user, person, epoch))

    def take_over(self, user: str, person: str, behind: int | None = None) -> None:
        def verb(viewer: Any, chat: str, epoch: int | None) -> None:
            transfers.take_over(viewer, chat, "I take this.", self.scene.key(), epoch)

        self.on_chat(user, person, behind, verb, lambda epoch: self.office.take_over(user, person, epoch))

    def transfer(self, user: str, person: str, to: str, behind: int | None = None) -> None:
        def verb(viewer: Any, chat: str, epoch: int | None) -> None:
            self.scene.give(user, chat, to, epoch=epoch)

        self.on_chat(user, person, behind, verb, lambda epoch: self.office.transfer(user, person, to, epoch))

    def set_status(self, user: str, person: str, status: str, behind: int | None = None) -> None:
        def verb(viewer: Any, chat: str, epoch: int | None) -> None:
            closing.set_status(viewer, chat, status, epoch)

        self.on_chat(user, person, behind, verb, lambda epoch: self.office.set_status(user, person, status, epoch))

    def find(self, is_wanted: Callable[[Chat], bool]) -> list[str]:
        return [person for person, chat in self.office.chats.items() if is_wanted(chat)]

    def pick(self, is_wanted: Callable[[Chat], bool], index: int) -> str:
        found = self.find(is_wanted)
        return found[index % len(found)]

    def on_chat(
        self,
        user: str,
        person: str,
        behind: int | None,
        verb: Callable[[Any, str, int | None], object],
        expected: Callable[[int | None], None],
    ) -> None:
        chat = self.office.chats.get(person)
        if chat is None:
            return
        epoch = None if behind is None else chat.epoch - behind
        viewer, key = self.scene.viewer(user), self.public_ids[person]
        self.both(lambda: verb(viewer, key, epoch), lambda: expected(epoch))

    def both(self, verb: Callable[[], object], expected: Callable[[], None]) -> None:
        """Make the call; it must be refused exactly as the model refuses it."""
        self.is_changed = True
        self.office.tick()
        wanted = got = "done"
        try:
            expected()
        except Refusal as refusal:
            wanted = refusal.slug
        try:
            verb()
        except BatonError as error:
            got = error.slug
        assert got == wanted

    def key_of(self, public_id: str) -> int:
        return int(self.scene.conversation(public_id).id)

    @invariant()
    def the_database_tells_the_same_and_nothing_is_broken(self) -> None:
        if self.is_changed:
            self.is_changed = False
            self.compare()
            assert find_broken() == []

    def compare(self) -> None:
        db.session.close()
        rows = {row.public_id: row for row in db.session.execute(select(Conversation.__table__))}
        counted = select(_g.conversation_id, func.count()).group_by(_g.conversation_id)
        kept = {row[0]: row[1] for row in db.session.execute(counted)}
        db.session.close()
        for person, chat in self.office.chats.items():
            row = rows[self.public_ids[person]]
            waits = (row.flow_state or {}).get("waiting") or {}
            assert (
                row.handler.value,
                self.names.get(row.assignee_id),
                row.status.value if row.status else None,
                row.epoch,
                self.teams.get(row.team_id),
                row.waiting_since is not None,
                kept.get(row.id, 0),
            ) == chat.facts()
            assert (waits.get("kind") == "feedback") == chat.awaits_rating
