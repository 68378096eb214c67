"""Offers over API v1: asked first, accepted, declined and withdrawn, by their two users alone (T5)."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.models import Teamspace, Workspace
from dashboard.models.enums import Plan
from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import assert_problem, claim_chat, look, read


@pytest.fixture(autouse=True)
def _offers_are_wanted(cast: Cast) -> None:
    cast.change(Teamspace, "Support", offers_transfers=True)


def offered(cast: Cast) -> tuple[str, dict[str, Any]]:
    """A chat of bo's, and the offer of it to eli as bo sees it."""
    chat = claim_chat(cast)
    done = cast["bo"].post(f"/conversations/{chat}/transfers", user="eli@acme.test", note="Returns question")
    assert (done.status_code, done.json["assignee"]["email"], done.json["epoch"]) == (200, "bo@acme.test", 2)
    [offer] = listed(cast, "bo")
    return chat, offer


def listed(cast: Cast, name: str) -> list[dict[str, Any]]:
    response = cast[name].get("/me/offers")
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def test_an_offer_is_listed_for_its_two_users(cast: Cast) -> None:
    chat, offer = offered(cast)

    assert (offer["state"], offer["conversation"], offer["kind"]) == ("open", chat, "chat")
    assert (offer["person"], offer["note"]) == ("Ann Archer", "Returns question")
    assert offer["by"] == {"id": cast.public_ids["bo"], "name": "Bo Becker", "email": "bo@acme.test"}
    assert offer["to"]["email"] == "eli@acme.test"
    [asked] = listed(cast, "eli")
    assert asked == {**offer, "conversation": None}, "who is asked may not see the conversation yet"
    assert_problem(cast["eli"].get(f"/conversations/{chat}"), 404, "not-found")
    assert [listed(cast, name) for name in ("cy", "ada", "di", "flo")] == [[]] * 4


def test_accepted_it_is_a_transfer_and_may_be_accepted_again(cast: Cast) -> None:
    chat, offer = offered(cast)

    done = cast["eli"].post(f"/offers/{offer['id']}/accept")

    assert done.status_code == 200
    assert (done.json["id"], done.json["assignee"]["name"], done.json["epoch"]) == (chat, "Eli Estrada", 3)
    again = cast["eli"].post(f"/offers/{offer['id']}/accept")
    assert (again.status_code, again.json["epoch"]) == (200, 3)
    assert listed(cast, "bo") == listed(cast, "eli") == []
    texts = [each["text"] for each in read(cast["eli"], chat)]
    assert "Eli Estrada accepted the offer of Bo Becker." in texts
    assert not any("offer" in each["text"] for each in read(cast["Support"], chat))


def test_declined_it_stays_and_another_may_be_asked(cast: Cast) -> None:
    chat, offer = offered(cast)

    for _ in range(2):
        done = cast["eli"].post(f"/offers/{offer['id']}/decline")
        assert (done.status_code, done.json["state"], done.json["conversation"]) == (200, "declined", None)

    assert look(cast["bo"], chat)["assignee"]["email"] == "bo@acme.test"
    assert_problem(cast["eli"].post(f"/offers/{offer['id']}/accept"), 409, "refused")
    assert cast["bo"].post(f"/conversations/{chat}/transfers", user="cy@acme.test").status_code == 200
    assert [each["to"]["email"] for each in listed(cast, "bo")] == ["cy@acme.test"]


def test_its_sender_withdraws_it(cast: Cast) -> None:
    chat, offer = offered(cast)
    refused = cast["bo"].post(f"/conversations/{chat}/transfers", user="cy@acme.test")
    assert_problem(refused, 409, "refused")

    for _ in range(2):
        done = cast["bo"].call("DELETE", f"/offers/{offer['id']}")
        assert (done.status_code, done.json["state"], done.json["conversation"]) == (200, "voided", chat)

    assert_problem(cast["eli"].post(f"/offers/{offer['id']}/accept"), 409, "refused")
    assert_problem(cast["eli"].post(f"/offers/{offer['id']}/decline"), 409, "refused")


def test_nobody_else_answers_it_and_programs_never(cast: Cast) -> None:
    _, offer = offered(cast)
    path = f"/offers/{offer['id']}"

    for name in ("cy", "ada", "di", "flo"):
        for method, suffix in (("POST", "/accept"), ("POST", "/decline"), ("DELETE", "")):
            assert_problem(cast[name].call(method, path + suffix), 404, "not-found")
    assert_problem(cast["bo"].post(f"{path}/accept"), 404, "not-found")
    assert_problem(cast["eli"].call("DELETE", path), 404, "not-found")
    assert_problem(cast["eli"].post("/offers/nothing/accept"), 404, "not-found")
    for response in (
        cast["Support"].get("/me/offers"),
        cast["Support"].post(f"{path}/accept"),
        cast["Support"].post(f"{path}/decline"),
        cast["Support"].call("DELETE", path),
    ):
        assert_problem(response, 403, "not-permitted")


def test_accepting_needs_the_plan(cast: Cast) -> None:
    _, offer = offered(cast)
    cast.ids["acme"] = 1
    cast.change(Workspace, "acme", plan=Plan.FREE)

    problem = assert_problem(cast["eli"].post(f"/offers/{offer['id']}/accept"), 403, "plan-required")

    assert problem["feature"] == "transfers"
