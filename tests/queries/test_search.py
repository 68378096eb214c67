"""Search over persons and over what was said, on the migrated schema of both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.clock import set_clock
from dashboard.queries.filters import Filters
from dashboard.queries.inbox import load_page
from dashboard.services import minds, unit_of_work
from migrations import runner
from tests.databases import Postgres
from tests.factories import Scene, build_scene

SECRET = "a secret of the tests, forty characters."


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database the migrations made: its text index is theirs."""
    server: Postgres | None = None
    uri = f"sqlite:///{tmp_path / 'baton.db'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        uri = server.new_database(is_empty=True)
    runner.upgrade(uri)
    app = create_app(load_config(database_url=uri, data_dir=tmp_path, secret_key=SECRET))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)
    if server:
        server.drop(uri)


@pytest.fixture
def scene(migrated: Flask) -> Scene:
    return build_scene()


def found(scene: Scene, name: str, text: str) -> list[str]:
    db.session.close()
    page = load_page(db.session, scene.viewer(name), Filters(view="all", q=text))
    return [row.public_id for row in page.rows]


def test_search_finds_words_of_messages_and_notes_by_their_beginnings(scene: Scene) -> None:
    tent = scene.write("nora", "The zip of my Ridgeline tent is broken").conversation_public_id
    scene.write("omar", "Where is my order?")
    assert found(scene, "di", "ridgel") == [tent]
    assert found(scene, "di", "zip ridgeline") == [tent]
    assert found(scene, "di", "zip order") == []


def test_search_finds_persons_by_parts_of_their_name(scene: Scene) -> None:
    chat = scene.write("Ångström", "Hello").conversation_public_id
    assert found(scene, "di", "ngstr") == [chat]


def test_search_stays_within_what_the_viewer_may_see(scene: Scene) -> None:
    chat = scene.write("nora", "The zip is broken").conversation_public_id
    assert found(scene, "di", "zip") == [chat]
    assert found(scene, "bo", "zip") == []
    assert found(scene, "fay", "zip") == []


def test_later_messages_are_found_too(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.reply("bo", chat, "I send you a replacement zipper")
    assert found(scene, "bo", "zipper") == [chat]


@pytest.mark.parametrize(
    "text", ['"', "'; DROP TABLE message", "%", "_", "a:* & !b", "NEAR(", "🦊", "\\", "*", "AND OR NOT"]
)
def test_no_text_breaks_the_search(scene: Scene, text: str) -> None:
    scene.write("nora", "Hello there")
    assert found(scene, "di", text) == []
