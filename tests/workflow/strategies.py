"""Random workflows and random lives of a conversation for the property tests."""

from typing import Any

from hypothesis import strategies as st

from dashboard.workflow.inputs import (
    AnswerArrived,
    AnswerFailed,
    ClosedByLiveAgent,
    FeedbackGiven,
    FeedbackTimeout,
    HandedBack,
    HandoffAccepted,
    HandoffIgnored,
    HandoffUnavailable,
    Input,
    PersonMessage,
)
from dashboard.workflow.tree import Tree
from tests.workflow.trail import Json, closed, fallback, hand_off, open_ticket, rate, received, say, started

TEXTS = (
    "hello",
    "opening hours",
    "I want to talk to a human",
    "quiero hablar con una persona",
    "5",
    "★★",
    "do tents float?",
    "no human please",
    "",
    "\x00\ud800",
)
KEYS = ("n1", "n2", "n3", "n4", "n5", "gone")
texts = st.sampled_from(TEXTS) | st.text(max_size=20)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A valid tree; its actions are called n1, n2 … so that inputs can name them."""
    counter = iter(range(1, 1000))

    def action(depth: int, may_hand_off: bool) -> Json:
        key, is_enabled = f"n{next(counter)}", draw(st.booleans() | st.just(True))
        kinds = ["say", "rate", "ticket", *(["hand_off"] if may_hand_off else [])]
        kind = draw(st.sampled_from(kinds))
        if kind == "say":
            return say(key, f"This is {key}.", is_enabled=is_enabled)
        if kind == "ticket":
            return open_ticket(key, is_enabled=is_enabled)
        if kind == "rate":
            return rate(key, is_enabled=is_enabled)
        return hand_off(key, *(actions(depth - 1, True) if depth else []), is_enabled=is_enabled)

    def actions(depth: int = 2, may_hand_off: bool = True) -> list[Json]:
        return [action(depth, may_hand_off) for _ in range(draw(st.integers(0, 3)))]

    raw = [
        received("human", *actions(), intents=["asks_for_person"]),
        received("hours", *actions(), phrases=["opening hours"]),
        started(*actions()),
        closed(rate("rate", is_enabled=draw(st.booleans())), *actions(1, False), is_enabled=draw(st.booleans())),
    ]
    if draw(st.booleans()):
        raw.append(fallback(*[actions(1) for _ in range(draw(st.integers(0, 2)))]))
    return Tree.from_json({"triggers": raw, "version": draw(st.integers(1, 9))})


keys: st.SearchStrategy[Any] = st.sampled_from(KEYS)
languages = st.sampled_from([None, "en", "es", "xx"])
variables = st.dictionaries(st.sampled_from(["order", "rating"]), st.text(max_size=5))

inputs: st.SearchStrategy[Input] = st.one_of(
    st.builds(PersonMessage, texts, languages, st.integers(0, 99)),
    st.builds(AnswerArrived, st.none() | texts, texts),
    st.builds(AnswerFailed, texts),
    st.builds(HandoffAccepted, st.none() | keys),
    st.builds(HandoffUnavailable, keys),
    st.builds(HandoffIgnored, keys),
    st.builds(ClosedByLiveAgent, st.none() | keys, variables, st.none() | st.just("Ana"), st.just("solved")),
    st.builds(HandedBack),
    st.builds(FeedbackGiven, st.integers(-1, 7), st.none() | texts),
    st.builds(FeedbackTimeout, st.none() | st.integers(0, 4)),
)
"""Anything at any moment, in whatever order: what a broken caller might feed."""
