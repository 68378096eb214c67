"""Changes of a tree: each makes another version, checked as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.workflow.tree import Tree


def with_settings(tree: Tree, key: str, settings: Mapping[str, Any], *, version: int) -> Tree:
    """The tree with these settings of one action. Raises TreeError when they are not sound."""
    raw = tree.to_json()
    triggers = [_in_trigger(each, key, settings) for each in raw["triggers"]]
    return Tree.from_json({"version": version, "triggers": triggers})


def _in_trigger(trigger: Mapping[str, Any], key: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    if "levels" in trigger:
        return {**trigger, "levels": [_in_list(each, key, settings) for each in trigger["levels"]]}
    return {**trigger, "actions": _in_list(trigger["actions"], key, settings)}


def _in_list(nodes: Sequence[Mapping[str, Any]], key: str, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_in_node(each, key, settings) for each in nodes]


def _in_node(node: Mapping[str, Any], key: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    children = {name: _in_list(nodes, key, settings) for name, nodes in node["children"].items()}
    return {**node, "children": children, "settings": dict(settings) if node["key"] == key else node["settings"]}
