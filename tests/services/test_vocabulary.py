"""A teamspace's tags put in order: made, renamed, merged and deleted, alone and while others use them (N10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import ConversationTag, Tag, Teamspace, db
from dashboard.models.errors import Invalid, NotFound, NotPermitted
from dashboard.models.ids import new_public_id
from dashboard.queries.tag_settings import TagState, get_tag, load_tags
from dashboard.services.belonging import Stale
from dashboard.services.tags import tag_conversation, tag_person
from dashboard.services.vocabulary import NameTaken, create_tag, delete_tag, merge_tags, rename_tag
from tests.factories import Scene
from tests.interleaving import interleave
from tests.services.test_tags import id_of, public_id, worn

_s = Teamspace.__table__.c


def support(scene: Scene) -> str:
    return str(scene.scalar(select(_s.public_id).where(_s.id == scene.support)))


def state(scene: Scene, name: str) -> TagState:
    tag = id_of(scene, name)
    found = get_tag(db.session, scene.support, tag)
    db.session.close()
    return found


def names(scene: Scene) -> list[str]:
    found = [each.name for each in load_tags(db.session, scene.support).tags]
    db.session.close()
    return found


def use(scene: Scene) -> tuple[str, str]:
    """Two chats: both have Refund, the second one has Money back too, and its person as well."""
    first, second = scene.claimed_by("bo", "pia"), scene.claimed_by("bo", "pat")
    for chat, name in ((first, "Refund"), (second, "Refund"), (second, "Money back")):
        tag_conversation(scene.viewer("bo"), chat, name)
    for name in ("Money back", "VIP"):
        tag_person(scene.viewer("ada"), public_id(scene, "pat"), name)
    return first, second


def test_a_tag_is_made_once(scene: Scene) -> None:
    create_tag(scene.viewer("ada"), support(scene), " Late  parcel ")
    assert names(scene) == ["Late parcel"]
    for name in ("late parcel", "", "x" * 41, None):
        with pytest.raises(Invalid) as refused:
            create_tag(scene.viewer("ada"), support(scene), name)
        assert list(refused.value.fields) == ["name"]
    assert names(scene) == ["Late parcel"]


def test_the_list_counts_the_uses_and_is_searched(scene: Scene) -> None:
    use(scene)
    page = load_tags(db.session, scene.support)
    assert [(each.name, each.conversations, each.people) for each in page.tags] == [
        ("Money back", 1, 1),
        ("Refund", 2, 0),
        ("VIP", 0, 1),
    ]
    found = load_tags(db.session, scene.support, "MONEY")
    assert ([each.name for each in found.tags], found.matching, found.total) == (["Money back"], 1, 3)
    short = load_tags(db.session, scene.support, "", 1)
    assert ([each.name for each in short.tags], short.matching) == (["Money back"], 3)
    assert load_tags(db.session, scene.wholesale).total == 0
    db.session.close()


def test_a_new_name_is_there_wherever_the_tag_is(scene: Scene) -> None:
    first, _ = use(scene)
    rename_tag(scene.viewer("ada"), support(scene), id_of(scene, "Refund"), "Money again", "Refund")
    assert worn(scene, first) == ["Money again"]
    rename_tag(scene.viewer("ada"), support(scene), id_of(scene, "Money again"), "MONEY AGAIN", "Money again")
    assert worn(scene, first) == ["MONEY AGAIN"]
    assert scene.events().count("VocabularyChanged") == 2
    with pytest.raises(Invalid):
        rename_tag(scene.viewer("ada"), support(scene), id_of(scene, "VIP"), " ", "VIP")


def test_a_name_that_another_tag_has_names_that_tag_and_changes_nothing(scene: Scene) -> None:
    use(scene)
    with pytest.raises(NameTaken) as refused:
        rename_tag(scene.viewer("ada"), support(scene), id_of(scene, "Money back"), "refund", "Money back")
    assert refused.value.other == id_of(scene, "Refund")
    assert names(scene) == ["Money back", "Refund", "VIP"]


def test_of_two_who_rename_at_once_the_second_is_told(scene: Scene) -> None:
    use(scene)
    tag = id_of(scene, "Refund")
    rename_tag(scene.viewer("ada"), support(scene), tag, "Money again", "Refund")
    with pytest.raises(Stale, match="Money again"):
        rename_tag(scene.viewer("ada"), support(scene), tag, "Refunds", "Refund")


def test_merged_tags_keep_every_use_once(scene: Scene) -> None:
    first, second = use(scene)
    seen, into = state(scene, "Money back").seen, id_of(scene, "Refund")
    assert merge_tags(scene.viewer("ada"), support(scene), id_of(scene, "Money back"), into, seen) == "Refund"
    assert (worn(scene, first), worn(scene, second)) == (["Refund"], ["Refund"])
    assert names(scene) == ["Refund", "VIP"]
    found = state(scene, "Refund")
    assert (found.conversations, found.people) == (2, 1)


def test_a_deleted_tag_is_taken_off_everything_and_nothing_else_changes(scene: Scene) -> None:
    first, second = use(scene)
    before = scene.conversation(second)
    assert (
        delete_tag(scene.viewer("ada"), support(scene), id_of(scene, "Refund"), state(scene, "Refund").seen) == "Refund"
    )
    assert (worn(scene, first), worn(scene, second)) == ([], ["Money back"])
    assert scene.conversation(second) == before
    assert names(scene) == ["Money back", "VIP"]


@pytest.mark.parametrize("act", ["delete", "merge"])
def test_other_uses_than_those_that_were_shown_are_refused(scene: Scene, act: str) -> None:
    first, _ = use(scene)
    seen, tag = state(scene, "Money back").seen, id_of(scene, "Money back")
    tag_conversation(scene.viewer("bo"), first, "Money back")
    ada, space, into = scene.viewer("ada"), support(scene), id_of(scene, "Refund")
    with pytest.raises(Stale):
        delete_tag(ada, space, tag, seen) if act == "delete" else merge_tags(ada, space, tag, into, seen)
    assert len(scene.rows(ConversationTag)) == 4


def test_it_needs_the_permission_and_a_link_to_the_teamspace(scene: Scene) -> None:
    use(scene)
    space, tag = support(scene), id_of(scene, "Refund")
    seen, other = state(scene, "Refund").seen, id_of(scene, "VIP")
    before = names(scene)

    def acts(name: str, teamspace: str) -> list[Any]:
        viewer = scene.viewer(name)
        return [
            lambda: create_tag(viewer, teamspace, "New"),
            lambda: rename_tag(viewer, teamspace, tag, "New", "Refund"),
            lambda: merge_tags(viewer, teamspace, tag, other, seen),
            lambda: delete_tag(viewer, teamspace, tag, seen),
        ]

    for act in acts("bo", space) + acts("di", space):
        with pytest.raises(NotPermitted):
            act()
    wholesale = str(scene.scalar(select(_s.public_id).where(_s.id == scene.wholesale)))
    for act in [*acts("ada", wholesale)[1:], *acts("ada", new_public_id())]:
        with pytest.raises(NotFound):
            act()
    for into in (tag, new_public_id(), "x"):
        with pytest.raises(NotFound):
            merge_tags(scene.viewer("ada"), space, tag, into, seen)
    assert names(scene) == before


def test_two_who_type_the_same_new_word_at_once_make_one_tag(app: Flask, scene: Scene) -> None:
    chats = [scene.claimed_by("bo", name) for name in ("pia", "pat")]
    bo = scene.viewer("bo")
    interleave(
        app,
        lambda: tag_conversation(bo, chats[0], "Refund"),
        "INSERT INTO tag",
        lambda: tag_conversation(bo, chats[1], "refund"),
    )
    assert [row.name for row in scene.rows(Tag)] == ["Refund"]
    assert [worn(scene, chat) for chat in chats] == [["Refund"]] * 2


def test_what_is_tagged_while_its_tag_is_merged_away_gets_the_word_anew(app: Flask, scene: Scene) -> None:
    use(scene)
    chat = scene.claimed_by("bo", "quin")
    ada, bo, space = scene.viewer("ada"), scene.viewer("bo"), support(scene)
    seen, tag, into = state(scene, "Money back").seen, id_of(scene, "Money back"), id_of(scene, "Refund")
    answers = interleave(
        app,
        lambda: merge_tags(ada, space, tag, into, seen),
        "DELETE FROM tag",
        lambda: tag_conversation(bo, chat, "money back"),
    )
    assert answers == ("Refund", None)
    assert worn(scene, chat) == ["money back"]


@pytest.mark.parametrize("act", [merge_tags, delete_tag])
def test_a_tag_that_is_being_put_on_something_is_not_taken_away_unseen(
    app: Flask, scene: Scene, act: Callable[..., str]
) -> None:
    use(scene)
    chat = scene.claimed_by("bo", "quin")
    ada, bo, space = scene.viewer("ada"), scene.viewer("bo"), support(scene)
    seen, tag = state(scene, "Money back").seen, id_of(scene, "Money back")
    more = (id_of(scene, "Refund"),) if act is merge_tags else ()
    _, refused = interleave(
        app,
        lambda: tag_conversation(bo, chat, "Money back"),
        "INSERT INTO conversation_tag",
        lambda: act(ada, space, tag, *more, seen),
    )
    assert isinstance(refused, Stale)
    assert worn(scene, chat) == ["Money back"]
