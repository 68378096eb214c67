"""From events to frames: each conversation's fragments are rendered once, for everybody who sees it (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from jinja2 import Environment, Template
from sqlalchemy import Connection, select

from dashboard.models import Assignment, User
from dashboard.models.enums import AuthorKind, ConversationKind, Handler, MessageKind
from dashboard.models.visibility import Scope
from dashboard.queries.rows import ConversationRow, load_row, scope_of
from dashboard.queries.timeline import TimelineItem, load_between, load_suggestions
from dashboard.realtime.audience import Audiences
from dashboard.realtime.event_row import EventRow, Frame
from dashboard.realtime.hub import RESYNC, Hub
from dashboard.realtime.offer_frames import OFFER_EVENTS, tell_of_offers
from dashboard.realtime.person_frames import PersonFrames

OWNER_EVENTS: Final = frozenset(
    {
        "ConversationHandedOff",
        "ConversationAssigned",
        "ConversationClaimed",
        "ConversationTransferred",
        "TransferUndone",
        "ConversationTakenOver",
        "ConversationReturned",
        "ConversationHandedBack",
        "ConversationMerged",
    }
)
"""Handler or Assignee changed: buttons, details and suggestions follow, and somebody may have lost sight of it."""
SCOPE_EVENTS: Final = OWNER_EVENTS | {"EligibleChanged"}
"""They carry the Scope from before: somebody may have come into sight of it, or lost it."""
_PERSONAL: Final = {"FeedbackGiven", "EmailLeft", "PersonChanged"}
_FACTS: Final = {"StatusChanged", "LanguageCorrected", "ConversationTagged"} | _PERSONAL
SIDE_EVENTS: Final = SCOPE_EVENTS | _FACTS
HEAD_EVENTS: Final = SCOPE_EVENTS | {"StatusChanged", "ConversationStarted", "PersonChanged"}
SUGGESTION_EVENTS: Final = OWNER_EVENTS | {"SuggestionKept", "SuggestionSettled"}
_NEWS: Final = {"ConversationStarted", "MessagePosted", "QueueMoved", "AvailabilityChanged", "VocabularyChanged"}
RENDERED: Final = SIDE_EVENTS | SUGGESTION_EVENTS | OFFER_EVENTS | _NEWS
SILENT: Final = frozenset({"SessionRevoked", "AccessChanged", "WorkspaceChanged", "PersonMerged"})
"""They concern users, not conversations: the process that holds their sockets acts on them."""
QUEUE: Final = "<!--queue-->"
"""A queue moved, or somebody who serves it came or went: whoever shows it reads it again."""
TELLS_FORMER: Final = frozenset(
    {"TransferUndone", "ConversationTakenOver", "ConversationReturned", "ConversationMerged"}
)

_u = User.__table__.c
_a = Assignment.__table__.c


class FrameRenderer:
    """What the dispatcher calls with the events of one conversation, in order of id."""

    def __init__(
        self,
        environment: Environment,
        hub: Callable[[], Hub],
        on_lost: Callable[[str, set[int]], None] = lambda _conversation, _users: None,
    ) -> None:
        self.audiences = Audiences()
        self._persons = PersonFrames()
        self._on_lost = on_lost
        self._hub = hub
        self._environment = environment

    def __call__(self, conn: Connection, events: list[EventRow]) -> list[Frame]:
        kinds = {event.kind for event in events}
        conversation_id = events[0].conversation_id
        if conversation_id is None:
            return self._without_conversation(conn, events, kinds)
        if not kinds & RENDERED:
            return []
        offered = tell_of_offers(events)
        if not kinds & (RENDERED - OFFER_EVENTS):
            return offered
        row = load_row(conn, conversation_id)
        frames = self._for_users(conn, events, kinds, row) + offered
        person = f"person:{row.person_key}"
        if self._hub().has_any([person]):
            frames += [([person], text) for text in self._persons.render(conn, row, events)]
        else:
            self._persons.forget(row.id)
        return frames

    def heed(self, events: list[EventRow]) -> None:
        """Hear of every event, with pages open or not: who sees what is computed anew when roles or teams change."""
        if any(event.kind == "AccessChanged" for event in events):
            self.audiences.forget()

    def _without_conversation(self, conn: Connection, events: list[EventRow], kinds: set[str]) -> list[Frame]:
        hub = self._hub()
        changed = {event.data["user_id"] for event in events if event.kind == "AvailabilityChanged"}
        frames = _availability(conn, changed)
        moved = {each.teamspace_id for each in events if each.kind == "QueueMoved" and each.teamspace_id is not None}
        moved |= self.audiences.agent_teamspaces(conn, changed)
        for teamspace_id in sorted(moved) if hub.has_persons() else ():
            frames += self._persons.render_queue(conn, teamspace_id, lambda key: hub.has_any([key]))
        reworded = {each.teamspace_id for each in events if each.kind == "VocabularyChanged"}
        if linked := self.audiences.linked(conn, reworded):
            frames.append((linked, RESYNC))
        watchers = self.audiences.watching(conn, moved)
        return [*frames, (watchers, QUEUE)] if watchers else frames

    def _for_users(
        self, conn: Connection, events: list[EventRow], kinds: set[str], row: ConversationRow
    ) -> list[Frame]:
        scope = scope_of(conn, row)
        seers = self.audiences.of(conn, scope)
        befores = [Scope.from_json(row.id, event.data["before"]) for event in events if event.kind in SCOPE_EVENTS]
        lost = frozenset(key for before in befores for key in self.audiences.of(conn, before)) - seers
        hub = self._hub()
        if lost:
            self._on_lost(row.public_id, {int(key.partition(":")[2]) for key in lost})
        frames: list[Frame] = []
        if hub.has_any(seers):
            frames.append((seers, self._render(conn, events, kinds, row, scope, befores)))
        if lost and hub.has_any(lost):
            former = befores[0].assignee_id if kinds & TELLS_FORMER else None
            told = self.audiences.public_id(conn, former)
            header = _header(row, events[-1].id, 0, 0, ["gone", "moved"], former=told)
            frames.append((lost, header + _to_html(self._environment, "live/gone.html", {"row": row})))
        return frames

    def _render(
        self,
        conn: Connection,
        events: list[EventRow],
        kinds: set[str],
        row: ConversationRow,
        scope: Scope,
        befores: list[Scope],
    ) -> str:
        numbers = [event.data["seq"] for event in events if event.kind == "MessagePosted"]
        first, last = (min(numbers), max(numbers)) if numbers else (1, 0)
        messages = load_between(conn, row.id, first - 1, last) if numbers else []
        what = _what(events, kinds, row, messages)
        if "assigned" in what and _is_own_act(conn, kinds, row):
            what.remove("assigned")
        to = self._to(conn, what, row, scope)
        former = befores[0].assignee_id if befores and kinds & TELLS_FORMER else None
        told = self.audiences.public_id(conn, former) if former != row.assignee_key else None
        values = {
            "row": row,
            "messages": messages,
            "has_head": bool(kinds & HEAD_EVENTS),
            "has_side": bool(kinds & SIDE_EVENTS),
            "suggestions": load_suggestions(conn, row.id) if kinds & SUGGESTION_EVENTS else None,
        }
        html = _to_html(self._environment, "live/update.html", {**values, "oob": True})
        return _header(row, events[-1].id, last, first - 1, what, to, told) + html

    def _to(self, conn: Connection, what: list[str], row: ConversationRow, scope: Scope) -> list[str]:
        """Whose page rings: the Assignee's, or of a newly queued conversation the eligible set's (P6)."""
        if "queued" in what:
            return [each.public_id for each in self.audiences.eligible(conn, scope, self._hub().users())]
        rings = row.assignee_id and ("message" in what or "assigned" in what)
        return [row.assignee_id] if rings and row.assignee_id else []


def _availability(conn: Connection, user_ids: set[int]) -> list[Frame]:
    """What a user has declared in one tab or device, for the others."""
    rows = conn.execute(select(_u.id, _u.availability).where(_u.id.in_(user_ids))).all() if user_ids else []
    return [([f"user:{row.id}"], f"<!--availability={row.availability.value}-->") for row in rows]


def render_catch_up(
    environment: Environment, row: ConversationRow, messages: list[TimelineItem], extra: dict[str, Any]
) -> str:
    """The same fragments and header for a page that asks; `extra` has event, after, suggestions and is_more."""
    last = messages[-1].seq if messages else extra["after"]
    values = {"row": row, "messages": messages, "suggestions": extra["suggestions"]}
    html = _to_html(environment, "live/update.html", {**values, "oob": True, "has_head": True, "has_side": True})
    return _header(row, extra["event"], last, extra["after"], ["more"] if extra["is_more"] else []) + html


def _to_html(environment: Environment, name: str, values: dict[str, Any]) -> str:
    """`Template.render`, but for copying all globals through a ChainMap, which costs as much as the frame."""
    template = environment.get_template(name)
    context = template.new_context({**_globals(template), **values}, shared=True)
    return "".join(template.root_render_func(context))


@cache
def _globals(template: Template) -> dict[str, Any]:
    return dict(template.globals)


def _what(events: list[EventRow], kinds: set[str], row: ConversationRow, messages: list[TimelineItem]) -> list[str]:
    what = []
    if kinds & OWNER_EVENTS:
        what.append("moved")
        if row.handler is Handler.QUEUE:
            what.append("queued")
        if any(_gives(event, row) for event in events):
            what.append("assigned")
    elif row.handler is Handler.QUEUE and any(event.data.get("is_wider") for event in events):
        what.append("queued")  # nobody of those who may take it now has heard of it
    if any(each.author_kind is AuthorKind.PERSON and each.kind is MessageKind.TEXT for each in messages):
        what.append("message")
    return what


def _gives(event: EventRow, row: ConversationRow) -> bool:
    """Whether somebody got it without having asked for it."""
    if event.kind not in ("ConversationAssigned", "ConversationTransferred") or event.data.get("was_offered"):
        return False
    return event.data["user_id"] is not None and event.data["user_id"] == row.assignee_key


def _is_own_act(conn: Connection, kinds: set[str], row: ConversationRow) -> bool:
    """A transfer taken back, or a ticket made for oneself, surprises nobody; Chat Assignment is nobody's act."""
    if "ConversationTransferred" not in kinds and row.kind is not ConversationKind.TICKET:
        return False
    current = select(_a.by_user_id).where(_a.conversation_id == row.id, _a.until_at.is_(None))
    return conn.execute(current).scalar() == row.assignee_key


def _header(
    row: ConversationRow,
    event: int,
    seq: int,
    prev: int,
    what: list[str],
    to: list[str] | None = None,
    former: str | None = None,
) -> str:
    """The comment that every frame begins with; docs/realtime.md says what each part means."""
    more = f" what={','.join(what)}" if what else ""
    more += f" to={','.join(to)}" if to else ""
    more += f" from={former}" if former else ""
    return f"<!--c={row.public_id} event={event} seq={seq} prev={prev}{more}-->"
