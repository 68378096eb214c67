"""The OpenAPI document is true: what it promises is what the API does, for both kinds of callers (SPEC 14)."""

from __future__ import annotations

import re
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from schemathesis import GenerationMode

from dashboard.blueprints.api.openapi import document
from dashboard.blueprints.api.operations import api
from tests.blueprints.api.conftest import Cast
from tests.blueprints.api.steps import queue_chat

EXAMPLES = 12

LABELS = sorted(f"{method.upper()} {path}" for path, operations in document()["paths"].items() for method in operations)


def test_the_document_is_public_and_names_every_route(cast: Cast) -> None:
    response = cast.nobody.get("/openapi.json")

    assert response.status_code == 200
    assert response.json == document()
    routes = {
        (method, re.sub(r"<\w+>", "{id}", rule.rule.removeprefix(api.url_prefix or "")))
        for rule in cast.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and not rule.endpoint.endswith("openapi")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {f"{method} {path}" for method, path in routes} == set(LABELS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("caller", ["Support", "bo"])
@pytest.mark.parametrize("label", LABELS)
def test_generated_requests_get_the_answers_that_are_documented(
    cast: Cast, label: str, caller: str, mode: GenerationMode
) -> None:
    public_id = queue_chat(cast)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", cast.app)
    schema.config.generation.update(modes=[mode])
    method, path = label.split()
    numbers = count()
    operation = schema[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    def check(case: schemathesis.Case) -> None:
        if "{id}" in path:
            case.path_parameters["id"] = public_id
        if mode.is_positive and isinstance(case.body, dict) and "client_id" in case.body:
            # That a client_id stands for one text is a rule that no schema can say.
            case.body["client_id"] = f"{next(numbers)}{case.body['client_id']}"[:80]
        case.call_and_validate(headers={"Authorization": f"Bearer token-of-{caller}"})

    check()
