"""Templates keep the rules of DESIGN 5: one macro file, nothing inline or evaluated, no tables in live regions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "dashboard/templates"
STATIC = TEMPLATES.parent / "static"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "webchat" not in path.parts)
LIVE = ("account", "conversations", "inbox", "live", "queue")
"""The folders of what frames and refreshes put into pages."""
SCRIPTS = sorted(STATIC.glob("*.js"))
NAMES = [path.relative_to(TEMPLATES).as_posix() for path in PAGES]


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_a_template_has_nothing_inline_and_nothing_evaluated(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|hx-vars|[\"']js:|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'hx-trigger="[^"]*\[', text), "no trigger filters: they are evaluated"
    assert not re.search(r"hx-inherit|hx-disinherit|hx-headers", text)


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_raw_text_is_never_marked_safe(path: Path) -> None:
    assert not re.search(r"\|\s*safe|autoescape false|Markup", path.read_text("utf-8"))


def test_macros_are_defined_in_one_file() -> None:
    assert [name for path, name in zip(PAGES, NAMES, strict=True) if "{% macro" in path.read_text("utf-8")] == [
        "_ui.html"
    ]


def test_live_regions_hold_no_table() -> None:
    live = [path for path in PAGES if path.parent.name in LIVE]
    assert live
    assert [path.name for path in live if "<table" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.name for path in SCRIPTS])
def test_scripts_evaluate_nothing_and_insert_no_text_as_html(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|document\.write|outerHTML\s*=", text)
    assert text.count("innerHTML") <= (1 if path.name == "live.js" else 0), "only a frame is parsed, in a template"


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.name for path in SCRIPTS])
def test_every_script_is_loaded_in_one_round_trip(path: Path) -> None:
    preloaded = re.search(r"for name in \[(.*?)\]", (TEMPLATES / "base.html").read_text("utf-8"))
    assert preloaded
    assert path.name == "app.js" or f'"{path.stem}"' in preloaded[1]


FORMS = [
    (path.relative_to(TEMPLATES).as_posix(), form)
    for path in sorted(TEMPLATES.rglob("*.html"))
    for form in re.findall(r"<form\b[^>]*>", path.read_text("utf-8"))
]


@pytest.mark.parametrize(("name", "form"), FORMS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(FORMS)])
def test_no_form_puts_what_was_typed_into_an_address_before_the_scripts_are_there(name: str, form: str) -> None:
    """What a script sends has `method="dialog"`: sent by the browser itself, outside a dialog, it does nothing."""
    has_address = re.search(r'\baction="', form)
    assert re.search(r'\bmethod="(get|post)"' if has_address else r'\bmethod="dialog"', form), form
    assert "data-settings" not in form or "novalidate" in form, "what is wrong is said in words, below the field"
