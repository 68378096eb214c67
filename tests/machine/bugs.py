"""Bugs to plant, one at a time: the machine is worth nothing unless it finds each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboard.models.visibility import Viewer
from dashboard.services import (
    access,
    answers,
    assignment,
    flow,
    messaging,
    ownership,
    queueing,
    receipts,
    timeline,
    transfers,
)
from dashboard.services.holding import Held
from dashboard.services.minds import load_mind
from dashboard.workflow import inputs

Plant = Callable[[pytest.MonkeyPatch], None]


def late_answers_are_sent(patch: pytest.MonkeyPatch) -> None:
    """L3: the epoch under which the answer was asked for is not looked at."""

    def speak(uow: Any, held: Held, job: Any, text: str) -> None:
        timeline.append(uow, held, load_mind(uow, held, inputs.AnswerFailed("")).author, text)

    patch.setattr(answers, "_keep_suggestion", speak)


def stale_epochs_pass(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Held, "require_epoch", lambda *_: None)


def epoch_is_not_raised(patch: pytest.MonkeyPatch) -> None:
    true = ownership._compare_and_set

    def keep(uow: Any, held: Held, owner: Any) -> None:
        held.write(uow, epoch=held.epoch - 1)
        true(uow, held, owner)

    patch.setattr(ownership, "_compare_and_set", keep)


def the_limit_is_one_too_high(patch: pytest.MonkeyPatch) -> None:
    true = receipts.load_rules
    patch.setattr(assignment, "has_work", lambda *_: True)  # it would notice
    patch.setattr(assignment, "load_rules", lambda *given: replace(true(*given), limit=true(*given).limit + 1))


def a_close_frees_no_slot(patch: pytest.MonkeyPatch) -> None:
    true = ownership._shift_loads

    def shift(uow: Any, held: Held, former: int | None, status: Any, owner: Any) -> None:
        if owner.handler != "ai_agent":
            true(uow, held, former, status, owner)

    patch.setattr(ownership, "_shift_loads", shift)


def an_open_slot_serves_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(assignment, "route_now_and_after", lambda *_: None)


def numbers_have_gaps(patch: pytest.MonkeyPatch) -> None:
    true = timeline._take_numbers

    def skip(uow: Any, held: Held, author: Any, body: str, kind: Any, is_public: bool, also: Any) -> None:
        if kind == "activity" and not is_public:
            held.write(uow, last_seq=held.last_seq + 1)
        true(uow, held, author, body, kind, is_public, also)

    patch.setattr(timeline, "_take_numbers", skip)


def a_takeover_keeps_the_team(patch: pytest.MonkeyPatch) -> None:
    def keep(uow: Any, held: Held, owner: Any) -> None:
        ownership.change_owner(uow, held, replace(owner, team_id=held.team_id) if owner.how == "takeover" else owner)

    patch.setattr(transfers, "change_owner", keep)


def everybody_may_claim(patch: pytest.MonkeyPatch) -> None:
    def anybody(viewer: Viewer, scope: Any) -> bool:
        return bool(scope.handler == "queue")

    patch.setattr(access, "is_eligible", anybody)


def losers_are_strangers(patch: pytest.MonkeyPatch) -> None:
    """L8: who had a stake and cannot see it any more hears nothing."""
    patch.setattr(access, "had_stake", lambda *_: False)


def the_sender_is_picked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transfers, "enter_queue", lambda *given, **_: queueing.enter_queue(*given))


def a_reopened_chat_weighs_nothing(patch: pytest.MonkeyPatch) -> None:
    """A2: the slot of a chat that the person reopens is not taken again."""

    def reopen(uow: Any, held: Held) -> None:
        held.write(uow, status="open")

    patch.setattr(messaging, "reopen", reopen)


def the_assignment_record_stays_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ownership, "_open_assignment", lambda *_: None)


def feedback_is_never_given_up(patch: pytest.MonkeyPatch) -> None:
    true = flow.step

    def step(uow: Any, held: Held, given: Any) -> None:
        if not isinstance(given, inputs.HandoffAccepted | inputs.FeedbackTimeout):
            true(uow, held, given)

    patch.setattr(flow, "step", step)


ALL: tuple[Plant, ...] = (
    late_answers_are_sent,
    stale_epochs_pass,
    epoch_is_not_raised,
    the_limit_is_one_too_high,
    a_close_frees_no_slot,
    an_open_slot_serves_nobody,
    numbers_have_gaps,
    a_takeover_keeps_the_team,
    everybody_may_claim,
    losers_are_strangers,
    the_sender_is_picked,
    a_reopened_chat_weighs_nothing,
    the_assignment_record_stays_open,
    feedback_is_never_given_up,
)
