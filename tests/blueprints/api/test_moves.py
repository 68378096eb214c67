"""Claim, takeover, transfer, status over API v1 (SPEC 6, 7, 14)."""

from __future__ import annotations

import pytest

from dashboard.models import Workspace
from dashboard.models.enums import Plan
from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import assert_problem, claim_chat, look, queue_chat, read, say, start, start_chat


def test_one_claims_and_the_others_learn_who(cast: Cast) -> None:
    public_id = queue_chat(cast)

    won = cast["bo"].post(f"/conversations/{public_id}/claim")

    assert won.status_code == 200
    assert (won.json["handler"], won.json["status"], won.json["epoch"]) == ("live_agent", "open", 2)
    assert won.json["assignee"]["email"] == "bo@acme.test"
    problem = assert_problem(cast["eli"].post(f"/conversations/{public_id}/claim"), 409, "ownership-changed")
    assert problem["current"]["assignee"]["name"] == "Bo Becker"
    assert set(problem) == {"type", "title", "status", "detail", "current"}
    assert_problem(cast["eli"].get(f"/conversations/{public_id}"), 404, "not-found")


def test_a_claim_repeated_by_its_assignee_changes_nothing(cast: Cast) -> None:
    public_id = claim_chat(cast)
    before = look(cast["bo"], public_id)

    again = cast["bo"].post(f"/conversations/{public_id}/claim", epoch=0)

    assert (again.status_code, again.json) == (200, before)


def test_a_claim_under_a_stale_epoch_is_refused(cast: Cast) -> None:
    public_id = queue_chat(cast)

    problem = assert_problem(cast["bo"].post(f"/conversations/{public_id}/claim", epoch=0), 409, "ownership-changed")

    assert problem["current"]["handler"] == "queue"
    assert problem["current"]["assignee"] is None
    assert cast["bo"].post(f"/conversations/{public_id}/claim", epoch=1).status_code == 200


def test_who_may_only_view_may_not_claim(cast: Cast) -> None:
    public_id = queue_chat(cast)

    assert_problem(cast["di"].post(f"/conversations/{public_id}/claim"), 403, "not-permitted")
    assert_problem(cast["flo"].post(f"/conversations/{public_id}/claim"), 404, "not-found")


def test_a_takeover_makes_owner_and_sends_in_one_step(cast: Cast) -> None:
    public_id = claim_chat(cast)

    took = cast["cy"].post(f"/conversations/{public_id}/takeover", text="Let me", client_id="t-1")

    assert took.status_code == 200
    assert took.json["assignee"]["email"] == "cy@acme.test"
    assert "Let me" in [each["text"] for each in read(cast["Support"], public_id)]
    again = cast["cy"].post(f"/conversations/{public_id}/takeover", text="Let me", client_id="t-1")
    assert (again.status_code, again.json) == (200, took.json)
    other = cast["cy"].post(f"/conversations/{public_id}/takeover", text="Let us", client_id="t-1")
    assert_problem(other, 422, "invalid")


def test_a_takeover_of_an_ai_agents_chat_needs_manage_all(cast: Cast) -> None:
    public_id = start_chat(cast)

    took = cast["ada"].post(f"/conversations/{public_id}/takeover", text="Hello", client_id="t-1")

    assert (took.status_code, took.json["handler"]) == (200, "live_agent")
    refused = cast["bo"].post(f"/conversations/{public_id}/takeover", text="Hello", client_id="t-1")
    assert_problem(refused, 404, "not-found")
    viewed = cast["di"].post(f"/conversations/{public_id}/takeover", text="Hello", client_id="t-1")
    assert_problem(viewed, 403, "not-permitted")


@pytest.mark.parametrize("by", ["id", "email"])
def test_a_transfer_to_a_user(cast: Cast, by: str) -> None:
    public_id = claim_chat(cast)

    to = cast.public_ids["eli"] if by == "id" else "Eli@acme.test"
    done = cast["bo"].post(f"/conversations/{public_id}/transfers", user=to, note="Returns question")

    assert done.status_code == 200
    assert done.json["assignee"]["name"] == "Eli Estrada"
    assert done.json["epoch"] == 3
    assert any("Returns question" in each["text"] for each in read(cast["eli"], public_id))
    assert not any("Returns question" in each["text"] for each in read(cast["Support"], public_id))
    refused = say(cast["bo"], public_id, "Wait", "r-1")
    assert assert_problem(refused, 409, "ownership-changed")["current"]["assignee"]["email"] == "eli@acme.test"


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_transfer_to_a_team_with_nobody_free_waits_for_it(cast: Cast, by: str) -> None:
    public_id = claim_chat(cast)

    team = cast.public_ids["Returns"] if by == "id" else "Returns"
    done = cast["bo"].post(f"/conversations/{public_id}/transfers", team=team)

    assert done.status_code == 200
    assert (done.json["handler"], done.json["status"]) == ("queue", "pending")
    assert done.json["team"]["name"] == "Returns"
    assert cast["eli"].post(f"/conversations/{public_id}/claim").status_code == 200


def test_a_transfer_needs_one_known_target_of_the_teamspace(cast: Cast) -> None:
    path = f"/conversations/{claim_chat(cast)}/transfers"

    assert_problem(cast["bo"].post(path, user="cy@acme.test", team="Returns"), 422, "invalid")
    assert_problem(cast["bo"].post(path), 422, "invalid")
    assert_problem(cast["bo"].post(path, user="nobody@acme.test"), 404, "not-found")
    assert_problem(cast["bo"].post(path, team="Nobody"), 404, "not-found")
    assert_problem(cast["bo"].post(path, user="flo@acme.test"), 422, "invalid")
    assert_problem(cast["bo"].post(path, team="Traders"), 422, "invalid")


def test_transfers_are_in_the_lite_plan(cast: Cast) -> None:
    public_id = claim_chat(cast)
    cast.ids["acme"] = 1
    cast.change(Workspace, "acme", plan=Plan.FREE)

    refused = cast["bo"].post(f"/conversations/{public_id}/transfers", user="cy@acme.test")

    problem = assert_problem(refused, 403, "plan-required")
    assert (problem["feature"], problem["needs"]) == ("transfers", "lite")
    assert look(cast["bo"], public_id)["assignee"]["email"] == "bo@acme.test"


def test_only_the_assignee_transfers(cast: Cast) -> None:
    public_id = claim_chat(cast)

    for name, status, slug in (
        ("cy", 409, "ownership-changed"),
        ("ada", 403, "not-permitted"),
        ("flo", 404, "not-found"),
    ):
        refused = cast[name].post(f"/conversations/{public_id}/transfers", user="cy@acme.test")
        assert_problem(refused, status, slug)


@pytest.mark.parametrize("status", ["open", "pending", "overdue", "resolved"])
def test_the_assignee_sets_the_status_and_may_repeat_it(cast: Cast, status: str) -> None:
    public_id = claim_chat(cast)

    for _ in range(2):
        done = cast["bo"].put(f"/conversations/{public_id}/status", status=status)
        assert (done.status_code, done.json["status"], done.json["epoch"]) == (200, status, 2)


def test_closing_gives_the_chat_back_and_may_be_repeated(cast: Cast) -> None:
    public_id = claim_chat(cast)

    closed = cast["bo"].put(f"/conversations/{public_id}/status", status="closed")

    assert closed.status_code == 200
    assert (closed.json["handler"], closed.json["status"], closed.json["assignee"]) == ("ai_agent", None, None)
    assert closed.json["handoff"]["closed_at"]
    again = cast["bo"].put(f"/conversations/{public_id}/status", status="closed")
    assert (again.status_code, again.json["epoch"]) == (200, closed.json["epoch"])


def test_others_take_over_before_they_set_the_status(cast: Cast) -> None:
    public_id = claim_chat(cast)

    assert_problem(cast["di"].put(f"/conversations/{public_id}/status", status="closed"), 403, "not-permitted")
    raced = cast["cy"].put(f"/conversations/{public_id}/status", status="closed")
    assert_problem(raced, 409, "ownership-changed")
    stale = cast["bo"].put(f"/conversations/{public_id}/status", status="resolved", epoch=1)
    assert_problem(stale, 409, "ownership-changed")


def test_a_queued_chat_takes_only_closed_and_only_from_who_manages_all(cast: Cast) -> None:
    public_id = queue_chat(cast)

    assert_problem(cast["bo"].put(f"/conversations/{public_id}/status", status="closed"), 403, "not-permitted")
    assert_problem(cast["ada"].put(f"/conversations/{public_id}/status", status="resolved"), 409, "refused")
    for _ in range(2):
        closed = cast["ada"].put(f"/conversations/{public_id}/status", status="closed")
        assert (closed.status_code, closed.json["handler"], closed.json["epoch"]) == (200, "ai_agent", 2)


def test_programs_move_nothing(cast: Cast) -> None:
    path = f"/conversations/{claim_chat(cast)}"

    for response in (
        cast["Support"].post(f"{path}/claim"),
        cast["Support"].post(f"{path}/takeover", text="Mine", client_id="t-1"),
        cast["Support"].post(f"{path}/transfers", user="cy@acme.test"),
        cast["Support"].put(f"{path}/status", status="closed"),
        cast["Support"].get("/me/availability"),
        cast["Support"].put("/me/availability", availability="online"),
    ):
        assert_problem(response, 403, "not-permitted")


def test_a_person_who_comes_back_after_the_close_is_answered_in_the_same_chat(cast: Cast) -> None:
    public_id = claim_chat(cast)
    cast["bo"].put(f"/conversations/{public_id}/status", status="closed")

    response = start(cast["Support"], text="One more question", client_id="m-9")

    assert (response.status_code, response.json["id"]) == (200, public_id)
