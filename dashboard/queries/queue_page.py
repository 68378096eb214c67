"""The Queue page: who waits, for whom, since when, and why nobody has taken them yet (A6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Row, Select, func, select

from dashboard.models import Conversation, Handoff, QueueEntry
from dashboard.models.enums import ConversationKind, Handler, Method
from dashboard.models.errors import NotFound
from dashboard.models.membership import Reader
from dashboard.models.visibility import Scope, Viewer, is_eligible, visible_clause
from dashboard.queries.candidates import Candidate
from dashboard.queries.queue_agents import Space, load_agents, load_spaces
from dashboard.queries.queue_reasons import EligibleSet, Reason, explain_waiting
from dashboard.queries.queue_sets import Listed, load_sets
from dashboard.queries.rows import ConversationRow, rows_select
from dashboard.queries.stays import load_waits

STEP = 100
"""How many are shown at first, and how many more each time."""
MOST = 2000
EXCERPT = 200

_q = QueueEntry.__table__.c
_c = Conversation.__table__.c
_h = Handoff.__table__.c


@dataclass(frozen=True)
class QueueItem:
    """`asked` is what the person wanted, in their own words where there are any."""

    row: ConversationRow
    asked: str
    queued_at: datetime
    place: int
    reason: Reason
    may_claim: bool


@dataclass(frozen=True)
class Part:
    """`kind` is blocked, claim or routed; `count` is of all, also of those that are not shown yet."""

    kind: str
    count: int
    items: list[QueueItem]


@dataclass(frozen=True)
class SpaceSummary:
    """One teamspace in numbers; `usual_wait` is the median of the last 24 h in seconds, over `waits` people."""

    space: Space
    waiting: int
    oldest: datetime | None
    agents: int
    online: int
    free_slots: int
    usual_wait: int | None
    waits: int


@dataclass(frozen=True)
class QueuePage:
    """`spaces` are those that are shown, `choices` all of the viewer's; `next_shown` is None when all are shown."""

    parts: list[Part]
    spaces: list[SpaceSummary]
    choices: list[Space]
    chosen: str
    waiting: int
    oldest: datetime | None
    shown: int
    next_shown: int | None


@dataclass(frozen=True)
class _Waiting:
    """One entry that the viewer sees, with what it waits for."""

    entry: Row[Any]
    waits_for: EligibleSet
    reason: Reason
    kind: str


def load_queue(reader: Reader, viewer: Viewer, now: datetime, *, teamspace: str = "", shown: int = STEP) -> QueuePage:
    """What of the queue this viewer may see (M2): seven SELECTs at most, however many wait.

    `teamspace` is a public id; raises NotFound when it is none of theirs.
    """
    choices = load_spaces(reader, viewer.teamspace_ids)
    spaces = [each for each in choices if teamspace in ("", each.public_id)]
    if not spaces and teamspace:
        raise NotFound("There is no such teamspace.")
    ids = [each.id for each in spaces]
    agents = load_agents(reader, ids, now)
    waiting = _load_waiting(reader, viewer, spaces, agents)
    waits = load_waits(reader, ids, now)
    return QueuePage(
        parts=_parts(reader, viewer, waiting, shown),
        spaces=[_sum_up(each, waiting, agents.get(each.id, []), waits.get(each.id, [])) for each in spaces],
        choices=choices,
        chosen=teamspace,
        waiting=len(waiting),
        oldest=min((each.entry.queued_at for each in waiting), default=None),
        shown=shown,
        next_shown=shown + STEP if len(waiting) > shown and shown < MOST else None,
    )


def _load_waiting(
    reader: Reader, viewer: Viewer, spaces: Sequence[Space], agents: Mapping[int, list[Candidate]]
) -> list[_Waiting]:
    """The oldest first, as far as the viewer sees them; places are those in the whole queue of the teamspace."""
    known = {each.id: each for each in spaces}
    place = func.row_number().over(partition_by=_q.teamspace_id, order_by=(_q.queued_at, _q.id)).label("place")
    queue = select(QueueEntry.__table__, place).where(_q.left_at.is_(None), _q.teamspace_id.in_(known)).subquery("q").c
    statement: Select[Any] = (
        select(
            queue.id, queue.conversation_id, queue.teamspace_id, queue.queued_at, queue.is_everyone,
            queue.excluded_user_id, queue.place, _c.kind, _c.team_id,
        )
        .join(Conversation.__table__, _c.id == queue.conversation_id)
        .where(_c.handler == Handler.QUEUE, visible_clause(viewer))
        .order_by(queue.queued_at, queue.id)
    )  # fmt: skip
    entries = reader.execute(statement).all()
    is_listed = any(not each.is_everyone for each in entries)
    sets = load_sets(reader, _q.teamspace_id.in_(known)) if is_listed else {}
    reasons: dict[tuple[object, ...], Reason] = {}
    found = []
    for entry in entries:
        listed, is_chat = sets.get(entry.id, Listed()), entry.kind is ConversationKind.CHAT
        waits_for = EligibleSet(entry.is_everyone, listed, entry.excluded_user_id, is_chat)
        space, key = known[entry.teamspace_id], (entry.teamspace_id, *waits_for.key)
        if key not in reasons:
            reasons[key] = explain_waiting(space, waits_for, agents.get(space.id, []))
        found.append(_Waiting(entry, waits_for, reasons[key], _kind(space, reasons[key])))
    return found


def _kind(space: Space, reason: Reason) -> str:
    if reason.blocked:
        return "blocked"
    return "claim" if space.method is Method.VOLUNTARY else "routed"


def _parts(reader: Reader, viewer: Viewer, waiting: Sequence[_Waiting], shown: int) -> list[Part]:
    by_kind = {kind: [each for each in waiting if each.kind == kind] for kind in ("blocked", "claim", "routed")}
    ordered = [each for kind in by_kind for each in by_kind[kind]][:shown]
    ids = [each.entry.conversation_id for each in ordered]
    is_shown = (_c.id.in_(ids), _c.handler == Handler.QUEUE)
    found = reader.execute(rows_select().add_columns(_h.packet).where(*is_shown)) if ids else ()
    rows = {each.id: (ConversationRow(*each[:-1]), each.packet) for each in found}
    return [
        Part(
            kind,
            len(all_of_kind),
            [
                _item(viewer, each, *rows[each.entry.conversation_id])
                for each in ordered
                if each.kind == kind and each.entry.conversation_id in rows
            ],
        )
        for kind, all_of_kind in by_kind.items()
        if all_of_kind
    ]


def _item(viewer: Viewer, waiting: _Waiting, row: ConversationRow, packet: Mapping[str, Any] | None) -> QueueItem:
    waits_for = waiting.waits_for
    scope = Scope(
        row.id, row.kind, row.teamspace_key, row.handler, row.status, None, row.team_key,
        waits_for.is_everyone, frozenset(waits_for.listed.users), frozenset(waits_for.listed.teams),
    )  # fmt: skip
    asked = " · ".join(str(each) for each in (packet or {}).get("asked") or ())[-EXCERPT:] or row.preview
    may_claim = is_eligible(viewer, scope)
    return QueueItem(row, asked, waiting.entry.queued_at, waiting.entry.place, waiting.reason, may_claim)


def _sum_up(
    space: Space, waiting: Sequence[_Waiting], agents: Sequence[Candidate], waits: Sequence[float]
) -> SpaceSummary:
    mine = [each.entry.queued_at for each in waiting if each.entry.teamspace_id == space.id]
    online = [each for each in agents if each.is_online and each.is_present]
    return SpaceSummary(
        space=space,
        waiting=len(mine),
        oldest=min(mine, default=None),
        agents=len(agents),
        online=len(online),
        free_slots=sum(max(0, space.limit - each.open_chats) for each in online),
        usual_wait=round(median(waits)) if waits else None,
        waits=len(waits),
    )
