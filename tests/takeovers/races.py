"""Thousands of takeover races: what they start from, who takes part, and what must be true of each afterwards."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Row, func, insert, or_, select

from dashboard.models import (
    Assignment,
    Conversation,
    Event,
    Message,
    Outbox,
    Role,
    RolePermission,
    Suggestion,
    User,
    UserRole,
    db,
)
from dashboard.models.enums import AssignmentHow, Handler, Method, RoleType
from dashboard.models.ids import new_public_id
from dashboard.services import access, jobs, messaging, transfers
from dashboard.services.unit_of_work import unit_of_work
from tests.takeovers.seats import SEATS, Call, Outcome, Seat
from tests.world import World, build_world

QUESTION, HUMAN = "How heavy is the blue tent?", "Can I talk to a human?"
AGENTS, CHIEFS = 10, 5
"""The first of the agents are chiefs, who also manage what the AI agent has."""

LATE = "It weighs 1.9 kg"
MOVES = ("take_over", "close", "transfer", "claim")
"""What changes the owner when it is done."""

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_m = Message.__table__.c
_o = Outbox.__table__.c
_g = Suggestion.__table__.c


@dataclass(frozen=True)
class Race:
    number: int
    conversation: str
    epoch: int
    """As it was when the race began."""

    is_fenced: bool
    """Whether every caller says under which epoch they decided."""

    calls: Sequence[Call]


class Races:
    """`count` conversations: a third with the AI agent, a third queued, a third with a live agent."""

    def __init__(self, count: int, seed: int) -> None:
        self.world = build_world(agents=AGENTS, persons=count, method=Method.VOLUNTARY)
        self.chiefs = self.world.agent_ids[:CHIEFS]
        _promote(self.chiefs)
        self.targets = {row.id: row.public_id for row in _all(select(User.id, User.public_id))}
        self.chance = random.Random(seed)
        made = [self._begin(number) for number in range(count)]
        due = {job.payload["conversation_id"]: job for job in jobs.take_jobs("a worker", count)}
        keys = {row.public_id: row.id for row in _all(select(_c.public_id, _c.id))}
        self.races = [self._plan(number, *each, due.get(keys[each[0]])) for number, each in enumerate(made)]

    @property
    def seats(self) -> list[Seat]:
        """Call by call to another seat, so that rivals sit in different processes."""
        return [[race.calls[seat] if seat < len(race.calls) else None for race in self.races] for seat in range(SEATS)]

    def _begin(self, number: int) -> tuple[str, int, int | None]:
        """(conversation, epoch, Assignee)."""
        text = QUESTION if number % 3 == 0 else HUMAN
        channel, person = self.world.channel_id, self.world.person_ids[number]
        chat = messaging.start_chat(channel, person, text, "first").conversation_public_id
        if number % 3 != 2:
            return chat, number % 3, None
        owner = self.chance.choice(self.world.agent_ids)
        transfers.claim(access.get_viewer(db.session, owner), chat)
        return chat, 2, owner

    def _plan(self, number: int, chat: str, epoch: int, owner: int | None, job: jobs.Job | None) -> Race:
        """Two to four rivals, one of them pressing twice now and then, and whoever has it doing something too."""
        is_fenced = self.chance.random() < 0.7
        told = epoch if is_fenced else None
        able = self.chiefs if job and self.chance.random() < 0.8 else self.world.agent_ids
        rivals = self.chance.sample([each for each in able if each != owner], self.chance.randint(2, 4))
        if job and not set(rivals) & set(self.chiefs):
            rivals[0] = self.chance.choice(self.chiefs)
        calls = [
            Call(number, "take_over", chat, each, told, f"Sent by {each} in {number}.", f"t-{each}-{number}")
            for each in rivals
        ]
        if self.chance.random() < 0.2:
            calls.append(calls[0])
        calls += self._meanwhile(number, chat, told, owner, rivals, job)
        self.chance.shuffle(calls)
        return Race(number, chat, epoch, is_fenced, calls)

    def _meanwhile(
        self, number: int, chat: str, epoch: int | None, owner: int | None, rivals: list[int], job: jobs.Job | None
    ) -> Iterator[Call]:
        others = [each for each in self.world.agent_ids if each not in (owner, *rivals)]
        other = self.chance.choice(others)
        if job is not None:
            yield Call(number, "answer", chat, text=f"{LATE} in {number}.", job=job)
        elif owner is None:
            if self.chance.random() < 0.5:
                yield Call(number, "claim", chat, other, epoch)
        else:
            do = self.chance.choice(("", "reply", "close", "transfer"))
            if do:
                key, to = f"r-{owner}-{number}", self.targets[other]
                yield Call(number, do, chat, owner, epoch, f"Sent by {owner} in {number}.", key, to)


def _promote(user_ids: Sequence[int]) -> None:
    with unit_of_work() as uow:
        values = {"public_id": new_public_id(), "name": "Chief", "type": RoleType.TEAM}
        role = uow.conn.execute(
            insert(Role.__table__).values(workspace_id=1, is_builtin=False, **values).returning(Role.__table__.c.id)
        ).scalar_one()
        permissions = ("livechats.manage_all", "livechats.transfer")
        uow.conn.execute(insert(RolePermission.__table__), [{"role_id": role, "permission": x} for x in permissions])
        uow.conn.execute(insert(UserRole.__table__), [{"role_id": role, "user_id": each} for each in user_ids])


class Verdict:
    """What the tables say of every race, against what the callers were told."""

    def __init__(self, races: Races, outcomes: Sequence[Outcome]) -> None:
        self.races = races
        self.told: defaultdict[int, list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            self.told[outcome.call.race].append(outcome)
        self.rows = {row.public_id: row for row in _all(select(Conversation.__table__))}
        self.assigned = _by_conversation(Assignment)
        self.written = _by_conversation(Message)
        self.emails = {row.id: row.email for row in _all(select(User.id, User.email))}
        self.counts: Counter[str] = Counter()

    def broken(self) -> list[str]:
        """A sentence for each race that went wrong, and for each word of a loser that is kept anywhere."""
        found = [f"race {race.number}: {what}" for race in self.races.races for what in self._judge(race)]
        return found + self._leaks()

    def _judge(self, race: Race) -> Iterator[str]:
        outcomes, row = self.told[race.number], self.rows[race.conversation]
        if len(outcomes) != len(race.calls):
            yield f"{len(outcomes)} answers to {len(race.calls)} calls"
        moved = {each.call for each in outcomes if each.result == "done" and each.call.do in MOVES}
        self.counts["races"] += 1
        self.counts["winners"] += len(moved)
        self.counts["races whose callers all named the epoch"] += race.is_fenced
        if row.epoch != race.epoch + len(moved):
            yield f"{len(moved)} changes raised the epoch from {race.epoch} to {row.epoch}"
        if race.is_fenced and len(moved) != 1:
            yield f"{len(moved)} winners under one epoch: {moved}"
        if not moved:
            yield "nobody won"
        yield from self._judge_words(row, outcomes)
        yield from self._judge_losers(race, row, outcomes)
        yield from self._judge_history(race, row)

    def _judge_words(self, row: Row[tuple[object, ...]], outcomes: list[Outcome]) -> Iterator[str]:
        """Each winner's words once, under the epoch in which the conversation was theirs; nobody else's."""
        sent = {each.call.client_id: each.call for each in outcomes if each.result == "done" and each.call.client_id
                and each.call.do in ("take_over", "reply")}  # fmt: skip
        kept = [message for message in self.written[row.id] if message.user_id is not None and message.client_id]
        if sorted(message.client_id for message in kept) != sorted(sent):
            yield f"sent {sorted(sent)}, kept {[message.client_id for message in kept]}"
        holders = {each.epoch: each.user_id for each in self.assigned[row.id]}
        for message in kept:
            if holders.get(message.epoch) != message.user_id:
                yield f"{message.user_id} wrote under epoch {message.epoch} of {holders.get(message.epoch)}"

    def _judge_losers(self, race: Race, row: Row[tuple[object, ...]], outcomes: list[Outcome]) -> Iterator[str]:
        holders = {each.epoch: self.emails[each.user_id] for each in self.assigned[row.id]}
        for each in outcomes:
            if each.result == "done":
                continue
            self.counts["losers told"] += 1
            if each.current is not None:
                now = each.current
                if not race.epoch < now.epoch <= row.epoch or now.assignee_email != holders.get(now.epoch):
                    yield f"{each.call.user_id} was told {now}"
            elif not self._is_lawful(race, each):
                yield f"{each.call} was answered {each.result}"

    def _is_lawful(self, race: Race, outcome: Outcome) -> bool:
        """Only who could not see it with its AI agent, and is no chief, may hear that there is nothing."""
        is_stranger = outcome.call.user_id not in self.races.chiefs
        self.counts["of them strangers"] += is_stranger
        return outcome.result == "not-found" and is_stranger and race.epoch == 0

    def _judge_history(self, race: Race, row: Row[tuple[object, ...]]) -> Iterator[str]:
        """Each stay begins when the one before ends, or later; the last is open exactly when a user has it."""
        stays = sorted(self.assigned[row.id], key=lambda each: each.epoch)
        for one, following in pairwise(stays):
            if one.until_at is None or one.until_at > following.from_at:
                yield f"{one.user_id} and {following.user_id} had it at the same time"
        is_open = bool(stays) and stays[-1].until_at is None
        if is_open is not (row.handler is Handler.LIVE_AGENT):
            yield f"its last stay is {'open' if is_open else 'over'}, its handler {row.handler}"
        taken = [each for each in stays if each.how is AssignmentHow.TAKEOVER]
        done = {each.call for each in self.told[race.number] if (each.call.do, each.result) == ("take_over", "done")}
        if Counter(each.user_id for each in taken) != Counter(call.user_id for call in done):
            yield f"taken over by {[each.user_id for each in taken]}, said to be by {[call.user_id for call in done]}"

    def _leaks(self) -> list[str]:
        """The words of a loser are in no message, no job, no event, no suggestion, and on no list."""
        lost = {
            each.call.text for told in self.told.values() for each in told
            if each.result != "done" and each.call.do in ("take_over", "reply")
        }  # fmt: skip
        won = {each.call.text for told in self.told.values() for each in told if each.result == "done"}
        found = [message.body for messages in self.written.values() for message in messages]
        found += [row.body for row in _all(select(_g.body))]
        found += [row.last_text for row in self.rows.values() if row.last_text]
        leaked = sorted((lost - won) & set(found))
        for table, column in ((Outbox.__table__, "payload"), (Event.__table__, "data")):
            says = func.cast(table.c[column], _m.body.type)
            rows = _all(select(says).where(or_(says.contains("Sent by "), says.contains(LATE))))
            leaked += [row[0] for row in rows if any(text in row[0] for text in lost - won)]
        self.counts["leaked messages"] += len(leaked)
        return [f"a loser's words were kept: {each}" for each in leaked]


def _by_conversation(model: type[Assignment] | type[Message]) -> defaultdict[int, list[Row[tuple[object, ...]]]]:
    found: defaultdict[int, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in _all(select(model.__table__)):
        found[row.conversation_id].append(row)
    return found


def _all(statement: object) -> list[Row[tuple[object, ...]]]:
    db.session.close()
    rows = list(db.session.execute(statement).all())  # type: ignore[call-overload]
    db.session.close()
    return rows


__all__ = ["Race", "Races", "Verdict", "World"]
