"""Routing receipts in words: why it went to whom, why it still waits, and what was decided before (A6).

Why it still waits is worked out anew each time: what was stored held at its moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from dashboard.models import Assignment, Handoff, QueueEntry, RoutingReceipt, User
from dashboard.models.clock import utcnow
from dashboard.models.enums import AssignmentHow, ConversationKind, Handler, Method
from dashboard.models.membership import Reader
from dashboard.queries.queue_agents import load_agents, load_spaces
from dashboard.queries.queue_reasons import EligibleSet, explain_waiting, obstacle
from dashboard.queries.queue_sets import Listed, load_sets
from dashboard.queries.rows import ConversationRow

EARLIER = 6
"""How many earlier decisions are told."""
FEW = 6
"""So many candidates are listed at once; more of them unfold."""

METHODS = {
    Method.BALANCED: "Balanced",
    Method.RANDOM: "Random",
    Method.ROUND_ROBIN: "Round robin",
    Method.VOLUNTARY: "Voluntary",
}
OBSTACLES = {
    "no_tickets": "does not manage tickets",
    "transferred_it": "transferred it away",
    "away": "away",
    "absent": "not connected",
}
HOW = {
    AssignmentHow.CLAIM: "Claimed it from the queue.",
    AssignmentHow.TAKEOVER: "Took it over with a reply.",
    AssignmentHow.UNDO: "Took their transfer back.",
}

_r = RoutingReceipt.__table__.c
_u = User.__table__.c
_a = Assignment.__table__.c
_q = QueueEntry.__table__.c
_h = Handoff.__table__.c


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate; `is_chosen` is who got it, `language` a code that ends the sentence."""

    name: str
    why: str
    is_chosen: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One decision; without `at` it is how things are now."""

    title: str
    summary: str
    at: datetime | None
    lines: tuple[Line, ...] = ()

    @property
    def is_long(self) -> bool:
        return len(self.lines) > FEW


@dataclass(frozen=True, slots=True)
class Decisions:
    """`current` explains who has it, or why nobody does; `earlier` are the others, newest first."""

    current: Receipt | None
    earlier: tuple[Receipt, ...]


def load_decisions(reader: Reader, row: ConversationRow) -> Decisions:
    """Two SELECTs, and five more for what waits."""
    latest: Select[Any] = (
        select(_r.at, _r.method, _r.data, _r.chosen_user_id, _u.name)
        .outerjoin_from(RoutingReceipt.__table__, User.__table__, _u.id == _r.chosen_user_id)
        .where(_r.conversation_id == row.id)
        .order_by(_r.id.desc())
        .limit(EARLIER + 1)
    )
    stored = list(reader.execute(latest))
    current = None
    if row.handler is Handler.QUEUE:
        current = _still_waiting(reader, row)
        if stored and _in_words(stored[0]).lines == (current.lines if current else None):
            stored.pop(0)
    elif row.handler is Handler.LIVE_AGENT:
        current = _by_hand(reader, row)
        if current is None and stored and stored[0].chosen_user_id == row.assignee_key:
            current = _in_words(stored.pop(0))
    return Decisions(current, tuple(_in_words(each) for each in stored[:EARLIER]))


def _by_hand(reader: Reader, row: ConversationRow) -> Receipt | None:
    """A claim, transfer or takeover explains itself, and whoever named them in a ticket; None for Chat Assignment."""
    by = aliased(User)
    found = reader.execute(
        select(_a.how, _a.note, _a.from_at, by.name.label("by"))
        .outerjoin_from(Assignment.__table__, by, by.id == _a.by_user_id)
        .where(_a.conversation_id == row.id, _a.until_at.is_(None))
    ).first()
    if found is None or (found.how is AssignmentHow.AUTO and not found.by):
        return None
    if found.how is AssignmentHow.AUTO:
        return Receipt(f"Why {row.assignee_name}", f"Named by {found.by} when the ticket was created.", found.from_at)
    summary = HOW.get(found.how) or f"Transferred by {found.by or 'a colleague'}."
    return Receipt(f"Why {row.assignee_name}", f"{summary} “{found.note}”" if found.note else summary, found.from_at)


def _still_waiting(reader: Reader, row: ConversationRow) -> Receipt | None:
    """None when it has left the queue meanwhile."""
    entry = reader.execute(
        select(_q.id, _q.is_everyone, _q.excluded_user_id, _h.targets)
        .outerjoin(Handoff.__table__, _h.id == _q.handoff_id)
        .where(_q.conversation_id == row.id, _q.left_at.is_(None))
    ).first()
    spaces = load_spaces(reader, [row.teamspace_key]) if entry else []
    if entry is None or not spaces:
        return None
    listed = Listed() if entry.is_everyone else load_sets(reader, _q.id == entry.id).get(entry.id, Listed())
    waits_for = EligibleSet(entry.is_everyone, listed, entry.excluded_user_id, row.kind is ConversationKind.CHAT)
    agents = load_agents(reader, [row.teamspace_key], utcnow()).get(row.teamspace_key, [])
    reason = explain_waiting(spaces[0], waits_for, agents)
    candidates = [
        {"name": each.name, "open_chats": each.open_chats, "obstacle": obstacle(spaces[0], waits_for, each)}
        for each in agents
    ]
    summary = f"{reason.blocked} {reason.remedy}" if reason.blocked else _undecided(spaces[0].method, candidates, "is")
    of_list = {"team": row.team_name} if row.team_name else {"language": (entry.targets or {}).get("language")}
    data = {"candidates": candidates, "limit": spaces[0].limit, "list": of_list}
    return Receipt("Why still waiting", summary, None, _lines(data, candidates, None))


def _in_words(stored: Row[Any]) -> Receipt:
    data: Mapping[str, Any] = stored.data or {}
    candidates = [each for each in data.get("candidates") or () if isinstance(each, Mapping)]
    chosen = next((each for each in candidates if each.get("user_id") == stored.chosen_user_id), None)
    if stored.chosen_user_id is None:
        title, decided = "Nobody was picked", _undecided(stored.method, candidates)
    else:
        title, decided = f"Why {stored.name}", _decided(stored.method, data, candidates, chosen)
    summary = " ".join(filter(None, (decided, _fallen_back(stored.method, data))))
    return Receipt(title, summary, stored.at, _lines(data, candidates, chosen))


def _lines(data: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]], chosen: object) -> tuple[Line, ...]:
    return tuple(_line(data, each, each is chosen) for each in sorted(candidates, key=_rank(chosen)))


def _decided(method: Method, data: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]], chosen: Any) -> str:
    """What made the choice, as “Balanced: fewest open conversations (2).”"""
    label = METHODS[method]
    others = [each for each in candidates if each.get("obstacle") is None and each is not chosen]
    if not others or chosen is None:
        return f"{label}: nobody else was free."
    if method is Method.RANDOM:
        return f"{label}: drawn from {len(others) + 1} who were free."
    if method is Method.ROUND_ROBIN:
        turn = (data.get("turn") or {}).get("name")
        return f"{label}: whose turn it was, after {turn}." if turn else f"{label}: the first who came online."
    load = _load(chosen)
    if any(_load(each) == load for each in others):
        return f"{label}: fewest open conversations ({load}), and the longest without a new one."
    return f"{label}: fewest open conversations ({load})."


def _undecided(method: Method, candidates: Sequence[Mapping[str, Any]], was: str = "was") -> str:
    if method is Method.VOLUNTARY:
        return "Voluntary: it waits until somebody claims it."
    if not candidates:
        return f"There {was} no live agent in this teamspace."
    if any(each.get("obstacle") is None for each in candidates):
        return f"{METHODS[method]}: those before it {'come' if was == 'is' else 'came'} first."
    if all(each.get("obstacle") == "not_eligible" for each in candidates):
        return f"Nobody it was for {was} a live agent here."
    return "Nobody it waits for is free." if was == "is" else "Nobody it waited for was free."


def _fallen_back(method: Method, data: Mapping[str, Any]) -> str:
    stored = data.get("stored_method")
    if not stored or stored == method.value or stored not in set(Method):
        return ""
    return f"{METHODS[Method(stored)]} is set, but is not in the plan."


def _line(data: Mapping[str, Any], each: Mapping[str, Any], is_chosen: bool) -> Line:
    name, held, code = str(each.get("name", "Somebody")), each.get("open_chats", 0), each.get("obstacle")
    if is_chosen:
        return Line(name, f"chosen, had {held} open", is_chosen)
    if code is None:
        return Line(name, f"free, {held} open")
    if code == "at_limit":
        return Line(name, f"at limit {held}/{data.get('limit')}")
    if code == "not_eligible":
        return _not_listed(name, data.get("list") or {})
    return Line(name, OBSTACLES.get(str(code), str(code).replace("_", " ")))


def _not_listed(name: str, of_list: Mapping[str, Any]) -> Line:
    if of_list.get("team"):
        return Line(name, f"not in {of_list['team']}")
    if of_list.get("language"):
        return Line(name, "not in the list for", language=str(of_list["language"]))
    return Line(name, "not in its list")


def _rank(chosen: object) -> Any:
    """The chosen first, then who was free in the order of the method, those who were not in question last."""

    def key(each: Mapping[str, Any]) -> tuple[bool, bool, bool, int, str]:
        code = each.get("obstacle")
        rank = each.get("rank") or 0
        return each is not chosen, code == "not_eligible", code is not None, rank, str(each.get("name", ""))

    return key


def _load(each: Mapping[str, Any]) -> int:
    return int(each.get("open_chats") or 0) + int(each.get("open_tickets") or 0)
