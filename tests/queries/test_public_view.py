"""What a person may know of their conversation: their own numbering, public lines, what is shown while they wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import User, db
from dashboard.models.clock import set_clock, to_rfc3339
from dashboard.queries.public_queue import ESTIMATE_MINIMUM
from dashboard.queries.public_view import (
    latest_event_id,
    public_frame,
    public_messages,
    public_state,
    waiting_people,
)
from dashboard.queries.stays import load_waits
from dashboard.services import answers, feedback, messaging, minds, unit_of_work
from tests.factories import QUESTION, Scene, build_scene

SECRET = "a secret of the tests, forty characters."


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
def scene(app: Flask) -> Scene:
    return build_scene()


def frame_of(scene: Scene, chat: str, after: int = 0) -> dict[str, Any]:
    key = scene.conversation(chat).id
    frame = public_frame(db.session, key, chat, after)
    db.session.close()
    return dict(frame)


def state_of(scene: Scene, chat: str) -> dict[str, Any]:
    return dict(frame_of(scene, chat)["state"])


@contextmanager
def counted_selects() -> Iterator[list[str]]:
    statements: list[str] = []

    def listen(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield statements
    event.remove(db.engine, "before_cursor_execute", listen)
    statements[:] = [each for each in statements if each.lstrip().upper().startswith(("SELECT", "WITH"))]


def test_messages_are_numbered_without_gaps_and_without_what_is_private(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    messaging.add_note(scene.viewer("bo"), chat, "She is a regular.", "note")
    scene.reply("bo", chat, "Hello!")
    frame = frame_of(scene, chat)
    assert [item["seq"] for item in frame["items"]] == list(range(1, len(frame["items"]) + 1))
    assert [(item["kind"], item["text"]) for item in frame["items"]] == [
        ("text", "Can I talk to a human?"),
        ("text", "Hi, I am Trail."),
        ("text", "A colleague will help."),
        ("activity", "Bo Lindqvist joined the conversation."),
        ("text", "Hello!"),
    ]
    assert len(scene.timeline(chat)) > len(frame["items"])
    assert frame["seq"] == frame["state"]["last_seq"] == scene.conversation(chat).public_seq


def test_pages_of_messages_fit_together(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    key = scene.conversation(chat).id
    whole = public_messages(db.session, key)
    first = public_messages(db.session, key, limit=2)
    assert first + public_messages(db.session, key, after=first[-1]["seq"]) == whole
    assert public_messages(db.session, key, after=1, upto=2) == whole[1:2]
    assert public_messages(db.session, key, after=len(whole)) == []


def test_a_live_agent_is_known_by_the_alias(scene: Scene) -> None:
    scene.change(User, scene.users["bo"], alias="Robin")
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "Hello!")
    frame = frame_of(scene, chat)
    assert frame["state"]["assignee"] == "Robin"
    assert frame["items"][-1]["author"] == {"kind": "live_agent", "name": "Robin"}
    assert frame["items"][-2]["data"] == {"code": "joined", "name": "Robin"}
    assert "Lindqvist" not in str(frame)


def test_times_are_those_of_the_timeline(scene: Scene) -> None:
    chat = scene.ask_for_human("pia")
    shown = [item["created_at"] for item in frame_of(scene, chat)["items"]]
    kept = [to_rfc3339(each.created_at) for each in scene.timeline(chat) if each.public_seq]
    assert shown == kept


def test_the_ai_agent_is_answering_while_an_answer_is_worked_out(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    assert state_of(scene, chat)["is_answering"] is True
    answers.answer_arrived(scene.job(), "2.1 kg.")
    state = state_of(scene, chat)
    assert state["is_answering"] is False
    assert state["ai_agent"] == "Trail"


def test_a_live_agents_chat_is_not_answered_by_the_ai_agent(scene: Scene) -> None:
    chat = scene.write("pia", QUESTION).conversation_public_id
    scene.write("pia", "Can I talk to a human?")
    scene.claim("bo", chat)
    assert scene.job() is not None
    assert state_of(scene, chat)["is_answering"] is False


def test_a_rating_is_asked_until_it_is_given(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    assert state_of(scene, chat)["is_rating_asked"] is False
    scene.set_status("bo", chat, "closed")
    frame = frame_of(scene, chat)
    assert frame["state"]["is_rating_asked"] is True
    assert frame["items"][-1]["data"] == {"ask": "rating"}
    feedback.rate(chat, scene.person("pia"), 4)
    assert state_of(scene, chat)["is_rating_asked"] is False


def test_places_in_the_queue_are_in_the_order_of_the_requests(scene: Scene) -> None:
    chats = [scene.ask_for_human(name) for name in ("pia", "quinn", "rosa")]
    assert [state_of(scene, chat)["queue"]["place"] for chat in chats] == [1, 2, 3]
    scene.claim("bo", chats[0])
    assert [state_of(scene, chat)["queue"] and state_of(scene, chat)["queue"]["place"] for chat in chats] == [
        None,
        1,
        2,
    ]


def test_whether_anybody_is_there_counts_the_eligible_alone(scene: Scene) -> None:
    scene.configure(auto_limit=0)
    chat = scene.ask_for_human("pia")
    assert state_of(scene, chat)["queue"]["is_anyone_online"] is False
    scene.present("bo")
    assert state_of(scene, chat)["queue"]["is_anyone_online"] is False
    scene.online("bo")
    assert state_of(scene, chat)["queue"]["is_anyone_online"] is True
    scene.clock.forward(minutes=5)
    assert state_of(scene, chat)["queue"]["is_anyone_online"] is False


def test_a_chat_for_one_team_waits_for_that_team(scene: Scene) -> None:
    scene.configure(auto_limit=0)
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "Returns")
    scene.online("cy")
    assert state_of(scene, chat)["queue"]["is_anyone_online"] is False
    scene.online("eli")
    assert state_of(scene, chat)["queue"]["is_anyone_online"] is True


def wait_and_claim(scene: Scene, person: str, **amount: float) -> str:
    chat = scene.ask_for_human(person)
    scene.clock.forward(**amount)
    scene.claim("bo", chat)
    return chat


def usual_wait(scene: Scene, chat: str) -> Any:
    return state_of(scene, chat)["queue"]["usual_wait"]


def test_the_usual_wait_is_the_middle_half_of_a_day_and_unknown_with_too_little(scene: Scene) -> None:
    assert ESTIMATE_MINIMUM == 5
    chat = scene.ask_for_human("pia")
    for number, minutes in enumerate((2, 30, 5, 4, 3)):
        assert usual_wait(scene, chat) is None
        wait_and_claim(scene, f"person {number}", minutes=minutes)
    assert usual_wait(scene, chat) == {"low": 3 * 60, "high": 5 * 60}
    scene.clock.forward(hours=25)
    assert usual_wait(scene, chat) is None


def test_the_usual_wait_is_that_of_those_who_had_to_wait_and_were_joined(scene: Scene) -> None:
    closed = [scene.ask_for_human(f"closed {number}") for number in range(5)]
    scene.clock.forward(hours=3)
    for chat in closed:
        scene.set_status("ada", chat, "closed")
    for number in range(5):
        scene.claimed_by("bo", f"at once {number}")
    returned = wait_and_claim(scene, "returned", minutes=4)
    scene.give("bo", returned, "Returns")
    scene.clock.forward(hours=2)
    scene.claim("eli", returned)
    for number in range(3):
        wait_and_claim(scene, f"person {number}", minutes=4)
    scene.ticket(teams=["Front line"])
    chat = scene.ask_for_human("pia")
    assert usual_wait(scene, chat) is None  # four of them
    wait_and_claim(scene, "the fifth", minutes=4)
    assert usual_wait(scene, chat) == {"low": 4 * 60, "high": 4 * 60}


def test_the_usual_wait_is_that_of_the_own_teamspace(scene: Scene) -> None:
    for number in range(ESTIMATE_MINIMUM):
        wait_and_claim(scene, f"person {number}", minutes=1)
    with unit_of_work.unit_of_work() as uow:
        assert load_waits(uow.conn, [scene.wholesale], uow.now) == {}
        waits = load_waits(uow.conn, [scene.support, scene.wholesale], uow.now)
    assert [round(each) for each in waits[scene.support]] == [60] * ESTIMATE_MINIMUM


def test_everybody_who_waits_is_told_the_same_as_when_they_ask(scene: Scene) -> None:
    scene.configure(auto_limit=0)
    chats = [scene.ask_for_human(name) for name in ("pia", "quinn", "rosa")]
    scene.claim("bo", chats[0])
    scene.give("bo", chats[0], "Returns")
    scene.online("bo")
    told = {each.public_id: each.state for each in waiting_people(db.session, scene.support)}
    assert set(told) == set(chats)
    assert told == {chat: state_of(scene, chat) for chat in chats}
    assert [told[chat]["queue"]["is_anyone_online"] for chat in chats] == [False, True, True]  # type: ignore[index]


def test_telling_everybody_costs_the_same_however_many_wait(scene: Scene) -> None:
    scene.configure(auto_limit=0)
    scene.online("bo", "eli")
    numbers = []
    for count in (2, 8):
        chats = [scene.ask_for_human(f"person {number}") for number in range(count)]
        scene.take_over("eli", chats[0])
        scene.give("eli", chats[0], "Returns")
        db.session.close()
        with counted_selects() as selects:
            assert len(waiting_people(db.session, scene.support)) == count
        numbers.append(len(selects))
        for chat in chats:
            scene.set_status("ada", chat, "closed")
    assert numbers == [5, 5]


def test_the_frame_names_the_newest_event_of_its_conversation(scene: Scene) -> None:
    chat, other = scene.ask_for_human("pia"), scene.ask_for_human("quinn")
    mine = frame_of(scene, chat)["event"]
    assert 0 < mine < frame_of(scene, other)["event"]
    scene.write("pia", "Hello?")
    assert frame_of(scene, chat)["event"] > mine
    assert latest_event_id(db.session, -1) == 0


def test_a_frame_costs_a_handful_of_selects(scene: Scene) -> None:
    talking = scene.conversation(scene.claimed_by("bo")).id
    waiting = scene.conversation(scene.ask_for_human("quinn")).id
    with counted_selects() as selects:
        public_state(db.session, talking)
    assert len(selects) == 1
    with counted_selects() as selects:
        public_state(db.session, waiting)
    assert len(selects) == 5
