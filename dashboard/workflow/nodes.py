"""What a workflow is made of: triggers, and actions with branches under them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.workflow.actions.base import ActionSettings
from dashboard.workflow.triggers import TriggerSettings, TriggerType


@dataclass(frozen=True)
class Node:
    """One action. `children` holds its branches by name; a disabled node is passed over with all that is under it."""

    key: str
    type: str
    settings: ActionSettings
    is_enabled: bool = True
    children: Mapping[str, tuple["Node", ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As `Tree.from_json` reads it."""
        children = {name: [each.to_json() for each in nodes] for name, nodes in self.children.items()}
        return {
            "key": self.key,
            "type": self.type,
            "is_enabled": self.is_enabled,
            "settings": self.settings.to_json(),
            "children": children,
        }


@dataclass(frozen=True)
class Trigger:
    """What starts actions. Fallback has `levels`, one per consecutive miss; the others have `actions`."""

    key: str
    type: TriggerType
    settings: TriggerSettings
    actions: tuple[Node, ...] = ()
    is_enabled: bool = True
    levels: tuple[tuple[Node, ...], ...] = ()

    def lists(self) -> tuple[tuple[Node, ...], ...]:
        """Every list of actions directly under it."""
        return self.levels if self.type is TriggerType.FALLBACK else (self.actions,)

    def to_json(self) -> dict[str, Any]:
        """As `Tree.from_json` reads it."""
        lists = [[each.to_json() for each in nodes] for nodes in self.lists()]
        under = {"levels": lists} if self.type is TriggerType.FALLBACK else {"actions": lists[0]}
        settings = self.settings.to_json()
        return {
            "key": self.key,
            "type": str(self.type),
            "is_enabled": self.is_enabled,
            "settings": settings,
            **under,
        }
