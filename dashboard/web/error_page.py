"""Which page says an error: inside the shell for whoever is signed in, alone for everybody else."""

from __future__ import annotations

import logging

from flask import request
from flask_login import current_user

from dashboard.web.templating import nav

log = logging.getLogger(__name__)

INSIDE = frozenset((403, 404))
"""What is somebody's own way through the pages; a failure of ours stands alone, as the rail may fail with it."""


def page_for(status: int) -> str:
    """The name of the template."""
    if status in INSIDE and request.method == "GET" and request.endpoint != "static" and _has_rail():
        return "errors/inside.html"
    return "errors/page.html"


def _has_rail() -> bool:
    try:
        return bool(current_user.is_authenticated) and bool(nav())
    except Exception:
        log.exception("the rail beside an error could not be read")
        return False
