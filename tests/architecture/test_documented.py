"""What is undocumented does not exist: every setting, command, event and address stands in docs/."""

from __future__ import annotations

import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from dashboard.app import create_app
from dashboard.cli import make_parser
from dashboard.config import Config, load_config, setting_name
from dashboard.models import db
from dashboard.services import unit_of_work
from dashboard.services.events import Event

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


@cache
def page(name: str) -> str:
    return (DOCS / name).read_text()


@cache
def all_pages() -> str:
    return "\n".join(path.read_text() for path in sorted(DOCS.glob("*.md")))


def setting_row(field: str) -> str:
    """The line of docs/settings.md for a field of Config."""
    info = Config.model_fields[field]
    default = {"data_dir": "`data` in the checkout"}.get(field) or _shown(info.default)
    return f"| `{setting_name(field)}` | {default} | {info.description} |"


def _shown(default: object) -> str:
    if default is None or default is False:
        return "none"
    return f"`{default}`"


@pytest.mark.parametrize("field", Config.model_fields)
def test_every_setting_stands_in_its_table_as_in_the_code(field: str) -> None:
    assert setting_row(field) in page("settings.md").splitlines()


def test_no_page_names_a_setting_that_is_not_there() -> None:
    named = set(re.findall(r"\bBATON_[A-Z_]+\b", all_pages() + (ROOT / "README.md").read_text()))
    assert named <= {setting_name(field) for field in Config.model_fields}


def commands() -> dict[str, ArgumentParser]:
    [listed] = [action for action in make_parser()._actions if isinstance(action, _SubParsersAction)]
    return dict(listed.choices)


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_is_documented(name: str) -> None:
    section = page("commands.md").partition(f"## baton {name}")[2].partition("\n## ")[0]
    assert section, f"docs/commands.md has no section for baton {name}"
    options = [option for action in commands()[name]._actions for option in action.option_strings]
    for option in options:
        assert option in ("-h", "--help") or f"`{option}" in section, option


def test_the_specified_commands_are_there() -> None:
    specified = "run demo worker migrate create-admin create-user create-token teamspace-secret set-plan doctor audit"
    assert set(commands()) == set(specified.split())


def events(kind: type[Event] = Event) -> Iterator[str]:
    for child in kind.__subclasses__():
        if not child.__subclasses__():
            yield child.__name__
        yield from events(child)


@pytest.mark.parametrize("name", sorted(set(events())))
def test_every_event_is_documented(name: str) -> None:
    assert f"`{name}`" in page("realtime.md")


def test_no_documented_event_is_gone() -> None:
    table = page("realtime.md").partition("| event |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == set(events())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(load_config(data_dir=tmp_path_factory.mktemp("data")))
    yield app
    with app.app_context():
        db.engine.dispose()
    unit_of_work.unsubscribe_all()


def test_every_address_is_documented_with_its_methods(app: Flask) -> None:
    documented = {_plain(found) for found in re.findall(r"(?:GET|POST|PUT|PATCH|DELETE) /[^\s`|)?]*", _expanded())}
    missing = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if _plain(f"{method} {rule.rule}") not in documented
    }
    assert not missing


def _expanded() -> str:
    """The pages with `GET, PUT /x` as `GET /x PUT /x`."""
    method = "(?:GET|POST|PUT|PATCH|DELETE)"

    def repeat(found: re.Match[str]) -> str:
        return " ".join(f"{each} {found[2]}" for each in re.split(r",\s*", found[1]))

    return re.sub(rf"({method}(?:,\s*{method})+) (/[^\s|)]*)", repeat, all_pages().replace("`", ""))


def _plain(address: str) -> str:
    """Without the names of what varies."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "<>", address).rstrip(".,;:")


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert not broken


def test_every_make_target_of_the_pages_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(
        re.findall(r"\bmake ([a-z][a-z0-9-]*)\b", re.sub(r"(?s)[^`\n]*?(```.*?```|`[^`\n]*`|\n)", r"\1", all_pages()))
    )
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.M))
    assert named <= targets
