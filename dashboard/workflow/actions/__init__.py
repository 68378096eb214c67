"""The action types, one module each: the registry imports what lies in this folder and knows each by its `ACTION`."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from dashboard.workflow.actions.base import ActionType


@cache
def action_types() -> dict[str, ActionType[Any]]:
    """Every action type by its name in the tree, in alphabetical order."""
    modules = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    found = [module.ACTION for module in modules if hasattr(module, "ACTION")]
    return {each.name: each for each in sorted(found, key=lambda each: str(each.name))}
