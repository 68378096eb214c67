"""From an error to an answer: one table decides the status, and who asked decides the form."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests
from werkzeug.wrappers import Response as BaseResponse

from dashboard.extensions import limiter
from dashboard.models.clock import to_rfc3339
from dashboard.models.errors import (
    BatonError,
    Invalid,
    Ownership,
    OwnershipChanged,
    PlanRequired,
    Unauthenticated,
)
from dashboard.models.errors import TooManyRequests as TooManyRequestsError
from dashboard.web import htmx
from dashboard.web.error_page import page_for

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
TYPE_BASE = "/problems/"

TITLES: dict[int, str] = {
    400: "That did not make sense",
    401: "Sign in to go on",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not allowed",
    409: "Not now",
    413: "Too large",
    415: "Unknown kind of content",
    422: "Something is missing",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not available at the moment",
}
"""The heading of each status."""

TOO_OLD = "This page is too old"
"""The heading where a form's token is another sign-in's."""

SLUGS: dict[int, str] = {
    401: "unauthenticated",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    500: "internal-error",
    503: "unavailable",
}
"""How the type of a problem ends, for what Flask itself refuses."""

SENTENCES: dict[int, str] = {
    400: "The request could not be understood. What you typed is still on the page.",
    404: "There is nothing here, or it is not yours to see.",
    405: "This address does not take that kind of request.",
    413: "That is more than fits in one request. What you typed is still on the page.",
    415: "The request's content type is not one that this address reads.",
    500: "What you typed is still on the page. Try again in a moment; it has been logged.",
}


@dataclass(frozen=True)
class ErrorView:
    """What the templates and problem documents say about an error."""

    status: int
    slug: str
    sentence: str
    fields: dict[str, str] = field(default_factory=dict)
    retry_after: int | None = None
    current: Ownership | None = None
    plan: tuple[str, str] | None = None

    @property
    def title(self) -> str:
        return TOO_OLD if self.slug == "page-too-old" else TITLES.get(self.status, TITLES[400])


def init_app(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(BatonError, lambda error: answer(view_of(error)))
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def view_of(error: BatonError) -> ErrorView:
    """The view of one of our own errors."""
    return ErrorView(
        status=error.status,
        slug=error.slug,
        sentence=error.sentence,
        fields=error.fields if isinstance(error, Invalid) else {},
        retry_after=error.retry_after if isinstance(error, TooManyRequestsError) else None,
        current=error.current if isinstance(error, OwnershipChanged) else None,
        plan=(error.feature, error.needs.value) if isinstance(error, PlanRequired) else None,
    )


def answer(view: ErrorView) -> BaseResponse:
    """A problem document for programs, a fragment for htmx, a page for people."""
    if wants_problem():
        return problem(view)
    if view.status == Unauthenticated.status and not htmx.is_htmx() and request.method == "GET":
        return redirect(url_for("auth.show_login", next=request.full_path.rstrip("?")))
    template = "errors/_flash.html" if htmx.is_htmx() else page_for(view.status)
    response = make_response(
        render_template(template, error=view, title=view.title, sentence=view.sentence), view.status
    )
    return _with_retry_after(response, view)


def problem(view: ErrorView) -> Response:
    """RFC 9457, with the members that SPEC 14 names."""
    body: dict[str, Any] = {
        "type": TYPE_BASE + view.slug,
        "title": view.title,
        "status": view.status,
        "detail": view.sentence,
    }
    if view.fields:
        body["errors"] = view.fields
    if view.current:
        body["current"] = current_json(view.current)
    if view.plan:
        body["feature"], body["needs"] = view.plan
    response = jsonify(body)
    response.status_code = view.status
    response.mimetype = PROBLEM
    return _with_retry_after(response, view)


def current_json(current: Ownership) -> dict[str, Any]:
    """Who has the conversation now, as the loser of a race may know it (L8)."""
    assignee = None
    if current.assignee_public_id or current.assignee_name:
        assignee = {
            "id": current.assignee_public_id,
            "name": current.assignee_name,
            "email": current.assignee_email,
        }
    return {
        "handler": current.handler.value,
        "assignee": assignee,
        "epoch": current.epoch,
        "at": to_rfc3339(current.at),
    }


def wants_problem() -> bool:
    """Whether a program asks: the API, or whoever prefers JSON to HTML."""
    if request.path.startswith("/api/") or g.get("wants_problem", False):
        return True
    accepted = request.accept_mimetypes
    return not htmx.is_htmx() and accepted["application/json"] > accepted["text/html"]


def _with_retry_after(response: Response, view: ErrorView) -> Response:
    if view.retry_after is not None:
        response.headers["Retry-After"] = str(view.retry_after)
    if view.status == Unauthenticated.status and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _answer_http(error: HTTPException) -> BaseResponse:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error.get_response()
    if isinstance(error, CSRFError):
        sentence = "It was opened before your last sign-in. Copy what you typed, reload the page and send it again."
        return answer(ErrorView(400, "page-too-old", sentence))
    sentence = SENTENCES.get(status) or error.description or TITLES.get(status, TITLES[400])
    if isinstance(error, TooManyRequests):
        return answer(view_of(TooManyRequestsError(_seconds_left())))
    if isinstance(error, RequestEntityTooLarge):
        # What was not read would be taken for the next request.
        response = answer(ErrorView(status, SLUGS[status], sentence))
        response.headers["Connection"] = "close"
        return response
    response = answer(ErrorView(status, SLUGS.get(status, "bad-request"), sentence))
    for name, value in error.get_headers():
        if name in ("Allow", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _seconds_left() -> int:
    current = limiter.current_limit
    return max(1, int(current.reset_at - time.time()) + 1) if current else 1


def _answer_unexpected(error: Exception) -> BaseResponse:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    view = ErrorView(500, SLUGS[500], SENTENCES[500])
    try:
        return answer(view)
    except Exception:
        # The page of the error fails as well, perhaps for the same reason: plain words always work.
        log.exception("the page of the error failed")
        return Response(f"{view.title}. {view.sentence}\n", 500, mimetype="text/plain")
