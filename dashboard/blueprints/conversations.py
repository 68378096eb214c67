"""One conversation: its timeline, what users write into it, its status, and what they have read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user

from dashboard.blueprints.inbox import render_inbox
from dashboard.blueprints.panes import open_pane, open_row, open_side
from dashboard.models import db
from dashboard.models.errors import Invalid
from dashboard.queries.receipts import load_decisions
from dashboard.queries.thread import latest_event
from dashboard.queries.timeline import load_before, load_between, load_suggestions
from dashboard.realtime import seen
from dashboard.realtime.frames import render_catch_up
from dashboard.realtime.process import current_process
from dashboard.services import closing, languages, messaging, reading, suggestions, transfers
from dashboard.services.timeline import Posted
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("conversations", __name__)
bp.before_request(require_sign_in)

MOST = 200
"""How many entries one catch-up brings; the page asks again for more."""
MAX_NUMBER = 2**31 - 1

Answer = tuple[dict[str, Any], int]
DONE: Answer = ({}, 200)


@bp.get("/conversations/<conversation>")
def show_conversation(conversation: str) -> str:
    """Both panes for htmx, the whole inbox around them for everybody else."""
    pane = open_pane(conversation)
    if not htmx.is_htmx():
        return render_inbox(pane=pane)
    return render_template("conversations/_pane.html", pane=pane)


@bp.get("/conversations/<conversation>/messages")
def show_messages(conversation: str) -> str:
    """`after`: what a page missed, as a frame; `before`: the window of older entries."""
    if "before" in request.args:
        return _render_older(conversation, _number(request.args, "before"))
    return _render_missed(conversation, _number(request.args, "after"))


@bp.get("/conversations/<conversation>/side")
def show_side(conversation: str) -> str:
    """The editor's buttons and the details, after a change of owner or status."""
    return render_template("conversations/_refreshed.html", pane=open_side(conversation), oob=True)


@bp.get("/conversations/<conversation>/why")
def show_why(conversation: str) -> str:
    """Why it went to whom, or why it still waits as of now (A6)."""
    row = open_row(conversation)
    return render_template("conversations/_why.html", row=row, decisions=load_decisions(db.session, row))


@bp.post("/conversations/<conversation>/messages")
def create_message(conversation: str) -> Answer:
    text, client_id = request.form.get("text"), request.form.get("client_id")
    if request.form.get("kind", "text") == "note":
        return _posted(messaging.add_note(current_user.viewer, conversation, text, client_id))
    return _posted(messaging.send_reply(current_user.viewer, conversation, text, client_id, read_epoch()))


@bp.post("/conversations/<conversation>/claim")
def create_claim(conversation: str) -> Answer:
    transfers.claim(current_user.viewer, conversation, read_epoch())
    return DONE


@bp.post("/conversations/<conversation>/takeover")
def create_takeover(conversation: str) -> Answer:
    text, client_id = request.form.get("text"), request.form.get("client_id")
    return _posted(transfers.take_over(current_user.viewer, conversation, text, client_id, read_epoch()))


@bp.put("/conversations/<conversation>/status")
def set_status(conversation: str) -> Answer:
    closing.set_status(current_user.viewer, conversation, request.form.get("status"), read_epoch())
    return DONE


@bp.put("/conversations/<conversation>/language")
def set_language(conversation: str) -> tuple[str, int]:
    languages.correct_language(current_user.viewer, conversation, request.form.get("language"))
    return "", 204


@bp.put("/conversations/<conversation>/read")
def mark_read(conversation: str) -> Answer:
    seq = _number(request.form, "seq")
    reading.mark_read(current_user.viewer, conversation, seq)
    seen.tell(current_process(), current_user.user_id, conversation, seq)
    return DONE


@bp.put("/conversations/<conversation>/draft")
def save_draft(conversation: str) -> Answer:
    is_note = bool(request.form.get("is_note"))
    reading.save_draft(current_user.viewer, conversation, request.form.get("text", ""), is_note=is_note)
    return DONE


@bp.post("/suggestions/<suggestion>/use")
def use_suggestion(suggestion: str) -> Answer:
    suggestions.send_suggestion(current_user.viewer, suggestion)
    return DONE


@bp.post("/suggestions/<suggestion>/dismiss")
def dismiss_suggestion(suggestion: str) -> Answer:
    was_used = bool(request.form.get("was_used"))
    suggestions.dismiss_suggestion(current_user.viewer, suggestion, was_used=was_used)
    return DONE


def read_epoch() -> int | None:
    """Under which epoch the page wrote, None when it does not say; raises Invalid for what is no number."""
    return _number(request.form, "epoch") if request.form.get("epoch") else None


def _render_older(conversation: str, before: int) -> str:
    row = open_row(conversation)
    messages = load_before(db.session, row.id, before)
    return render_template("conversations/_older.html", row=row, messages=messages)


def _render_missed(conversation: str, after: int) -> str:
    row = open_row(conversation)
    # The event first: what is read after it may only be newer.
    event = latest_event(db.session, row.id)
    messages = load_between(db.session, row.id, after, after + MOST)
    return render_catch_up(
        current_app.jinja_env,
        row,
        messages,
        {
            "event": event,
            "after": after,
            "suggestions": load_suggestions(db.session, row.id),
            "is_more": row.last_seq > after + MOST,
        },
    )


def _posted(posted: Posted) -> Answer:
    return {"id": posted.message.public_id, "seq": posted.message.seq}, 201 if posted.is_new else 200


def _number(values: Any, name: str) -> int:
    raw = values.get(name, "")
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 10 or int(raw) > MAX_NUMBER:
        raise Invalid({name: f"A whole number is expected as {name}."})
    return int(raw)
