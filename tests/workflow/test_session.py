"""Sessions are stored as JSON and read back by every later release."""

import json

import pytest

from dashboard.workflow.inputs import PersonMessage
from dashboard.workflow.session import Cause, Closing, Episode, Session, WaitingForFeedback, WaitingForHandoff

FULL = Session(
    tree_version=3,
    started=True,
    language="es",
    variables={"order": "4711"},
    waiting=WaitingForFeedback("rate", 2),
    closing=Closing("to_team", {"order": "4711"}, "nested", True),
    cause=Cause("fallback", "fallback", "¿eh?", 9),
    deferred=(PersonMessage("hola", None, 8),),
    misses=2,
    asks=2,
    last_handoff_seq=4,
    last_handback_seq=7,
    person_messages_since_handback=1,
    episodes=(Episode("Ana", "2026-03-02T09:30:00+00:00", "solved", "to_team"),),
)


@pytest.mark.parametrize(
    "session",
    [Session(), FULL, Session(waiting=WaitingForHandoff(None, True)), Session(waiting=WaitingForHandoff("h", False))],
)
def test_a_session_survives_json(session: Session) -> None:
    assert Session.from_json(json.loads(json.dumps(session.to_json()))) == session


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_stored_session_is_a_new_one(nothing: dict[str, object] | None) -> None:
    assert Session.from_json(nothing) == Session()


def test_a_session_of_a_later_release_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        Session.from_json({**FULL.to_json(), "format": 2})


def test_fields_that_an_earlier_release_did_not_know_get_their_defaults() -> None:
    stored = {"format": 1, "started": True, "waiting": {"kind": "handoff", "node_key": "h", "is_accepted": True}}
    assert Session.from_json(stored) == Session(started=True, waiting=WaitingForHandoff("h", True))


def test_a_fresh_session_forgets_the_flow_and_keeps_what_the_agent_knows() -> None:
    fresh = FULL.fresh()
    assert (fresh.variables, fresh.waiting, fresh.closing, fresh.cause, fresh.misses) == ({}, None, None, None, 0)
    assert (fresh.started, fresh.language, fresh.episodes, fresh.deferred) == (True, "es", FULL.episodes, FULL.deferred)
