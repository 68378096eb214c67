"""How much, how large, from whom: every refusal is a sentence, names when to come back, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.test import TestResponse

from tests.blueprints.webchat.conftest import Shop, Visitor

PROBLEM = "application/problem+json"
BODY_LIMIT = 64 * 1024


def assert_come_back(answer: TestResponse) -> None:
    assert (answer.status_code, answer.mimetype) == (429, PROBLEM)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Try again in" in answer.get_json()["detail"]


def test_one_visitor_writes_so_much_and_another_still_may(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(visitor_limit="2 per minute")
    pia, quinn = shop.visitor(), shop.visitor()
    assert [pia.say("Hello").status_code for _ in range(2)] == [201, 201]
    assert_come_back(pia.say("Hello again"))
    assert quinn.say("Hello").status_code == 201
    assert len([item for item in pia.read()["items"] if item["author"]["kind"] == "person"]) == 2


def test_one_address_opens_and_writes_so_much_and_another_still_may(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(address_limit="3 per minute")
    pia = shop.visitor("203.0.113.5")
    assert [pia.say("Hello").status_code for _ in range(2)] == [201, 201]
    assert_come_back(pia.say("Hello again"))
    assert_come_back(Visitor(shop.app, shop.channel, address="203.0.113.5").post("session"))
    assert_come_back(pia.post("ticket"))
    assert shop.visitor("203.0.113.6").say("Hello").status_code == 201


def test_one_channel_takes_so_much_from_all(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(channel_limit="2 per minute")
    for number in range(2):
        assert shop.visitor(f"203.0.113.{number}").say("Hello").status_code == 201
    assert_come_back(shop.visitor("203.0.113.9").say("Hello"))


def test_typing_has_a_limit_of_its_own(shop: Shop) -> None:
    pia = shop.visitor()
    codes = [pia.post("typing").status_code for _ in range(61)]
    assert codes == [204] * 60 + [429]
    assert pia.say("Hello").status_code == 201


def test_reading_is_not_limited(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(visitor_limit="1 per minute", address_limit="1 per minute")
    pia = shop.visitor()
    assert all(pia.get("messages").status_code == 200 for _ in range(5))


def test_a_body_above_64_kb_is_too_large(shop: Shop) -> None:
    pia = shop.visitor()
    fits = b'{"text": "Hello", "client_id": "one"' + b" " * (BODY_LIMIT - 37) + b"}"
    assert len(fits) == BODY_LIMIT
    assert pia.send("messages", fits).status_code == 201
    for size in (BODY_LIMIT + 1, 1024 * 1024):
        answer = pia.send("messages", b" " * size)
        assert (answer.status_code, answer.mimetype) == (413, PROBLEM)


def test_a_switched_off_channel_refuses_in_words_and_still_shows_what_was_said(shop: Shop) -> None:
    pia = shop.visitor()
    pia.say("Hello")
    shop.change(is_connected=False)
    answer = pia.say("Are you there?")
    assert (answer.status_code, answer.mimetype) == (409, PROBLEM)
    assert answer.get_json()["detail"] == "This chat is closed at the moment. Your text is kept."
    assert pia.read()["items"][0]["text"] == "Hello"


def test_a_banned_person_is_told_plainly_and_writes_nothing(shop: Shop) -> None:
    pia = shop.visitor()
    pia.say("Hello")
    number = pia.read()["seq"]
    shop.change_person(pia, is_banned=True)
    for answer in (pia.say("Hello again"), pia.post("email", email="pia@example.com")):
        assert (answer.status_code, answer.mimetype) == (409, PROBLEM)
        assert answer.get_json()["type"].endswith("/banned")
        assert answer.get_json()["detail"] == "You cannot write here any more. Your text is kept."
    assert pia.post("typing").status_code == 409
    assert pia.read()["seq"] == number
