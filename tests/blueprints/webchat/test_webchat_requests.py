"""The frame's requests: a key, messages in the person's own numbering, rating, typing, e-mail; and bad input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dashboard.models import Person, db
from dashboard.models.ids import new_public_id
from dashboard.realtime.process import EXTENSION
from dashboard.services import closing, messaging, transfers
from tests.blueprints.webchat.conftest import Shop, Visitor

PROBLEM = "application/problem+json"


def texts(frame: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(item["author"]["kind"], item["text"]) for item in frame["items"] if item["kind"] == "text"]


def test_the_first_message_starts_a_chat_with_the_ai_agent(shop: Shop) -> None:
    pia = shop.visitor()
    assert pia.read() == {"type": "messages", "c": None, "event": 0, "seq": 0, "prev": 0, "items": [], "state": None}
    answer = pia.say("Hello there")
    assert answer.status_code == 201
    frame = answer.get_json()
    assert frame["type"] == "messages"
    assert frame["prev"] == 0
    assert texts(frame)[:2] == [("person", "Hello there"), ("ai_agent", "Hi, I am Trail.")]
    assert [item["seq"] for item in frame["items"]] == list(range(1, frame["seq"] + 1))
    assert frame["state"]["handler"] == "ai_agent"
    assert frame["state"]["last_seq"] == frame["seq"]
    assert pia.read() == frame | {"event": frame["event"]}


def test_a_page_catches_up_after_the_number_it_has(shop: Shop) -> None:
    pia = shop.visitor()
    chat = pia.say("Hello").get_json()["c"]
    whole = pia.read()
    rest = pia.read(1, c=chat)
    assert rest["prev"] == 1
    assert rest["items"] == whole["items"][1:]
    assert pia.read(whole["seq"], c=chat)["items"] == []


def test_a_page_that_knows_another_conversation_gets_this_one_from_its_beginning(shop: Shop) -> None:
    pia = shop.visitor()
    pia.say("Hello")
    assert pia.read(1, c=new_public_id())["prev"] == 0
    assert pia.read(1)["prev"] == 0


def test_a_message_that_is_sent_again_is_kept_once(shop: Shop) -> None:
    pia = shop.visitor()
    first, again = pia.say("Hello", "one"), pia.say("Hello", "one")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["items"] == again.get_json()["items"]
    assert [text for kind, text in texts(pia.read()) if kind == "person"] == ["Hello"]


def test_a_client_id_cannot_be_used_for_another_text(shop: Shop) -> None:
    pia = shop.visitor()
    pia.say("Hello", "one")
    assert pia.say("Something else", "one").status_code == 422


def test_the_person_sees_who_joined_and_is_answered_and_never_a_note(shop: Shop) -> None:
    pia = shop.visitor()
    pia.say("Can I talk to a person, please?")
    waiting = pia.read()["state"]
    assert waiting["handler"] == "queue"
    assert waiting["queue"]["place"] == 1
    assert waiting["queue"]["is_anyone_online"] is False
    chat = shop.chat_of(pia)
    with shop.app.app_context():
        bo = shop.agent()
        transfers.claim(bo, chat)
        messaging.add_note(bo, chat, "She sounds angry", "note")
        messaging.send_reply(bo, chat, "Hi, how can I help?", "reply")
    frame = pia.read()
    assert frame["state"]["handler"] == "live_agent"
    assert frame["state"]["assignee"] == "Agent 0"
    assert frame["state"]["queue"] is None
    assert ("live_agent", "Hi, how can I help?") in texts(frame)
    joined = [item for item in frame["items"] if item["kind"] == "activity"]
    assert [item["data"] for item in joined] == [{"code": "joined", "name": "Agent 0"}]
    assert "angry" not in str(frame)
    assert [item["seq"] for item in frame["items"]] == list(range(1, frame["seq"] + 1))


def be_asked(shop: Shop) -> Visitor:
    """A visitor whose livechat was closed, and whose rating is awaited."""
    pia = shop.visitor()
    pia.say("Can I talk to a person, please?")
    chat = shop.chat_of(pia)
    with shop.app.app_context():
        bo = shop.agent()
        transfers.claim(bo, chat)
        closing.set_status(bo, chat, "closed")
    return pia


def test_stars_are_given_once_and_the_ai_agent_goes_on(shop: Shop) -> None:
    pia = be_asked(shop)
    asked = pia.read()
    assert asked["state"]["is_rating_asked"] is True
    assert asked["items"][-1]["data"]["ask"] == "rating"
    assert pia.post("rating", stars=5, comment="Quick and kind").status_code == 204
    rated = pia.read()
    assert rated["state"]["is_rating_asked"] is False
    assert texts(rated)[-1] == ("ai_agent", "I am back.")
    again = pia.post("rating", stars=5)
    assert again.status_code == 409
    assert again.mimetype == PROBLEM


def test_other_than_one_to_five_stars_is_refused(shop: Shop) -> None:
    pia = be_asked(shop)
    for stars in (0, 6, 2.5, "5", None, True, [5]):
        answer = pia.post("rating", stars=stars)
        assert answer.status_code == 422
        assert "stars" in answer.get_json()["errors"]
    assert pia.read()["state"]["is_rating_asked"] is True


def test_a_rating_without_a_chat_is_not_found(shop: Shop) -> None:
    assert shop.visitor().post("rating", stars=5).status_code == 404


def test_another_message_skips_the_rating(shop: Shop) -> None:
    pia = be_asked(shop)
    pia.say("Where is my order?")
    assert pia.read()["state"]["is_rating_asked"] is False


def test_typing_is_told_to_the_live_agent_who_has_the_chat_and_stored_nowhere(shop: Shop) -> None:
    heard: list[Mapping[str, Any]] = []
    shop.app.extensions[EXTENSION].on_message("typing", heard.append)
    pia = shop.visitor()
    assert pia.post("typing").status_code == 204
    pia.say("Can I talk to a person, please?")
    assert pia.post("typing").status_code == 204
    assert heard == []
    chat = shop.chat_of(pia)
    with shop.app.app_context():
        transfers.claim(shop.agent(), chat)
    event = pia.read()["event"]
    assert pia.post("typing").status_code == 204
    user = f"user:{shop.world.agent_ids[0]}"
    assert heard == [{"kind": "typing", "to": user, "frame": f"<!--typing={chat}-->"}]
    assert pia.read()["event"] == event


def test_an_email_is_kept_for_the_answer(shop: Shop) -> None:
    pia = shop.visitor()
    assert pia.post("email", email=" Pia@Example.com ").get_json() == {"email": "Pia@example.com"}
    with shop.app.app_context():
        person = db.session.get(Person, shop.person_id(pia))
        assert person is not None
        assert person.email == "Pia@example.com"


def test_what_is_no_email_is_refused_in_words(shop: Shop) -> None:
    pia = shop.visitor()
    for email in ("", "pia", "pia@", "@example.com", "a@b@c.com", "pia@nowhere", 7, None, "p\0@x.com"):
        answer = pia.post("email", email=email)
        assert answer.status_code == 422
        assert answer.get_json()["errors"]["email"]


def test_a_visitor_reads_nobody_elses_chat(shop: Shop) -> None:
    pia, quinn = shop.visitor(), shop.visitor()
    pia.say("My address is Elm Street 5")
    assert quinn.read()["items"] == []
    assert quinn.read(0, c=shop.chat_of(pia))["items"] == []


@pytest.mark.parametrize("path", ["messages", "rating", "typing", "ticket", "email"])
def test_without_a_known_key_nothing_is_read_or_written(shop: Shop, path: str) -> None:
    for token in (None, "nobody", "", "a" * 5000, "\u00e9"):
        nobody = Visitor(shop.app, shop.channel, token)
        answer = nobody.post(path, text="Hello", client_id="one", stars=5, email="a@b.com")
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
        assert nobody.get("messages").status_code == 401


def test_a_key_of_another_channel_is_not_known(shop: Shop) -> None:
    pia = shop.visitor()
    assert Visitor(shop.app, new_public_id(), pia.token).say("Hello").status_code == 404


BAD_TEXTS = [None, "", "  \n ", 7, True, ["Hello"], {"a": 1}, "a\0b", "\x1b[31m", "x" * 8001]


def test_a_text_that_cannot_be_kept_is_refused_in_words(shop: Shop) -> None:
    pia = shop.visitor()
    for text in BAD_TEXTS:
        answer = pia.say(text, "one")
        assert (answer.status_code, answer.mimetype) == (422, PROBLEM), text
        assert answer.get_json()["errors"]["text"]
    assert pia.read()["items"] == []


def test_a_wrong_client_id_is_refused(shop: Shop) -> None:
    pia = shop.visitor()
    for client_id in (None, "", 7, "x" * 81, "a\0b", "caf\u00e9", ["one"]):
        answer = pia.post("messages", text="Hello", client_id=client_id)
        assert answer.status_code == 422
        assert "client_id" in answer.get_json()["errors"]


RAW = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"\xff\xfe",
    b'{"text": "\\ud800", "client_id": "one"}',
    b'{"text": "a\\u0000b", "client_id": "one"}',
    b"[" * 60_000,
    b'{"text": ' + b"9" * 5_000 + b', "client_id": "one"}',
    b'{"text": NaN, "client_id": "one"}',
]


@pytest.mark.parametrize("path", ["messages", "rating", "email"])
def test_a_body_that_is_not_understood_is_refused(shop: Shop, path: str) -> None:
    pia = be_asked(shop)
    for raw in RAW:
        answer = pia.send(path, raw)
        assert (answer.status_code, answer.mimetype) == (422, PROBLEM), raw[:40]


def test_the_longest_text_is_kept_whole(shop: Shop) -> None:
    pia = shop.visitor()
    assert pia.say("\U0001f97e" * 8000).status_code == 201
    assert texts(pia.read())[0] == ("person", "\U0001f97e" * 8000)


def test_text_travels_as_it_was_typed(shop: Shop) -> None:
    pia = shop.visitor()
    nasty = "<script>alert(1)</script> & \"quotes\" 'n' \\ \u202e https://a.test/?q=<b>\n\n  indented"
    pia.say(nasty)
    assert texts(pia.read())[0] == ("person", nasty)


def test_another_content_type_is_refused(shop: Shop) -> None:
    answer = shop.visitor().send("messages", "text=Hello&client_id=one", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.mimetype) == (415, PROBLEM)


def test_a_wrong_number_is_refused(shop: Shop) -> None:
    pia = shop.visitor()
    for after in ("-1", "x", "1.5", "9" * 30, "\u0663", ""):
        answer = pia.get("messages", after=after)
        assert (answer.status_code, answer.mimetype) == (422, PROBLEM)


def test_unknown_channels_and_paths_are_not_found(shop: Shop) -> None:
    nobody = Visitor(shop.app, new_public_id())
    assert nobody.post("session").status_code == 404
    assert Visitor(shop.app, shop.channel).post("nothing").status_code == 404
    assert Visitor(shop.app, shop.channel).get("session").status_code == 405


def test_no_answer_sets_a_cookie(shop: Shop) -> None:
    pia = shop.visitor()
    answers = [pia.say("Hello"), pia.get("messages"), pia.post("ticket"), pia.post("typing")]
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None] * 4
