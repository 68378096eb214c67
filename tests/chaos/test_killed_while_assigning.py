"""A busy floor in several processes, one of them killed in the middle: no limit broken, nobody passed over (A2, A4)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import (
    Conversation,
    Event,
    Presence,
    QueueEligible,
    QueueEntry,
    Team,
    TeamMember,
    Teamspace,
    TeamspaceTeam,
    User,
    db,
)
from dashboard.models.clock import set_clock, utcnow
from dashboard.models.enums import Status
from dashboard.models.ids import new_public_id
from dashboard.services import availability, minds, sweeps, unit_of_work
from dashboard.services.audit import audit
from dashboard.services.unit_of_work import unit_of_work as begin
from tests.invariants import COUNTED, find_broken
from tests.world import World, build_world

SECRET = "a secret of the tests, forty characters."
ROOT = Path(__file__).parent.parent.parent
AGENTS, PERSONS, LIMIT = 8, 50, 3

_c = Conversation.__table__.c
_e = Event.__table__.c
_q = QueueEntry.__table__.c
_s = Teamspace.__table__.c


@pytest.fixture
def app(database_uri: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


@pytest.fixture
def world(app: Flask) -> World:
    """Everybody is in Front line, every other one in Returns too; who drops out gives back what is unanswered."""
    world = build_world(AGENTS, PERSONS, limit=LIMIT)
    with begin() as uow:
        values = {"workspace_id": 1, "name": "Returns", "public_id": new_public_id()}
        team = uow.conn.execute(insert(Team.__table__).values(values).returning(Team.__table__.c.id)).scalar_one()
        uow.conn.execute(insert(TeamspaceTeam.__table__).values(teamspace_id=world.teamspace_id, team_id=team))
        members = [{"team_id": team, "user_id": each} for each in world.agent_ids[::2]]
        uow.conn.execute(insert(TeamMember.__table__), members)
        uow.conn.execute(
            update(Teamspace.__table__).where(_s.id == world.teamspace_id).values(returns_when_absent=True)
        )
    return world


class Hands:
    """A process of tests/floor_hands.py."""

    def __init__(self, uri: str, folder: Path, world: World, number: int, *, threads: int, deeds: int) -> None:
        command = [sys.executable, "-m", "tests.floor_hands", uri, str(folder)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        given = {
            "name": f"process {number}", "seed": number, "threads": threads, "deeds": deeds,
            "channel": world.channel_id, "teamspace": world.teamspace_id, "agents": world.agent_ids,
            "persons": world.person_ids,
        }  # fmt: skip
        self.say(json.dumps(given))

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, self.process.communicate()[1][-3000:]
        return line

    def finish(self) -> Counter[str]:
        line = self.hear()
        done = Counter(json.loads(self.hear() if line == "half" else line))
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        assert "Traceback" not in said, said[-3000:]
        return done


@contextmanager
def hired(count: int, *given: Any, first: int, **more: Any) -> Iterator[list[Hands]]:
    """So many processes, which begin together and end with this block."""
    staff = [Hands(*given, first + number, **more) for number in range(count)]
    try:
        for each in staff:
            assert each.hear() == "ready"
        for each in staff:
            each.say("go")
        yield staff
    finally:
        for each in staff:
            each.process.kill()
            each.process.communicate()


def kill_in_the_middle(hands: Hands) -> None:
    assert hands.hear() == "half"
    hands.process.kill()
    hands.process.wait()


def test_work_goes_on_around_a_process_that_is_killed(
    world: World,
    database_uri: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[..., None],
) -> None:
    """On PostgreSQL one of four; SQLite is served by one, and then by the one that follows it."""
    number = 100 * int(getattr(request.node, "callspec").params.get("round_number", 1))  # noqa: B009
    is_sqlite = database_uri.startswith("sqlite")
    given = (database_uri, tmp_path, world)
    size = {"threads": 6, "deeds": 40} if is_sqlite else {"threads": 3, "deeds": 30}
    with hired(1 if is_sqlite else 4, *given, first=number, **size) as staff:
        kill_in_the_middle(staff[0])
        done = sum((each.finish() for each in staff[1:]), Counter())
    if is_sqlite:
        with hired(1, *given, first=number + 1, **size) as staff:
            done = staff[0].finish()

    sweeps.route_waiting()
    assert_all_is_well()
    owners, assigned = replay_owners()
    assert owners == {row.id: row.assignee_id for row in rows(Conversation) if row.assignee_id}

    set_clock(lambda: datetime.now(UTC) + timedelta(seconds=61))
    availability.expire_leases()
    assert not rows(Presence), "the leases of the dead process ended with all others"
    assert_all_is_well()
    for user_id in world.agent_ids:
        availability.connect(user_id, f"back-{user_id}", "the next one")
        availability.set_availability(user_id, "online")
    assert_all_is_well()
    replay_owners()

    for name, count in {**done, "assigned": assigned}.items():
        record_property(name, count)
    assert assigned > 20, "it was a busy floor"


def rows(model: Any) -> list[Any]:
    db.session.close()
    found = list(db.session.execute(select(model.__table__)))
    db.session.close()
    return found


def assert_all_is_well() -> None:
    assert find_broken() == []
    assert audit() == []
    assert waiting_beside_a_free_agent() == []


def waiting_beside_a_free_agent() -> list[tuple[int, int]]:
    """(conversation, agent) pairs that routing has left apart, worked out from the rows alone."""
    now = utcnow()
    present = {row.user_id for row in rows(Presence) if row.lease_until > now}
    held = Counter(row.assignee_id for row in rows(Conversation) if row.assignee_id and row.status in COUNTED)
    free = {row.id for row in rows(User) if row.availability == "online" and row.id in present and held[row.id] < LIMIT}
    members: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows(TeamMember):
        members[row.team_id].add(row.user_id)
    listed: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows(QueueEligible):
        listed[row.queue_entry_id] |= members[row.team_id] if row.team_id else {row.user_id}
    waiting = [row for row in rows(QueueEntry) if row.left_at is None]
    return [
        (entry.conversation_id, user_id)
        for entry in waiting
        for user_id in sorted(free - {entry.excluded_user_id})
        if entry.is_everyone or user_id in listed[entry.id]
    ]


def replay_owners() -> tuple[dict[int, int], int]:
    """Follow every event; nobody was given one above the limit, and epochs went one by one. Who has what in the end.

    Whoever changes what a user holds has that user's load row locked until the commit, so that the ids of the events
    are in the order of the commits for each user and each conversation.
    """
    owner: dict[int, int] = {}
    counts: dict[int, bool] = {}
    epochs: Counter[int] = Counter()
    assigned = 0
    for event in sorted(rows(Event), key=lambda each: each.id):
        key, data = event.conversation_id, event.data
        if event.kind == "StatusChanged":
            counts[key] = Status(data["status"]) in COUNTED
            continue
        if "epoch" not in data:
            continue
        epochs[key] += 1
        assert data["epoch"] == epochs[key], f"conversation {key} skipped an epoch"
        user_id = data.get("user_id")
        if user_id is None:
            owner.pop(key, None)
            continue
        owner[key], counts[key] = user_id, True
        if event.kind == "ConversationAssigned":
            assigned += 1
            holds = sum(holder == user_id and counts[each] for each, holder in owner.items())
            assert holds <= LIMIT, f"event {event.id} gave user {user_id} the {holds}th of {LIMIT}"
    return owner, assigned
