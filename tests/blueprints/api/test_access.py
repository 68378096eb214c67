"""Who may call API v1 at all: tokens, secrets, the plan, the limit (SPEC 13, 14)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from dashboard.blueprints.api.principals import RATE_LIMIT
from dashboard.blueprints.api.rate import RateLimit
from dashboard.models import ApiToken, User, Workspace
from dashboard.models.clock import utcnow
from dashboard.models.enums import Plan
from dashboard.models.errors import TooManyRequests
from dashboard.services.unit_of_work import unit_of_work
from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import assert_problem, start_chat


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer nobody", "token-of-bo"]
)
def test_without_a_known_token_nothing_is_answered(cast: Cast, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    for path in ("/conversations", "/me/availability"):
        response = cast.app.test_client().get(f"/api/v1{path}", headers=headers)
        assert_problem(response, 401, "unauthenticated")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_and_a_deactivated_user_are_nobody(cast: Cast) -> None:
    with cast.app.app_context(), unit_of_work() as uow:
        table = ApiToken.__table__
        uow.conn.execute(update(table).where(table.c.user_id == cast.ids["bo"]).values(revoked_at=utcnow()))
    cast.change(User, "cy", is_active=False)

    for name in ("bo", "cy"):
        assert_problem(cast[name].get("/conversations"), 401, "unauthenticated")


def test_teamspace_secrets_are_in_the_total_plan_and_personal_tokens_in_every(cast: Cast) -> None:
    cast.ids["acme"] = 1
    cast.change(Workspace, "acme", plan=Plan.PRO)

    problem = assert_problem(cast["Support"].get("/conversations"), 403, "plan-required")

    assert (problem["feature"], problem["needs"]) == ("teamspace_secrets", "total")
    cast.change(Workspace, "acme", plan=Plan.FREE)
    assert cast["bo"].get("/conversations").status_code == 200


def test_no_cookie_and_no_form_token_is_asked_for(cast: Cast) -> None:
    start_chat(cast)

    response = cast["Support"].get("/conversations")

    assert "Set-Cookie" not in response.headers


def test_unknown_addresses_and_methods_are_problems_too(cast: Cast) -> None:
    assert_problem(cast["bo"].get("/nothing"), 404, "not-found")
    response = cast["bo"].call("DELETE", "/conversations")
    assert_problem(response, 405, "method-not-allowed")
    assert set(response.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


def test_a_flood_of_one_token_is_cut_and_harms_no_other(cast: Cast) -> None:
    now = [0.0]
    cast.app.extensions[RATE_LIMIT] = RateLimit(rate=2, burst=3, clock=lambda: now[0])

    answers = [cast["bo"].get("/me/availability") for _ in range(4)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert_problem(answers[-1], 429, "too-many-requests")
    assert answers[-1].headers["Retry-After"] == "1"
    assert cast["cy"].get("/me/availability").status_code == 200
    now[0] += 1
    assert [cast["bo"].get("/me/availability").status_code for _ in range(3)] == [200, 200, 429]


def test_the_limit_is_a_setting(cast: Cast) -> None:
    assert cast["bo"].get("/me/availability").status_code == 200

    limit = cast.app.extensions[RATE_LIMIT]

    assert (limit.rate, limit.burst) == (1000, 2000)


def test_buckets_of_silent_tokens_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.blueprints.api.rate.MAX_BUCKETS", 2)
    now = [0.0]
    limit = RateLimit(rate=1, burst=2, clock=lambda: now[0])
    for key in ("a", "a", "b"):
        limit.spend(key)
    now[0] = 1.5
    limit.spend("a")
    now[0] = 2.5

    limit.spend("c")

    assert set(limit._buckets) == {"a", "c"}
    limit.spend("c")
    with pytest.raises(TooManyRequests) as refused:
        limit.spend("c")
    assert refused.value.retry_after == 1


def test_a_user_declares_availability(cast: Cast) -> None:
    assert cast["bo"].get("/me/availability").json == {"availability": "away"}

    for state in ("online", "online", "away"):
        answer = cast["bo"].put("/me/availability", availability=state)
        assert (answer.status_code, answer.json) == (200, {"availability": state})
        assert cast["bo"].get("/me/availability").json == {"availability": state}
    assert cast["cy"].get("/me/availability").json == {"availability": "away"}


def test_the_scheme_is_read_as_written_by_any_client(cast: Cast) -> None:
    caller = replace(cast["bo"], token=None)

    response = caller.client.get("/api/v1/me/availability", headers={"Authorization": "bearer  token-of-bo "})

    assert response.status_code == 200
