"""Reads a tree from JSON: every trigger, action, key, place and limit is checked here (SPEC I1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.workflow.actions import action_types
from dashboard.workflow.errors import TreeError
from dashboard.workflow.fields import Fields
from dashboard.workflow.nodes import Node, Trigger
from dashboard.workflow.triggers import LABELS, PERMANENT, PERMANENT_ACTION, TriggerType, parse_settings

MAX_DEPTH = 30
MAX_NODES = 2000
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


def parse_workflow(raw: Mapping[str, Any]) -> tuple[tuple[Trigger, ...], int]:
    """The triggers and the version. Raises TreeError at the first mistake."""
    fields = Fields(raw, "workflow")
    reader = _Reader()
    triggers = tuple(reader.trigger(each) for each in fields.objects("triggers"))
    version = fields.number("version", 1, 0, 2**31)
    fields.finish()
    for kind in (*PERMANENT, TriggerType.FALLBACK):
        _check_count(triggers, kind)
    return triggers, version


def _check_count(triggers: tuple[Trigger, ...], kind: TriggerType) -> None:
    found = [each for each in triggers if each.type is kind]
    if len(found) > 1:
        raise TreeError(found[1].key, "type", f"there can be only one {LABELS[kind]}")
    if not found and kind in PERMANENT:
        raise TreeError("workflow", "triggers", f"{LABELS[kind]} cannot be left out, only disabled")
    is_closing = kind is TriggerType.CHAT_CLOSED_BY_LIVE_AGENT
    if is_closing and all(each.type != PERMANENT_ACTION for each in found[0].actions):
        raise TreeError(found[0].key, "actions", "Collect feedback cannot be left out, only disabled")


@dataclass
class _Reader:
    """Remembers the keys seen so far."""

    keys: set[str] = field(default_factory=set)

    def trigger(self, raw: object) -> Trigger:
        fields = self._keyed(raw, "trigger")
        name = fields.text("type")
        if name not in tuple(TriggerType):
            raise fields.error("type", f"{name} is not a trigger")
        kind = TriggerType(name)
        is_closing = kind is TriggerType.CHAT_CLOSED_BY_LIVE_AGENT
        lists = fields.objects("levels") if kind is TriggerType.FALLBACK else [fields.objects("actions")]
        parsed = tuple(self._list(each, fields, is_closing, 1) for each in lists)
        is_enabled = fields.flag("is_enabled", True)
        settings = parse_settings(kind, fields.child("settings", {}))
        fields.finish()
        if kind is TriggerType.FALLBACK:
            return Trigger(fields.key, kind, settings, (), is_enabled, parsed)
        return Trigger(fields.key, kind, settings, parsed[0], is_enabled)

    def node(self, raw: object, is_closing: bool, depth: int) -> Node:
        fields = self._keyed(raw, "action")
        name = fields.text("type")
        kind = action_types().get(name)
        if kind is None:
            raise fields.error("type", f"{name} is not an action")
        if is_closing and kind.is_handoff:
            raise fields.error("type", f"{kind.label} cannot be used under {LABELS[PERMANENT[1]]}")
        if depth > MAX_DEPTH:
            raise fields.error("type", f"actions can be nested {MAX_DEPTH} deep at most")
        branches = fields.mapping("children")
        for branch in branches:
            if kind.branch(branch) is None:
                raise fields.error(f"children.{branch}", f"{kind.label} has no such branch")
        children = {each: self._list(nodes, fields, is_closing, depth + 1) for each, nodes in branches.items()}
        inner = fields.child("settings", {})
        settings = kind.parse(inner)
        inner.finish()
        is_enabled = fields.flag("is_enabled", True)
        fields.finish()
        return Node(fields.key, name, settings, is_enabled, children)

    def _list(self, raw: object, owner: Fields, is_closing: bool, depth: int) -> tuple[Node, ...]:
        if not isinstance(raw, list | tuple):
            raise owner.error("actions", "must be a list of actions")
        return tuple(self.node(each, is_closing, depth) for each in raw)

    def _keyed(self, raw: object, what: str) -> Fields:
        key = raw.get("key") if isinstance(raw, Mapping) else None
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise TreeError(what, "key", f"{key!r} is not a key (letters, digits, _ . : -, at most 64)")
        if key in self.keys:
            raise TreeError(key, "key", "is used twice")
        if len(self.keys) >= MAX_NODES:
            raise TreeError(key, "key", f"a workflow has at most {MAX_NODES} triggers and actions")
        self.keys.add(key)
        fields = Fields(raw, key)
        fields.text("key")
        return fields
