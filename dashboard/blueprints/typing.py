"""Who looks at a conversation and who writes in it: colleagues see both, the person sees a reply being written (T9)."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, request
from flask.blueprints import BlueprintSetupState
from flask_login import current_user

from dashboard.blueprints.panes import open_row
from dashboard.models.errors import Invalid
from dashboard.queries.rows import ConversationRow
from dashboard.realtime import colleagues, typing
from dashboard.realtime.process import EXTENSION, Process, current_process
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("typing", __name__)
bp.before_request(require_sign_in)

MAX_PAGE = 40


@bp.record_once
def attach(state: BlueprintSetupState) -> None:
    process: Process = cast(Flask, state.app).extensions[EXTENSION]
    typing.attach(process)
    known = colleagues.attach(process)
    process.on_lost.append(lambda conversation, user_ids: known.drop(user_ids, conversation))


@bp.post("/conversations/<conversation>/typing")
def create_typing(conversation: str) -> tuple[str, int]:
    """204 for whoever sees the conversation; the person is told only of a reply, and only of their Assignee's."""
    row = open_row(conversation)
    is_note = request.form.get("kind") == "note"
    viewer = current_user.viewer
    if row.assignee_key == viewer.user_id and not is_note:
        typing.tell_person(current_process(), row.person_key, row.public_id, viewer.shown_name)
    _announce(row, colleagues.NOTING if is_note else colleagues.TYPING)
    return "", 204


@bp.put("/conversations/<conversation>/viewing")
def change_viewing(conversation: str) -> tuple[str, int]:
    """`state` is viewing or gone, `page` names the page; 404 tells a page that it should look no longer."""
    state = request.form.get("state", "")
    if state not in (colleagues.VIEWING, colleagues.GONE):
        raise Invalid({"state": "It is viewing or gone."})
    _announce(open_row(conversation), state)
    return "", 204


def _announce(row: ConversationRow, state: str) -> None:
    viewer = current_user.viewer
    # Apart from others' pages: nobody ends or moves another user's look.
    page = f"{viewer.public_id}:{request.form.get('page', '')[:MAX_PAGE]}"
    user = {"user": viewer.user_id, "id": viewer.public_id, "name": viewer.name}
    colleagues.announce(current_process(), row.public_id, page, user, state)
