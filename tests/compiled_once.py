"""Every test has an application of its own, but its addresses, templates and statements are compiled once for all.

Importing this module makes it so, in this process and in server processes that import it too.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from types import MethodType
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

TEMPLATES = "BATON_TESTS_TEMPLATES"
"""Names the folder of compiled templates to the processes of one run; the first one makes and removes it."""

PARSED = ("_parts", "_trace", "_converters", "arguments")
BUILDERS = ("_build", "_build_unknown")
"""What an address is compiled to: four values, and two functions of the rule."""

_compile = Rule.compile
_addresses: dict[tuple[object, ...], dict[str, Any]] = {}


class _Statements(LRUCache[Any, Any]):
    """Compiled statements by what was said, whichever engine of the same kind of database asks."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_statements: dict[str, _Statements] = {}


def _compile_address(rule: Rule) -> None:
    key = (rule.rule, rule.subdomain, rule.merge_slashes, str(rule.defaults))
    if key not in _addresses:
        _compile(rule)
        _addresses[key] = {name: getattr(rule, name) for name in (*PARSED, *BUILDERS)}
        return
    for name in PARSED:
        setattr(rule, name, _addresses[key][name])
    for name in BUILDERS:
        setattr(rule, name, MethodType(_addresses[key][name].__func__, rule))


def _shared(engine: Engine) -> _Statements:
    return _statements.setdefault(engine.dialect.name, _Statements(4000))


def _folder() -> str:
    if TEMPLATES not in os.environ:
        os.environ[TEMPLATES] = tempfile.mkdtemp(prefix="baton-templates-")
        atexit.register(shutil.rmtree, os.environ[TEMPLATES], ignore_errors=True)
    return os.environ[TEMPLATES]


Rule.compile = _compile_address  # type: ignore[method-assign]
Engine._compiled_cache = property(_shared, lambda engine, own: None)  # type: ignore[assignment]
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(_folder())}
