"""Conversations over API v1: start, idempotency, shapes, lists, isolation (SPEC 14)."""

from __future__ import annotations

import re

from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import (
    ANN,
    ASKS,
    assert_problem,
    claim_chat,
    look,
    queue_chat,
    read,
    say,
    start,
    start_chat,
)

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIELDS = {
    "id", "kind", "handler", "status", "epoch", "last_seq", "assignee", "team", "waiting_since", "language",
    "ai_agent", "person", "handoff",
}  # fmt: skip
HANDOFF_FIELDS = {
    "id", "reason", "destination", "mode", "requested_at", "assigned_at", "closed_at", "outcome", "rating",
    "rated_at", "external_ref",
}  # fmt: skip


def test_a_first_message_starts_a_chat_with_the_ai_agent(cast: Cast) -> None:
    response = start(cast["Support"])

    assert response.status_code == 201
    chat = response.json
    assert set(chat) == FIELDS
    assert (chat["kind"], chat["handler"], chat["status"], chat["epoch"]) == ("chat", "ai_agent", None, 0)
    assert chat["assignee"] is chat["team"] is chat["waiting_since"] is chat["handoff"] is None
    assert chat["ai_agent"]["name"] == "Support AI"
    assert {name: chat["person"][name] for name in ANN} == ANN
    first, *answers = read(cast["Support"], chat["id"])
    assert set(first) == {"seq", "kind", "author", "text", "client_id", "created_at"}
    assert (first["seq"], first["kind"], first["text"], first["client_id"]) == (1, "text", "Hello!", "m-1")
    assert first["author"] == {"kind": "person", "name": "Ann Archer"}
    assert TIME.fullmatch(first["created_at"])
    assert "Hi, I am Trail." in [each["text"] for each in answers if each["author"]["kind"] == "ai_agent"]


def test_the_same_client_id_again_answers_the_same_conversation(cast: Cast) -> None:
    first, again = start(cast["Support"]), start(cast["Support"])

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert_problem(start(cast["Support"], text="Something else"), 422, "invalid")


def test_another_client_id_appends_to_the_live_chat(cast: Cast) -> None:
    public_id = start_chat(cast)

    response = start(cast["Support"], text="And one more thing", client_id="m-2")

    assert response.status_code == 200
    assert response.json["id"] == public_id
    assert "And one more thing" in [each["text"] for each in read(cast["Support"], public_id)]


def test_a_persons_name_and_address_are_brought_up_to_date_and_never_forgotten(cast: Cast) -> None:
    start_chat(cast)

    person = {"external_id": "ann-1", "email": "ann@new.example"}
    known = start(cast["Support"], client_id="m-2", person=person).json["person"]

    assert (known["name"], known["email"]) == ("Ann Archer", "ann@new.example")


def test_a_program_may_choose_the_ai_agent_by_name_or_id(cast: Cast) -> None:
    agent = start(cast["Support"]).json["ai_agent"]

    other = {"external_id": "ben-1"}
    by_name = start(cast["Support"], person=other, ai_agent=agent["name"])

    assert by_name.status_code == 201
    assert by_name.json["ai_agent"] == agent
    assert start(cast["Support"], person=other, ai_agent=agent["id"], client_id="m-2").status_code == 200
    assert_problem(start(cast["Support"], ai_agent="Wholesale AI", client_id="m-3"), 404, "not-found")


def test_a_handed_off_conversation_shows_its_handoff(cast: Cast) -> None:
    public_id = queue_chat(cast)

    chat = look(cast["di"], public_id)

    assert (chat["handler"], chat["status"], chat["epoch"], chat["assignee"]) == ("queue", "pending", 1, None)
    assert TIME.fullmatch(chat["waiting_since"])
    handoff = chat["handoff"]
    assert set(handoff) == HANDOFF_FIELDS
    assert handoff["reason"]
    assert (handoff["destination"], handoff["mode"]) == ("inbox", "inbox")
    assert TIME.fullmatch(handoff["requested_at"])
    assert handoff["assigned_at"] is handoff["closed_at"] is handoff["rating"] is handoff["external_ref"] is None


def test_a_secret_knows_the_assignee_only_by_the_name_that_persons_see(cast: Cast) -> None:
    public_id = claim_chat(cast)

    seen, own = look(cast["Support"], public_id), look(cast["bo"], public_id)

    assert seen["assignee"] == {"id": None, "name": "Bobby", "email": None}
    assert own["assignee"] == {"id": cast.public_ids["bo"], "name": "Bo Becker", "email": "bo@acme.test"}
    assert seen["handoff"]["reason"] is None
    assert own["handoff"]["reason"]
    private = {"assignee", "team", "last_seq", "handoff"}
    assert {name: seen[name] for name in FIELDS - private} == {name: own[name] for name in FIELDS - private}


def test_a_secret_is_never_told_the_team(cast: Cast) -> None:
    public_id = claim_chat(cast)
    cast["bo"].post(f"/conversations/{public_id}/transfers", team="Returns")

    assert look(cast["di"], public_id)["team"] == {"id": cast.public_ids["Returns"], "name": "Returns"}
    assert look(cast["Support"], public_id)["team"] is None


def test_last_seq_counts_what_the_caller_sees(cast: Cast) -> None:
    public_id = claim_chat(cast)
    say(cast["bo"], public_id, "Between us", "n-1", kind="note")

    for name in ("Support", "bo"):
        assert look(cast[name], public_id)["last_seq"] == read(cast[name], public_id)[-1]["seq"]
    assert look(cast["Support"], public_id)["last_seq"] < look(cast["bo"], public_id)["last_seq"]


def test_nothing_crosses_teamspaces(cast: Cast) -> None:
    public_id = start_chat(cast)

    for name in ("Wholesale", "flo"):
        assert_problem(cast[name].get(f"/conversations/{public_id}"), 404, "not-found")
        assert_problem(cast[name].get(f"/conversations/{public_id}/messages"), 404, "not-found")
        assert_problem(say(cast[name], public_id, "Hi", "x-1"), 404, "not-found")
        assert cast[name].get("/conversations").json == {"items": [], "next_cursor": None}


def test_a_chat_with_the_ai_agent_is_no_live_agents_to_see(cast: Cast) -> None:
    public_id = start_chat(cast)

    assert_problem(cast["bo"].get(f"/conversations/{public_id}"), 404, "not-found")
    assert look(cast["di"], public_id)["id"] == public_id
    assert look(cast["ada"], public_id)["id"] == public_id


def test_users_start_no_chats(cast: Cast) -> None:
    assert_problem(start(cast["ada"]), 403, "not-permitted")


def test_lists_are_filtered(cast: Cast) -> None:
    public_id = claim_chat(cast)
    start(cast["Support"], person={"external_id": "ben-1"})

    def ids(name: str, **query: str) -> list[str]:
        return [each["id"] for each in cast[name].get("/conversations", **query).json["items"]]

    assert ids("di", handler="live_agent") == [public_id]
    assert ids("di", status="open") == [public_id]
    assert ids("di", status="closed") == []
    assert ids("di", assignee="bo@acme.test") == ids("di", assignee=cast.public_ids["bo"]) == [public_id]
    assert ids("bo", assignee="me") == [public_id]
    assert ids("di", assignee="me") == []
    assert ids("di", handler="", status="", assignee="", cursor="", limit="")[1:] == [public_id]
    assert_problem(cast["Support"].get("/conversations", assignee="bo@acme.test"), 403, "not-permitted")


def test_pages_hold_every_conversation_once(cast: Cast) -> None:
    for number in range(7):
        start(cast["Support"], person={"external_id": f"person-{number}"}, text=ASKS)

    for name in ("Support", "di", "bo"):
        seen, cursor, pages = [], "", 0
        while cursor is not None:
            page = cast[name].get("/conversations", cursor=cursor, limit=3).json
            seen += [each["person"]["external_id"] for each in page["items"]]
            cursor, pages = page["next_cursor"], pages + 1
        assert seen == [f"person-{number}" for number in reversed(range(7))]
        assert pages == 3


def test_a_banned_person_is_refused(cast: Cast) -> None:
    from dashboard.models import Person

    start_chat(cast)
    cast.ids["Ann"] = 1
    cast.change(Person, "Ann", is_banned=True)

    assert_problem(start(cast["Support"], client_id="m-2"), 409, "obstacle")
