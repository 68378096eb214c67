"""Short words for what the cast of service tests does, and for what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, select, update

from dashboard.models import (
    AIAgent,
    Person,
    Team,
    Teamspace,
    User,
    db,
)
from dashboard.models.clock import set_clock
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import access, availability, closing, messaging, tickets, transfers
from dashboard.services.programs import PersonDetails
from dashboard.services.setup import (
    add_workflow_version,
)
from dashboard.services.timeline import Posted
from dashboard.services.unit_of_work import unit_of_work
from tests.facts import Facts

HUMAN = "Can I talk to a human?"


class Clock:
    """The time of a test: it stands still until it is moved, and every look costs a microsecond."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        set_clock(self.tick)

    def tick(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Scene(Facts):
    """Everybody by name, and the verbs as they would be called; ids are sequential keys, chats are public ids."""

    clock: Clock
    wholesale: int
    trail: int
    channel: int
    other_channel: int
    roles: dict[str, int]
    persons: dict[str, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def viewer(self, name: str) -> Viewer:
        db.session.close()
        viewer = access.get_viewer(db.session, self.users[name])
        db.session.close()
        return viewer

    def key(self) -> str:
        """A client_id that nobody used."""
        return f"key-{next(self._numbers)}"

    def person(self, name: str) -> int:
        if name not in self.persons:
            with unit_of_work() as uow:
                statement = insert(Person.__table__).values(
                    public_id=new_public_id(), teamspace_id=self.support, external_id=name, name=name, details={},
                    is_banned=False, created_at=uow.now,
                )  # fmt: skip
                self.persons[name] = uow.conn.execute(statement.returning(Person.__table__.c.id)).scalar_one()
        return self.persons[name]

    def write(self, person: str, text: str, client_id: str | None = None) -> Posted:
        return messaging.start_chat(self.channel, self.person(person), text, client_id or self.key())

    def ask_for_human(self, person: str) -> str:
        return self.write(person, HUMAN).conversation_public_id

    def present(self, *names: str) -> None:
        for name in names:
            availability.connect(self.users[name], f"{name}-{self.key()}", "a process")

    def online(self, *names: str) -> None:
        for name in names:
            self.present(name)
            availability.set_availability(self.users[name], "online")

    def away(self, *names: str) -> None:
        for name in names:
            availability.set_availability(self.users[name], "away")

    def claim(self, name: str, chat: str, epoch: int | None = None) -> None:
        transfers.claim(self.viewer(name), chat, epoch)

    def claimed_by(self, name: str, person: str = "pia") -> str:
        """A chat that asked for a human and that this user claimed."""
        chat = self.ask_for_human(person)
        self.claim(name, chat)
        return chat

    def reply(self, name: str, chat: str, text: str, client_id: str | None = None, epoch: int | None = None) -> Posted:
        return messaging.send_reply(self.viewer(name), chat, text, client_id or self.key(), epoch)

    def take_over(self, name: str, chat: str, text: str = "I take this.", client_id: str | None = None) -> Posted:
        return transfers.take_over(self.viewer(name), chat, text, client_id or self.key())

    def give(self, name: str, chat: str, to: str, note: str | None = None, epoch: int | None = None) -> None:
        """Transfer to a user, or to a team when `to` is one's name."""
        if to in self.teams:
            transfers.transfer_to_team(self.viewer(name), chat, self.team_public_id(to), note, epoch)
        else:
            transfers.transfer_to_user(self.viewer(name), chat, self.viewer(to).public_id, note, epoch)

    def set_status(self, name: str, chat: str, status: str, epoch: int | None = None) -> None:
        closing.set_status(self.viewer(name), chat, status, epoch)

    def ticket(self, creator: str = "ada", *, assignee: str | None = None, teams: Sequence[str] = ()) -> str:
        request = tickets.TicketRequest(
            "A torn tent", PersonDetails("pat"), "It is torn.", self.viewer(assignee).public_id if assignee else None,
            tuple(self.team_public_id(each) for each in teams),
        )  # fmt: skip
        return tickets.create_ticket(self.viewer(creator), request, "Support").public_id

    def team_public_id(self, name: str) -> str:
        team = Team.__table__.c
        return str(self.scalar(select(team.public_id).where(team.id == self.teams[name])))

    def configure(self, **columns: Any) -> None:
        """Change the settings of Support."""
        self.change(Teamspace, self.support, **columns)

    def change(self, model: Any, key: int, **columns: Any) -> None:
        with unit_of_work() as uow:
            uow.conn.execute(update(model.__table__).where(model.__table__.c.id == key).values(columns))

    def use_tree(self, tree: dict[str, Any]) -> None:
        """Save a new version of Trail's workflow."""
        number = len(self.rows(AIAgent)) + next(self._numbers)
        with unit_of_work() as uow:
            add_workflow_version(uow, self.trail, number, {**tree, "version": number})

    def deactivate(self, name: str) -> None:
        self.change(User, self.users[name], is_active=False)
