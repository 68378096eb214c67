"""What we say to htmx and hear from it: its header names are written only here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse


def is_htmx(incoming: Request | None = None) -> bool:
    """Whether htmx asks for a fragment; a boosted or restored page is a page."""
    headers = (incoming or request).headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def target_id() -> str | None:
    """The id of the element that the answer goes into."""
    return request.headers.get("HX-Target")


def go_to(address: str) -> BaseResponse:
    """Send the browser to another page of ours, whoever asked."""
    if not is_htmx():
        return redirect(address, 303)
    return Response(status=204, headers={"HX-Redirect": address})


def trigger(response: Response, events: Mapping[str, Any]) -> Response:
    """Fire events in the page when the answer arrives."""
    response.headers["HX-Trigger"] = json.dumps(dict(events))
    return response


def retarget(response: Response, selector: str, swap: str = "innerHTML") -> Response:
    """Put the answer somewhere else than the page asked for."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = swap
    return response


def push_url(response: Response, address: str) -> Response:
    """Show `address` in the browser's bar."""
    response.headers["HX-Push-Url"] = address
    return response
