"""The application, in a process that is killed in the middle of a verb: before a certain write, or at its commit."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from sqlalchemy import Engine, event

from dashboard import app as composition
from dashboard.services import unit_of_work

ORDERS = "BATON_TEST_DIES_AS_THIS_FILE_SAYS"
"""The file holds `write N`, `commit` or `committed`; without it nobody dies."""


def create_app() -> Flask:
    orders = Path(os.environ[ORDERS])

    def reach(place: str) -> None:
        is_verb = has_request_context() and request.method in ("POST", "PUT") and "/conversations/" in request.path
        if is_verb and orders.exists() and orders.read_text() == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def write(*arguments: Any) -> None:
        if has_request_context() and arguments[2].startswith(("UPDATE", "INSERT", "DELETE")):
            g.writes = g.get("writes", 0) + 1
            reach(f"write {g.writes}")

    event.listen(Engine, "before_cursor_execute", write)
    event.listen(Engine, "commit", lambda _: reach("commit") if has_request_context() and g.get("writes") else None)
    unit_of_work.subscribe(after_commit=lambda _: reach("committed"))
    return composition.create_app()
