"""The OpenAPI 3.1 document, made of the records and models that serve the requests, so that it is true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask import Response, json
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from dashboard.blueprints.api.answers import Problem
from dashboard.blueprints.api.operations import OPERATIONS, Operation, api
from dashboard.blueprints.api.principals import TeamspacePrincipal, UserPrincipal

DESCRIPTION = """\
Two kinds of bearer tokens: a **teamspace secret** speaks for the channel of its teamspace and sees conversations as \
their persons do; a **personal token** is its user. Errors are problem documents whose `type` ends in a slug."""

SCHEMES = {
    UserPrincipal: ("personal_token", "A user's personal token."),
    TeamspacePrincipal: ("teamspace_secret", "A teamspace's secret; needs the Total plan."),
}

PROBLEMS = {
    401: "The token is missing or unknown.",
    403: "Not permitted, or not in the plan.",
    404: "Unknown, or not yours to see.",
    409: "The state of the conversation does not allow it now.",
    413: "The body is too large.",
    422: "Fields are missing or wrong.",
    429: "Too many requests.",
}
ALWAYS = (401, 403, 422, 429)
SUCCESSES = {200: "Done, or done before.", 201: "Created."}
JSON = "application/json"
REF = "#/components/schemas/{model}"


@api.get("/openapi.json", provide_automatic_options=False)
def show_openapi() -> Response:
    return Response(json.dumps(document()), mimetype=JSON)


@cache
def document() -> dict[str, Any]:
    """The whole document; it changes only with the code."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    schemes = {name: {"type": "http", "scheme": "bearer", "description": text} for name, text in SCHEMES.values()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Baton API", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": api.url_prefix}],
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": schemes},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [{SCHEMES[speaker][0]: []} for speaker in operation.speakers],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": _responses(operation),
    }
    if operation.description:
        described["description"] = operation.description
    if operation.body is not None:
        described["requestBody"] = {"required": not _takes_nothing(operation.body), "content": _content(operation.body)}
    return described


def _takes_nothing(model: type[BaseModel]) -> bool:
    try:
        model.model_validate({})
    except ValidationError:
        return False
    return True


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    if "{id}" not in operation.path:
        return []
    schema = {"type": "string", "minLength": 1}
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    properties: Mapping[str, dict[str, Any]] = operation.query.model_json_schema()["properties"]
    parameters = []
    for name, schema in properties.items():
        parameter = {"name": name, "in": "query", "required": False, "schema": _or_empty(schema)}
        if "description" in schema:
            parameter["description"] = schema["description"]
        parameters.append(parameter)
    return parameters


def _or_empty(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query has no null: a parameter is left away, or left empty."""
    bare = {key: value for key, value in schema.items() if key not in ("title", "description", "default")}
    options = [option for option in bare.get("anyOf", [bare]) if option.get("type") != "null"]
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    return {"anyOf": [*options, {"type": "string", "maxLength": 0}], **default}


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(status): {"description": SUCCESSES[status], "content": _content(model)}
        for status, model in operation.answers.items()
    }
    for status in sorted({*ALWAYS, *operation.problems, *((413,) if operation.body else ())}):
        responses[str(status)] = {
            "description": PROBLEMS[status],
            "content": _content(Problem, "application/problem+json"),
            **({"headers": _RETRY_AFTER} if status == 429 else {}),
        }
    return responses


_RETRY_AFTER = {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}}


def _content(model: type[BaseModel], media_type: str = JSON) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": REF.format(model=model.__name__)}}}


def _schemas() -> dict[str, Any]:
    requests: list[type[BaseModel]] = [each.body for each in OPERATIONS if each.body is not None]
    answers: list[type[BaseModel]] = [
        *_unique(model for each in OPERATIONS for model in each.answers.values()),
        Problem,
    ]
    _, asked = models_json_schema([(model, "validation") for model in _unique(requests)], ref_template=REF)
    _, answered = models_json_schema([(model, "serialization") for model in answers], ref_template=REF)
    return {**asked["$defs"], **answered["$defs"]}


def _unique(models: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    return list(dict.fromkeys(models))
