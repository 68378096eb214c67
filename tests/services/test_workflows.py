"""Saving the settings of a Human Handoff: each save is a version, and of two editors none loses anything (I5, H1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import AIAgent, TeamspaceTeam, WorkflowVersion
from dashboard.models.errors import Invalid, NotFound, NotPermitted, WorkflowChanged
from dashboard.models.ids import new_public_id
from dashboard.services.demo.loading import set_availability_check
from dashboard.services.demo.trees import trail_tree
from dashboard.services.handoff_settings import NOBODY
from dashboard.services.unit_of_work import unit_of_work
from dashboard.services.workflows import save_handoff
from tests.factories import HUMAN, Scene, make_tree
from tests.races import race

EVERYONE = {"everyone": True, "users": [], "teams": []}
SETTINGS: dict[str, Any] = {"availability_check": False, "assign": EVERYONE, "by_language": {}}


def agent(scene: Scene, name: str = "Trail") -> str:
    return str(scene.scalar(select(AIAgent.public_id).where(AIAgent.name == name)))


def save(scene: Scene, who: str = "ada", *, based_on: int = 1, key: str = "to_people", **settings: Any) -> int:
    return save_handoff(scene.viewer(who), agent(scene), key, {**SETTINGS, **settings}, based_on)


def versions(scene: Scene) -> list[Any]:
    return [each for each in scene.rows(WorkflowVersion) if each.ai_agent_id == scene.trail]


def handoff_settings(tree: dict[str, Any]) -> dict[str, Any]:
    [human] = [each for each in tree["triggers"] if each["key"] == "human"]
    settings: dict[str, Any] = human["actions"][0]["settings"]
    return settings


def only(scene: Scene, *names: str) -> dict[str, Any]:
    return {
        "everyone": False,
        "users": [scene.viewer(each).public_id for each in names if each in scene.users],
        "teams": [scene.team_public_id(each) for each in names if each in scene.teams],
    }


def test_a_save_is_a_new_version_and_the_old_one_stays_as_it_was(scene: Scene) -> None:
    before = versions(scene)[0].tree
    assert save(scene, availability_check=True) == 2
    old, new = versions(scene)
    assert old.tree == before
    assert (new.number, new.created_by_id, new.tree["version"]) == (2, scene.users["ada"], 2)
    assert handoff_settings(new.tree)["availability_check"] is True
    assert scene.rows(AIAgent)[0].workflow_version_id == new.id


def test_everything_else_of_the_tree_stays(scene: Scene) -> None:
    before = versions(scene)[0].tree
    save(scene, availability_check=True)
    after = versions(scene)[1].tree
    handoff_settings(after).clear()
    handoff_settings(before).clear()
    assert {**after, "version": 1} == before


def test_it_takes_effect_with_the_next_session_and_not_in_a_chat_under_way(scene: Scene) -> None:
    under_way = scene.write("pia", "My tent is torn").conversation_public_id
    save(scene, assign=only(scene, "eli"))
    scene.online("bo", "eli")
    scene.write("pia", HUMAN)
    # A tie goes to whoever has the lower id: with the new settings it could only be Eli.
    assert scene.owner(under_way) == "bo"
    assert scene.owner(scene.ask_for_human("ravi")) == "eli"


def test_the_same_settings_again_make_no_version(scene: Scene) -> None:
    number = save(scene, availability_check=True)
    assert save(scene, based_on=number, availability_check=True) == number
    assert len(versions(scene)) == 2


def test_the_second_of_two_editors_learns_who_was_first(scene: Scene) -> None:
    save(scene, availability_check=True)
    with pytest.raises(WorkflowChanged) as refused:
        save(scene, assign=only(scene, "bo"))
    assert (refused.value.number, refused.value.by) == (2, "Ada Moreno")
    assert handoff_settings(versions(scene)[-1].tree)["availability_check"] is True
    assert len(versions(scene)) == 2


def test_of_editors_at_the_same_moment_one_saves_and_the_others_learn_who(
    scene: Scene, database_uri: str, tmp_path: Path
) -> None:
    calls = [
        {
            "do": "save_handoff",
            "user_id": scene.users["ada"],
            "ai_agent": agent(scene),
            "key": "to_people",
            "settings": {**SETTINGS, "handoff_message": {"en": f"Editor {number}"}, "default_language": "en"},
            "based_on": 1,
        }
        for number in range(12)
    ]
    outcomes = race(database_uri, tmp_path, calls, processes=1 if database_uri.startswith("sqlite") else 4)
    [winner] = [each for each in outcomes if each["result"] == "done"]
    lost = [each for each in outcomes if each is not winner]
    assert [(each["result"], each["winner"]) for each in lost] == [("workflow-changed", "Ada Moreno")] * 11
    _, new = versions(scene)
    assert handoff_settings(new.tree)["handoff_message"] == winner["call"]["settings"]["handoff_message"]


@pytest.mark.parametrize("who", ["bo", "di", "fay"])
def test_it_needs_the_permission(scene: Scene, who: str) -> None:
    with pytest.raises(NotPermitted):
        save(scene, who, availability_check=True)
    assert len(versions(scene)) == 1


@pytest.mark.parametrize("key", ["hello", "human", "nothing", ""])
def test_only_a_human_handoff_of_the_tree_can_be_saved(scene: Scene, key: str) -> None:
    with pytest.raises(NotFound):
        save(scene, key=key)


def test_an_unknown_ai_agent_is_not_found(scene: Scene) -> None:
    for unknown in (new_public_id(), "x", "\x00"):
        with pytest.raises(NotFound):
            save_handoff(scene.viewer("ada"), unknown, "to_people", SETTINGS, 1)


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"assign": {"everyone": False, "users": [], "teams": []}}, "assign", NOBODY),
        ({"by_language": {"es": {"everyone": False, "users": [], "teams": []}}}, "by_language.es", NOBODY),
        ({"assign": {"everyone": False, "users": ["nobody"], "teams": []}}, "assign", "never worked in Support"),
        ({"handoff_message": {"es": "Hola"}, "default_language": "en"}, "handoff_message.en", "Write this one too"),
        ({"unavailable_message": {"en": "x" * 8001}, "default_language": "en"}, "unavailable_message.en", "8,000"),
        ({"handoff_message": {"en": "a\x00"}, "default_language": "en"}, "handoff_message.en", "cannot be stored"),
        ({"assign": {"everyone": False, "users": ["u"] * 201, "teams": []}}, "assign", "use a team"),
    ],
)
def test_what_cannot_be_saved_is_said_in_words_at_its_field(
    scene: Scene, settings: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save(scene, **settings)
    assert words in refused.value.fields[field]
    assert len(versions(scene)) == 1


@pytest.mark.parametrize(("kind", "name"), [("users", "fay"), ("teams", "Trade desk")])
def test_nobody_of_another_teamspace_can_be_listed(scene: Scene, kind: str, name: str) -> None:
    targets = {**only(scene, "bo"), kind: only(scene, name)[kind]}
    with pytest.raises(Invalid) as refused:
        save(scene, assign=targets)
    assert list(refused.value.fields) == ["assign"]


def test_who_has_left_stays_in_the_list_until_somebody_takes_them_out(scene: Scene) -> None:
    number = save(scene, assign=only(scene, "eli", "Returns"))
    with unit_of_work() as uow:
        table = TeamspaceTeam.__table__
        uow.conn.execute(table.delete().where(table.c.team_id == scene.teams["Returns"]))
    number = save(scene, based_on=number, assign=only(scene, "eli", "Returns", "bo"))
    assert len(handoff_settings(versions(scene)[-1].tree)["assign"]["users"]) == 2
    number = save(scene, based_on=number, assign=only(scene, "bo"))
    with pytest.raises(Invalid):
        save(scene, based_on=number, assign=only(scene, "bo", "eli"))


def test_an_action_deep_in_the_tree_can_be_saved(scene: Scene) -> None:
    tree = make_tree()
    nested = {"key": "deep", "type": "human_handoff", "children": {"on_close": []}}
    tree["triggers"][1]["actions"][0]["children"]["on_close"].append(nested)
    tree["triggers"][2]["levels"].append([{"key": "level", "type": "human_handoff"}])
    scene.use_tree(tree)
    for key in ("deep", "level"):
        latest = versions(scene)[-1].number
        number = save(scene, based_on=latest, key=key, availability_check=True)
        assert number == latest + 1
    text = str(versions(scene)[-1].tree)
    assert text.count("'availability_check': True") == 2


def test_the_demos_switch_of_the_check_keeps_what_was_saved(app: Flask, scene: Scene) -> None:
    scene.use_tree(trail_tree(availability_check=False))
    latest = versions(scene)[-1].number
    save(scene, based_on=latest, key="to_a_person", assign=only(scene, "eli"))
    assert set_availability_check(True) is True
    assert set_availability_check(True) is False
    [settings] = [
        action["settings"]
        for trigger in versions(scene)[-1].tree["triggers"]
        for action in trigger.get("actions", ())
        if action["key"] == "to_a_person"
    ]
    assert settings["availability_check"] is True
    assert settings["assign"] == only(scene, "eli")
