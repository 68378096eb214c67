"""What holds for every workflow and every life of a conversation."""

import json
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.workflow.effects import (
    LOG_CODES,
    AskFeedback,
    Effect,
    FeedbackSkipped,
    Log,
    RecordFeedback,
    RequestAnswer,
    RequestHandoff,
    Say,
)
from dashboard.workflow.engine import advance
from dashboard.workflow.feedback import parse_rating
from dashboard.workflow.inputs import (
    AnswerArrived,
    AnswerFailed,
    ClosedByLiveAgent,
    Context,
    FeedbackGiven,
    FeedbackTimeout,
    HandedBack,
    HandoffAccepted,
    HandoffIgnored,
    HandoffUnavailable,
    Input,
    PersonMessage,
)
from dashboard.workflow.session import Session, WaitingForFeedback, WaitingForHandoff
from dashboard.workflow.tree import Tree, TriggerType
from tests.workflow.strategies import inputs, texts, trees
from tests.workflow.trail import MORNING

CONTEXT = Context(MORNING, 7, ("en", "es"), {"person_name": "Pat"})
many = settings(max_examples=300, deadline=None)
lives = st.lists(inputs, max_size=25)


@dataclass
class Witness:
    """Runs a life step by step and keeps count of what must add up."""

    tree: Tree | None
    session: Session = field(default_factory=Session)
    open_ask: int | None = None
    greeted: int = 0

    def step(self, event: Input, tree: Tree | None = None) -> tuple[Effect, ...]:
        used = tree or self.tree
        before, stored = self.session, json.dumps(self.session.to_json())
        step = advance(used, before, event, CONTEXT)
        assert json.dumps(before.to_json()) == stored, "the session given must not change"
        again = advance(used, Session.from_json(json.loads(stored)), event, CONTEXT)
        assert again == step, "the same from the stored session, every time"
        assert Session.from_json(json.loads(json.dumps(step.session.to_json()))) == step.session
        self.session = step.session
        self.check(before, event, step.effects)
        return step.effects

    def check(self, before: Session, event: Input, effects: tuple[Effect, ...]) -> None:
        self.check_silence(before, event, effects)
        self.check_handoff(before, effects)
        self.check_feedback(effects)
        if self.session.waiting is None:
            assert self.session.closing is None, "a close is finished unless something waits"
            assert self.session.deferred == (), "no message is left behind"
        assert all(each.code in LOG_CODES for each in effects if isinstance(each, Log))
        self.greeted += self.greetings(effects)
        assert self.greeted <= 1, "Chat Started fires once"

    def check_silence(self, before: Session, event: Input, effects: tuple[Effect, ...]) -> None:
        waiting = before.waiting
        if not isinstance(waiting, WaitingForHandoff):
            return
        decisions = (HandoffUnavailable, HandoffIgnored) if not waiting.is_accepted else ()
        if not isinstance(event, (ClosedByLiveAgent, HandedBack, *decisions)):
            assert all(isinstance(each, Log) for each in effects), "silent while it is not the AI agent's turn (L5)"

    def check_handoff(self, before: Session, effects: tuple[Effect, ...]) -> None:
        requests = [each for each in effects if isinstance(each, RequestHandoff)]
        is_requested = isinstance(self.session.waiting, WaitingForHandoff) and not self.session.waiting.is_accepted
        assert len(requests) <= 1
        if requests:
            assert effects[-1] == requests[0], "a request ends the step"
            assert is_requested
            assert self.session.may_hand_off, "not without a new message since the last hand back (H9)"
        elif is_requested:
            assert before.waiting == self.session.waiting

    def check_feedback(self, effects: tuple[Effect, ...]) -> None:
        for each in effects:
            if isinstance(each, AskFeedback):
                assert self.open_ask is None, "one question at a time"
                self.open_ask = each.ask_number
            elif isinstance(each, RecordFeedback):
                assert each.rating in range(1, 6)
                assert self.open_ask is not None, "nothing is recorded that was not asked"
                self.open_ask = None
            elif isinstance(each, FeedbackSkipped):
                assert each.ask_number == self.open_ask
                self.open_ask = None
        awaited = self.session.waiting.ask_number if isinstance(self.session.waiting, WaitingForFeedback) else None
        assert awaited == self.open_ask

    def greetings(self, effects: tuple[Effect, ...]) -> int:
        triggers = self.tree.of_type(TriggerType.CHAT_STARTED) if self.tree else ()
        first = next((node.key for each in triggers for node in each.actions if node.is_enabled), None)
        is_said = first is not None and self.tree is not None and self.tree.places[first].node.type == "send_message"
        return sum(is_said and isinstance(each, Say) and each.node_key == first for each in effects)


@many
@given(trees(), lives)
def test_whatever_happens_the_engine_keeps_its_word(tree: Tree, life: list[Input]) -> None:
    witness = Witness(tree)
    for event in life:
        witness.step(event)


@many
@given(lives)
def test_an_agent_without_a_workflow_keeps_its_word_too(life: list[Input]) -> None:
    witness = Witness(None)
    for event in life:
        witness.step(event)


@many
@given(trees(), trees(), lives)
def test_a_version_that_changes_under_a_session_breaks_nothing(tree: Tree, other: Tree, life: list[Input]) -> None:
    session = Session()
    for at, event in enumerate(life):
        session = advance(other if at % 3 == 2 else tree, session, event, CONTEXT).session
        assert session.waiting or not session.deferred


answers = st.sampled_from(["answer", "nothing", "failure"])
decisions = st.sampled_from([HandoffAccepted, HandoffUnavailable, HandoffIgnored])
returns = st.sampled_from(["close", "hand back", "stay"])


@many
@given(trees(), st.lists(st.tuples(texts, answers, decisions, returns, st.booleans()), max_size=12))
def test_with_a_caller_that_does_its_part_no_message_is_met_with_silence(
    tree: Tree, turns: list[tuple[str, str, type, str, bool]]
) -> None:
    witness = Witness(tree)
    for text, answer, decision, ending, is_timed_out in turns:
        was_silent = witness.session.is_silent
        effects = settle(witness, PersonMessage(text, "en", 1), decision)
        assert was_silent or any(
            isinstance(each, Say | RequestAnswer | RequestHandoff | RecordFeedback) for each in effects
        )
        for request in [each for each in effects if isinstance(each, RequestAnswer)]:
            if not witness.session.is_silent:
                heard = settle(witness, result(answer, request.question), decision)
                assert any(isinstance(each, Say | RequestHandoff) for each in heard), "never silence"
        if witness.session.is_silent and ending != "stay":
            event = ClosedByLiveAgent(witness.session.waiting.node_key) if ending == "close" else HandedBack()  # type: ignore[union-attr]
            settle(witness, event, decision)
        if is_timed_out:
            settle(witness, FeedbackTimeout(), decision)


def settle(witness: Witness, event: Input, decision: type) -> tuple[Effect, ...]:
    """As the caller does it: a requested handoff is decided before anything else happens."""
    effects = witness.step(event)
    while effects and isinstance(effects[-1], RequestHandoff):
        decided = witness.step(decision(effects[-1].node_key))
        if not decided or not isinstance(decided[-1], RequestHandoff):
            return effects + decided
        effects += decided
    return effects


def result(kind: str, question: str) -> Input:
    if kind == "failure":
        return AnswerFailed(question)
    return AnswerArrived("An answer." if kind == "answer" else None, question)


@many
@given(trees(), lives)
def test_misses_and_messages_are_counted_from_the_last_hand_back(tree: Tree, life: list[Input]) -> None:
    session, expected = Session(), 0
    for event in life:
        before = session
        session = advance(tree, session, event, CONTEXT).session
        if isinstance(event, ClosedByLiveAgent | HandedBack):
            expected = 0
        elif isinstance(event, PersonMessage) and not before.is_silent:
            is_rating = isinstance(before.waiting, WaitingForFeedback) and parse_rating(event.text) is not None
            expected += not is_rating
        assert session.person_messages_since_handback == expected


@many
@given(trees(), st.integers(1, 5))
def test_feedback_given_in_words_or_by_the_form_leads_to_the_same_place(tree: Tree, rating: int) -> None:
    asked = advance(tree, Session(started=True), ClosedByLiveAgent("n1"), CONTEXT).session
    by_form = advance(tree, asked, FeedbackGiven(rating), CONTEXT)
    in_words = advance(tree, asked, PersonMessage(str(rating), "en", 9), CONTEXT)
    if isinstance(asked.waiting, WaitingForFeedback):
        assert by_form == in_words


@many
@given(trees())
def test_every_valid_tree_survives_json(tree: Tree) -> None:
    assert Tree.from_json(json.loads(json.dumps(tree.to_json()))) == tree
