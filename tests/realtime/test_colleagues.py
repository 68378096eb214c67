"""Who looks at a conversation and who writes in it is told to those who look at it, and to nobody else (T9)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.realtime import colleagues
from dashboard.realtime.colleagues import Colleagues
from dashboard.realtime.event_row import EventRow
from dashboard.realtime.hub import Hub
from dashboard.realtime.process import EXTENSION
from tests.browserless import send, sign_in
from tests.factories import Scene
from tests.services.conftest import app, scene

__all__ = ["app", "scene"]

CHAT = "0198c0de-0000-7000-8000-000000000001"


@dataclass
class Listener(Hub):
    """A hub that remembers what it would have sent, and to whom."""

    heard: list[tuple[set[str], str]] = field(default_factory=list)

    def publish(self, audiences: Any, text: str) -> int:
        self.heard.append((set(audiences), text))
        return 0

    def last(self) -> tuple[set[str], list[tuple[str, str]]]:
        """To whom, and (name, state) of everybody shown."""
        audiences, text = self.heard[-1]
        shown = json.loads(text.partition("-->")[2])
        return audiences, [(each["name"], each["state"]) for each in shown]


class Room:
    """One conversation, pages of Bo, Cy and Eli, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.hub = Listener()
        self.known = Colleagues(self.hub, clock=lambda: self.now)

    def say(self, name: str, state: str, page: str = "1", chat: str = CHAT) -> None:
        user = {"bo": 1, "cy": 2, "eli": 3}[name]
        self.known.hear({"c": chat, "page": f"{name}:{page}", "state": state, "user": user, "id": name, "name": name})


@pytest.fixture
def room() -> Room:
    return Room()


def test_whoever_looks_sees_who_else_looks(room: Room) -> None:
    room.say("bo", "viewing")
    room.say("cy", "viewing")
    assert room.hub.last() == ({"user:1", "user:2"}, [("bo", "viewing"), ("cy", "viewing")])


def test_who_looks_elsewhere_hears_nothing(room: Room) -> None:
    room.say("eli", "viewing", chat="another")
    room.say("bo", "viewing")
    assert room.hub.last()[0] == {"user:1"}


def test_the_same_said_again_is_not_told_again(room: Room) -> None:
    room.say("bo", "viewing")
    room.say("bo", "viewing")
    assert len(room.hub.heard) == 1


def test_writing_is_told_at_once_and_ends_by_itself(room: Room) -> None:
    room.say("bo", "viewing")
    room.say("cy", "typing")
    assert room.hub.last()[1] == [("bo", "viewing"), ("cy", "typing")]
    room.now += colleagues.WRITING_SECONDS + 1
    room.known.forget_late()
    assert room.hub.last()[1] == [("bo", "viewing"), ("cy", "viewing")]


def test_a_note_is_shown_as_a_note(room: Room) -> None:
    room.say("bo", "viewing")
    room.say("cy", "noting")
    assert room.hub.last()[1] == [("bo", "viewing"), ("cy", "noting")]


def test_a_page_that_is_gone_is_gone_at_once_and_another_of_the_same_user_stays(room: Room) -> None:
    room.say("bo", "viewing")
    room.say("cy", "viewing", "1")
    room.say("cy", "viewing", "2")
    room.say("cy", "gone", "1")
    assert [name for name, _ in room.hub.last()[1]] == ["bo", "cy"]
    room.say("cy", "gone", "2")
    assert room.hub.last() == ({"user:1"}, [("bo", "viewing")])


def test_a_page_that_says_nothing_more_is_forgotten(room: Room) -> None:
    room.say("bo", "viewing")
    room.now += colleagues.VIEWING_SECONDS - 1
    room.say("cy", "viewing")
    room.now += 2
    room.known.forget_late()
    assert room.hub.last() == ({"user:2"}, [("cy", "viewing")])


def test_who_lost_sight_of_it_hears_nothing_and_is_not_shown(room: Room) -> None:
    for name in ("bo", "cy", "eli"):
        room.say(name, "viewing")
    room.known.drop({2}, CHAT)
    assert room.hub.last() == ({"user:1", "user:3"}, [("bo", "viewing"), ("eli", "viewing")])
    room.say("bo", "typing")
    assert "user:2" not in room.hub.last()[0]


def test_nothing_is_kept_of_a_room_that_is_empty(room: Room) -> None:
    room.say("bo", "viewing")
    room.say("bo", "gone")
    assert (room.known._looks, room.known._told) == ({}, {})


def event(kind: str, **data: Any) -> EventRow:
    return EventRow(1, None, None, kind, data, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (event("AccessChanged", user_ids=[2]), ["bo"]),
        (event("AccessChanged", user_ids=[]), []),
        (event("SessionRevoked", user_id=2, session_id=None), ["bo"]),
        (event("StatusChanged", status="open"), ["bo", "cy"]),
    ],
)
def test_a_change_of_access_clears_whom_it_concerns(room: Room, row: EventRow, shown: list[str]) -> None:
    room.say("bo", "viewing")
    room.say("cy", "viewing")
    for users in colleagues._changed_users([row]):
        room.known.drop(users)
    assert [name for _, name, _ in room.known.shown(CHAT)] == shown


@dataclass
class Told:
    """What the process of the application sent over the bus, and browsers to make it do so."""

    app: Flask
    scene: Scene
    sent: list[dict[str, Any]]

    def browser(self, name: str) -> FlaskClient:
        return sign_in(self.app, self.scene.users[name])

    def states(self) -> list[tuple[str, str]]:
        return [(each["name"].split()[0], each["state"]) for each in self.sent if each["kind"] == colleagues.KIND]


@pytest.fixture
def told(app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    app.config["WTF_CSRF_ENABLED"] = False
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(app.extensions[EXTENSION].bus, "send", sent.append)
    return Told(app, scene, sent)


def test_a_note_is_told_to_colleagues_and_never_to_the_person(told: Told) -> None:
    chat = told.scene.claimed_by("bo")
    send(told.browser("bo"), "POST", f"/conversations/{chat}/typing", data={"kind": "note", "page": "a"})
    assert told.states() == [("Bo", "noting")]
    assert [each["kind"] for each in told.sent] == [colleagues.KIND]


def test_a_reply_is_told_to_the_person_only_of_the_assignee(told: Told) -> None:
    chat = told.scene.claimed_by("bo")
    send(told.browser("cy"), "POST", f"/conversations/{chat}/typing", data={"kind": "text", "page": "a"})
    assert [each["kind"] for each in told.sent] == [colleagues.KIND]
    send(told.browser("bo"), "POST", f"/conversations/{chat}/typing", data={"kind": "text", "page": "a"})
    assert {each["kind"] for each in told.sent} == {colleagues.KIND, "typing"}


def test_a_stranger_is_told_that_there_is_nothing(told: Told) -> None:
    chat = told.scene.claimed_by("bo")
    answer = send(told.browser("fay"), "PUT", f"/conversations/{chat}/viewing", data={"state": "viewing", "page": "a"})
    assert (answer.status_code, told.sent) == (404, [])


def test_nobody_ends_the_look_of_another(told: Told) -> None:
    chat = told.scene.claimed_by("bo")
    for name, state in (("bo", "viewing"), ("cy", "gone")):
        send(told.browser(name), "PUT", f"/conversations/{chat}/viewing", data={"state": state, "page": "a"})
    pages = [each["page"] for each in told.sent]
    assert len(set(pages)) == 2


def test_an_unknown_state_is_refused(told: Told) -> None:
    chat = told.scene.claimed_by("bo")
    answer = send(told.browser("bo"), "PUT", f"/conversations/{chat}/viewing", data={"state": "dancing"})
    assert (answer.status_code, told.sent) == (422, [])
