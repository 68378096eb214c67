"""A conversation opened by the signed-in user: what the pages and fragments of it are rendered from."""

from __future__ import annotations

from dataclasses import dataclass

from flask_login import current_user

from dashboard.models import db
from dashboard.queries.details import Details, load_details
from dashboard.queries.links import Links, load_links
from dashboard.queries.rows import ConversationRow, load_row
from dashboard.queries.thread import Thread, load_thread
from dashboard.services.access import get_conversation_id
from dashboard.web.composer import Actions, load_actions


@dataclass(frozen=True)
class Pane:
    thread: Thread
    details: Details
    actions: Actions
    links: Links

    @property
    def row(self) -> ConversationRow:
        return self.thread.row


@dataclass(frozen=True)
class Side:
    """What follows from who has it: buttons and details; and what it is linked to."""

    row: ConversationRow
    details: Details
    actions: Actions
    links: Links


def open_pane(public_id: str) -> Pane:
    """Raises NotFound for who may not see it."""
    viewer = current_user.viewer
    thread = load_thread(db.session, viewer, get_conversation_id(db.session, viewer, public_id))
    side = _side(thread.row)
    return Pane(thread, side.details, side.actions, side.links)


def open_side(public_id: str) -> Side:
    """Raises NotFound for who may not see it."""
    return _side(open_row(public_id))


def open_row(public_id: str) -> ConversationRow:
    """Raises NotFound for who may not see it."""
    return load_row(db.session, get_conversation_id(db.session, current_user.viewer, public_id))


def _side(row: ConversationRow) -> Side:
    viewer = current_user.viewer
    return Side(
        row,
        load_details(db.session, viewer, row),
        load_actions(db.session, viewer, row),
        load_links(db.session, viewer, row),
    )
