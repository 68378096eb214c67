"""An endpoint is declared once: its route, its checks and its part of the OpenAPI document come from one record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.blueprints.api.principals import Principal, TeamspacePrincipal, UserPrincipal, authenticate
from dashboard.blueprints.api.problems import invalid
from dashboard.blueprints.api.requests import Request
from dashboard.models.errors import Invalid, NotPermitted

MAX_BODY = 256 * 1024
"""Bytes: 8,000 characters fit however they are escaped."""

api = Blueprint("api", __name__, url_prefix="/api/v1")


class Reply(NamedTuple):
    answer: BaseModel
    status: int = 200


View = Callable[..., Reply]
Speaker = type[UserPrincipal] | type[TeamspacePrincipal]
EVERYBODY: tuple[Speaker, ...] = (UserPrincipal, TeamspacePrincipal)


@dataclass(frozen=True)
class Operation:
    """`answers` maps each success to its model; `problems` lists the refusals beside those that all share."""

    method: str
    path: str
    name: str
    summary: str
    answers: Mapping[int, type[BaseModel]]
    body: type[Request] | None = None
    query: type[Request] | None = None
    speakers: tuple[Speaker, ...] = EVERYBODY
    problems: tuple[int, ...] = field(default=())
    description: str = ""

    @property
    def rule(self) -> str:
        return self.path.replace("{id}", "<public_id>")


OPERATIONS: list[Operation] = []


def endpoint(method: str, path: str, **options: Any) -> Callable[[View], View]:
    """Register a view: it is called with the principal, then `body`, `query` and the path's names as keywords."""

    def register(view: View) -> View:
        summary, _, description = (view.__doc__ or "").partition("\n")
        operation = Operation(
            method, path, view.__name__, summary.strip(), description=_unindent(description), **options
        )
        OPERATIONS.append(operation)
        api.add_url_rule(
            operation.rule,
            view.__name__,
            _handle(operation, view),
            methods=[method],
            provide_automatic_options=False,
        )
        return view

    return register


def _handle(operation: Operation, view: View) -> Callable[..., Response]:
    def handle(**names: str) -> Response:
        request.max_content_length = MAX_BODY
        principal = authenticate()
        _check_speaker(operation, principal)
        if operation.body is not None:
            names["body"] = _parse(operation.body, _read_json())  # type: ignore[assignment]
        if operation.query is not None:
            names["query"] = _parse(operation.query, _read_query())  # type: ignore[assignment]
        reply = view(principal, **names)
        return Response(reply.answer.model_dump_json(), status=reply.status, mimetype="application/json")

    return handle


def _check_speaker(operation: Operation, principal: Principal) -> None:
    if isinstance(principal, operation.speakers):
        return
    needed = "a teamspace secret" if isinstance(principal, UserPrincipal) else "a user's personal token"
    raise NotPermitted(f"This call needs {needed}.")


def _parse(model: type[Request], raw: object) -> Request:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise invalid(error) from None


def _read_json() -> object:
    """The body, whatever its declared type; nothing at all is an empty object."""
    raw = request.get_data(cache=False)
    if len(raw) >= MAX_BODY:  # a body that comes in chunks is cut off at the limit without a word
        raise RequestEntityTooLarge
    if not raw.strip():
        return {}
    try:
        return json.loads(raw.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Invalid({"body": "The body is not JSON in UTF-8."}) from None


def _read_query() -> dict[str, str]:
    """Each parameter once; an empty one counts as absent."""
    values: dict[str, str] = {}
    for name, given in request.args.to_dict(flat=False).items():
        if len(given) > 1:
            raise Invalid({name: "This parameter may be given once."})
        if given[0]:
            values[name] = given[0]
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unindent(text: str) -> str:
    return " ".join(text.split())
