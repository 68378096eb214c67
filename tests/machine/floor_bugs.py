"""Bugs of Chat Assignment to plant, one at a time: the machine is worth nothing unless it finds each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.models import Teamspace, User
from dashboard.models.enums import Method
from dashboard.queries.candidates import Candidate
from dashboard.services import (
    absence,
    assignment,
    availability,
    belonging,
    chat_assignment,
    closing,
    flow,
    methods,
    ownership,
    picking,
    plans,
    presence,
    queueing,
    receipts,
    returning,
    transfers,
)
from dashboard.services.holding import Held

Plant = Callable[[pytest.MonkeyPatch], None]

ROUTES_NOTHING = SimpleNamespace(
    route_now_and_after=lambda *_: None, explain=lambda *_: None, drain=lambda *_: 0, rules_changed=lambda *_: None
)


# --- who may be picked ------------------------------------------------------------------------------------------------


def the_limit_is_one_too_high(patch: pytest.MonkeyPatch) -> None:
    true = receipts.load_rules
    patch.setattr(assignment, "has_work", lambda *_: True)  # it would notice
    patch.setattr(assignment, "load_rules", lambda *given: replace(true(*given), limit=true(*given).limit + 1))


def obstacle_is_overlooked(name: str) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        true = Candidate.obstacle

        def overlook(self: Candidate, **given: Any) -> str | None:
            found = true(self, **given)
            return None if found == name else found

        patch.setattr(Candidate, "obstacle", overlook)

    plant.__name__ = f"{name}_is_overlooked"
    return plant


def a_ticket_fills_a_slot(patch: pytest.MonkeyPatch) -> None:
    true = Candidate.obstacle

    def refuse(self: Candidate, *, limit: int, **given: Any) -> str | None:
        return true(self, limit=limit - self.open_tickets, **given)

    patch.setattr(Candidate, "obstacle", refuse)


def the_sender_is_picked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transfers, "enter_queue", lambda *given, **_: queueing.enter_queue(*given))


def who_gives_it_back_is_picked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(returning, "enter_queue", lambda *given, **_: queueing.enter_queue(*given))


def the_language_does_not_matter(patch: pytest.MonkeyPatch) -> None:
    true = flow._find_eligible

    def forget(uow: Any, held: Held, effect: Any) -> Any:
        return true(uow, held, replace(effect, language=None))

    patch.setattr(flow, "_find_eligible", forget)


def an_empty_list_waits_for_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queueing, "_is_reachable", lambda *_: True)


def a_return_forgets_its_team(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(returning, "returning_set", lambda *_: queueing.EVERYONE)


# --- which of them ----------------------------------------------------------------------------------------------------


def balanced_overlooks_tickets(patch: pytest.MonkeyPatch) -> None:
    def order(free: Any, _turn: Any = None) -> list[Candidate]:
        never = datetime.min.replace(tzinfo=UTC)
        return sorted(free, key=lambda each: (each.open_chats, each.last_assigned_at or never, each.user_id))

    patch.setitem(methods.ORDERS, Method.BALANCED, order)


def a_tie_goes_to_the_first_in_the_list(patch: pytest.MonkeyPatch) -> None:
    def order(free: Any, _turn: Any = None) -> list[Candidate]:
        return sorted(free, key=lambda each: (each.open_chats + each.open_tickets, each.user_id))

    patch.setitem(methods.ORDERS, Method.BALANCED, order)


def a_claim_is_no_assignment(patch: pytest.MonkeyPatch) -> None:
    """The tie of Balanced does not see who has just helped themselves."""
    true = ownership.adjust_load

    def forget(*given: Any, is_assignment: bool = False) -> None:
        true(*given, is_assignment=is_assignment and given[1].status != "open")

    patch.setattr(ownership, "adjust_load", forget)


def the_ring_is_in_the_order_of_the_list(patch: pytest.MonkeyPatch) -> None:
    start = datetime.min.replace(tzinfo=UTC)
    patch.setattr(methods, "ring_place", lambda each: (start, each.user_id))


def the_ring_forgets_its_place(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(methods.ORDERS, Method.ROUND_ROBIN, lambda free, _turn: methods.round_robin(free, None))


def every_method_moves_the_turn(patch: pytest.MonkeyPatch) -> None:
    true = picking.Picking.give

    def give(self: picking.Picking, chosen: Candidate, **given: Any) -> None:
        true(self, chosen, **given)
        self.turn = picking.Turn(chosen.user_id, chosen.online_since or given["at"], chosen.name)

    patch.setattr(picking.Picking, "give", give)


def a_claim_moves_the_turn(patch: pytest.MonkeyPatch) -> None:
    def change(uow: Any, held: Held, owner: Any) -> None:
        ownership.change_owner(uow, held, owner)
        since = uow.conn.execute(select(User.online_since).where(User.id == owner.user_id)).scalar()
        if since is not None:
            place = {"turn_at": since, "turn_user_id": owner.user_id}
            uow.conn.execute(update(Teamspace.__table__).values(place))

    patch.setattr(transfers, "change_owner", change)


def a_reconnect_costs_the_place(patch: pytest.MonkeyPatch) -> None:
    true = presence.begin_turns

    def begin(uow: Any, user_ids: Any) -> None:
        for user_id in user_ids:
            presence.end_turns(uow, user_id)
        true(uow, user_ids)

    patch.setattr(availability, "begin_turns", begin)


def a_restart_costs_the_place(patch: pytest.MonkeyPatch) -> None:
    true = absence._find_ended
    patch.setattr(absence, "_find_ended", lambda reader, now, spares_lost: true(reader, now, spares_lost=False))


def who_goes_away_keeps_the_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(availability, "end_turns", lambda *_: None)


def who_drops_out_keeps_the_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(absence, "end_turns", lambda *_: None)


def voluntary_assigns(patch: pytest.MonkeyPatch) -> None:
    true = receipts.load_rules

    def load(*given: Any) -> Any:
        rules = true(*given)
        return replace(rules, method=Method.BALANCED if rules.method is Method.VOLUNTARY else rules.method)

    patch.setattr(assignment, "load_rules", load)


def the_plan_does_not_matter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(receipts, "effective_method", lambda stored, _plan: stored)


# --- in which order, and when -----------------------------------------------------------------------------------------


def the_youngest_is_served_first(patch: pytest.MonkeyPatch) -> None:
    true = assignment.load_waiting
    patch.setattr(assignment, "load_waiting", lambda *given: list(reversed(true(*given))))


def a_return_goes_to_the_end_of_the_queue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queueing, "_requested_at", lambda uow, held: uow.now)


def one_that_nobody_may_have_blocks_the_others(patch: pytest.MonkeyPatch) -> None:
    true = assignment._find_routable

    def only_the_first(uow: Any, teamspace_id: int, given: picking.Picking, seen: set[int]) -> Any:
        for entry, eligible in true(uow, teamspace_id, given, seen):
            if len(seen) == 1:
                yield entry, eligible
            return

    patch.setattr(assignment, "_find_routable", only_the_first)


def forgets_to_route(module: Any, name: str) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(module, "assignment", ROUTES_NOTHING)

    plant.__name__ = name
    return plant


def who_comes_gets_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(availability, "route_for", lambda *_: None)


def another_plan_serves_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plans, "route_now_and_after", lambda *_: None)


def nothing_returns(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(absence, "return_unanswered", lambda *_: 0)


ALL: tuple[Plant, ...] = (
    the_limit_is_one_too_high,
    obstacle_is_overlooked("away"),
    obstacle_is_overlooked("absent"),
    obstacle_is_overlooked("not_eligible"),
    obstacle_is_overlooked("no_tickets"),
    a_ticket_fills_a_slot,
    the_sender_is_picked,
    who_gives_it_back_is_picked,
    the_language_does_not_matter,
    an_empty_list_waits_for_nobody,
    a_return_forgets_its_team,
    balanced_overlooks_tickets,
    a_tie_goes_to_the_first_in_the_list,
    a_claim_is_no_assignment,
    the_ring_is_in_the_order_of_the_list,
    the_ring_forgets_its_place,
    every_method_moves_the_turn,
    a_claim_moves_the_turn,
    a_reconnect_costs_the_place,
    a_restart_costs_the_place,
    who_goes_away_keeps_the_place,
    who_drops_out_keeps_the_place,
    voluntary_assigns,
    the_plan_does_not_matter,
    the_youngest_is_served_first,
    a_return_goes_to_the_end_of_the_queue,
    one_that_nobody_may_have_blocks_the_others,
    forgets_to_route(closing, "a_close_serves_nobody"),
    forgets_to_route(transfers, "a_transfer_serves_nobody"),
    forgets_to_route(returning, "a_return_serves_nobody"),
    forgets_to_route(belonging, "a_new_member_gets_nothing"),
    forgets_to_route(chat_assignment, "another_limit_serves_nobody"),
    who_comes_gets_nothing,
    another_plan_serves_nobody,
    nothing_returns,
)
