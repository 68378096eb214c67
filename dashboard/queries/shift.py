"""What somebody would hand over at the end of a shift, and to whom each of it can go (P4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select

from dashboard.models import Assignment, Conversation, Person
from dashboard.models.enums import ConversationKind, Status
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, noun
from dashboard.queries.rows import ConversationRow, rows_select
from dashboard.queries.transfer_targets import Targets, TeamTarget, UserTarget, load_targets

MOST = 100
"""Conversations that one dialog shows; those that wait longest come first."""

_c = Conversation.__table__.c
_p = Person.__table__.c
_a = Assignment.__table__.c


@dataclass(frozen=True)
class ShiftItem:
    """`may_transfer` is the role's permission; the plan is checked apart."""

    row: ConversationRow
    may_transfer: bool
    targets: Targets

    @property
    def is_offered(self) -> bool:
        """Whether a transfer of it to a user waits to be accepted (T5)."""
        return self.may_transfer and self.targets.is_offered


@dataclass(frozen=True)
class Shift:
    """`common` can get all of them: it is offered for all at once."""

    items: list[ShiftItem]
    common: Targets
    is_more: bool

    @property
    def groups(self) -> list[tuple[str, list[ShiftItem]]]:
        """Chats and tickets, each with its heading; without what there is none of."""
        kinds = (("Chats", ConversationKind.CHAT), ("Tickets", ConversationKind.TICKET))
        named = [(name, [each for each in self.items if each.row.kind is kind]) for name, kind in kinds]
        return [(name, items) for name, items in named if items]

    @property
    def may_transfer(self) -> bool:
        return any(each.may_transfer for each in self.items)

    @property
    def offered(self) -> int:
        """How many of them stay, when given to a user, until the user accepts."""
        return sum(each.is_offered for each in self.items)


def has_open_chats(reader: Reader, user_id: int) -> bool:
    """Whether going Away offers the handover; tickets alone can wait."""
    mine = exists(select(_c.id).where(_is_open(user_id), _c.kind == ConversationKind.CHAT))
    return bool(reader.execute(select(mine)).scalar())


def load_shift(reader: Reader, viewer: Viewer, now: datetime) -> Shift:
    """The viewer's open conversations: first who waits, longest first, then who is answered."""
    waits = _c.waiting_since.is_(None), _c.waiting_since, _c.owner_since, _c.id
    statement = rows_select().where(_is_open(viewer.user_id)).order_by(*waits).limit(MOST + 1)
    found = [ConversationRow(*row) for row in reader.execute(statement)]
    rows = found[:MOST]
    targets: dict[tuple[int, ConversationKind], Targets] = {}
    for row in rows:
        group = row.teamspace_key, row.kind
        if group not in targets:
            targets[group] = load_targets(reader, *group, viewer.user_id, now)
    items = [
        ShiftItem(row, f"{noun(row.kind)}.transfer" in viewer.permissions, targets[row.teamspace_key, row.kind])
        for row in rows
    ]
    reached = [targets[group] for group in targets if f"{noun(group[1])}.transfer" in viewer.permissions]
    return Shift(items, _common(reached), is_more=len(found) > MOST)


def names_of(reader: Reader, user_id: int, public_ids: Collection[str]) -> dict[str, str]:
    """What to call the conversations that are, or were, this user's; others are left out."""
    was_theirs = exists(select(_a.id).where(_a.conversation_id == _c.id, _a.user_id == user_id))
    found = (
        select(_c.public_id, _p.name, _p.public_id)
        .join(Person.__table__, _p.id == _c.person_id)
        .where(_c.public_id.in_([each for each in public_ids if is_public_id(each)]), was_theirs)
    )
    return {conversation: name or f"Visitor {person[-4:]}" for conversation, name, person in reader.execute(found)}


def _is_open(user_id: int) -> ColumnElement[bool]:
    return and_(_c.assignee_id == user_id, _c.status.in_((Status.OPEN, Status.PENDING, Status.OVERDUE)))


def _common(all_targets: list[Targets]) -> Targets:
    """Who is in all of them; of a team, as many count as free as are free everywhere."""
    if not all_targets:
        return Targets([], [])
    first, *others = all_targets
    users: list[UserTarget] = []
    for user in first.users:
        if all(any(each.public_id == user.public_id for each in other.users) for other in others):
            users.append(user)
    teams: list[TeamTarget] = []
    for team in first.teams:
        same = [each for other in others for each in other.teams if each.public_id == team.public_id]
        if len(same) == len(others):
            teams.append(replace(team, free=min(each.free for each in (team, *same))))
    return Targets(users, teams)
