"""Whatever is sent to API v1, the answer is a problem document that says what is wrong, and never a 500."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest

from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import ANN, assert_problem, claim_chat, look, read, start_chat

WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "start": ("Support", "POST /conversations", {"person": ANN, "text": "Hi", "client_id": "c-1"}),
    "write": ("Support", "POST /conversations/{id}/messages", {"text": "Hi", "client_id": "c-1"}),
    "reply": ("bo", "POST /conversations/{id}/messages", {"text": "Hi", "client_id": "c-1"}),
    "claim": ("bo", "POST /conversations/{id}/claim", {}),
    "takeover": ("bo", "POST /conversations/{id}/takeover", {"text": "Hi", "client_id": "c-1"}),
    "transfer": ("bo", "POST /conversations/{id}/transfers", {"user": "cy@acme.test"}),
    "status": ("bo", "PUT /conversations/{id}/status", {"status": "pending"}),
    "ticket": ("bo", "POST /tickets", {"subject": "Tent", "person": ANN, "assignee": None, "text": "Hi"}),
    "availability": ("bo", "PUT /me/availability", {"availability": "away"}),
}
"""Every call with a body: who, where, and a body that would be right."""

NOT_OBJECTS = [b"", b"null", b"[]", b'"text"', b"1", b"{", b"{}}", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000]
MISFITS: list[Any] = [None, 0, -1, 1.5, True, [], {}, [["x"]], {"x": None}, "", "   ", "\x00", "a\x00b", "\x1b[0m"]
WRONG_TEXTS = [*MISFITS, "x" * 8_001, "\ud800", "a\udfffb"]

UNKNOWN = "01890000-0000-7000-8000-000000000000"
"""The form of an id, and nothing has it. Constant, so that every process collects the same tests."""


@pytest.fixture
def chat(cast: Cast) -> str:
    return claim_chat(cast)


def send(cast: Cast, name: str, public_id: str, raw: bytes, content_type: str = "application/json") -> Any:
    who, target, _ = WRITES[name]
    method, path = target.split()
    return cast[who].call(method, path.format(id=public_id), data=raw, content_type=content_type)


def as_json(body: Any) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize("name", WRITES)
def test_what_is_no_object_is_refused(cast: Cast, chat: str, name: str) -> None:
    for raw in NOT_OBJECTS:
        if not raw and name == "claim":
            continue
        assert_problem(send(cast, name, chat, raw), 422, "invalid")


@pytest.mark.parametrize("name", WRITES)
def test_an_unknown_field_is_refused_by_name(cast: Cast, chat: str, name: str) -> None:
    response = send(cast, name, chat, as_json({**WRITES[name][2], "colour": "red"}))

    assert set(assert_problem(response, 422, "invalid")["errors"]) == {"colour"}


@pytest.mark.parametrize("name", WRITES)
def test_a_missing_field_is_refused_by_name(cast: Cast, chat: str, name: str) -> None:
    body = WRITES[name][2]
    for missing in body:
        rest = {key: value for key, value in body.items() if key != missing}
        problem = assert_problem(send(cast, name, chat, as_json(rest)), 422, "invalid")
        assert set(problem["errors"]) <= {missing, "body"}


@pytest.mark.parametrize("name", WRITES)
def test_a_value_that_does_not_fit_is_refused_by_name(cast: Cast, chat: str, name: str) -> None:
    body = WRITES[name][2]
    before = look(cast["bo"], chat)
    for field in body:
        for wrong in WRONG_TEXTS:
            if field == "assignee" and wrong is None:
                continue
            problem = assert_problem(send(cast, name, chat, as_json({**body, field: wrong})), 422, "invalid")
            assert all(key.startswith((field, "body")) for key in problem["errors"]), problem
    assert look(cast["bo"], chat) == before


@pytest.mark.parametrize("name", ["write", "reply", "claim", "takeover", "transfer", "status"])
def test_an_epoch_is_a_whole_number_that_is_not_stale(cast: Cast, chat: str, name: str) -> None:
    body = WRITES[name][2]
    for wrong in ("1", 1.5, -1, True, [], {}, 2**31, 10**400):
        assert_problem(send(cast, name, chat, as_json({**body, "epoch": wrong})), 422, "invalid")
    if name != "claim":  # a claim repeated by its Assignee succeeds whatever it was decided on
        assert_problem(send(cast, name, chat, as_json({**body, "epoch": 99})), 409, "ownership-changed")


@pytest.mark.parametrize("name", ["write", "reply", "claim", "takeover", "transfer", "status"])
@pytest.mark.parametrize("wrong", [UNKNOWN, "1", "0", "me", "%00", "x" * 3_000, "%F0%9F%98%80", "%ED%A0%80"])
def test_an_unknown_conversation_is_not_found(cast: Cast, name: str, wrong: str) -> None:
    assert_problem(send(cast, name, wrong, as_json(WRITES[name][2])), 404, "not-found")


@pytest.mark.parametrize("path", ["/conversations/{id}", "/conversations/{id}/messages"])
@pytest.mark.parametrize("wrong", [UNKNOWN, "1", "%00", "%27%20OR%201=1", "x" * 3_000])
def test_an_unknown_conversation_is_not_shown(cast: Cast, path: str, wrong: str) -> None:
    for name in ("Support", "bo", "ada"):
        assert_problem(cast[name].get(path.format(id=wrong)), 404, "not-found")


@pytest.mark.parametrize("name", WRITES)
def test_a_body_of_a_megabyte_is_too_large(cast: Cast, chat: str, name: str) -> None:
    body = {**WRITES[name][2], "text": "x" * 1_048_576}

    assert_problem(send(cast, name, chat, as_json(body)), 413, "too-large")


def test_a_body_without_a_length_is_measured_while_it_is_read(cast: Cast, chat: str) -> None:
    raw = as_json({"text": "x" * 1_048_576, "client_id": "c-1"})

    response = cast["bo"].call(
        "POST",
        f"/conversations/{chat}/messages",
        input_stream=BytesIO(raw),
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert_problem(response, 413, "too-large")
    assert response.headers["Connection"] == "close"


def test_the_longest_text_fits_however_it_is_escaped(cast: Cast, chat: str) -> None:
    text = "\U0001f600" * 8_000

    response = send(cast, "reply", chat, as_json({"text": text, "client_id": "c-1"}))

    assert response.status_code == 201
    assert read(cast["Support"], chat)[-1]["text"] == text


def test_html_is_text(cast: Cast, chat: str) -> None:
    text = "<script>alert(1)</script> & \u202eright to left"

    assert send(cast, "write", chat, as_json({"text": text, "client_id": "c-1"})).status_code == 201

    assert read(cast["bo"], chat)[-1]["text"] == text


def test_the_declared_type_of_the_body_does_not_matter(cast: Cast, chat: str) -> None:
    for number, kind in enumerate(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]):
        body = as_json({"text": "Hi", "client_id": f"c-{number}"})
        assert send(cast, "write", chat, body, kind).status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "201"}, {"limit": "-1"}, {"limit": "ten"}, {"limit": "1e1"}, {"limit": "9" * 400},
        {"limit": "\u0663"}, {"limit": ["1", "2"]}, {"handler": "robot"}, {"status": "OPEN"}, {"cursor": "x"},
        {"cursor": "'; DROP TABLE message"}, {"cursor": "F" * 28}, {"assignee": "\x00"}, {"assignee": "x" * 255},
        {"state": "open"}, {"after": "1"},
    ],
)  # fmt: skip
def test_a_list_refuses_what_it_does_not_understand(cast: Cast, query: dict[str, Any]) -> None:
    for name in ("bo", "Support"):
        problem = assert_problem(cast[name].get("/conversations", **query), 422, "invalid")
        assert set(problem["errors"]) == set(query)


@pytest.mark.parametrize(
    "query", [{"after": "-1"}, {"after": "x"}, {"after": "9" * 17}, {"after": "9" * 16}, {"limit": "0"}, {"seq": "1"}]
)
def test_a_timeline_refuses_what_it_does_not_understand(cast: Cast, query: dict[str, Any]) -> None:
    public_id = start_chat(cast)

    for name in ("ada", "Support"):
        assert_problem(cast[name].get(f"/conversations/{public_id}/messages", **query), 422, "invalid")


@pytest.mark.parametrize(
    "person", [{}, {"external_id": ""}, {"external_id": 7}, {**ANN, "email": "ann"}, {**ANN, "x": 1}]
)
def test_a_person_is_checked_field_by_field(cast: Cast, person: dict[str, Any]) -> None:
    body = {"person": person, "text": "Hi", "client_id": "c-1"}

    problem = assert_problem(cast["Support"].call("POST", "/conversations", body), 422, "invalid")

    assert all(field.startswith("person.") for field in problem["errors"])
