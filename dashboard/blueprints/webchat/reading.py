"""From a request of the frame to its channel, its visitor and its JSON; nothing here writes."""

from __future__ import annotations

import json
from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from dashboard.models import db
from dashboard.models.errors import Invalid, Unauthenticated
from dashboard.queries.webchat import Webchat, get_webchat
from dashboard.services.visitors import Visitor, get_visitor

MAX_BODY = 64 * 1024
MAX_NUMBER = 2**53 - 1
SCHEME = "Bearer "


def read_webchat(channel: str) -> Webchat:
    return get_webchat(db.session, channel)


def read_visitor(webchat: Webchat) -> Visitor:
    """Whose key the Authorization header carries; raises Unauthenticated."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(SCHEME):
        raise Unauthenticated("This chat needs the visitor's key.")
    return get_visitor(db.session, header.removeprefix(SCHEME).strip(), webchat.id)


def read_json() -> dict[str, Any]:
    """The body as an object; raises Invalid for anything else."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        body = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        raise Invalid({"body": "This is not JSON."}) from None
    if not isinstance(body, dict):
        raise Invalid({"body": "An object is expected here."})
    return body


def read_after() -> int:
    """The person's number after which messages are asked for, 0 without one."""
    raw = request.args.get("after", "0")
    if not raw.isascii() or not raw.isdigit() or len(raw) > 16 or int(raw) > MAX_NUMBER:
        raise Invalid({"after": "A whole number is expected here."})
    return int(raw)
