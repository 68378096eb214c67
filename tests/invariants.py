"""What must hold in every database at every commit: L1 to L4, A2 and the audit's records, recomputed from the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Row, select

from dashboard.models import AgentLoad, Assignment, Conversation, Handoff, Message, QueueEntry, db
from dashboard.models.enums import AuthorKind, Handler, MessageKind, Status

COUNTED = {Status.OPEN, Status.PENDING, Status.OVERDUE}


def find_broken() -> list[str]:
    """Every broken invariant as a sentence; none when all is well."""
    db.session.close()
    conversations = {row.id: row for row in _rows(Conversation)}
    messages: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in _rows(Message):
        messages[row.conversation_id].append(row)
    broken = [
        *(f"{row.id}: {what}" for row in conversations.values() for what in _broken_numbers(row, messages[row.id])),
        *(f"{row.id}: {what}" for row in conversations.values() for what in _broken_owner(row)),
        *_broken_records(conversations),
        *_broken_loads(conversations),
        *_broken_authors(messages),
    ]
    db.session.close()
    return broken


def _broken_numbers(row: Row[Any], messages: list[Row[Any]]) -> list[str]:
    """L4: both numberings are gapless, and the row knows the last of each."""
    seqs = sorted(each.seq for each in messages)
    publics = [each.public_seq for each in sorted(messages, key=lambda each: each.seq) if each.public_seq is not None]
    broken = []
    if seqs != list(range(1, row.last_seq + 1)):
        broken.append(f"the timeline is numbered {seqs}, the last is {row.last_seq}")
    if publics != list(range(1, row.public_seq + 1)):
        broken.append(f"the person's view is numbered {publics}, the last is {row.public_seq}")
    return broken


def _broken_owner(row: Row[Any]) -> list[str]:
    """L1, L6: an Assignee exactly with a live agent, a status exactly outside the AI agent's hands."""
    broken = []
    if (row.assignee_id is not None) is not (row.handler is Handler.LIVE_AGENT):
        broken.append(f"handler {row.handler} with Assignee {row.assignee_id}")
    if (row.status is None) is not (row.handler in (Handler.AI_AGENT, Handler.EXTERNAL)):
        broken.append(f"handler {row.handler} with status {row.status}")
    if row.handler is Handler.QUEUE and row.status not in (Status.PENDING, Status.CLOSED):
        broken.append(f"queued, and {row.status}")
    if row.handler is Handler.AI_AGENT and (row.waiting_since or row.team_id):
        broken.append("with the AI agent, and still waiting or with a team")
    return broken


def _broken_records(conversations: dict[int, Row[Any]]) -> list[str]:
    """L2: queue entries, assignments and handoffs are in step with the conversation."""
    waiting = Counter(row.conversation_id for row in _rows(QueueEntry) if row.left_at is None)
    assigned = {row.conversation_id: row for row in _rows(Assignment) if row.until_at is None}
    handoffs = {row.conversation_id: row for row in _rows(Handoff) if row.closed_at is None}
    broken = []
    for key, row in conversations.items():
        is_queued = row.handler is Handler.QUEUE and row.status is not Status.CLOSED
        if waiting[key] != int(is_queued):
            broken.append(f"{key}: handler {row.handler}, {waiting[key]} waiting entries")
        holder = assigned[key].user_id if key in assigned else None
        if holder != row.assignee_id:
            broken.append(f"{key}: Assignee {row.assignee_id}, the record says {holder}")
        if key in assigned and assigned[key].epoch != row.epoch:
            broken.append(f"{key}: assigned under epoch {assigned[key].epoch}, now {row.epoch}")
        broken += _broken_handoff(row, handoffs.get(key))
    return broken


def _broken_handoff(row: Row[Any], handoff: Row[Any] | None) -> list[str]:
    if row.kind.value == "ticket":
        return []
    if (handoff is not None) is not (row.handler in (Handler.QUEUE, Handler.LIVE_AGENT)):
        return [f"{row.id}: handler {row.handler}, open handoff {handoff}"]
    if handoff and (handoff.id, handoff.status, handoff.team_id) != (row.handoff_id, row.status, row.team_id):
        return [f"{row.id}: its handoff says {handoff.status}, team {handoff.team_id}"]
    return []


def _broken_loads(conversations: dict[int, Row[Any]]) -> list[str]:
    """A2: the counters that automatic assignment trusts are the true numbers."""
    true: Counter[tuple[int, int, str]] = Counter()
    for row in conversations.values():
        if row.assignee_id is not None and row.status in COUNTED:
            true[row.teamspace_id, row.assignee_id, row.kind.value] += 1
    kept: Counter[tuple[int, int, str]] = Counter()
    for row in _rows(AgentLoad):
        kept[row.teamspace_id, row.user_id, "chat"] = row.open_chats
        kept[row.teamspace_id, row.user_id, "ticket"] = row.open_tickets
    return [f"load {key}: counted {kept[key]}, truly {true[key]}" for key in {*true, *kept} if true[key] != kept[key]]


def _broken_authors(messages: dict[int, list[Row[Any]]]) -> list[str]:
    """L3, L5: under one epoch, public texts of our side come from one handler's author only."""
    broken = []
    for key, rows in messages.items():
        speakers: defaultdict[int, set[str]] = defaultdict(set)
        last = 0
        for row in sorted(rows, key=lambda each: each.seq):
            if row.epoch < last:
                broken.append(f"{key}: entry {row.seq} was written under epoch {row.epoch}, after {last}")
            last = max(last, row.epoch)
            if row.kind is MessageKind.TEXT and row.author_kind in (AuthorKind.AI_AGENT, AuthorKind.LIVE_AGENT):
                speakers[row.epoch].add(row.author_key)
        broken += [f"{key}: epoch {epoch} has {names}" for epoch, names in speakers.items() if len(names) > 1]
    return broken


def _rows(model: Any) -> list[Row[Any]]:
    return list(db.session.execute(select(model.__table__)).all())
