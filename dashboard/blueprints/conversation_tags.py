"""The tags of one conversation: suggestions while typing, added and taken off in its details."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.panes import open_row
from dashboard.models import db
from dashboard.models.errors import Invalid, NotPermitted
from dashboard.queries.rows import ConversationRow, scope_of
from dashboard.queries.tags import suggest
from dashboard.services import tags
from dashboard.services.access import Action, can
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("conversation_tags", __name__, url_prefix="/conversations/<conversation>/tags")
bp.before_request(require_sign_in)


@bp.get("")
def show_suggestions(conversation: str) -> str:
    row = open_row(conversation)
    if not _may_tag(row):
        raise NotPermitted(tags.MANAGERS_ONLY)
    typed = request.args.get("tag", "")[: tags.MAX_NAME]
    found = suggest(db.session, row.teamspace_key, typed, [name for _, name in row.tags])
    return render_template("conversations/_tag_options.html", row=row, found=found)


@bp.post("")
def create_tag(conversation: str) -> Response:
    try:
        tags.tag_conversation(current_user.viewer, conversation, request.form.get("tag"))
    except Invalid as error:
        return make_response(_draw(conversation, error=error.fields), error.status)
    return make_response(_draw(conversation))


@bp.delete("/<tag>")
def delete_tag(conversation: str, tag: str) -> str:
    tags.untag_conversation(current_user.viewer, conversation, tag)
    return _draw(conversation)


def _may_tag(row: ConversationRow) -> bool:
    return can(current_user.viewer, Action.TAG, scope_of(db.session, row))


def _draw(conversation: str, **more: Any) -> str:
    row = open_row(conversation)
    return render_template("conversations/_tags.html", row=row, may_tag=_may_tag(row), **more)
