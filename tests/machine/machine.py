"""The machine: random verbs of persons, users, workers and time."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dashboard.services import answers, availability, closing, feedback, jobs
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, QUESTION
from tests.machine.chat import Chat, Refusal
from tests.machine.harness import Harness
from tests.machine.model import AGENTS, EVERYBODY, TEAMS

PERSONS = ("pia", "ravi", "sam")
ANSWER = "It weighs 1.9 kg."

users = st.sampled_from((*AGENTS, *EVERYBODY))
agents = st.sampled_from(AGENTS)
persons = st.sampled_from(PERSONS)
targets = st.sampled_from((*TEAMS, *TEAMS, *AGENTS, "fay"))
statuses = st.sampled_from(("open", "pending", "overdue", "resolved", "resolved", "closed", "closed"))
behind = st.sampled_from((None, None, None, 0, 1))
"""How far the caller's epoch is behind; None sends none."""

indexes = st.integers(0, 5)


def is_queued(chat: Chat) -> bool:
    return chat.handler == "queue"


def is_assigned(chat: Chat) -> bool:
    return chat.assignee is not None


def is_with_a_team(chat: Chat) -> bool:
    return chat.team is not None


def is_resolved(chat: Chat) -> bool:
    return chat.status == "resolved"


def is_with_ai(chat: Chat) -> bool:
    return chat.handler == "ai_agent"


class ChatMachine(Harness):
    """Verbs that may be refused, and verbs of those who may, so that much happens in few steps."""

    # --- persons ---------------------------------------------------------------------------------------------------

    @rule(person=persons, text=st.sampled_from((HUMAN, HUMAN, QUESTION)))
    def a_person_writes(self, person: str, text: str) -> None:
        self.write(person, text)

    @rule(person=persons, stars=st.integers(3, 5))
    def rate(self, person: str, stars: int) -> None:
        chat = self.office.chats.get(person)
        if chat is None:
            return

        def expected() -> None:
            if not chat.awaits_rating:
                raise Refusal("refused")
            chat.awaits_rating, chat.ratings = False, chat.ratings + 1

        self.both(lambda: feedback.rate(self.public_ids[person], self.scene.person(person), stars), expected)

    # --- users -----------------------------------------------------------------------------------------------------

    @rule(
        user=users, person=persons, verb=st.sampled_from(("claim", "take_over", "transfer", "set_status")),
        to=targets, status=statuses, behind=behind,
    )  # fmt: skip
    def try_anything(self, user: str, person: str, verb: str, to: str, status: str, behind: int | None) -> None:
        extra = {"transfer": (to,), "set_status": (status,)}.get(verb, ())
        getattr(self, verb)(user, person, *extra, behind=behind)

    @precondition(lambda self: self.find(is_queued))
    @rule(index=indexes, user=agents)
    def claim_from_the_queue(self, index: int, user: str) -> None:
        self.claim(user, self.pick(is_queued, index))

    @precondition(lambda self: self.find(is_assigned))
    @rule(index=indexes, user=st.sampled_from((*AGENTS, "ada")))
    def take_over_from_a_colleague(self, index: int, user: str) -> None:
        self.take_over(user, self.pick(is_assigned, index))

    @precondition(lambda self: self.find(is_with_a_team))
    @rule(index=indexes)
    def take_over_from_a_team(self, index: int) -> None:
        self.take_over("ada", self.pick(is_with_a_team, index))

    @precondition(lambda self: self.find(is_resolved))
    @rule(index=indexes)
    def a_person_writes_again(self, index: int) -> None:
        self.write(self.pick(is_resolved, index), QUESTION)

    @precondition(lambda self: self.find(is_with_ai))
    @rule(index=indexes)
    def take_over_from_the_ai_agent(self, index: int) -> None:
        self.take_over("ada", self.pick(is_with_ai, index))

    @precondition(lambda self: self.find(is_assigned))
    @rule(index=indexes, to=targets)
    def transfer_away(self, index: int, to: str) -> None:
        person = self.pick(is_assigned, index)
        self.transfer(self.office.chats[person].assignee or "", person, to)

    @precondition(lambda self: self.find(is_assigned))
    @rule(index=indexes, status=statuses)
    def set_status_of_ones_own(self, index: int, status: str) -> None:
        person = self.pick(is_assigned, index)
        self.set_status(self.office.chats[person].assignee or "", person, status)

    # --- who is there ----------------------------------------------------------------------------------------------

    @rule(user=agents)
    def come(self, user: str) -> None:
        self.is_changed = True
        self.office.tick()
        self.scene.online(user)
        self.office.online.add(user)
        self.office.present.add(user)
        self.office.route()

    @rule(user=agents, how=st.sampled_from(("away", "signed out", "lost")))
    def leave(self, user: str, how: str) -> None:
        if user not in self.office.online & self.office.present:
            return
        if how == "away":
            self.scene.away(user)
            self.office.online.discard(user)
        elif how == "signed out":
            with unit_of_work() as uow:
                availability.end_presence(uow, self.scene.users[user], None)
            self.office.present.discard(user)
        else:
            self.scene.clock.forward(seconds=61)
            availability.expire_leases()
            self.office.present.clear()

    # --- what happens by itself ------------------------------------------------------------------------------------

    @rule()
    def a_worker_takes_answers(self) -> None:
        for job in jobs.take_jobs("a worker"):
            [person] = [
                name for name, key in self.public_ids.items() if self.key_of(key) == job.payload["conversation_id"]
            ]
            self.taken.append((person, job))

    @rule(index=st.integers(0, 50), text=st.sampled_from((ANSWER, ANSWER, None)))
    def an_answer_arrives(self, index: int, text: str | None) -> None:
        if not self.taken:
            return
        self.is_changed = True
        person, job = self.taken[index % len(self.taken)]
        answers.answer_arrived(job, text)
        chat = self.office.chats[person]
        if job.id in self.done:
            return
        self.done.add(job.id)
        is_late = (chat.handler, chat.epoch) != ("ai_agent", job.epoch)
        chat.suggestions += is_late and text is not None
        if not is_late and text is None:
            chat.awaits_rating = False

    @rule(chance=st.integers(0, 3))
    def a_day_passes(self, chance: int) -> None:
        if chance:
            return
        self.is_changed = True
        self.scene.clock.forward(hours=25)
        self.office.tick()
        for timer in jobs.take_timers():
            {"autoclose": closing.close_resolved, "feedback_timeout": feedback.give_up_waiting}[timer.kind](timer)
        availability.expire_leases()
        self.office.present.clear()
        for chat in self.office.chats.values():
            was_resolved = chat.status == "resolved"
            chat.awaits_rating = False
            if was_resolved:
                self.office.close(chat)
