"""The Assignee is writing a public reply: the person sees it, and nobody else is told."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from flask_login import current_user

from dashboard.blueprints.panes import open_row
from dashboard.realtime import typing
from dashboard.realtime.process import EXTENSION, current_process
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("typing", __name__)
bp.before_request(require_sign_in)


@bp.record_once
def attach(state: BlueprintSetupState) -> None:
    typing.attach(cast(Flask, state.app).extensions[EXTENSION])


@bp.post("/conversations/<conversation>/typing")
def create_typing(conversation: str) -> tuple[str, int]:
    """204 for whoever sees the conversation; only the Assignee's typing is told."""
    row = open_row(conversation)
    viewer = current_user.viewer
    if row.assignee_key == viewer.user_id:
        typing.tell_person(current_process(), row.person_key, row.public_id, viewer.shown_name)
    return "", 204
