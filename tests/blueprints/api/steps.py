"""What the tests of the API do again and again."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.blueprints.api.conftest import Caller, Cast

ANN = {"external_id": "ann-1", "name": "Ann Archer", "email": "ann@example.com"}
ASKS = "I want to talk to a human, please."


def start(caller: Caller, text: str = "Hello!", client_id: str = "m-1", **fields: Any) -> TestResponse:
    return caller.post("/conversations", **{"person": ANN, "text": text, "client_id": client_id, **fields})


def start_chat(cast: Cast, **fields: Any) -> str:
    """A chat of Ann with the AI agent of Support; its id."""
    response = start(cast["Support"], **fields)
    assert response.status_code == 201, response.text
    return str(response.json["id"])


def queue_chat(cast: Cast, **fields: Any) -> str:
    """A chat in which Ann has asked for a human while nobody is there; its id."""
    public_id = start_chat(cast, text=ASKS, **fields)
    assert look(cast["Support"], public_id)["handler"] == "queue"
    return public_id


def claim_chat(cast: Cast, name: str = "bo", **fields: Any) -> str:
    """A chat that the user has claimed; its id."""
    public_id = queue_chat(cast, **fields)
    assert cast[name].post(f"/conversations/{public_id}/claim").status_code == 200
    return public_id


def look(caller: Caller, public_id: str) -> dict[str, Any]:
    response = caller.get(f"/conversations/{public_id}")
    assert response.status_code == 200, response.text
    return dict(response.json)


def say(caller: Caller, public_id: str, text: str, client_id: str, **fields: Any) -> TestResponse:
    return caller.post(f"/conversations/{public_id}/messages", text=text, client_id=client_id, **fields)


def read(caller: Caller, public_id: str, **query: Any) -> list[dict[str, Any]]:
    response = caller.get(f"/conversations/{public_id}/messages", **query)
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def assert_problem(response: TestResponse, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    problem: dict[str, Any] = response.json
    assert problem["status"] == status
    assert problem["type"].endswith(slug)
    assert problem["title"]
    assert problem["detail"]
    return problem
