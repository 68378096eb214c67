"""What a user may do with a conversation: one function for pages, API, socket, exports and search (DESIGN 3.10)."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, exists, or_, select

from dashboard.models import Assignment, Conversation, QueueEligible, QueueEntry
from dashboard.models.enums import Handler
from dashboard.models.errors import NotFound, NotPermitted, OwnershipChanged
from dashboard.models.ids import is_public_id
from dashboard.models.membership import Reader
from dashboard.models.permissions import PERMISSION_NAMES
from dashboard.models.scopes import load_scope
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, Viewer, can_manage, can_view, is_agent_for, is_eligible, noun
from dashboard.services.holding import Held, hold
from dashboard.services.unit_of_work import UnitOfWork

_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c
_a = Assignment.__table__.c
_c = Conversation.__table__.c


class Action(StrEnum):
    VIEW = "view"
    NOTE = "note"
    CLAIM = "claim"
    REPLY = "reply"
    TRANSFER = "transfer"
    RETURN = "return"
    TAKEOVER = "takeover"
    SET_STATUS = "set_status"
    CLOSE_QUEUED = "close_queued"
    TAG = "tag"


def can(viewer: Viewer, action: Action, scope: Scope) -> bool:
    """Whether permission, reach and ownership allow `action` now; plans are checked apart (SPEC 13)."""
    if action in (Action.VIEW, Action.NOTE):
        return can_view(viewer, scope)
    if action is Action.TAG:
        return can_manage(viewer, scope)
    if action is Action.CLAIM:
        return is_eligible(viewer, scope)
    if action is Action.TAKEOVER:
        return _can_take_over(viewer, scope)
    if action is Action.CLOSE_QUEUED:
        return scope.handler is Handler.QUEUE and manages_all(viewer, scope)
    is_assignee = scope.assignee_id == viewer.user_id and can_manage(viewer, scope)
    if action is Action.TRANSFER:
        return is_assignee and f"{noun(scope.kind)}.transfer" in viewer.permissions
    return is_assignee


def _can_take_over(viewer: Viewer, scope: Scope) -> bool:
    if scope.assignee_id == viewer.user_id or f"{noun(scope.kind)}.transfer" not in viewer.permissions:
        return False
    if scope.handler is Handler.EXTERNAL:
        return False
    if scope.handler is Handler.LIVE_AGENT:
        return can_manage(viewer, scope)
    return manages_all(viewer, scope) or is_eligible(viewer, scope)


def manages_all(viewer: Viewer, scope: Scope) -> bool:
    """Whether the viewer manages all conversations of this kind in its teamspace."""
    reaches = scope.teamspace_id in viewer.teamspace_ids
    return reaches and f"{noun(scope.kind)}.manage_all" in viewer.permissions


def get_viewer(reader: Reader, user_id: int) -> Viewer:
    """The user with what they may see; raises NotPermitted when the account is gone or deactivated."""
    viewer = load_viewer(reader, user_id)
    if viewer is None:
        raise NotPermitted("This account is no longer active.")
    return viewer


def require(viewer: Viewer, permission: str) -> None:
    """Refuse whoever lacks a workspace permission of 6a; raises NotPermitted."""
    if permission not in viewer.permissions:
        raise NotPermitted(f"You need the permission \u201c{PERMISSION_NAMES[permission]}\u201d for this.")


def authorise(uow: UnitOfWork, user_id: int, permission: str) -> Viewer:
    """The user as of this transaction, who holds the permission; raises NotPermitted."""
    viewer = get_viewer(uow.conn, user_id)
    require(viewer, permission)
    return viewer


def get_conversation_id(reader: Reader, viewer: Viewer, public_id: str) -> int:
    """The sequential id of a conversation that the viewer may see; raises NotFound for a stranger."""
    found = is_public_id(public_id) and reader.execute(select(_c.id).where(_c.public_id == public_id)).scalar()
    if not found or not can_view(viewer, load_scope(reader, found)):
        raise NotFound
    return int(found)


def hold_for(uow: UnitOfWork, user_id: int, public_id: str) -> tuple[Viewer, Held, Scope]:
    """Lock a conversation for a user's verb, with their permissions as of this transaction.

    Raises NotFound for whoever neither sees it nor had a stake in its current handoff (L8).
    """
    if not is_public_id(public_id):
        raise NotFound
    held = hold(uow, public_id=public_id)
    viewer = get_viewer(uow.conn, user_id)
    scope = held.scope(uow)
    if not can_view(viewer, scope) and not had_stake(uow, viewer, held):
        raise NotFound
    return viewer, held, scope


def had_stake(uow: UnitOfWork, viewer: Viewer, held: Held) -> bool:
    """Whether the viewer was Assignee or in the eligible set since the latest handoff began (L8)."""
    return _was_assignee(uow, viewer, held) or _was_eligible(uow, viewer, held)


def refuse(uow: UnitOfWork, viewer: Viewer, held: Held, scope: Scope, sentence: str) -> NoReturn:
    """Refuse what only the Assignee, or a member of the eligible set, may do.

    Raises OwnershipChanged for whoever could have done it since the handoff began: they lost a race (L8).
    Raises NotPermitted with `sentence` for the others, who see the conversation but never could.
    """
    is_loser = _was_assignee(uow, viewer, held)
    is_loser = is_loser or (not is_eligible(viewer, scope) and _was_eligible(uow, viewer, held))
    if is_loser or _managed_before(viewer, scope):
        raise OwnershipChanged(held.ownership(uow))
    raise NotPermitted(sentence)


def _managed_before(viewer: Viewer, scope: Scope) -> bool:
    """Whether Manage reached a livechat that is closed by now, as of somebody's who loses against the close."""
    if scope.handler is not Handler.AI_AGENT:
        return False
    return any(can_manage(viewer, replace(scope, assignee_id=user, team_id=team)) for user, team in scope.past)


def _was_assignee(uow: UnitOfWork, viewer: Viewer, held: Held) -> bool:
    had_it = exists(select(_a.id).where(_in_episode(held, _a), _a.user_id == viewer.user_id))
    return bool(uow.conn.execute(select(had_it)).scalar())


def _was_eligible(uow: UnitOfWork, viewer: Viewer, held: Held) -> bool:
    if not is_agent_for(viewer, held.kind, held.teamspace_id):
        return False
    listed = exists(
        select(_e.id).where(
            _e.queue_entry_id == _q.id, or_(_e.user_id == viewer.user_id, _e.team_id.in_(viewer.team_ids or {-1}))
        )
    )
    waited_for_them = exists(select(_q.id).where(_in_episode(held, _q), or_(_q.is_everyone, listed)))
    return bool(uow.conn.execute(select(waited_for_them)).scalar())


def _in_episode(held: Held, columns: Any) -> ColumnElement[bool]:
    """Rows of the latest handoff; a ticket has none and is one episode from its creation."""
    of_handoff: ColumnElement[bool] = columns.handoff_id == held.handoff_id
    of_ticket: ColumnElement[bool] = columns.conversation_id == held.id
    return of_handoff if held.is_chat else of_ticket
