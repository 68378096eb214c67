"""Frames: one per conversation and batch, for exactly those who see it; a person hears nothing private."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from dashboard.models import Event, db
from dashboard.models.clock import set_clock
from dashboard.realtime import frames
from dashboard.realtime.event_row import EventRow, Frame
from dashboard.realtime.frames import QUEUE, RENDERED, SILENT, FrameRenderer
from dashboard.realtime.hub import Hub
from dashboard.services import events as event_types
from dashboard.services import feedback, messaging
from dashboard.services.availability import set_availability
from dashboard.services.visitors import Visitor, leave_email
from tests.browserless import Header
from tests.factories import HUMAN, Scene
from tests.services.conftest import app, scene

__all__ = ["app", "scene"]

_e = Event.__table__.c


class EverybodyIsHere(Hub):
    """A hub in which every user and person has a page open."""

    def users(self) -> set[int]:
        return set(range(1, 50))

    def has_persons(self) -> bool:
        return self.has_any(["person:1"])

    def has_any(self, audiences: Any) -> bool:
        return bool(list(audiences))


@dataclass
class Watcher:
    """Renders what was committed since it last looked."""

    app: Flask
    scene: Scene
    seen: int = 0
    renderer: FrameRenderer = field(init=False)

    def __post_init__(self) -> None:
        hub = EverybodyIsHere()
        self.renderer = FrameRenderer(self.app.jinja_env, lambda: hub)
        self.events()

    def events(self) -> list[EventRow]:
        with db.engine.connect() as conn:
            columns = (_e.id, _e.conversation_id, _e.teamspace_id, _e.kind, _e.data, _e.at)
            new = select(*columns).where(_e.id > self.seen).order_by(_e.id)
            rows = [EventRow._make(row) for row in conn.execute(new)]
        self.seen = rows[-1].id if rows else self.seen
        return rows

    def frames(self) -> list[Frame]:
        groups: dict[int | None, list[EventRow]] = {}
        for row in self.events():
            groups.setdefault(row.conversation_id, []).append(row)
        with db.engine.connect() as conn:
            return [frame for group in groups.values() for frame in self.renderer(conn, group)]

    def for_users(self) -> list[tuple[set[str], str]]:
        """(names of the audience, text) of the frames that users get, but that a queue moved."""
        return [(names, text) for names, text in self._for_users() if text != QUEUE]

    def of_queues(self) -> list[set[str]]:
        """Who is told that a queue moved."""
        return [names for names, text in self._for_users() if text == QUEUE]

    def _for_users(self) -> list[tuple[set[str], str]]:
        names = {f"user:{key}": name for name, key in self.scene.users.items()}
        found = [(set(keys), text) for keys, text in self.frames()]
        return [({names[key] for key in keys}, text) for keys, text in found if keys & set(names)]

    def for_persons(self) -> list[dict[str, Any]]:
        return [json.loads(text) for keys, text in self.frames() if any(key.startswith("person:") for key in keys)]


@pytest.fixture
def watcher(app: Flask, scene: Scene) -> Iterator[Watcher]:
    yield Watcher(app, scene)
    set_clock(None)


def test_every_event_has_a_frame_or_is_silent_on_purpose() -> None:
    kinds = {
        name
        for name, value in vars(event_types).items()
        if isinstance(value, type) and issubclass(value, event_types.Event) and not name.endswith("Event")
    }
    assert kinds == RENDERED | SILENT
    assert not RENDERED & SILENT


def test_a_batch_makes_one_frame_per_conversation_for_whoever_sees_it(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    watcher.for_users()
    scene.write("pia", "Are you there?")
    [(audience, text)] = watcher.for_users()
    assert audience == {"ada", "bo", "cy", "vi", "di"}
    header = Header.of(text)
    last = scene.conversation(chat).last_seq
    assert (header.c, header.seq, header.prev) == (chat, last, last - 1)
    assert header.what == ("message",)
    assert header.to == (scene.viewer("bo").public_id,)
    assert text.count("Are you there?") == 2  # in the thread and in the row


def test_who_loses_sight_gets_a_delete_and_nothing_of_the_conversation(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    watcher.for_users()
    scene.give("bo", chat, "eli", "a secret word")
    by_audience = {frozenset(names): text for names, text in watcher.for_users()}
    assert frozenset({"ada", "di", "vi", "eli"}) in by_audience
    gone = by_audience[frozenset({"bo", "cy"})]
    assert "gone" in Header.of(gone).what
    assert "secret" not in gone
    assert "pia" not in gone
    assert 'id="row-' in gone
    assert 'id="links-' in gone, "with what the conversation was linked to"


def test_what_one_gives_oneself_does_not_ring(scene: Scene, watcher: Watcher) -> None:
    scene.ticket("bo", assignee="bo")
    [(_, own)] = watcher.for_users()
    assert "assigned" not in Header.of(own).what
    scene.ticket("ada", assignee="bo")
    [(_, given)] = watcher.for_users()
    assert "assigned" in Header.of(given).what
    assert Header.of(given).to == (scene.viewer("bo").public_id,)


def test_a_queued_chat_rings_for_its_eligible_set_and_an_assigned_one_for_its_assignee(
    scene: Scene, watcher: Watcher
) -> None:
    scene.ask_for_human("pia")
    [(_, text)] = watcher.for_users()
    header = Header.of(text)
    assert "queued" in header.what
    assert set(header.to) == {scene.viewer(name).public_id for name in ("bo", "cy", "eli", "gus", "vi")}

    scene.online("eli")
    [text] = [text for names, text in watcher.for_users() if "eli" in names and text.startswith("<!--c=")]
    header = Header.of(text)
    assert "assigned" in header.what
    assert header.to == (scene.viewer("eli").public_id,)


def test_who_claims_is_not_told_of_it_and_who_lost_a_chat_to_a_takeover_is(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    claimed = [Header.of(text) for _, text in watcher.for_users()]
    assert all("assigned" not in header.what for header in claimed)
    scene.take_over("cy", chat)
    [header] = [Header.of(text) for names, text in watcher.for_users() if "cy" in names]
    assert header.former == scene.viewer("bo").public_id
    assert header.to == ()


def test_fragments_are_the_same_for_everybody(scene: Scene, watcher: Watcher) -> None:
    scene.claimed_by("bo")
    for names, text in watcher.for_users():
        assert len(names) > 1 or "gone" in Header.of(text).what
        assert "data-mine" not in text
        assert "data-read" not in text


def test_every_fragment_is_swapped_by_id_and_holds_no_table(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "Hello")
    scene.give("bo", chat, "Returns")
    texts = [text for _, text in watcher.for_users()]
    assert texts
    for text in texts:
        soup = BeautifulSoup(text, "html.parser")
        for part in soup.find_all(recursive=False):
            how = str(part.get("hx-swap-oob"))
            assert how.startswith("beforeend:#") or (how in ("true", "delete") and part.get("id")), str(part)[:200]
            assert chat in how + str(part.get("id"))
        assert not soup.find_all(["table", "script", "style"])
        assert not soup.find_all(attrs={"style": True})


def test_what_a_person_wrote_is_never_markup(scene: Scene, watcher: Watcher) -> None:
    scene.write("<b>nora</b>", "<img src=x onerror=alert(1)> https://example.test/a?b=1&c=2")
    for _, text in watcher.for_users():
        soup = BeautifulSoup(text, "html.parser")
        assert not soup.find_all(["img", "b"], attrs={"src": True})
        links = {str(link["href"]) for link in soup.find_all("a", attrs={"target": "_blank"})}
        assert links == {"https://example.test/a?b=1&c=2"}
        assert "<b>nora" not in text


def test_a_person_hears_only_the_public_view_in_its_own_numbers(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    watcher.for_persons()
    messaging.add_note(scene.viewer("bo"), chat, "A secret note", "note-1")
    assert watcher.for_persons() == []
    scene.reply("bo", chat, "Hello from Bo")
    scene.set_status("bo", chat, "resolved")
    [frame] = watcher.for_persons()
    assert [item["text"] for item in frame["items"]] == ["Hello from Bo"]
    assert frame["seq"] == frame["prev"] + 1 == scene.conversation(chat).public_seq
    assert frame["state"]["assignee"] == "Bo Lindqvist"
    text = json.dumps(frame)
    for secret in ("secret", "resolved", "note", scene.viewer("bo").public_id, "acme.test", "reason"):
        assert secret not in text


def test_a_late_answer_tells_the_person_nothing_and_the_team_all(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    watcher.for_persons()
    key, now = scene.conversation(chat).id, scene.clock.now
    row = EventRow(99_999, key, scene.support, "SuggestionKept", {"suggestion_id": 1}, now)
    with db.engine.connect() as conn:
        made = watcher.renderer(conn, [row])
    assert all(not key.startswith("person:") for keys, _ in made for key in keys)
    assert any("suggestions-" in text for _, text in made)


def test_moves_of_the_queue_tell_everybody_who_waits_their_place(scene: Scene, watcher: Watcher) -> None:
    first, second = scene.ask_for_human("pia"), scene.ask_for_human("raul")
    watcher.for_persons()
    scene.claim("bo", first)
    told = {frame["c"]: frame for frame in watcher.for_persons()}
    assert told[second]["state"]["queue"]["place"] == 1
    assert told[second]["items"] == []
    assert told[first]["state"]["queue"] is None


def test_who_waits_hears_of_a_queue_only_what_is_news_to_them(scene: Scene, watcher: Watcher) -> None:
    scene.configure(auto_limit=0)
    first, second, third = (scene.ask_for_human(name) for name in ("pia", "raul", "sam"))
    watcher.for_persons()
    scene.claim("bo", second)
    assert {frame["c"] for frame in watcher.for_persons()} == {second, third}
    scene.claim("bo", first)
    told = {frame["c"]: frame["state"]["queue"] for frame in watcher.for_persons()}
    assert told[first] is None
    assert told[third]["place"] == 1


def test_who_waits_hears_when_somebody_who_serves_them_comes_and_goes(scene: Scene, watcher: Watcher) -> None:
    scene.configure(auto_limit=0)
    chat = scene.ask_for_human("pia")
    watcher.for_persons()

    def heard() -> list[bool]:
        return [frame["state"]["queue"]["is_anyone_online"] for frame in watcher.for_persons()]

    scene.online("bo")
    assert heard() == [True]
    scene.online("cy")
    assert heard() == []  # one more changes nothing for them
    scene.away("bo", "cy")
    assert heard() == [False]
    scene.online("fay")  # of another teamspace
    assert heard() == []
    assert scene.owner(chat) == "queue"


def test_a_page_that_went_and_came_back_is_told_again(scene: Scene, watcher: Watcher) -> None:
    scene.configure(auto_limit=0)
    scene.ask_for_human("pia")
    watcher.for_persons()
    here = watcher.renderer._hub
    scene.online("bo")
    assert len(watcher.for_persons()) == 1
    watcher.renderer._hub = lambda: AlmostNobody()
    scene.away("bo")
    assert watcher.for_persons() == []
    watcher.renderer._hub = here
    scene.online("bo")
    assert [frame["state"]["queue"]["is_anyone_online"] for frame in watcher.for_persons()] == [True]


def test_the_queue_is_read_again_by_who_may_see_it_in_that_teamspace(scene: Scene, watcher: Watcher) -> None:
    scene.ask_for_human("pia")
    watcher.of_queues()
    support = {"ada", "bo", "cy", "eli", "di", "vi", "gus"}
    scene.online("bo")
    assert watcher.of_queues() == [support]
    scene.online("fay")
    assert watcher.of_queues() == [{"ada", "fay"}]


def test_leaving_an_email_redraws_the_details_and_tells_the_persons_own_pages(scene: Scene, watcher: Watcher) -> None:
    chat = scene.ask_for_human("pia")
    visitor = Visitor(1, scene.channel, scene.support, scene.person("pia"), scene.person("pia"), "pia", "pia", False)
    watcher.frames()
    leave_email(visitor, "pia@example.com")
    frames = watcher.frames()
    [state] = [json.loads(text)["state"] for keys, text in frames if any(key.startswith("person:") for key in keys)]
    assert state["queue"]["email"] == "pia@example.com"
    [text] = [text for _, text in frames if text.startswith("<!--c=")]
    assert f"/conversations/{chat}/side" in text
    assert "Left an e-mail address: pia@example.com" in text


def test_the_rating_and_the_nested_flow_reach_both_sides(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "closed")
    [frame] = [each for each in watcher.for_persons() if each["items"]][-1:]
    assert frame["state"]["is_rating_asked"]
    feedback.rate(chat, scene.person("pia"), 5, "Great")
    user_texts = [text for _, text in watcher.for_users()]
    assert any("Rated 5 of 5" in text for text in user_texts)


def test_declaring_availability_is_heard_by_the_users_own_pages(scene: Scene, watcher: Watcher) -> None:
    set_availability(scene.users["cy"], "online")
    assert ({"cy"}, "<!--availability=online-->") in watcher.for_users()


def test_a_change_of_roles_changes_audiences_at_once(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    watcher.for_users()
    scene.deactivate("di")
    watcher.renderer.heed([EventRow(1, None, None, "AccessChanged", {"user_ids": []}, scene.clock.now)])
    scene.write("pia", "Anybody?")
    assert all("di" not in names for names, _ in watcher.for_users())
    assert scene.owner(chat) == "bo"


def test_nothing_is_rendered_for_a_conversation_that_nobody_watches(
    app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> str:
        raise AssertionError("rendered for nobody")

    watcher = Watcher(app, scene)
    watcher.renderer = FrameRenderer(app.jinja_env, Hub)
    monkeypatch.setattr(frames, "_to_html", refuse)
    scene.write("pia", HUMAN)
    assert watcher.frames() == []


def test_a_message_is_pushed_with_few_selects(scene: Scene, watcher: Watcher) -> None:
    from tests.queries.conftest import _counting

    chat = scene.claimed_by("bo")
    watcher.frames()
    scene.reply("bo", chat, "Hello")
    watcher.renderer._hub = lambda: OnlyUsers()
    with _counting() as seen:
        watcher.frames()
    assert len([each for each in seen if each.startswith("SELECT")]) <= 4  # the events, the row, its past, the message


class AlmostNobody(EverybodyIsHere):
    """Others wait with an open page; nobody of this test's."""

    def has_persons(self) -> bool:
        return True

    def has_any(self, audiences: Any) -> bool:
        return False


class OnlyUsers(EverybodyIsHere):
    def has_any(self, audiences: Any) -> bool:
        return any(str(key).startswith("user:") for key in audiences)
