"""The JSON requests of the webchat's frame. No cookie takes part, so there is nothing to forge (docs/webchat.md)."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, g, request
from flask.blueprints import BlueprintSetupState

from dashboard.blueprints.webchat import limits
from dashboard.blueprints.webchat.reading import MAX_BODY, read_after, read_json, read_visitor, read_webchat
from dashboard.extensions import csrf
from dashboard.models import db
from dashboard.models.errors import NotFound
from dashboard.queries.public_view import public_frame
from dashboard.queries.webchat import Webchat, find_chat
from dashboard.realtime import typing
from dashboard.realtime.process import EXTENSION, current_process
from dashboard.services import feedback, messaging, visitors
from dashboard.services.visitors import Visitor

bp = Blueprint("webchat_api", __name__)
csrf.exempt(bp)

Answer = dict[str, Any]


@bp.record_once
def attach(state: BlueprintSetupState) -> None:
    limits.attach(cast(Flask, state.app).extensions[EXTENSION])


@bp.before_request
def prepare() -> None:
    g.wants_problem = True
    request.max_content_length = MAX_BODY


@bp.post("/<channel>/session")
def create_session(channel: str) -> tuple[Answer, int]:
    webchat = read_webchat(channel)
    read_json()
    limits.count_address()
    return {"token": visitors.open_session(webchat.id, webchat.teamspace_id)}, 201


@bp.get("/<channel>/messages")
def show_messages(channel: str) -> Answer:
    webchat = read_webchat(channel)
    visitor = read_visitor(webchat)
    return _frame(webchat, visitor, read_after(), request.args.get("c"))


@bp.post("/<channel>/messages")
def create_message(channel: str) -> tuple[Answer, int]:
    webchat, visitor, body = _read(channel)
    limits.count_message(webchat, visitor)
    visitor.require_welcome()
    posted = messaging.start_chat(webchat.id, visitor.writes_as, body.get("text"), body.get("client_id"))
    number = posted.message.public_seq or 1
    answer = _frame(webchat, visitor, number - 1, posted.conversation_public_id)
    return answer, 201 if posted.is_new else 200


@bp.post("/<channel>/rating")
def create_rating(channel: str) -> tuple[str, int]:
    webchat, visitor, body = _read(channel)
    limits.count_address()
    chat = find_chat(db.session, visitor.person_id, webchat.id)
    if chat is None:
        raise NotFound
    visitor.require_welcome()
    feedback.rate(chat.public_id, visitor.person_id, body.get("stars"), body.get("comment"))
    return "", 204


@bp.post("/<channel>/typing")
def create_typing(channel: str) -> tuple[str, int]:
    webchat, visitor, _ = _read(channel)
    limits.count_typing(visitor)
    visitor.require_welcome()
    chat = find_chat(db.session, visitor.person_id, webchat.id)
    if chat is not None and chat.assignee_id is not None:
        typing.tell_user(current_process(), chat.assignee_id, chat.public_id)
    return "", 204


@bp.post("/<channel>/ticket")
def create_ticket(channel: str) -> tuple[Answer, int]:
    _, visitor, _ = _read(channel)
    limits.count_address()
    return {"ticket": visitors.issue_ticket(visitor)}, 201


@bp.post("/<channel>/email")
def keep_email(channel: str) -> Answer:
    _, visitor, body = _read(channel)
    limits.count_address()
    visitor.require_welcome()
    return {"email": visitors.leave_email(visitor, body.get("email"))}


def _read(channel: str) -> tuple[Webchat, Visitor, Answer]:
    webchat = read_webchat(channel)
    return webchat, read_visitor(webchat), read_json()


def _frame(webchat: Webchat, visitor: Visitor, after: int, conversation: str | None) -> Answer:
    """The page's catch-up; a page that knows another conversation, or none, gets this one from its beginning."""
    chat = find_chat(db.session, visitor.person_id, webchat.id)
    if chat is None:
        return {"type": "messages", "c": None, "event": 0, "seq": 0, "prev": 0, "items": [], "state": None}
    return {**public_frame(db.session, chat.id, chat.public_id, after if conversation == chat.public_id else 0)}
