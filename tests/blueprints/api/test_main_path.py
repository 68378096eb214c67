"""The main path through API v1 alone: a person asks for a human and is given back to the AI agent."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.config import Config, load_config
from tests.blueprints.api.conftest import SECRET, Cast
from tests.blueprints.api.steps import look, read, say, start


@pytest.fixture
def config(database_uri: str, tmp_path: Path) -> Config:
    return load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET, synchronous="NORMAL")


def test_a_chat_goes_from_the_ai_agent_to_a_person_and_back(cast: Cast) -> None:
    person, bo = cast["Support"], cast["bo"]
    cast.is_there("bo")
    assert bo.put("/me/availability", availability="online").json == {"availability": "online"}

    chat = start(person, text="Hello!").json
    assert chat["handler"] == "ai_agent"
    public_id = chat["id"]
    assert say(person, public_id, "Can I speak to a real person?", "m-2").status_code == 201

    (assigned,) = bo.get("/conversations", assignee="me").json["items"]
    assert (assigned["id"], assigned["handler"], assigned["status"]) == (public_id, "live_agent", "open")
    assert assigned["handoff"]["assigned_at"]
    assert look(person, public_id)["assignee"]["name"] == "Bobby"
    assert any("Bobby" in each["text"] for each in read(person, public_id) if each["kind"] == "activity")

    assert say(bo, public_id, "Hi Ann, what is it?", "r-1", epoch=assigned["epoch"]).status_code == 201
    assert say(person, public_id, "My tent leaks.", "m-3").status_code == 201
    assert look(bo, public_id)["waiting_since"]
    assert [each["text"] for each in read(bo, public_id)][-1] == "My tent leaks."
    before = look(person, public_id)["last_seq"]

    closed = bo.put(f"/conversations/{public_id}/status", status="closed").json
    assert (closed["handler"], closed["status"], closed["assignee"]) == ("ai_agent", None, None)

    asked = read(person, public_id, after=before)
    assert asked[-1]["author"]["kind"] == "ai_agent"
    assert say(person, public_id, "5", "m-4").status_code == 201

    handoff = look(person, public_id)["handoff"]
    assert (handoff["rating"], handoff["outcome"], handoff["id"]) == (5, "closed", assigned["handoff"]["id"])
    texts = [each["text"] for each in read(person, public_id, after=before)]
    assert "I am back." in texts

    assert look(person, public_id)["handler"] == "ai_agent"

    say(person, public_id, "I need a human again", "m-5")
    second = look(bo, public_id)
    assert (second["handler"], second["assignee"]["email"]) == ("live_agent", "bo@acme.test")
    assert second["handoff"]["id"] != assigned["handoff"]["id"]
    assert second["handoff"]["rating"] is None


def test_a_queued_chat_is_assigned_the_moment_somebody_goes_online(cast: Cast) -> None:
    public_id = start(cast["Support"], text="I want to talk to a human").json["id"]
    assert look(cast["Support"], public_id)["handler"] == "queue"
    cast.is_there("cy")

    cast["cy"].put("/me/availability", availability="online")

    assert look(cast["cy"], public_id)["assignee"]["email"] == "cy@acme.test"
