"""A workflow: triggers with trees of actions under them, immutable once built. `Tree.from_json` validates all of it.

The format, by an example (docs/workflow.md has every field)::

    {"version": 3, "triggers": [
      {"key": "start", "type": "chat_started", "actions": [
        {"key": "hello", "type": "send_message", "settings": {"texts": {"en": "Hi {{person_name|there}}!"}}}]},
      {"key": "human", "type": "message_received", "settings": {"intents": ["asks_for_person"]}, "actions": [
        {"key": "to_team", "type": "human_handoff",
         "settings": {"availability_check": true, "assign": {"everyone": true}},
         "children": {"on_close": [
           {"key": "bye", "type": "send_message", "settings": {"texts": {"en": "I am back."}}}]}}]},
      {"key": "fallback", "type": "fallback", "levels": [
        [{"key": "again", "type": "send_message", "settings": {"texts": {"en": "Sorry?"}}}]]},
      {"key": "closed", "type": "chat_closed_by_live_agent", "actions": [
        {"key": "rate", "type": "collect_feedback"}]}]}

Keys are unique in the tree and stay with their node through all later versions: sessions and handoffs refer to them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboard.workflow.actions import action_types
from dashboard.workflow.errors import TreeError
from dashboard.workflow.nodes import Node, Trigger
from dashboard.workflow.parsing import parse_workflow
from dashboard.workflow.triggers import TriggerType

__all__ = ["Node", "Tree", "TreeError", "Trigger", "TriggerType"]


@dataclass(frozen=True)
class Place:
    """Where a node is: what follows it in its list, and the node and branch that the list hangs under."""

    node: Node
    followers: tuple[Node, ...]
    parent: Node | None
    branch: str | None


@dataclass(frozen=True)
class Tree:
    """One version of a workflow."""

    triggers: tuple[Trigger, ...] = ()
    version: int = 1

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Tree":
        """Build and validate. Raises TreeError, which names the trigger or action and the field."""
        triggers, version = parse_workflow(raw)
        return cls(triggers, version)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads back to an equal tree."""
        return {"version": self.version, "triggers": [each.to_json() for each in self.triggers]}

    def find(self, key: str) -> Trigger | Node | None:
        """The trigger or action with that key."""
        return next((each for each in self.triggers if each.key == key), None) or self.find_node(key)

    def find_node(self, key: str) -> Node | None:
        """The action with that key."""
        place = self.places.get(key)
        return place.node if place else None

    def of_type(self, kind: TriggerType) -> tuple[Trigger, ...]:
        """The enabled triggers of that type, in order."""
        return tuple(each for each in self.triggers if each.type is kind and each.is_enabled)

    def nodes(self) -> Iterator[Node]:
        """Every action, in order."""
        return (each.node for each in self.places.values())

    def after(self, key: str) -> tuple[Node, ...] | None:
        """What comes after that action: the rest of its list, then of the lists around it. None: it is gone."""
        place = self.places.get(key)
        if place is None:
            return None
        branch = action_types()[place.parent.type].branch(place.branch) if place.parent and place.branch else None
        if place.parent is None or branch is None or branch.is_detached:
            return place.followers
        return place.followers + (self.after(place.parent.key) or ())

    @cached_property
    def places(self) -> dict[str, Place]:
        """Every action's place by key."""
        found: dict[str, Place] = {}
        for trigger in self.triggers:
            for nodes in trigger.lists():
                _place(nodes, None, None, found)
        return found


def _place(nodes: tuple[Node, ...], parent: Node | None, branch: str | None, found: dict[str, Place]) -> None:
    for index, node in enumerate(nodes):
        found[node.key] = Place(node, nodes[index + 1 :], parent, branch)
        for name, children in node.children.items():
            _place(children, node, name, found)
