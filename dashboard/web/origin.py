"""Whether a request that a browser sends along cookies with comes from a page of ours."""

from __future__ import annotations

from flask import request

from dashboard.web.context import config


def is_own_origin(origin: str | None) -> bool:
    """Whether `origin` is the address of this installation, as configured or as the request reached it."""
    return origin is not None and origin in (config().origin, f"{request.scheme}://{request.host}")
