"""Merging while both records write, while agents claim, take over and close, and against another merge."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.models import Conversation, Message, Person, db
from dashboard.models.enums import Handler
from dashboard.queries.merging import load_preview
from dashboard.services import merging, messaging
from tests.factories import Scene
from tests.races import race

_p = Person.__table__.c
NAMES = ("pia", "pat")


@pytest.fixture
def processes(database_uri: str) -> int:
    """SQLite is served by one process, PostgreSQL by several."""
    return 1 if database_uri.startswith("sqlite") else 4


def public_id(scene: Scene, person: str) -> str:
    return str(scene.scalar(select(_p.public_id).where(_p.id == scene.person(person))))


def merge_call(scene: Scene, kept: str, other: str) -> dict[str, Any]:
    db.session.close()
    seen = load_preview(db.session, scene.person(kept), scene.person(other)).version
    db.session.close()
    ids = {"kept": public_id(scene, kept), "other": public_id(scene, other)}
    return {"do": "merge", "user_id": scene.users["ada"], "seen": seen, **ids}


def write_call(scene: Scene, person: str, number: int) -> dict[str, Any]:
    text = f"{person} {number}"
    person_id = scene.person(person)
    return {"do": "write", "channel_id": scene.channel, "person_id": person_id, "text": text, "client_id": f"m{number}"}


def merge_again(scene: Scene, outcome: dict[str, Any], kept: str, other: str) -> None:
    """Whoever was told that something had changed looks again and confirms."""
    if outcome["result"] == "stale":
        call = merge_call(scene, kept, other)
        merging.merge_people(scene.viewer("ada"), call["kept"], call["other"], call["seen"])
    else:
        assert outcome["result"] == "done"


def said_by_persons(scene: Scene) -> Counter[str]:
    return Counter(row.body for row in scene.rows(Message) if row.author_kind.value == "person")


def live_chats(scene: Scene) -> list[str]:
    rows = [row for row in scene.rows(Conversation) if row.person_id == scene.person("pia")]
    return [row.public_id for row in rows if row.handler is not Handler.EXTERNAL]


def test_no_message_is_lost_or_doubled_while_both_write(
    scene: Scene, database_uri: str, tmp_path: Path, processes: int
) -> None:
    for name in NAMES:
        scene.ask_for_human(name)
    writes = [write_call(scene, name, number) for number in range(12) for name in NAMES]
    calls = [*writes[:12], merge_call(scene, "pia", "pat"), *writes[12:]]

    outcomes = race(database_uri, tmp_path, calls, processes=processes)

    by_call = {json_key(each["call"]): each for each in outcomes}
    assert {each["result"] for each in outcomes if each["call"]["do"] == "write"} == {"done"}
    merge_again(scene, by_call[json_key(calls[12])], "pia", "pat")
    for call in writes:  # each is sent again, as after an answer that got lost
        posted = messaging.start_chat(scene.channel, call["person_id"], call["text"], call["client_id"])
        assert not posted.is_new
    said = said_by_persons(scene)
    assert {text: said[text] for text in (call["text"] for call in writes)} == {call["text"]: 1 for call in writes}
    assert len(live_chats(scene)) == 1


@pytest.mark.parametrize("act", ["claim", "take_over", "close"])
def test_a_merge_and_an_agents_act_on_the_chat_that_ends_leave_one_owner(
    scene: Scene, database_uri: str, tmp_path: Path, processes: int, act: str
) -> None:
    older = scene.claimed_by("bo", "pia") if act == "close" else scene.ask_for_human("pia")
    newer = scene.ask_for_human("pat")
    agent = {"do": act, "user_id": scene.users["bo"], "conversation": older, "text": "I am here"}
    calls = [merge_call(scene, "pia", "pat"), agent, write_call(scene, "pat", 1), write_call(scene, "pia", 1)]

    outcomes = {each["call"]["do"]: each for each in race(database_uri, tmp_path, calls, processes=processes)}

    merge_again(scene, outcomes["merge"], "pia", "pat")
    assert outcomes[act]["result"] in ("done", "ownership-changed", "refused", "not-permitted", "not-found")
    assert len(live_chats(scene)) == 1
    assert {scene.conversation(each).person_id for each in (older, newer)} == {scene.person("pia")}
    assert said_by_persons(scene)["pia 1"] == 1


def test_of_two_admins_who_merge_the_same_two_records_exactly_one_wins(
    scene: Scene, database_uri: str, tmp_path: Path, processes: int
) -> None:
    for name in NAMES:
        scene.ask_for_human(name)
    pairs = [("pia", "pat"), ("pat", "pia")] * 4
    calls = [merge_call(scene, kept, other) for kept, other in pairs]

    outcomes = race(database_uri, tmp_path, calls, processes=processes)

    results = Counter(each["result"] for each in outcomes)
    assert results == {"done": 1, "refused": 7}
    merged = [row for row in scene.rows(Person) if row.merged_into_id is not None]
    assert len(merged) == 1
    assert {row.person_id for row in scene.rows(Conversation)} == {merged[0].merged_into_id}


def json_key(call: dict[str, Any]) -> str:
    return f"{call['do']} {call.get('text', '')}"
