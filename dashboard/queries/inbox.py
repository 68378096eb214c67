"""The inbox's list: keyset pages under the one rule of visibility, and the counters of its views (N1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true, tuple_

from dashboard.models import AIAgent, Channel, Conversation, ReadMark, Team, User
from dashboard.models.enums import Handler, Status
from dashboard.models.errors import Invalid
from dashboard.models.ids import is_public_id
from dashboard.models.languages import name_of
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.filters import VIEWS, Filters, address, list_address
from dashboard.queries.rows import ConversationRow, rows_select
from dashboard.queries.search import dialect_of, matches
from dashboard.queries.tags import find_carriers, load_tag_choices

PAGE = 30

_c = Conversation.__table__.c
_r = ReadMark.__table__.c
_ROWS = rows_select()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPEN = (Status.OPEN, Status.PENDING, Status.OVERDUE)


@dataclass(frozen=True)
class Page:
    rows: list[ConversationRow]
    next_cursor: str | None
    next_url: str | None
    is_continued: bool


@dataclass(frozen=True)
class View:
    """A tab over the list; `count` is None where counting would say nothing."""

    name: str
    label: str
    url: str
    is_current: bool
    count: int | None


def load_page(reader: Reader, viewer: Viewer, filters: Filters, cursor: str = "") -> Page:
    """One page, usually in one SELECT (others resolve cursor and tag); raises Invalid for a cursor that is not ours."""
    tagged = find_carriers(reader, filters.tag) if filters.tag else None
    is_walked = tagged is None or not tagged.is_few
    clauses = [visible_clause(viewer, by_index=is_walked), *([tagged.clause] if tagged else [])]
    statement = _filtered(viewer, filters, dialect_of(reader)).where(*clauses).limit(PAGE + 1)
    statement = _ordered(statement, filters.sort, _edge(reader, cursor) if cursor else None)
    parts = _split(statement, viewer, filters) if is_walked else [statement]
    found = [ConversationRow(*row) for each in parts for row in reader.execute(each)]
    found.sort(key=lambda row: (_sort_time(row, filters.sort), row.id), reverse=filters.sort == "newest")
    rows = found[:PAGE]
    following = _cursor(rows[-1], filters.sort) if len(found) > PAGE else None
    url = list_address(filters, cursor=following) if following else None
    return Page(rows, following, url, bool(cursor))


def load_views(reader: Reader, viewer: Viewer, filters: Filters) -> list[View]:
    """The tabs this viewer has, with the numbers of open conversations from one grouped SELECT."""
    holders = viewer.team_mate_ids | {viewer.user_id}
    # What is counted anyway, before the dearer question whether it is visible.
    counts_somewhere = or_(
        _c.handler == Handler.QUEUE, _c.assignee_id.in_(holders), _c.team_id.in_(viewer.team_ids or {-1})
    )
    is_open = and_(_c.status.in_(_OPEN), _c.handler.in_((Handler.QUEUE, Handler.LIVE_AGENT)))
    counted = reader.execute(
        select(_c.assignee_id, _c.team_id, _c.handler, func.count())
        .where(counts_somewhere, is_open, visible_clause(viewer))
        .group_by(_c.assignee_id, _c.team_id, _c.handler)
    ).all()
    counts = {"mine": 0, "unassigned": 0, "teams": 0}
    for assignee, team, handler, number in counted:
        counts["mine"] += number if assignee == viewer.user_id else 0
        counts["unassigned"] += number if handler is Handler.QUEUE else 0
        counts["teams"] += number if team in viewer.team_ids or assignee in viewer.team_mate_ids else 0
    return [
        View(name, label, address(filters.in_view(name)), name == filters.view, counts.get(name))
        for name, label in VIEWS.items()
        if _has_view(viewer, name)
    ]


def load_choices(reader: Reader, viewer: Viewer, tag: str = "") -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filter panel: name, label and options of each select; among them the `tag` that is chosen."""
    spaces = viewer.teamspace_ids or {-1}
    u, t, ch = User.__table__.c, Team.__table__.c, Channel.__table__.c
    # Asked of each user and team: far fewer than the conversations, of which an index finds one; the 0 keeps
    # SQLite from the index of the teamspace, through which it would walk all of them each time.
    in_spaces = (_c.teamspace_id + 0).in_(spaces)
    holds = exists(select(_c.id).where(_c.assignee_id == u.id, in_spaces))
    has = exists(select(_c.id).where(_c.team_id == t.id, in_spaces))
    users = reader.execute(select(u.public_id, u.name).where(holds).order_by(u.name))
    in_use = or_(has, t.id.in_(viewer.team_ids or {-1})) & t.archived_at.is_(None)
    named = reader.execute(select(t.public_id, t.name).where(in_use).order_by(t.name))
    channels = reader.execute(select(ch.public_id, ch.name).where(ch.teamspace_id.in_(spaces)).order_by(ch.name))
    spoken = reader.execute(select(AIAgent.languages).where(AIAgent.teamspace_id.in_(spaces))).scalars()
    languages = [(code, name_of(code)) for code in sorted({each for codes in spoken for each in codes}, key=name_of)]
    statuses = [(each.value, each.value.capitalize()) for each in Status]
    handlers = [("ai_agent", "AI agent"), ("queue", "Queue"), ("live_agent", "Live agent")]
    handlers += [("integration", "Integration"), ("external", "External")]
    return [
        ("kind", "Kind", [("", "Chats and tickets"), ("chat", "Chats"), ("ticket", "Tickets")]),
        ("status", "Status", [("", "Any status"), *statuses]),
        ("handler", "Handled by", [("", "Anybody"), *handlers]),
        ("assignee", "Assignee", [("", "Anybody"), *((row[0], row[1]) for row in users)]),
        ("team", "Team", [("", "Any team"), *((row[0], row[1]) for row in named)]),
        ("channel", "Channel", [("", "Any channel"), *((row[0], row[1]) for row in channels)]),
        ("language", "Language", [("", "Any language"), *languages]),
        ("tag", "Tag", [("", "Any tag"), *load_tag_choices(reader, viewer, tag)]),
        ("sort", "Order", [("newest", "Newest first"), ("oldest", "Oldest first"), ("waiting", "Waiting longest")]),
    ]


def _has_view(viewer: Viewer, name: str) -> bool:
    if name == "ai":
        return bool({"livechats.view_all", "livechats.manage_all"} & viewer.permissions)
    return name != "teams" or bool(viewer.team_ids)


def _filtered(viewer: Viewer, filters: Filters, dialect: str) -> Select[Any]:
    """All but what the viewer may see, and the tag."""
    read = and_(_r.conversation_id == _c.id, _r.user_id == viewer.user_id)
    clauses = [_view_clause(viewer, filters.view), *_narrowing(filters, dialect)]
    return _ROWS.add_columns(_r.seq).outerjoin(ReadMark.__table__, read).where(*clauses)


def _ordered(statement: Select[Any], sort: str, edge: tuple[datetime, int] | None) -> Select[Any]:
    column = _c.waiting_since if sort == "waiting" else _c.last_activity_at
    is_descending = sort == "newest"
    if edge is not None:
        here, there = tuple_(column, _c.id), tuple_(*edge)
        statement = statement.where(here < there if is_descending else here > there)
    return statement.order_by(*((column.desc(), _c.id.desc()) if is_descending else (column, _c.id)))


def _split(statement: Select[Any], viewer: Viewer, filters: Filters) -> list[Select[Any]]:
    """One SELECT per teamspace where the index of one is in order and that of several would be sorted as a whole."""
    if len(viewer.teamspace_ids) < 2 or filters.view not in ("all", "ai") or filters.q:
        return [statement]
    return [statement.where(_c.teamspace_id == each) for each in sorted(viewer.teamspace_ids)]


def _sort_time(row: ConversationRow, sort: str) -> datetime:
    return row.waiting_since or row.last_activity_at if sort == "waiting" else row.last_activity_at


def _view_clause(viewer: Viewer, view: str) -> ColumnElement[bool]:
    clauses: dict[str, ColumnElement[bool]] = {
        "mine": _c.assignee_id == viewer.user_id,
        "unassigned": _c.handler == Handler.QUEUE,
        "teams": or_(_c.team_id.in_(viewer.team_ids), _c.assignee_id.in_(viewer.team_mate_ids))
        if viewer.team_ids
        else false(),
        "ai": _c.handler == Handler.AI_AGENT,
    }
    return clauses.get(view, true())


def _narrowing(filters: Filters, dialect: str) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    for name, column in (("kind", _c.kind), ("status", _c.status), ("handler", _c.handler), ("language", _c.language)):
        if filters.get(name):
            clauses.append(column == filters.get(name))
    if filters.assignee:
        clauses.append(User.__table__.c.public_id == filters.assignee)
    if filters.team:
        clauses.append(Team.__table__.c.public_id == filters.team)
    if filters.channel:
        clauses.append(Channel.__table__.c.public_id == filters.channel)
    if filters.sort == "waiting":
        # Nobody waits for an AI agent, and these handlers are few.
        with_people = (Handler.QUEUE, Handler.LIVE_AGENT, Handler.INTEGRATION)
        clauses += [_c.handler.in_(with_people), _c.waiting_since.is_not(None)]
    if filters.q:
        clauses.append(matches(filters.q, dialect))
    return clauses


def _cursor(row: ConversationRow, sort: str) -> str:
    at = row.waiting_since if sort == "waiting" else row.last_activity_at
    micros = (at - _EPOCH) // timedelta(microseconds=1) if at else 0
    return f"{micros}_{row.public_id}"


def _edge(reader: Reader, cursor: str) -> tuple[datetime, int]:
    """Where the page before ended: its last row's time and sequential id."""
    micros, _, public_id = cursor.partition("_")
    found = None
    if micros.isascii() and micros.isdigit() and len(micros) < 18 and is_public_id(public_id):
        found = reader.execute(select(_c.id).where(_c.public_id == public_id)).scalar()
    if found is None:
        raise Invalid({"cursor": "This page of the list is gone. Start again from the top."})
    return _EPOCH + timedelta(microseconds=int(micros)), found
