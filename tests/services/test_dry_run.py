"""The replay on days worked out by hand: who would have got what, when, and why somebody got nothing (A7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.models.enums import AssignmentHow, AvailabilityRecord, Method
from dashboard.queries.recorded import Agent, Change, Episode, History, Hold, Stay
from dashboard.services import dry_run
from dashboard.services.dry_run import Report, Settings

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = {1: "Bo", 2: "Cy", 3: "Eli"}
BO, CY, ELI = NAMES
AUTO, CLAIM, TRANSFER = AssignmentHow.AUTO, AssignmentHow.CLAIM, AssignmentHow.TRANSFER
BALANCED = Settings(Method.BALANCED, 10)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def stay(number: int, since: float, until: float | None, **also: object) -> Stay:
    return Stay(number, at(since), at(since), None if until is None else at(until), **also)  # type: ignore[arg-type]


def hold(user_id: int, since: float, until: float | None, how: AssignmentHow = AUTO, **also: object) -> Hold:
    ends = None if until is None else at(until)
    return Hold(user_id, NAMES[user_id], how, at(since), ends, **also)  # type: ignore[arg-type]


def handoff(number: int, *segments: Stay | Hold) -> Episode:
    return Episode(number, f"chat-{number}", f"Person {number}", segments[0].starts_at, segments)


def got(
    number: int, user_id: int, minute: float, *, wait: float = 0, held: float | None = 60, **also: object
) -> Episode:
    """A handoff that waited, was assigned automatically, and was held for so many minutes."""
    start = minute + wait
    end = None if held is None else start + held
    return handoff(number, stay(number, minute, start, **also), hold(user_id, start, end))


def online(*user_ids: int, minute: float = -10) -> list[Change]:
    states = (AvailabilityRecord.PRESENT, AvailabilityRecord.ONLINE)
    return [
        Change(user_id, state, at(minute) + timedelta(seconds=index))
        for index, user_id in enumerate(user_ids)
        for state in states
    ]


def away(user_id: int, minute: float) -> Change:
    return Change(user_id, AvailabilityRecord.AWAY, at(minute))


def day(episodes: Iterable[Episode], changes: Iterable[Change], *, now: float = 600, **also: object) -> History:
    agents = tuple(Agent(user_id, f"user-{user_id}", name) for user_id, name in NAMES.items())
    history = History(at(now), agents, tuple(sorted(changes, key=lambda each: each.at)), tuple(episodes))
    return replace(history, **also)  # type: ignore[arg-type]


def who(report: Report) -> list[str | None]:
    return [line.now.name for line in report.lines]


def waits(report: Report) -> list[str]:
    return [line.now.wait_words for line in report.lines]


def test_a_limit_of_one_makes_the_second_chat_wait_for_the_first() -> None:
    history = day([got(1, BO, 0, held=30), got(2, BO, 5, held=30)], online(BO))
    report = dry_run.try_out(history, Settings(Method.BALANCED, 1))
    assert who(report) == ["Bo", "Bo"]
    assert waits(report) == ["at once", "25 min"]
    assert (report.now.median, report.now.longest) == (timedelta(minutes=12.5), timedelta(minutes=25))
    assert (report.then.median, report.moved) == (timedelta(), 0)


def test_a_higher_limit_gives_at_once_what_waited_then() -> None:
    history = day([got(1, BO, 0, held=30), got(2, BO, 5, wait=25, held=30)], online(BO))
    report = dry_run.try_out(history, Settings(Method.BALANCED, 2))
    assert waits(report) == ["at once", "at once"]
    assert report.lines[1].then.wait_words == "25 min"


def test_balanced_spreads_what_one_agent_had_got() -> None:
    episodes = [got(number, BO, number) for number in range(4)]
    report = dry_run.try_out(day(episodes, online(BO, CY)), BALANCED)
    assert who(report) == ["Bo", "Cy", "Bo", "Cy"]
    assert {share.name: (share.then, share.now) for share in report.shares} == {
        "Bo": (4, 2),
        "Cy": (0, 2),
        "Eli": (0, 0),
    }
    assert report.moved == 2


def test_round_robin_goes_by_the_order_of_coming_online_and_who_left_comes_last() -> None:
    changes = [*online(CY, minute=-30), *online(BO, minute=-20), *online(ELI, minute=-10)]
    changes += [away(CY, 2.5), Change(CY, AvailabilityRecord.ONLINE, at(2.6))]
    episodes = [got(number, BO, number, held=1) for number in range(6)]
    report = dry_run.try_out(day(episodes, changes), Settings(Method.ROUND_ROBIN, 10))
    assert who(report) == ["Cy", "Bo", "Eli", "Cy", "Bo", "Eli"]


def test_random_is_drawn_the_same_way_each_time() -> None:
    history = day([got(number, BO, number, held=1) for number in range(40)], online(BO, CY, ELI))
    first, second = (dry_run.try_out(history, Settings(Method.RANDOM, 10)) for _ in range(2))
    assert who(first) == who(second)
    assert set(who(first)) == {"Bo", "Cy", "Eli"}


def test_voluntary_leaves_everything_to_be_claimed_and_repeats_the_claims_of_then() -> None:
    claimed = handoff(2, stay(2, 5, 9), hold(CY, 9, 30, CLAIM))
    history = day([got(1, BO, 0), claimed], [*online(BO, CY), away(CY, 4)])
    report = dry_run.try_out(history, Settings(Method.VOLUNTARY, 10))
    assert who(report) == [None, "Cy"]
    assert report.lines[0].now.words == "Waits for a claim. Online then: Bo, Cy."
    assert (report.lines[1].now.words, report.lines[1].now.wait_words) == ("claimed", "4 min")
    assert (report.unrouted, report.unrouted_then) == (1, 0)


def test_what_was_claimed_then_is_assigned_before_where_the_method_does_so() -> None:
    claimed = handoff(1, stay(1, 0, 9), hold(CY, 9, 30, CLAIM))
    report = dry_run.try_out(day([claimed], online(BO)), BALANCED)
    assert (who(report), waits(report)) == (["Bo"], ["at once"])
    assert report.lines[0].then.words == "claimed"


def test_a_handoff_waits_until_somebody_comes_online_in_the_order_of_the_requests() -> None:
    episodes = [got(1, BO, 0, wait=1), got(2, BO, 1, wait=1)]
    report = dry_run.try_out(day(episodes, online(CY, minute=20)), Settings(Method.BALANCED, 1))
    assert (who(report), waits(report)) == (["Cy", "Cy"], ["20 min", "1 h 19 min"])


@pytest.mark.parametrize(
    ("changes", "limit", "words"),
    [
        ([], 10, "Could not be routed: nobody who may have it was online."),
        (online(CY), 10, "Could not be routed: nobody who may have it was online."),
        (online(BO), 1, "Could not be routed: everybody online was at the limit of 1."),
    ],
)
def test_what_could_not_be_routed_says_why(changes: list[Change], limit: int, words: str) -> None:
    first = got(1, BO, 0, held=None, eligible=frozenset([BO]))
    second = got(2, BO, 5, eligible=frozenset([BO]))
    line = dry_run.try_out(day([first, second], changes), Settings(Method.BALANCED, limit)).lines[1]
    assert (line.now.name, line.now.words) == (None, words)


@pytest.mark.parametrize(
    ("last", "owners", "wait"), [({}, ["Bo", "Cy"], "5 min"), ({BO: at(-60)}, ["Cy", "Cy"], "at once")]
)
def test_a_transfer_to_a_team_is_repeated_by_whoever_has_it_and_never_comes_back_to_them(
    last: dict[int, datetime], owners: list[str], wait: str
) -> None:
    team = frozenset([BO, CY])
    given = handoff(
        1, stay(1, 0, 0), hold(BO, 0, 10), stay(2, 10, 10, eligible=team, excluded_user_id=BO), hold(CY, 10, 20)
    )
    later = got(2, CY, 15, eligible=frozenset([CY]))
    history = day([given, later], online(BO, CY, ELI), last_assigned={ELI: at(-50), **last})
    report = dry_run.try_out(history, Settings(Method.BALANCED, 1))
    assert (who(report), waits(report)) == (owners, ["at once", wait])


def test_a_resolved_chat_frees_its_slot_until_it_is_reopened() -> None:
    turns = ((at(10), False), (at(20), True))
    first = handoff(1, stay(1, 0, 0), hold(BO, 0, 60, turns=turns))
    episodes = [first, got(2, BO, 12, held=3), got(3, BO, 22, wait=38)]
    report = dry_run.try_out(day(episodes, online(BO)), Settings(Method.BALANCED, 1))
    assert waits(report) == ["at once", "at once", "38 min"]


def test_other_chats_and_tickets_fill_slots_as_they_did() -> None:
    beside = (hold(BO, -5, 15), hold(CY, -5, 90, AUTO, is_chat=False))
    history = day([got(1, BO, 0)], online(BO, CY), beside=beside)
    assert who(dry_run.try_out(history, Settings(Method.BALANCED, 10))) == ["Bo"], "one chat and one ticket: a tie"
    assert who(dry_run.try_out(history, Settings(Method.BALANCED, 1))) == ["Cy"], "a ticket fills no slot"


def test_a_tie_goes_to_whoever_was_longest_without_one_before_the_replay_begins() -> None:
    history = day([got(1, BO, 0)], online(BO, CY), last_assigned={BO: at(-60), CY: at(-90)})
    assert who(dry_run.try_out(history, BALANCED)) == ["Cy"]


def test_what_was_closed_in_the_queue_ends_at_that_moment_whoever_has_it() -> None:
    closed = handoff(1, stay(1, 0, 30))
    history = day([closed, got(2, BO, 5, wait=1)], online(BO))
    report = dry_run.try_out(history, Settings(Method.BALANCED, 1))
    assert waits(report) == ["at once", "25 min"]
    assert report.lines[0].then.words == "closed while it waited"
    nobody = dry_run.try_out(day([closed], []), BALANCED).lines[0].now.words
    assert nobody == "Could not be routed: nobody who may have it was online. It was closed while it waited."


def test_the_picture_scales_to_the_longest_and_shows_what_nobody_got() -> None:
    history = day([got(1, BO, 0, wait=16, held=None), got(2, CY, 1, wait=4)], online(BO, minute=16))
    picture = dry_run.draw(dry_run.try_out(history, Settings(Method.BALANCED, 1)))
    assert [(bar.name, bar.then_length, bar.now_length) for bar in picture.bars[:2]] == [
        ("Bo", 100, 100),
        ("Cy", 100, 0),
    ]
    assert [(column.then, column.now) for column in picture.columns] == [(100, 100), (50, None)]
    assert picture.longest == "16 min"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "at once"), (45, "45 s"), (134, "2 min 14 s"), (120, "2 min"), (3_900, "1 h 5 min"), (183_600, "2 d 3 h")],
)
def test_waits_are_told_in_words(seconds: float, words: str) -> None:
    assert dry_run.report.words_for(timedelta(seconds=seconds)) == words
