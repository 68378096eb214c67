"""Tickets over API v1: who creates them, whom they name, where they wait (L9, T8)."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from dashboard.models import User
from dashboard.models.enums import Availability
from tests.blueprints.api.conftest import Caller, Cast
from tests.blueprints.api.steps import ANN, assert_problem, look, read, say


def create(caller: Caller, **fields: Any) -> TestResponse:
    ticket = {"subject": "Broken tent", "person": ANN, "assignee": "bo@acme.test", "text": "A pole is broken."}
    return caller.post("/tickets", **{**ticket, **fields})


def test_a_user_names_the_assignee_by_address_or_id(cast: Cast) -> None:
    for assignee in ("bo@acme.test", "BO@acme.test", cast.public_ids["bo"]):
        created = create(cast["cy"], assignee=assignee)

        assert created.status_code == 201
        ticket = created.json
        assert (ticket["kind"], ticket["handler"], ticket["status"]) == ("ticket", "live_agent", "open")
        assert ticket["assignee"]["email"] == "bo@acme.test"
        assert ticket["handoff"] is ticket["ai_agent"] is ticket["waiting_since"] is None
        assert ticket["person"]["external_id"] == "ann-1"
        first = read(cast["bo"], ticket["id"])[0]
        assert (first["text"], first["author"]) == ("A pole is broken.", {"kind": "live_agent", "name": "Cy Chen"})


def test_a_programs_text_is_the_persons_and_waits_for_an_answer(cast: Cast) -> None:
    ticket = create(cast["Support"]).json

    assert ticket["waiting_since"]
    assert ticket["assignee"] == {"id": None, "name": "Bobby", "email": None}
    first = read(cast["Support"], ticket["id"])[0]
    assert first["author"] == {"kind": "person", "name": "Ann Archer"}
    assert say(cast["bo"], ticket["id"], "A new one is on its way.", "r-1").status_code == 201
    assert look(cast["bo"], ticket["id"])["waiting_since"] is None


def test_without_an_assignee_it_waits_for_its_teams(cast: Cast) -> None:
    ticket = create(cast["Support"], assignee=None, teams=["Returns"]).json

    assert (ticket["handler"], ticket["status"], ticket["assignee"]) == ("queue", "pending", None)
    assert_problem(cast["bo"].post(f"/conversations/{ticket['id']}/claim"), 404, "not-found")
    claimed = cast["eli"].post(f"/conversations/{ticket['id']}/claim")
    assert (claimed.status_code, claimed.json["team"]["name"]) == (200, "Returns")


def test_without_teams_it_waits_for_the_teamspace(cast: Cast) -> None:
    ticket = create(cast["Support"], assignee=None).json

    assert cast["bo"].post(f"/conversations/{ticket['id']}/claim").status_code == 200
    raced = cast["eli"].post(f"/conversations/{ticket['id']}/claim")
    assert assert_problem(raced, 409, "ownership-changed")["current"]["assignee"]["email"] == "bo@acme.test"


def test_an_assignee_who_has_left_means_the_queue(cast: Cast) -> None:
    cast.change(User, "bo", is_active=False)

    assert create(cast["Support"]).json["handler"] == "queue"


def test_a_queued_ticket_is_routed_at_once_whatever_the_limit(cast: Cast) -> None:
    cast.change(User, "eli", availability=Availability.ONLINE)
    cast.is_there("eli")

    for number in range(12):
        ticket = create(cast["cy"], assignee=None, teams=["Returns"], subject=f"Ticket {number}").json
        assert (ticket["handler"], ticket["assignee"]["email"]) == ("live_agent", "eli@acme.test")


def test_a_ticket_of_an_admin_belongs_where_its_assignee_works(cast: Cast) -> None:
    assert create(cast["ada"], assignee="flo@acme.test").status_code == 201
    ticket = create(cast["ada"], assignee="flo@acme.test").json

    assert look(cast["Wholesale"], ticket["id"])["kind"] == "ticket"
    assert_problem(cast["Support"].get(f"/conversations/{ticket['id']}"), 404, "not-found")


def test_between_several_teamspaces_one_is_named_or_the_person_is_known_in_one(cast: Cast) -> None:
    ben = {"external_id": "ben-1"}

    assert_problem(create(cast["ada"], assignee=None, person=ben), 409, "refused")
    named = create(cast["ada"], assignee=None, person=ben, teamspace="Wholesale")
    assert named.status_code == 201
    known = create(cast["ada"], assignee=None, person=ben)
    assert look(cast["Wholesale"], known.json["id"])["id"] == known.json["id"]
    assert_problem(create(cast["ada"], assignee=None, teamspace="Retail"), 404, "not-found")


def test_whom_a_ticket_cannot_name(cast: Cast) -> None:
    for fields, status, slug in (
        ({"assignee": "nobody@acme.test"}, 404, "not-found"),
        ({"assignee": "flo@acme.test"}, 404, "not-found"),
        ({"assignee": "di@acme.test"}, 409, "refused"),
        ({"teams": ["Nobody"]}, 404, "not-found"),
        ({"teams": ["Traders"]}, 404, "not-found"),
    ):
        for name in ("Support", "cy"):
            assert_problem(create(cast[name], **fields), status, slug)


def test_who_does_not_manage_tickets_creates_none(cast: Cast) -> None:
    assert_problem(create(cast["di"]), 403, "not-permitted")


def test_the_assignee_may_be_null_but_is_named(cast: Cast) -> None:
    ticket = {"subject": "Broken tent", "person": ANN, "text": "A pole is broken."}

    problem = assert_problem(cast["cy"].post("/tickets", **ticket), 422, "invalid")

    assert set(problem["errors"]) == {"assignee"}


def test_a_ticket_moves_like_a_chat_and_is_closed_for_good(cast: Cast) -> None:
    path = f"/conversations/{create(cast['cy']).json['id']}"

    assert cast["bo"].post(f"{path}/transfers", user="eli@acme.test").json["assignee"]["name"] == "Eli Estrada"
    took = cast["bo"].post(f"{path}/takeover", text="Mine again", client_id="t-1")
    assert assert_problem(took, 409, "ownership-changed")["current"]["assignee"]["name"] == "Eli Estrada"
    assert_problem(cast["cy"].post(f"{path}/takeover", text="Mine", client_id="t-1"), 404, "not-found")
    for _ in range(2):
        closed = cast["eli"].put(f"{path}/status", status="closed")
        assert (closed.status_code, closed.json["status"], closed.json["handler"]) == (200, "closed", "live_agent")
        assert closed.json["assignee"]["name"] == "Eli Estrada"
    assert_problem(cast["eli"].put(f"{path}/status", status="open"), 409, "refused")


def test_the_same_client_id_for_the_same_person_answers_the_same_ticket(cast: Cast) -> None:
    for caller in (cast["cy"], cast["Support"]):
        first = create(caller, client_id="t-1")
        again = create(caller, client_id="t-1")
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json["id"] == first.json["id"]
        assert_problem(create(caller, client_id="t-1", text="Other words."), 422, "invalid")
