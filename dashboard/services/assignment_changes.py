"""What a change of Chat Assignment means for whom, in sentences: before it is saved, and after."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.models.enums import Method
from dashboard.models.permissions import FEATURES, effective_method
from dashboard.queries.candidates import Candidate
from dashboard.queries.chat_assignment import Floor, Stored, Values
from dashboard.services.chat_assignment import Saved

METHOD_NAMES = {
    Method.BALANCED: "Balanced",
    Method.RANDOM: "Random",
    Method.ROUND_ROBIN: "Round robin",
    Method.VOLUNTARY: "Voluntary",
}
METHOD_HELP = {
    Method.BALANCED: "Whoever holds the fewest open conversations gets the next chat. A tie goes to whoever has been "
    "longest without one.",
    Method.RANDOM: "Any free agent, each as likely.",
    Method.ROUND_ROBIN: "One after the other, in the order in which they came online. Whoever went away and came back "
    "stands at the end.",
    Method.VOLUNTARY: "Nothing is assigned. Agents claim from the pending queue, Away ones too.",
}


def needed_plan(method: Method) -> str | None:
    """The name of the plan that a method needs; None for the one that every plan has."""
    plan = FEATURES.get(f"method.{method.value}")
    return plan.value.capitalize() if plan else None


def plan_words(stored: Stored) -> str | None:
    """`Round robin is stored; the plan is Free, so Balanced runs.` None while the stored method runs (A1)."""
    if stored.method is stored.values.method:
        return None
    chosen, runs = METHOD_NAMES[stored.values.method], METHOD_NAMES[stored.method]
    return f"{chosen} is stored; the plan is {stored.plan.value.capitalize()}, so {runs} runs."


def describe(stored: Stored, wanted: Values, floor: Floor) -> list[str]:
    """What saving `wanted` would change, for whom; the rules that never change come last."""
    method = effective_method(wanted.method, stored.plan)
    sentences = []
    if method is not stored.method:
        sentences.append(f"{METHOD_NAMES[method]} instead of {METHOD_NAMES[stored.method]}. {_of_method(method)}")
    if wanted.auto_limit != stored.values.auto_limit:
        sentences.append(_of_limit(stored.values.auto_limit, wanted.auto_limit, floor.candidates))
    if sentences and floor.waiting:
        sentences.append(_of_waiting(method, wanted.auto_limit, floor))
    return sentences + _of_the_rest(stored.values, wanted)


def tell(saved: Saved) -> str:
    """What followed from a save: `Balanced instead of Voluntary. 3 waiting chats were assigned.`"""
    before, after = saved.before, saved.after
    if before.values == after.values:
        return "Nothing was different."
    parts = []
    if after.method is not before.method:
        parts.append(f"{METHOD_NAMES[after.method]} instead of {METHOD_NAMES[before.method]}.")
    if after.values.auto_limit != before.values.auto_limit:
        parts.append(f"The limit is {after.values.auto_limit} instead of {before.values.auto_limit}.")
    if saved.assigned:
        parts.append(f"{_count(saved.assigned, 'waiting chat')} {_was(saved.assigned)} assigned.")
    if saved.waiting and parts:
        ending = "to be claimed" if after.method is Method.VOLUNTARY else "until somebody is free"
        parts.append(f"{_count(saved.waiting, 'chat')} {'waits' if saved.waiting == 1 else 'wait'} {ending}.")
    return " ".join([*parts, *_of_the_rest(before.values, after.values)])


def _of_method(method: Method) -> str:
    if method is Method.VOLUNTARY:
        return "From then on nobody gets a chat automatically: each one waits until an agent claims it."
    return "It decides about the chats that come from then on; what somebody has stays with them."


def _of_limit(before: int, after: int, candidates: Sequence[Candidate]) -> str:
    words = f"{after} auto-assigned chats at most instead of {before}."
    over = [each for each in candidates if each.open_chats > after]
    if after < before and over:
        names = ", ".join(f"{each.name} ({each.open_chats})" for each in over)
        has, keep, get = ("is", "keeps what they have", "gets") if len(over) == 1 else ("are", "keep theirs", "get")
        return f"{words} {names} {has} over it: {keep}, and {get} no new one until there is room."
    return f"{words} Nobody holds more than that now." if after < before else words


def _of_waiting(method: Method, limit: int, floor: Floor) -> str:
    waiting = f"{_count(floor.waiting, 'chat')} {'waits' if floor.waiting == 1 else 'wait'} now"
    if method is Method.VOLUNTARY:
        return f"{waiting} and will wait to be claimed."
    room = sum(max(limit - each.open_chats, 0) for each in floor.candidates if each.is_here)
    if not room:
        return f"{waiting}; nobody online has room for one."
    return f"{waiting}; there is room for {min(room, floor.waiting)} at once, if they are meant for whoever is online."


def _of_the_rest(before: Values, after: Values) -> list[str]:
    sentences = []
    if after.returns_when_absent != before.returns_when_absent:
        sentences.append(
            "Chats in which the person waits return to the queue when their agent drops out."
            if after.returns_when_absent
            else "Chats stay with their agent when the agent drops out."
        )
    if after.overdue_minutes != before.overdue_minutes:
        minutes = after.overdue_minutes
        sentences.append(
            f"Open chats turn Overdue when the person has waited for {_count(minutes, 'minute')}."
            if minutes
            else "Chats no longer turn Overdue by themselves."
        )
    if after.autoclose_hours != before.autoclose_hours:
        sentences.append(
            f"What is resolved from now on closes by itself after {_count(after.autoclose_hours, 'hour')}; "
            "what was resolved before keeps its time."
        )
    if after.offers_transfers != before.offers_transfers:
        sentences.append(
            "A transfer to a user is offered from now on: they have a minute to accept."
            if after.offers_transfers
            else "A transfer to a user happens at once; what is offered now can still be accepted."
        )
    return sentences


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
