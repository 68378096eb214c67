"""Real concurrency: one owner, no agent above the limit, nobody passed over (L1, L8, A2, A4)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Assignment, Conversation, Handoff, Message, QueueEntry, User, db
from dashboard.models.enums import Handler, Method, Status
from dashboard.services import access, availability, closing, messaging
from tests.races import race
from tests.world import World, build_world

_c = Conversation.__table__.c
_h = Handoff.__table__.c


@pytest.fixture
def processes(database_uri: str) -> int:
    """SQLite is served by one process, PostgreSQL by several."""
    return 1 if database_uri.startswith("sqlite") else 4


def queue_one_chat(world: World) -> str:
    posted = messaging.start_chat(world.channel_id, world.person_ids[0], "Can I talk to a human?", "first")
    return posted.conversation_public_id


def bring_online(user_id: int) -> None:
    availability.connect(user_id, f"connection-{user_id}", "process")
    availability.set_availability(user_id, "online")


def conversation(public_id: str) -> Any:
    db.session.close()
    return db.session.execute(select(Conversation.__table__).where(_c.public_id == public_id)).one()


def test_one_of_forty_users_wins_a_claim_and_the_others_learn_who(
    app: Flask, database_uri: str, tmp_path: Path, processes: int
) -> None:
    world = build_world(agents=40, persons=1, method=Method.VOLUNTARY)
    chat = queue_one_chat(world)
    calls = [{"do": "claim", "user_id": each, "conversation": chat} for each in world.agent_ids]

    outcomes = race(database_uri, tmp_path, calls, processes=processes)

    results = Counter(each["result"] for each in outcomes)
    assert results == {"done": 1, "ownership-changed": 39}
    row = conversation(chat)
    [winner] = [each["call"]["user_id"] for each in outcomes if each["result"] == "done"]
    assert (row.handler, row.assignee_id, row.epoch) == (Handler.LIVE_AGENT, winner, 2)
    name = db.session.execute(select(User.__table__.c.name).where(User.__table__.c.id == winner)).scalar_one()
    assert {each["winner"] for each in outcomes if each["result"] != "done"} == {name}
    open_assignments = select(Assignment.__table__).where(Assignment.__table__.c.until_at.is_(None))
    assert len(db.session.execute(open_assignments).all()) == 1


def test_one_of_twenty_takeovers_wins_and_no_word_of_a_loser_is_sent(
    app: Flask, database_uri: str, tmp_path: Path, processes: int
) -> None:
    world = build_world(agents=20, persons=1, method=Method.VOLUNTARY)
    chat = queue_one_chat(world)
    calls = [
        {"do": "take_over", "user_id": each, "conversation": chat, "text": f"from {each}"} for each in world.agent_ids
    ]

    outcomes = race(database_uri, tmp_path, calls, processes=processes)

    [winner] = [each["call"]["user_id"] for each in outcomes if each["result"] == "done" and each_is_last(each, chat)]
    _m = Message.__table__.c
    replies = db.session.execute(select(_m.user_id, _m.epoch).where(_m.user_id.is_not(None)).order_by(_m.seq)).all()
    assert replies[-1].user_id == winner
    # Each who succeeded took it from the one before: as many epochs as replies, and never two under one.
    assert [each.epoch for each in replies] == list(range(2, 2 + len(replies)))
    assert len(replies) == sum(each["result"] == "done" for each in outcomes)


def each_is_last(outcome: dict[str, Any], chat: str) -> bool:
    return bool(outcome["call"]["user_id"] == conversation(chat).assignee_id)


def test_two_hundred_handoffs_fill_twelve_agents_and_queue_the_rest_in_order(
    app: Flask, database_uri: str, tmp_path: Path, processes: int
) -> None:
    world = build_world(agents=12, persons=200, limit=10)
    for user_id in world.agent_ids:
        bring_online(user_id)
    calls = [
        {"do": "hand_off", "channel_id": world.channel_id, "person_id": each, "text": "I want to talk to a human"}
        for each in world.person_ids
    ]

    outcomes = race(database_uri, tmp_path, calls, processes=processes)

    assert [each["result"] for each in outcomes] == ["done"] * 200
    assert loads() == dict.fromkeys(world.agent_ids, 10)
    rows = {each.public_id: each for each in db.session.execute(select(Conversation.__table__))}
    assert Counter(each.handler for each in rows.values()) == {Handler.LIVE_AGENT: 120, Handler.QUEUE: 80}
    assert_nobody_was_passed_over(outcomes, rows)
    assert_queue_is_served_in_order()


def loads() -> dict[int, int]:
    db.session.close()
    assigned = db.session.execute(select(_c.assignee_id).where(_c.handler == Handler.LIVE_AGENT)).scalars()
    return dict(Counter(assigned))


def assert_nobody_was_passed_over(outcomes: list[dict[str, Any]], rows: dict[str, Any]) -> None:
    """No assigned chat's request began after a queued one's was acknowledged."""
    queued = [each for each in outcomes if rows[each["conversation"]].handler is Handler.QUEUE]
    assigned = [each for each in outcomes if rows[each["conversation"]].handler is Handler.LIVE_AGENT]
    first_acknowledged = min(each["acknowledged"] for each in queued)
    assert max(each["began"] for each in assigned) <= first_acknowledged


def assert_queue_is_served_in_order() -> None:
    """As each slot opens, the oldest waiting chat gets it."""
    waiting = db.session.execute(
        select(QueueEntry.__table__.c.conversation_id)
        .where(QueueEntry.__table__.c.left_at.is_(None))
        .order_by(QueueEntry.__table__.c.queued_at, QueueEntry.__table__.c.id)
    ).scalars()
    order = list(waiting)
    served: list[int] = []
    closable = list(db.session.execute(select(_c.public_id, _c.assignee_id).where(_c.handler == Handler.LIVE_AGENT)))
    for public_id, assignee_id in closable[: len(order)]:
        before = waiting_ids()
        closing.set_status(access.get_viewer(db.session, assignee_id), public_id, Status.CLOSED)
        served.extend(before - waiting_ids())
    assert served == order
    assert max(loads().values()) <= 10


def waiting_ids() -> set[int]:
    db.session.close()
    return set(db.session.execute(select(_c.id).where(_c.handler == Handler.QUEUE)).scalars())
