"""The inbox: the list and its views; the conversation beside it is of blueprints/conversations.py."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from dashboard.blueprints.panes import Pane, open_pane
from dashboard.models import db
from dashboard.models.errors import NotFound
from dashboard.queries.filters import Filters, read_filters
from dashboard.queries.inbox import load_choices, load_page, load_views
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("inbox", __name__)
bp.before_request(require_sign_in)


@bp.get("/")
def show_start() -> Response:
    return redirect("/inbox", 303)


@bp.get("/inbox")
def show_inbox() -> str | tuple[str, int]:
    conversation = request.args.get("c")
    if not conversation:
        return render_inbox()
    try:
        return render_inbox(pane=open_pane(conversation))
    except NotFound as error:
        return render_inbox(problem=error.sentence), error.status


@bp.get("/inbox/list")
def show_list() -> str:
    """The rows and the views; with a cursor only the rows that follow."""
    filters = _filters()
    cursor = request.args.get("cursor", "")
    page = load_page(db.session, current_user.viewer, filters, cursor)
    if cursor:
        return render_template("inbox/_rows.html", page=page, filters=filters)
    views = load_views(db.session, current_user.viewer, filters)
    return render_template("inbox/_refreshed.html", page=page, filters=filters, views=views)


@bp.get("/inbox/views")
def show_views() -> str:
    """The views with their counters."""
    views = load_views(db.session, current_user.viewer, _filters())
    return render_template("inbox/_counts.html", views=views, oob=True)


@bp.get("/inbox/filters")
def show_filters() -> str:
    """The selects of the filter panel, fetched when it is opened."""
    filters = _filters()
    choices = load_choices(db.session, current_user.viewer, filters.tag)
    return render_template("inbox/_choices.html", filters=filters, choices=choices)


def render_inbox(*, pane: Pane | None = None, problem: str | None = None) -> str:
    """The whole page, with a conversation when there is one."""
    filters = _filters()
    viewer = current_user.viewer
    choices = load_choices(db.session, viewer, filters.tag) if filters.has_chips else None
    return render_template(
        "inbox/index.html",
        filters=filters,
        page=load_page(db.session, viewer, filters),
        views=load_views(db.session, viewer, filters),
        choices=choices,
        pane=pane,
        problem=problem,
    )


def _filters() -> Filters:
    return read_filters(request.args, current_user.viewer)
