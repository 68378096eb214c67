"""One run through the tree: plays actions until something waits or nothing is left to do."""

from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.workflow.actions import action_types
from dashboard.workflow.actions.human_handoff import ON_CLOSE
from dashboard.workflow.effects import AskFeedback, Effect, Log, RequestAnswer, RequestHandoff, Say
from dashboard.workflow.inputs import Context, PersonMessage
from dashboard.workflow.matching import find_trigger
from dashboard.workflow.session import Cause, Closing, Reason, Session
from dashboard.workflow.texts import APOLOGY
from dashboard.workflow.tree import Node, Tree, TriggerType


@dataclass
class Run:
    """What changes while one input is worked out; it never outlives `engine.advance`."""

    tree: Tree
    session: Session
    context: Context
    effects: list[Effect] = field(default_factory=list)

    def emit(self, *effects: Effect) -> None:
        """Add effects, in order."""
        self.effects.extend(effects)

    def update(self, **changes: Any) -> None:
        """Change fields of the session."""
        self.session = replace(self.session, **changes)

    def pin(self) -> None:
        """A session stays on the version it started with, whatever is saved meanwhile."""
        if self.session.tree_version is None and self.tree.triggers:
            self.update(tree_version=self.tree.version)

    def because(self, reason: Reason, trigger_key: str | None, words: str, at_seq: int) -> None:
        """Remember why the next actions run."""
        self.update(cause=Cause(reason, trigger_key, words, at_seq))

    def play(self, nodes: tuple[Node, ...]) -> None:
        """Run actions in order until one waits."""
        for node in nodes:
            if self.session.waiting:
                return
            if not node.is_enabled:
                continue
            outcome = action_types()[node.type].run(node.key, node.settings, self.session, self.context)
            self.session = outcome.session
            self.emit(*outcome.effects)
            if outcome.branch:
                self.play(node.children.get(outcome.branch, ()))

    def resume_after(self, key: str) -> None:
        """Go on with what comes after that action, then with everything that was put off."""
        followers = self.tree.after(key)
        if followers is None:
            self.emit(Log("position_lost", key))
        self.play(followers or ())
        self.go_on()

    def go_on(self) -> None:
        """Finish the way back from a livechat, then answer the messages that had to wait for it."""
        while self.session.waiting is None:
            if self.session.closing:
                self._next_stage(self.session.closing)
            elif self.session.deferred:
                message, *others = self.session.deferred
                self.update(deferred=tuple(others))
                self._answer(message)
            else:
                return

    def fall_back(self, reason: Reason, question: str) -> None:
        """One more miss in a row: the Fallback level for it speaks, or else the built-in apology (never silence)."""
        self.update(misses=self.session.misses + 1)
        heard = len(self.effects)
        for trigger in self.tree.of_type(TriggerType.FALLBACK):
            self.because(reason, trigger.key, question, self.context.last_seq)
            level = min(self.session.misses, len(trigger.levels))
            self.play(trigger.levels[level - 1] if level else ())
        if not any(isinstance(each, Say | RequestHandoff | AskFeedback) for each in self.effects[heard:]):
            language = self.session.language or self.context.default_language
            self.emit(Log("fallback_silent"), Say(APOLOGY.in_language(language)))

    def _answer(self, message: PersonMessage) -> None:
        """Match a message; what nothing matches is asked elsewhere (I1, I2)."""
        self.pin()
        match = find_trigger(self.tree, message.text, message.language)
        if match is None:
            self.emit(RequestAnswer(message.text, message.language or self.session.language, message.at_seq))
            return
        self.update(misses=0)
        self.because(match.reason, match.trigger.key, message.text, message.at_seq)
        self.play(match.trigger.actions)

    def _next_stage(self, closing: Closing) -> None:
        """After the trigger the handoff's own actions on its variables, after those a fresh session (C4)."""
        if closing.stage == "nested":
            self.session = self.session.fresh()
            return
        self.update(variables=closing.variables, closing=replace(closing, stage="nested"))
        if closing.node_key is None:
            return
        node = self.tree.find_node(closing.node_key)
        if node is None or not node.is_enabled:
            self.emit(Log("nested_tree_skipped", closing.node_key))
            return
        self.play(node.children.get(ON_CLOSE, ()))
