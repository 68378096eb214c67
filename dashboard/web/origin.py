"""Whether a request that a browser sends along cookies with comes from a page of ours."""

from __future__ import annotations

from flask import request

from dashboard.web.context import config


def is_own_origin(origin: str | None) -> bool:
    """Whether `origin` is the address of this installation: as configured, else as the request reached it."""
    settings = config()
    if settings.public_url is not None:  # what a request says of its host is then not asked
        return origin == settings.public_url
    return origin is not None and origin in (settings.origin, f"{request.scheme}://{request.host}")
