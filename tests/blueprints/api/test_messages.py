"""Messages over API v1: numbering, views, who may write, idempotency, rating (SPEC 14, L3, L4)."""

from __future__ import annotations

from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import assert_problem, claim_chat, look, queue_chat, read, say, start_chat


def test_both_numberings_are_gapless(cast: Cast) -> None:
    public_id = claim_chat(cast)
    say(cast["bo"], public_id, "Between us", "n-1", kind="note")
    say(cast["bo"], public_id, "Hello Ann", "r-1")

    for name in ("bo", "Support"):
        items = read(cast[name], public_id)
        assert [each["seq"] for each in items] == list(range(1, len(items) + 1))
    assert len(read(cast["Support"], public_id)) < len(read(cast["bo"], public_id))


def test_a_secret_sees_neither_notes_nor_private_activity(cast: Cast) -> None:
    public_id = claim_chat(cast)
    say(cast["bo"], public_id, "She is angry", "n-1", kind="note")

    seen, own = read(cast["Support"], public_id), read(cast["bo"], public_id)

    assert {each["kind"] for each in own} == {"text", "note", "activity"}
    assert {each["kind"] for each in seen} == {"text", "activity"}
    assert not any("Handed to people" in each["text"] for each in seen)
    assert any("Bobby" in each["text"] for each in seen if each["kind"] == "activity")


def test_pages_follow_after(cast: Cast) -> None:
    public_id = claim_chat(cast)

    for name in ("bo", "Support"):
        whole = read(cast[name], public_id)
        seen, after = [], 0
        while True:
            page = cast[name].get(f"/conversations/{public_id}/messages", after=after, limit=2).json
            seen += page["items"]
            assert page["last_seq"] == whole[-1]["seq"]
            if not page["items"]:
                break
            after = page["items"][-1]["seq"]
        assert seen == whole


def test_the_assignee_replies_under_the_alias(cast: Cast) -> None:
    public_id = claim_chat(cast)

    response = say(cast["bo"], public_id, "How can I help?", "r-1")

    assert response.status_code == 201
    assert response.json["author"] == {"kind": "live_agent", "name": "Bo Becker"}
    last = read(cast["Support"], public_id)[-1]
    assert (last["text"], last["author"]) == ("How can I help?", {"kind": "live_agent", "name": "Bobby"})
    assert look(cast["bo"], public_id)["waiting_since"] is None


def test_the_same_client_id_is_the_same_message(cast: Cast) -> None:
    public_id = claim_chat(cast)

    for name in ("bo", "Support"):
        first, again = say(cast[name], public_id, "Once", "c-1"), say(cast[name], public_id, "Once", "c-1")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json == again.json
        assert_problem(say(cast[name], public_id, "Twice", "c-1"), 422, "invalid")
    texts = [each["text"] for each in read(cast["bo"], public_id)]
    assert texts.count("Once") == 2
    assert "Twice" not in texts


def test_a_repeated_send_is_answered_even_when_the_epoch_has_moved_on(cast: Cast) -> None:
    public_id = claim_chat(cast)
    epoch = look(cast["bo"], public_id)["epoch"]
    sent = say(cast["bo"], public_id, "Sent in time", "c-1", epoch=epoch)
    written = say(cast["Support"], public_id, "Written in time", "c-1", epoch=epoch)
    cast["bo"].post(f"/conversations/{public_id}/transfers", user="cy@acme.test")

    assert say(cast["bo"], public_id, "Sent in time", "c-1", epoch=epoch).json == sent.json
    assert say(cast["Support"], public_id, "Written in time", "c-1", epoch=epoch).json == written.json


def test_a_stale_epoch_is_refused_and_says_who_has_it(cast: Cast) -> None:
    public_id = claim_chat(cast)
    epoch = look(cast["bo"], public_id)["epoch"]
    cast["bo"].post(f"/conversations/{public_id}/transfers", user="cy@acme.test")

    problem = assert_problem(say(cast["bo"], public_id, "Late", "c-1", epoch=epoch), 409, "ownership-changed")

    assert set(problem["current"]) == {"handler", "assignee", "epoch", "at"}
    assert problem["current"]["handler"] == "live_agent"
    assert problem["current"]["epoch"] == epoch + 1
    assert problem["current"]["assignee"] == {
        "id": cast.public_ids["cy"],
        "name": "Cy Chen",
        "email": "cy@acme.test",
    }
    assert problem["current"]["at"].endswith("Z")
    assert "Late" not in [each["text"] for each in read(cast["di"], public_id)]


def test_a_secret_with_a_stale_epoch_learns_only_the_name_that_persons_see(cast: Cast) -> None:
    public_id = claim_chat(cast)

    problem = assert_problem(say(cast["Support"], public_id, "Late", "c-1", epoch=0), 409, "ownership-changed")

    assert problem["current"]["assignee"] == {"id": None, "name": "Bobby", "email": None}
    assert "Bo Becker" not in str(problem)


def test_only_the_assignee_replies(cast: Cast) -> None:
    public_id = claim_chat(cast)

    problem = assert_problem(say(cast["cy"], public_id, "Me too", "c-1"), 409, "ownership-changed")

    assert problem["current"]["assignee"]["email"] == "bo@acme.test"
    assert_problem(say(cast["ada"], public_id, "Me too", "c-1"), 409, "ownership-changed")


def test_notes_are_for_whoever_may_view_and_never_for_programs(cast: Cast) -> None:
    public_id = claim_chat(cast)

    note = say(cast["di"], public_id, "Be kind", "n-1", kind="note")

    assert note.status_code == 201
    assert note.json["kind"] == "note"
    assert_problem(say(cast["Support"], public_id, "Be kind", "n-1", kind="note"), 403, "not-permitted")
    assert_problem(say(cast["flo"], public_id, "Be kind", "n-1", kind="note"), 404, "not-found")


def test_a_person_who_waits_is_heard(cast: Cast) -> None:
    public_id = queue_chat(cast)

    assert say(cast["Support"], public_id, "Are you there?", "m-2").status_code == 201

    last = read(cast["cy"], public_id)[-1]
    assert (last["text"], last["author"]["kind"]) == ("Are you there?", "person")


def test_a_digit_is_the_rating_while_one_is_awaited(cast: Cast) -> None:
    public_id = claim_chat(cast)
    cast["bo"].put(f"/conversations/{public_id}/status", status="closed")

    assert say(cast["Support"], public_id, "5", "m-2").status_code == 201

    handoff = look(cast["Support"], public_id)["handoff"]
    assert (handoff["rating"], handoff["outcome"]) == (5, "closed")
    assert handoff["rated_at"]
    assert "I am back." in [each["text"] for each in read(cast["Support"], public_id)]


def test_a_digit_at_any_other_time_is_a_message(cast: Cast) -> None:
    public_id = start_chat(cast)

    say(cast["Support"], public_id, "5", "m-2")

    assert look(cast["Support"], public_id)["handoff"] is None
    assert "5" in [each["text"] for each in read(cast["Support"], public_id)]
