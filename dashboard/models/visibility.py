"""Who sees which conversation: the one rule (M2), as a predicate in Python and as a clause in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from dashboard.models.conversations import Conversation, Handoff
from dashboard.models.enums import ConversationKind, Handler, Status
from dashboard.models.routing import QueueEligible, QueueEntry

_c = Conversation.__table__.c
_past = Handoff.__table__.alias("past")  # the lists join the latest handoff under its own name
_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c


@dataclass(frozen=True)
class Viewer:
    """A user with everything that decides what they may see and do; ids are sequential keys."""

    user_id: int
    public_id: str
    name: str
    alias: str | None
    email: str
    workspace_id: int
    permissions: frozenset[str] = frozenset()
    team_ids: frozenset[int] = frozenset()
    team_mate_ids: frozenset[int] = frozenset()
    teamspace_ids: frozenset[int] = frozenset()
    agent_teamspace_ids: frozenset[int] = frozenset()
    """Teamspaces in which they are a live agent."""
    is_admin: bool = False

    @property
    def author_key(self) -> str:
        return f"user:{self.user_id}"

    @property
    def shown_name(self) -> str:
        return self.alias or self.name


@dataclass(frozen=True)
class Scope:
    """What visibility looks at in one conversation; `past` holds (Assignee, team) of closed livechats."""

    conversation_id: int
    kind: ConversationKind
    teamspace_id: int
    handler: Handler
    status: Status | None
    assignee_id: int | None
    team_id: int | None
    is_everyone: bool = False
    eligible_users: frozenset[int] = frozenset()
    eligible_teams: frozenset[int] = frozenset()
    past: frozenset[tuple[int | None, int | None]] = field(default=frozenset())

    def to_json(self) -> dict[str, Any]:
        """The part that an event keeps of the state before it."""
        return {
            "kind": self.kind.value,
            "teamspace_id": self.teamspace_id,
            "handler": self.handler.value,
            "status": self.status.value if self.status else None,
            "assignee_id": self.assignee_id,
            "team_id": self.team_id,
            "is_everyone": self.is_everyone,
            "eligible_users": sorted(self.eligible_users),
            "eligible_teams": sorted(self.eligible_teams),
            "past": sorted([list(pair) for pair in self.past], key=str),
        }

    @classmethod
    def from_json(cls, conversation_id: int, data: Mapping[str, Any]) -> Scope:
        return cls(
            conversation_id=conversation_id,
            kind=ConversationKind(data["kind"]),
            teamspace_id=data["teamspace_id"],
            handler=Handler(data["handler"]),
            status=Status(data["status"]) if data["status"] else None,
            assignee_id=data["assignee_id"],
            team_id=data["team_id"],
            is_everyone=data["is_everyone"],
            eligible_users=frozenset(data["eligible_users"]),
            eligible_teams=frozenset(data["eligible_teams"]),
            past=frozenset((pair[0], pair[1]) for pair in data["past"]),
        )


def noun(kind: ConversationKind) -> str:
    """The kind as permissions spell it."""
    return "livechats" if kind is ConversationKind.CHAT else "tickets"


def is_agent_for(viewer: Viewer, kind: ConversationKind, teamspace_id: int) -> bool:
    """Whether the viewer is a live agent there who may keep such conversations: eligible sets have no others."""
    return teamspace_id in viewer.agent_teamspace_ids and f"{noun(kind)}.assigned" in viewer.permissions


def may_have(viewer: Viewer | None, kind: ConversationKind, teamspace_id: int) -> bool:
    """Whether this user can be given such a conversation: a chat as a live agent there, a ticket as a user (T2)."""
    if viewer is None or f"{noun(kind)}.assigned" not in viewer.permissions:
        return False
    return teamspace_id in (viewer.agent_teamspace_ids if kind is ConversationKind.CHAT else viewer.teamspace_ids)


def is_eligible(viewer: Viewer, scope: Scope) -> bool:
    """Whether the viewer is in the eligible set of a queued conversation (H4)."""
    if scope.handler is not Handler.QUEUE or not is_agent_for(viewer, scope.kind, scope.teamspace_id):
        return False
    return scope.is_everyone or viewer.user_id in scope.eligible_users or bool(viewer.team_ids & scope.eligible_teams)


def can_view(viewer: Viewer, scope: Scope) -> bool:
    """View, of SPEC 6a."""
    if scope.teamspace_id not in viewer.teamspace_ids:
        return False
    has = viewer.permissions
    x = noun(scope.kind)
    if f"{x}.view_all" in has or f"{x}.manage_all" in has or is_eligible(viewer, scope):
        return True
    holders = scope.past | {(scope.assignee_id, scope.team_id)}
    if f"{x}.assigned" in has and any(user == viewer.user_id for user, _ in holders):
        return True
    if f"{x}.view_teams" in has or f"{x}.manage_teams" in has:
        return any(team in viewer.team_ids or user in viewer.team_mate_ids for user, team in holders)
    return False


def can_manage(viewer: Viewer, scope: Scope) -> bool:
    """Manage, of SPEC 6a; a closed livechat's past does not count."""
    if scope.teamspace_id not in viewer.teamspace_ids:
        return False
    has = viewer.permissions
    x = noun(scope.kind)
    if f"{x}.manage_all" in has or is_eligible(viewer, scope):
        return True
    if f"{x}.assigned" in has and scope.assignee_id == viewer.user_id:
        return True
    if f"{x}.manage_teams" in has:
        return scope.team_id in viewer.team_ids or scope.assignee_id in viewer.team_mate_ids
    return False


QUEUE_PERMISSIONS = tuple(f"livechats.{reach}" for reach in ("view_teams", "manage_teams", "view_all", "manage_all"))
"""Any of them opens the page of the queue."""


def may_watch_queue(viewer: Viewer) -> bool:
    """Whether they may see conversations wait: as those who look after queues, or as live agents who may claim."""
    return bool(viewer.agent_teamspace_ids) or not viewer.permissions.isdisjoint(QUEUE_PERMISSIONS)


def visible_clause(viewer: Viewer, *, by_index: bool = True) -> ColumnElement[bool]:
    """`can_view` over the conversation table, for lists, counters and search.

    Without `by_index` no index of the teamspace is walked for it: for few conversations that are found otherwise.
    """
    if not viewer.teamspace_ids:
        return false()
    space = _c.teamspace_id if by_index else _c.teamspace_id + 0
    in_teamspaces: ColumnElement[bool] = space.in_(viewer.teamspace_ids)
    clauses: list[ColumnElement[bool]] = []
    kinds_all = [kind for kind in ConversationKind if _sees_all(viewer, kind)]
    if len(kinds_all) == len(ConversationKind):
        return in_teamspaces
    if kinds_all:
        clauses.append(_c.kind.in_(kinds_all))
    partial = [kind for kind in ConversationKind if kind not in kinds_all]
    before: list[ColumnElement[bool]] = []
    for users, teams in {_reach(viewer, kind) for kind in partial}:
        alike = _c.kind.in_([kind for kind in partial if _reach(viewer, kind) == (users, teams)])
        clauses += [and_(alike, clause) for clause in _held_clauses(users, teams)]
        before += [and_(alike, clause) for clause in _held_before_clauses(users, teams)]
    if viewer.agent_teamspace_ids:
        clauses.append(eligible_clause(viewer))
    clauses += before  # the dearest last: an OR ends at the first that is true
    if not clauses:
        return false()
    return and_(in_teamspaces, or_(*clauses))


def eligible_clause(viewer: Viewer) -> ColumnElement[bool]:
    """`is_eligible` over the conversation table."""
    listed = exists(
        select(_e.id).where(
            _e.queue_entry_id == _q.id, or_(_e.user_id == viewer.user_id, _e.team_id.in_(viewer.team_ids or {-1}))
        )
    )
    waiting = exists(
        select(_q.id).where(_q.conversation_id == _c.id, _q.left_at.is_(None), or_(_q.is_everyone, listed))
    )
    in_reach = and_(_c.handler == Handler.QUEUE, _c.teamspace_id.in_(viewer.agent_teamspace_ids or {-1}), waiting)
    kinds = [kind for kind in ConversationKind if f"{noun(kind)}.assigned" in viewer.permissions]
    return in_reach if len(kinds) == len(ConversationKind) else and_(_c.kind.in_(kinds), in_reach)


def _sees_all(viewer: Viewer, kind: ConversationKind) -> bool:
    x = noun(kind)
    return f"{x}.view_all" in viewer.permissions or f"{x}.manage_all" in viewer.permissions


def _reach(viewer: Viewer, kind: ConversationKind) -> tuple[frozenset[int], frozenset[int]]:
    """The users and teams whose conversations of this kind they see, without those that they see as eligible."""
    x = noun(kind)
    users = frozenset({viewer.user_id} if f"{x}.assigned" in viewer.permissions else ())
    if f"{x}.view_teams" in viewer.permissions or f"{x}.manage_teams" in viewer.permissions:
        return users | viewer.team_mate_ids, viewer.team_ids
    return users, frozenset()


def _held_clauses(users: frozenset[int], teams: frozenset[int]) -> Iterable[ColumnElement[bool]]:
    """Held by one of them now."""
    yield from (column.in_(keys) for column, keys in ((_c.assignee_id, users), (_c.team_id, teams)) if keys)


def _held_before_clauses(users: frozenset[int], teams: frozenset[int]) -> Iterable[ColumnElement[bool]]:
    """Held by one of them in a handoff that is closed."""
    held = [column.in_(keys) for column, keys in ((_past.c.assignee_id, users), (_past.c.team_id, teams)) if keys]
    if held:
        # Per row, and only of rows with a past: all that somebody ever had would be thousands, for a page of thirty.
        closed = and_(_past.c.conversation_id == _c.id, _past.c.closed_at.is_not(None))
        earlier = exists(select(_past.c.id).where(closed, or_(*held)).correlate(Conversation.__table__))
        yield and_(_c.handoff_id.is_not(None), earlier)
