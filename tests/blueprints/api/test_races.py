"""Calls that arrive at the same moment: one chat, one message, one winner (L8, N5), on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from dashboard.config import Config, load_config
from tests.blueprints.api.conftest import SECRET, Cast
from tests.blueprints.api.steps import claim_chat, look, queue_chat, read, say, start

AT_ONCE = 8


@pytest.fixture
def config(database_uri: str, tmp_path: Path) -> Config:
    return load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET, synchronous="NORMAL")


def at_once(call: Callable[[int], TestResponse]) -> list[TestResponse]:
    """The answers to `call(0)`, `call(1)` … made by as many threads that set off together."""
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> TestResponse:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_the_same_first_message_makes_one_chat(cast: Cast) -> None:
    answers = at_once(lambda _: start(cast["Support"]))

    assert Counter(each.status_code for each in answers) == {201: 1, 200: AT_ONCE - 1}
    assert len({each.json["id"] for each in answers}) == 1
    assert [each["text"] for each in read(cast["Support"], answers[0].json["id"])].count("Hello!") == 1


def test_different_first_messages_share_one_chat(cast: Cast) -> None:
    answers = at_once(lambda number: start(cast["Support"], client_id=f"m-{number}", text=f"Hello {number}!"))

    assert Counter(each.status_code for each in answers) == {201: 1, 200: AT_ONCE - 1}
    (public_id,) = {each.json["id"] for each in answers}
    items = read(cast["Support"], public_id)
    assert {each["text"] for each in items} >= {f"Hello {number}!" for number in range(AT_ONCE)}
    assert [each["seq"] for each in items] == list(range(1, len(items) + 1))


def test_the_same_reply_is_stored_once(cast: Cast) -> None:
    public_id = claim_chat(cast)

    answers = at_once(lambda _: say(cast["bo"], public_id, "Once", "r-1"))

    assert Counter(each.status_code for each in answers) == {201: 1, 200: AT_ONCE - 1}
    assert len({each.json["seq"] for each in answers}) == 1


def test_of_those_who_claim_one_wins_and_the_others_learn_who(cast: Cast) -> None:
    public_id = queue_chat(cast)
    names = ["bo", "cy", "eli", "bo", "cy", "eli", "bo", "cy"]

    answers = at_once(lambda number: cast[names[number]].post(f"/conversations/{public_id}/claim"))

    winner = look(cast["di"], public_id)["assignee"]["email"]
    for name, answer in zip(names, answers, strict=True):
        assert answer.status_code == (200 if f"{name}@acme.test" == winner else 409)
        if answer.status_code == 409:
            assert answer.json["current"]["assignee"]["email"] == winner
    assert look(cast["di"], public_id)["epoch"] == 2


def test_of_a_close_and_a_takeover_one_wins(cast: Cast) -> None:
    public_id = claim_chat(cast)
    path = f"/conversations/{public_id}"

    def call(number: int) -> TestResponse:
        if number % 2:
            return cast["cy"].post(f"{path}/takeover", text="Mine", client_id="t-1", epoch=2)
        return cast["bo"].put(f"{path}/status", status="closed", epoch=2)

    answers = at_once(call)

    closed, taken = [answers[number].status_code for number in (0, 1)]
    assert sorted([closed, taken]) == [200, 409]
    assert {each.status_code for each in answers[::2]} == {closed}
    assert {each.status_code for each in answers[1::2]} == {taken}
    assert look(cast["di"], public_id)["handler"] == ("ai_agent" if closed == 200 else "live_agent")
