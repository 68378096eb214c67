"""Where a conversation came from and went on is looked up: opening one costs the same however many there are."""

from __future__ import annotations

import pytest

from dashboard.models import Conversation, db
from dashboard.queries.links import load_links
from dashboard.queries.rows import load_row
from tests.factories import Scene
from tests.queries.conftest import explaining


@pytest.fixture
def database_uri(sqlite_uri: str) -> str:
    """PostgreSQL goes by statistics, of which the tables here have none."""
    return sqlite_uri


@pytest.mark.parametrize("is_linked", [False, True])
@pytest.mark.parametrize("name", ["ada", "bo", "di"])
def test_no_list_is_walked_for_the_links_of_one_conversation(scene: Scene, name: str, is_linked: bool) -> None:
    chat = scene.claimed_by("bo")
    key = scene.conversation(chat).id
    if is_linked:
        scene.change(Conversation, scene.conversation(scene.ticket(assignee="bo")).id, origin_id=key)
    viewer, row = scene.viewer(name), load_row(db.session, key)
    with explaining() as plans:
        links = load_links(db.session, viewer, row).links
    db.session.close()
    assert len(links) == is_linked
    looked_up = (
        "conversation USING INTEGER PRIMARY KEY",
        "here USING INTEGER PRIMARY KEY",
        "ix_conversation_origin_id",
    )
    for plan in plans:
        first = plan.split("; ")[0]
        assert any(each in first for each in looked_up), plan
