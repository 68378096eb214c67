"""Frames of tags: rows and details follow a change, the person hears nothing, a teamspace reads renamed ones again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from dashboard.models import Tag, Teamspace, db
from dashboard.models.clock import set_clock
from dashboard.queries.tag_settings import get_tag
from dashboard.realtime.hub import RESYNC
from dashboard.services import vocabulary
from dashboard.services.tags import tag_conversation, untag_conversation
from tests.browserless import Header
from tests.factories import Scene
from tests.realtime.test_frames import Watcher
from tests.services.conftest import app, scene

__all__ = ["app", "scene"]


@pytest.fixture
def watcher(app: Flask, scene: Scene) -> Iterator[Watcher]:
    yield Watcher(app, scene)
    set_clock(None)


def tag_of(scene: Scene) -> str:
    return str(scene.scalar(select(Tag.public_id)))


def seen(scene: Scene, tag: str) -> str:
    found = get_tag(db.session, scene.support, tag).seen
    db.session.close()
    return found


def test_the_row_carries_the_tag_and_the_details_are_read_again_by_whoever_sees_it(
    scene: Scene, watcher: Watcher
) -> None:
    chat = scene.claimed_by("bo")
    watcher.events()
    tag_conversation(scene.viewer("bo"), chat, "Late <parcel>")
    [(audience, text)] = watcher.for_users()
    assert audience == {"ada", "bo", "cy", "vi", "di"}
    header = Header.of(text)
    assert (header.what, header.to) == ((), ()), "nobody's page rings"
    page = BeautifulSoup(text, "html.parser")
    [row] = page.select("article.row")
    assert row["data-tags"] == tag_of(scene)
    assert "Late <parcel>" in row.text
    assert page.select(f"#side-{chat}[hx-get]")
    assert page.select(f"#head-{chat}") == []

    untag_conversation(scene.viewer("cy"), chat, tag_of(scene))
    [(_, text)] = watcher.for_users()
    [row] = BeautifulSoup(text, "html.parser").select("article.row")
    assert row["data-tags"] == ""


def test_the_person_hears_nothing_of_it(scene: Scene, watcher: Watcher) -> None:
    chat = scene.claimed_by("bo")
    watcher.events()
    tag_conversation(scene.viewer("bo"), chat, "Difficult")
    untag_conversation(scene.viewer("bo"), chat, tag_of(scene))
    assert watcher.for_persons() == []


def test_a_renamed_a_merged_and_a_deleted_tag_make_the_pages_of_its_teamspace_read_again(
    scene: Scene, watcher: Watcher
) -> None:
    space = str(scene.scalar(select(Teamspace.public_id).where(Teamspace.id == scene.support)))
    ada = scene.viewer("ada")
    tag = vocabulary.create_tag(ada, space, "Refund")
    assert watcher.for_users() == []
    everybody = {"ada", "bo", "cy", "eli", "di", "vi", "gus"}
    vocabulary.rename_tag(ada, space, tag, "Money back", "Refund")
    assert watcher.for_users() == [(everybody, RESYNC)]
    other = vocabulary.create_tag(ada, space, "Refund")
    vocabulary.merge_tags(ada, space, tag, other, seen(scene, tag))
    assert watcher.for_users() == [(everybody, RESYNC)]
    vocabulary.delete_tag(ada, space, other, seen(scene, other))
    assert watcher.for_users() == [(everybody, RESYNC)]
