"""Claim, transfer and takeover: a user makes a conversation theirs, or gives it away (SPEC 6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard.models import Team, TeamspaceTeam, User
from dashboard.models.enums import AssignmentHow, Handler, HandoffSource, MessageKind, Status
from dashboard.models.errors import Invalid, NotPermitted, Refused
from dashboard.models.ids import is_public_id
from dashboard.models.viewers import load_viewer
from dashboard.models.visibility import Scope, Viewer, can_view, noun
from dashboard.services import assignment, flow, plans
from dashboard.services.access import Action, can, hold_for, refuse
from dashboard.services.events import ConversationClaimed, ConversationTakenOver, ConversationTransferred, QueueMoved
from dashboard.services.handoff import HandoffRequest, open_handoff
from dashboard.services.holding import Held
from dashboard.services.jobs import cancel_timer
from dashboard.services.messaging import post_reply, require_reachable
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.queueing import EligibleSet, enter_queue
from dashboard.services.reopening import autoclose_key
from dashboard.services.text import clean_client_id, clean_text
from dashboard.services.timeline import Posted, activity, find_repeated, joined
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.workflow import inputs

_u = User.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__.c


def claim(viewer: Viewer, public_id: str, epoch: int | None = None) -> None:
    """A member of the eligible set takes a queued conversation; repeated by its Assignee it changes nothing.

    Raises OwnershipChanged when another was faster (L8), NotPermitted for whoever is not eligible.
    """
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        if held.assignee_id == viewer.user_id:
            return
        held.require_epoch(uow, epoch)
        if not can(viewer, Action.CLAIM, scope):
            refuse(uow, viewer, held, scope, "Only the users and teams that it waits for may claim it.")
        owner = Owner(
            Handler.LIVE_AGENT, Status.OPEN, viewer.user_id, held.team_id, AssignmentHow.CLAIM, viewer.user_id
        )
        change_owner(uow, held, owner)
        joined(uow, held, viewer.user_id, viewer.shown_name, AssignmentHow.CLAIM)
        uow.emit(ConversationClaimed(held.id, held.teamspace_id, scope.to_json(), held.epoch, viewer.user_id))
        uow.emit(QueueMoved(None, held.teamspace_id))


def take_over(viewer: Viewer, public_id: str, text: object, client_id: object, epoch: int | None = None) -> Posted:
    """Takeover & Send: owner and reply change in one transaction, or nothing does (T6).

    Raises OwnershipChanged when the conversation moved on, Obstacle when the reply could not reach the person,
    NotPermitted and PlanRequired by role and plan.
    """
    body, key = clean_text(text), clean_client_id(client_id)
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        repeated = find_repeated(uow, held, viewer.author_key, key, body, MessageKind.TEXT)
        if repeated is not None:
            return Posted(held.public_id, repeated, is_new=False)
        held.require_epoch(uow, epoch)
        if held.assignee_id == viewer.user_id and can(viewer, Action.REPLY, scope):
            return post_reply(uow, held, viewer, body, key)
        if not can(viewer, Action.TAKEOVER, scope):
            _refuse_takeover(uow, viewer, held, scope)
        require_reachable(uow, held)
        _become_owner(uow, held, viewer)
        uow.emit(ConversationTakenOver(held.id, held.teamspace_id, scope.to_json(), held.epoch, viewer.user_id))
        posted = post_reply(uow, held, viewer, body, key)
        assignment.route_now_and_after(uow, held.teamspace_id)
        return posted


def transfer_to_user(
    viewer: Viewer, public_id: str, user_public_id: str, note: object = None, epoch: int | None = None
) -> None:
    """The Assignee gives the conversation to another permitted user (T2); raises Invalid for who cannot have it."""
    words = clean_text(note or "", "note", limit=1_000, required=False)
    with unit_of_work() as uow:
        viewer, held, scope = _hold_for_transfer(uow, viewer, public_id, epoch)
        target = _find_target(uow, held, scope, user_public_id)
        if target.user_id == viewer.user_id:
            raise Invalid({"user": "You have this conversation already."})
        # Assigning sets Open; an Overdue one stays so until it is answered (L6).
        status = Status.OVERDUE if held.status is Status.OVERDUE else Status.OPEN
        how, was = AssignmentHow.TRANSFER, _state(held)
        owner = Owner(Handler.LIVE_AGENT, status, target.user_id, None, how, viewer.user_id, words or None)
        change_owner(uow, held, owner)
        _tell_transfer(uow, held, viewer, target.name, words, was)
        joined(uow, held, target.user_id, target.shown_name, AssignmentHow.TRANSFER)
        uow.emit(ConversationTransferred(held.id, held.teamspace_id, scope.to_json(), held.epoch, target.user_id, None))
        assignment.route_now_and_after(uow, held.teamspace_id)


def transfer_to_team(
    viewer: Viewer, public_id: str, team_public_id: str, note: object = None, epoch: int | None = None
) -> None:
    """The Assignee gives it to a team: Chat Assignment picks the member, or it waits for the team (T2, T4)."""
    words = clean_text(note or "", "note", limit=1_000, required=False)
    with unit_of_work() as uow:
        viewer, held, scope = _hold_for_transfer(uow, viewer, public_id, epoch)
        is_here = _tt.teamspace_id == held.teamspace_id
        is_it = _t.public_id == team_public_id
        team = None
        if is_public_id(team_public_id):
            # Locked against a change that is going on: a team that leaves gets nothing more (L10).
            linked = select(_t.id, _t.name).join(TeamspaceTeam.__table__, _tt.team_id == _t.id).where(is_it, is_here)
            team = uow.conn.execute(linked.with_for_update(read=True, key_share=True)).first()
        if team is None:
            raise Invalid({"team": "There is no such team in this teamspace."})
        was = _state(held)
        change_owner(uow, held, Owner(Handler.QUEUE, Status.PENDING, team_id=team.id))
        # The sender is not picked, but sees it and may claim it back (A5).
        eligible = EligibleSet(False, frozenset([viewer.user_id]), frozenset([team.id]))
        enter_queue(uow, held, eligible, excluded_user_id=viewer.user_id)
        _tell_transfer(uow, held, viewer, team.name, words, was)
        uow.emit(ConversationTransferred(held.id, held.teamspace_id, scope.to_json(), held.epoch, None, team.id))
        assignment.route_now_and_after(uow, held.teamspace_id)
        assignment.explain(uow, held)


def _hold_for_transfer(
    uow: UnitOfWork, viewer: Viewer, public_id: str, epoch: int | None
) -> tuple[Viewer, Held, Scope]:
    viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
    plans.require(uow.conn, "transfers")
    held.require_epoch(uow, epoch)
    if not can(viewer, Action.TRANSFER, scope):
        sentence = "Only the Assignee transfers a conversation, with a role that allows it."
        if held.assignee_id == viewer.user_id:
            raise NotPermitted(sentence)
        refuse(uow, viewer, held, scope, sentence)
    if held.status is Status.CLOSED:
        raise Refused("This ticket is closed.")
    cancel_timer(uow, autoclose_key(held))
    return viewer, held, scope


def _find_target(uow: UnitOfWork, held: Held, scope: Scope, public_id: str) -> Viewer:
    """A live agent of the teamspace; for tickets one who manages tickets there (T2)."""
    found = None
    if is_public_id(public_id):
        found = uow.conn.execute(select(_u.id).where(_u.public_id == public_id)).scalar()
    target = load_viewer(uow.conn, found) if found else None
    if target is None or f"{noun(scope.kind)}.assigned" not in target.permissions:
        raise Invalid({"user": "This user cannot have the conversation."})
    reached = target.agent_teamspace_ids if held.is_chat else target.teamspace_ids
    if held.teamspace_id not in reached:
        raise Invalid({"user": "This user is not a live agent of this teamspace."})
    return target


def _refuse_takeover(uow: UnitOfWork, viewer: Viewer, held: Held, scope: Scope) -> None:
    if held.handler is Handler.EXTERNAL:
        raise Refused("This conversation continues elsewhere and is read only here.")
    sentence = "Your role does not allow taking over this conversation."
    if can_view(viewer, scope) and f"{noun(scope.kind)}.transfer" not in viewer.permissions:
        raise NotPermitted(sentence)
    refuse(uow, viewer, held, scope, sentence)


def _become_owner(uow: UnitOfWork, held: Held, viewer: Viewer) -> None:
    if held.is_chat and held.handler is Handler.AI_AGENT:
        request = HandoffRequest(HandoffSource.TAKEOVER, f"{viewer.name} took over from the AI agent.")
        open_handoff(uow, held, request, Status.OPEN)
        flow.step(uow, held, inputs.HandoffAccepted(None))
    cancel_timer(uow, autoclose_key(held))
    was = held.handler
    owner = Owner(Handler.LIVE_AGENT, Status.OPEN, viewer.user_id, None, AssignmentHow.TAKEOVER, viewer.user_id)
    change_owner(uow, held, owner)
    joined(uow, held, viewer.user_id, viewer.shown_name, AssignmentHow.TAKEOVER)
    if was is Handler.QUEUE:
        uow.emit(QueueMoved(None, held.teamspace_id))


def _state(held: Held) -> dict[str, Any]:
    """What Undo brings back (T3)."""
    return {"status": held.status, "team_id": held.team_id}


def _tell_transfer(uow: UnitOfWork, held: Held, viewer: Viewer, to: str, note: str, was: dict[str, Any]) -> None:
    sentence = f"{viewer.name} transferred to {to}" + (f": “{note}”" if note else ".")
    activity(uow, held, "transferred", sentence, by_user_id=viewer.user_id, to=to, note=note or None, was=was)
