"""One direction, top to bottom: import-linter's contracts hold, and modules stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("dashboard", "integrations", "migrations")
MODULE_LINES = 240
FUNCTION_LINES = 40
DATA = ("dashboard/services/demo/", "dashboard/services/default_workflow.py")
"""Stories and trees: as long as they need to be."""


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts)


def test_the_import_contracts_hold() -> None:
    """In a process of its own: the linter sets up logging anew and would silence the tests after it."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    source = path.read_text()
    if not source.strip():
        return
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module begins with what it is for"
    assert source.count("\n") <= MODULE_LINES
    is_data = str(path.relative_to(ROOT)).startswith(DATA)
    for node in () if is_data else ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            body = node.end_lineno - node.body[0].lineno + 1
            assert body <= FUNCTION_LINES, f"{node.name} has {body} lines"


def test_only_the_composition_root_names_a_concrete_integration() -> None:
    named = {
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("integrations.")
        if node.module != "integrations.port" and path.parts[len(ROOT.parts)] == "dashboard"
    }
    assert named == {"dashboard/app.py"}


def test_making_the_application_is_cheap_to_import() -> None:
    """What only the command line or the tests need is not loaded into every server process."""
    late = ("alembic", "email_validator", "dns", "cryptography", "smtplib", "imaplib")
    code = f"import sys, dashboard.app; print([name for name in {late} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
