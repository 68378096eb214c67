"""Every test has an application of its own, but its addresses, templates and statements are compiled once for all.

Importing this module makes it so, in this process and in server processes that import it too.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

TEMPLATES = "BATON_TESTS_TEMPLATES"
"""Names the folder of compiled templates to the processes of one run; the first one makes and removes it."""

_compile_builder = Rule._compile_builder
_builders: dict[tuple[object, ...], Any] = {}


class _Statements(LRUCache[Any, Any]):
    """Compiled statements by what was said, whichever engine of the same kind of database asks."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_statements: dict[str, _Statements] = {}


def _remembered_builder(rule: Rule, append_unknown: bool = True) -> Any:
    key = (rule.rule, rule.subdomain, str(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


def _shared(engine: Engine) -> _Statements:
    return _statements.setdefault(engine.dialect.name, _Statements(4000))


def _folder() -> str:
    if TEMPLATES not in os.environ:
        os.environ[TEMPLATES] = tempfile.mkdtemp(prefix="baton-templates-")
        atexit.register(shutil.rmtree, os.environ[TEMPLATES], ignore_errors=True)
    return os.environ[TEMPLATES]


Rule._compile_builder = _remembered_builder  # type: ignore[method-assign]
Engine._compiled_cache = property(_shared, lambda engine, own: None)  # type: ignore[assignment]
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(_folder())}
