"""Claim, transfer and takeover: a user makes a conversation theirs, or gives it away (SPEC 6)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.models import Team, TeamspaceTeam
from dashboard.models.enums import AssignmentHow, Handler, HandoffSource, MessageKind, Status
from dashboard.models.errors import Invalid, NotPermitted, Refused
from dashboard.models.ids import is_public_id
from dashboard.models.visibility import Scope, Viewer, can_view, noun
from dashboard.services import assignment, flow, giving, offers
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
from dashboard.services.timeline import Posted, find_repeated, joined
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.workflow import inputs

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


@dataclass(frozen=True)
class Given:
    """To whom it went, by name, or to whom it was offered (T5)."""

    to: str
    is_offer: bool = False


def transfer_to_user(
    viewer: Viewer, public_id: str, user_public_id: str, note: object = None, epoch: int | None = None
) -> Given:
    """The Assignee gives the conversation to another permitted user (T2), who is asked first where that is wanted (T5).

    Raises Invalid for who cannot have it, Refused while it is offered to somebody else.
    """
    words = clean_text(note or "", "note", limit=1_000, required=False)
    with unit_of_work() as uow:
        viewer, held, scope = giving.hold_for_transfer(uow, viewer, public_id, epoch)
        target = giving.find_target(uow, held, user_public_id)
        if target.user_id == viewer.user_id:
            raise Invalid({"user": "You have this conversation already."})
        if offers.are_wanted(uow, held.teamspace_id):
            offers.make_offer(uow, held, viewer, target, words)
            return Given(target.name, is_offer=True)
        giving.give_to_user(uow, held, scope, viewer, target, words)
        assignment.route_now_and_after(uow, held.teamspace_id)
        return Given(target.name)


def transfer_to_team(
    viewer: Viewer, public_id: str, team_public_id: str, note: object = None, epoch: int | None = None
) -> Given:
    """The Assignee gives it to a team: Chat Assignment picks the member, or it waits for the team (T2, T4)."""
    words = clean_text(note or "", "note", limit=1_000, required=False)
    with unit_of_work() as uow:
        viewer, held, scope = giving.hold_for_transfer(uow, viewer, public_id, epoch)
        is_here = _tt.teamspace_id == held.teamspace_id
        is_it = _t.public_id == team_public_id
        team = None
        if is_public_id(team_public_id):
            # Locked against a change that is going on: a team that leaves gets nothing more (L10).
            linked = select(_t.id, _t.name).join(TeamspaceTeam.__table__, _tt.team_id == _t.id).where(is_it, is_here)
            team = uow.conn.execute(linked.with_for_update(read=True, key_share=True)).first()
        if team is None:
            raise Invalid({"team": "There is no such team in this teamspace."})
        was = giving.state_of(held)
        cancel_timer(uow, autoclose_key(held))
        change_owner(uow, held, Owner(Handler.QUEUE, Status.PENDING, team_id=team.id))
        # The sender is not picked, but sees it and may claim it back (A5).
        eligible = EligibleSet(False, frozenset([viewer.user_id]), frozenset([team.id]))
        enter_queue(uow, held, eligible, excluded_user_id=viewer.user_id)
        giving.tell_transfer(uow, held, viewer, team.name, words, was)
        uow.emit(ConversationTransferred(held.id, held.teamspace_id, scope.to_json(), held.epoch, None, team.id))
        assignment.route_now_and_after(uow, held.teamspace_id)
        assignment.explain(uow, held)
        return Given(team.name)


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
