"""Plays the demo's stories through the real verbs, with the clock set back, so that history is as true as the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatchmethod

from sqlalchemy import insert, select

from dashboard.models import Conversation, Person, Team, db
from dashboard.models.clock import set_clock, utcnow
from dashboard.models.enums import Availability
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import answering, availability, closing, feedback, jobs, messaging, tags, transfers
from dashboard.services.access import get_viewer
from dashboard.services.demo.cast import Cast
from dashboard.services.demo.steps import Claims, Closes, Notes, Replies, Says, Step, Story, Tags, Transfers
from dashboard.services.demo.stories import STORIES
from dashboard.services.unit_of_work import unit_of_work
from integrations.port import Answerer

PROCESS = "demo"

_conversation = Conversation.__table__.c


def tell(cast: Cast, answerer: Answerer) -> None:
    """Play every story, oldest first; afterwards nobody is online and nothing waits."""
    with _own_clock() as clock:
        for story in sorted(STORIES, key=lambda each: -each.hours_ago):
            clock.begin(story)
            _Teller(cast, answerer, clock).tell(story)


class _Clock:
    def __init__(self, now: datetime) -> None:
        self._today = now
        self.now = now

    def begin(self, story: Story) -> None:
        self.now = self._today - timedelta(hours=story.hours_ago)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@contextmanager
def _own_clock() -> Iterator[_Clock]:
    clock = _Clock(utcnow())
    set_clock(lambda: clock.now)
    try:
        yield clock
    finally:
        set_clock(None)


@dataclass
class _Teller:
    """Plays one story."""

    cast: Cast
    answerer: Answerer
    clock: _Clock
    person_id: int = 0
    public_id: str = ""
    written: int = 0

    def tell(self, story: Story) -> None:
        self.person_id, public_id = self._add_person(story)
        for name in story.tags:
            tags.tag_person(self._viewer("ada"), public_id, name)
        channel_id = self.cast.wholesale.webchat_id if story.is_wholesale else self.cast.support.webchat_id
        with self._present(story.online):
            for step in story.steps:
                self.clock.pass_by(step.after)
                availability.renew(PROCESS, [_lease(name) for name in story.online])
                self.play(step, channel_id)

    @singledispatchmethod
    def play(self, step: Step, channel_id: int) -> None:
        raise TypeError(step)

    @play.register
    def _(self, step: Says, channel_id: int) -> None:
        posted = messaging.start_chat(channel_id, self.person_id, step.text, self._client_id())
        self.public_id = posted.conversation_public_id
        self.clock.pass_by(2)
        for job in jobs.take_jobs(PROCESS):
            answering.work_out(job, self.answerer)

    @play.register
    def _(self, step: Replies, _channel_id: int) -> None:
        messaging.send_reply(self._assignee(), self.public_id, step.text, self._client_id())

    @play.register
    def _(self, step: Claims, _channel_id: int) -> None:
        transfers.claim(self._viewer(step.who), self.public_id)

    @play.register
    def _(self, step: Notes, _channel_id: int) -> None:
        messaging.add_note(self._viewer(step.who), self.public_id, step.text, self._client_id())

    @play.register
    def _(self, step: Transfers, _channel_id: int) -> None:
        team = db.session.execute(select(Team.public_id).where(Team.id == self.cast.teams[step.team])).scalar_one()
        with self._present((step.to,)):
            transfers.transfer_to_team(self._assignee(), self.public_id, team, step.note)

    @play.register
    def _(self, step: Closes, _channel_id: int) -> None:
        closing.set_status(self._assignee(), self.public_id, "closed")
        self.clock.pass_by(35)
        if step.stars is not None:
            feedback.rate(self.public_id, self.person_id, step.stars, step.comment)
            return
        self.clock.pass_by(660)
        for timer in jobs.take_timers():
            feedback.give_up_waiting(timer)

    @play.register
    def _(self, step: Tags, _channel_id: int) -> None:
        for name in step.names:
            tags.tag_conversation(self._viewer(step.who), self.public_id, name)

    @contextmanager
    def _present(self, names: tuple[str, ...]) -> Iterator[None]:
        """These users are online and have a page open for a while."""
        for name in names:
            availability.connect(self.cast.users[name], _lease(name), PROCESS)
            availability.set_availability(self.cast.users[name], Availability.ONLINE)
        yield
        for name in names:
            availability.set_availability(self.cast.users[name], Availability.AWAY)
            with unit_of_work() as uow:
                availability.end_presence(uow, self.cast.users[name], None)

    def _assignee(self) -> Viewer:
        row = select(_conversation.assignee_id).where(_conversation.public_id == self.public_id)
        return get_viewer(db.session, db.session.execute(row).scalar_one())

    def _viewer(self, name: str) -> Viewer:
        return get_viewer(db.session, self.cast.users[name])

    def _client_id(self) -> str:
        self.written += 1
        return f"demo-{self.written}"

    def _add_person(self, story: Story) -> tuple[int, str]:
        space = self.cast.wholesale if story.is_wholesale else self.cast.support
        values = {
            "public_id": new_public_id(),
            "teamspace_id": space.id,
            "external_id": f"demo:{story.person}",
            "name": story.person,
            "email": story.email,
            "details": {},
            "is_banned": False,
        }
        table = Person.__table__
        with unit_of_work() as uow:
            added = insert(table).values(created_at=uow.now, **values).returning(table.c.id, table.c.public_id)
            row = uow.conn.execute(added).one()
        return int(row.id), str(row.public_id)


def _lease(name: str) -> str:
    return f"{PROCESS}-{name}"
