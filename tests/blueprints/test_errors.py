"""Every refusal has its status and its form: a page for people, a fragment for htmx, a problem for programs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import Conflict, MethodNotAllowed

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.extensions import limiter
from dashboard.models import db
from dashboard.models import errors as domain
from dashboard.models.enums import Handler
from dashboard.services import unit_of_work
from dashboard.services.belonging import Stale
from dashboard.web import security

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=datetime.UTC)
CURRENT = domain.Ownership(Handler.LIVE_AGENT, "0198", "Cy", "cy@acme.test", 4, NOW)

ERRORS: dict[str, Exception] = {
    "not-found": domain.NotFound(),
    "unauthenticated": domain.Unauthenticated(),
    "invalid": domain.Invalid({"text": "Write something first."}),
    "too-large": domain.TooLarge(),
    "too-many-requests": domain.TooManyRequests(7),
    "not-permitted": domain.NotPermitted(),
    "plan-required": domain.PlanRequired("transfers"),
    "refused": domain.Refused("Not in this state."),
    "obstacle": domain.Obstacle("This person is banned."),
    "ownership-changed": domain.OwnershipChanged(CURRENT),
    "stale": Stale("Somebody else changed it."),
    "workflow-changed": domain.WorkflowChanged(2, "Ada Moreno", NOW),
}


@pytest.fixture
def client(sqlite_uri: str, tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path))
    _add_failing_pages(app)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()
    unit_of_work.unsubscribe_all()


def _add_failing_pages(app: Flask) -> None:
    def fail(slug: str) -> str:
        raise ERRORS[slug]

    def framed() -> str:
        security.allow_frames(["https://shop.example"])
        return "framed"

    def broken() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/fail/<slug>", view_func=fail)
    app.add_url_rule("/api/v1/fail/<slug>", endpoint="api_fail", view_func=fail)
    app.add_url_rule("/framed", view_func=framed)
    app.add_url_rule("/broken", view_func=broken)
    app.add_url_rule("/rare", view_func=limiter.limit("1 per minute")(lambda: "rare"), endpoint="rare")


def statuses() -> list[tuple[str, int]]:
    return [(slug, error.status) for slug, error in ERRORS.items() if isinstance(error, domain.BatonError)]


def test_no_error_of_ours_is_left_out() -> None:
    """All but the one of the webchat, which its own tests know."""

    def tree(kind: type[domain.BatonError]) -> Iterator[type[domain.BatonError]]:
        for child in kind.__subclasses__():
            yield child
            yield from tree(child)

    assert {kind.slug for kind in tree(domain.BatonError)} - {"banned"} == set(ERRORS)


@pytest.mark.parametrize(("slug", "status"), statuses())
def test_a_program_gets_a_problem_document(client: FlaskClient, slug: str, status: int) -> None:
    answer = client.get(f"/api/v1/fail/{slug}")
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert body["type"].endswith(f"/{slug}")
    assert (body["status"], body["detail"]) == (status, str(ERRORS[slug]))


@pytest.mark.parametrize(("slug", "status"), statuses())
def test_htmx_gets_a_fragment_with_the_sentence(client: FlaskClient, slug: str, status: int) -> None:
    answer = client.get(f"/fail/{slug}", headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert "<html" not in answer.text
    assert str(ERRORS[slug]).split(".")[0] in answer.text


@pytest.mark.parametrize(("slug", "status"), [each for each in statuses() if each[0] != "unauthenticated"])
def test_a_person_gets_a_page_with_the_sentence(client: FlaskClient, slug: str, status: int) -> None:
    answer = client.get(f"/fail/{slug}")
    assert answer.status_code == status
    assert "<html" in answer.text
    assert str(ERRORS[slug]).split(".")[0] in answer.text


def test_what_a_program_needs_to_go_on_is_in_the_problem(client: FlaskClient) -> None:
    assert client.get("/api/v1/fail/invalid").get_json()["errors"] == {"text": "Write something first."}
    plan = client.get("/api/v1/fail/plan-required").get_json()
    assert (plan["feature"], plan["needs"]) == ("transfers", "lite")
    assert client.get("/api/v1/fail/too-many-requests").headers["Retry-After"] == "7"
    assert client.get("/api/v1/fail/unauthenticated").headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/v1/fail/ownership-changed").get_json()["current"] == {
        "handler": "live_agent",
        "assignee": {"id": "0198", "name": "Cy", "email": "cy@acme.test"},
        "epoch": 4,
        "at": "2026-01-02T03:04:05.000678Z",
    }


def test_json_is_given_to_whoever_prefers_it(client: FlaskClient) -> None:
    assert client.get("/fail/refused", headers={"Accept": "application/json"}).mimetype == "application/problem+json"
    browsers = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert client.get("/fail/refused", headers=browsers).mimetype == "text/html"


def test_a_fault_of_ours_is_logged_and_says_nothing_of_itself(client: FlaskClient, logged_errors: list[str]) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "went wrong on our side" in answer.text
    assert "ZeroDivisionError" in logged_errors[0]
    logged_errors.clear()


def test_even_a_broken_page_of_the_error_says_something(
    client: FlaskClient, logged_errors: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_names: object, **_context: object) -> str:
        raise OSError("no templates")

    monkeypatch.setattr("dashboard.web.errors.render_template", broken)
    answer = client.get("/broken")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert "Something went wrong on our side" in answer.text
    logged_errors.clear()


def test_an_unknown_address_and_a_wrong_method_have_words(client: FlaskClient) -> None:
    assert client.get("/nowhere").status_code == 404
    wrong = client.delete("/session", headers={"Accept": "application/json"})
    assert wrong.status_code in (400, MethodNotAllowed.code)
    listed = client.get("/logout")
    assert (listed.status_code, set(listed.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})


def test_a_limit_says_when_to_come_back(client: FlaskClient) -> None:
    assert client.get("/rare").status_code == 200
    answer = client.get("/rare")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for path in ("/login", "/nowhere", "/session", "/static/app.css"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_for_frames_names_the_sites(client: FlaskClient) -> None:
    headers = client.get("/framed").headers
    assert "frame-ancestors 'self' https://shop.example" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


def test_pages_are_not_kept_by_caches(client: FlaskClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"


def test_flasks_own_refusals_have_a_slug_too(client: FlaskClient) -> None:
    client.application.add_url_rule("/api/v1/conflict", view_func=_conflict)
    answer = client.get("/api/v1/conflict")
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")


def _conflict() -> str:
    raise Conflict
