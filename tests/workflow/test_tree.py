"""Reading and checking workflow trees."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

import dashboard.workflow.tree as tree_module
from dashboard.workflow.actions import action_types
from dashboard.workflow.actions.base import Branch
from dashboard.workflow.nodes import Node
from dashboard.workflow.tree import Tree, TreeError, Trigger, TriggerType
from dashboard.workflow.triggers import HELP, LABELS
from tests.workflow.trail import Json, closed, fallback, hand_off, rate, received, say, started, tree

FULL: Json = {
    "version": 9,
    "triggers": [
        started(say("hello", "Hello!")),
        received(
            "human",
            hand_off(
                "to_team",
                say("back", "Back."),
                availability_check=True,
                assign={"users": ["u1"], "teams": ["t1", "t2"]},
                by_language={"es": {"everyone": True}},
            ),
            say("after", "After."),
            phrases=["help me"],
            exclusions=["help page"],
            intents=["asks_for_person"],
        ),
        fallback([say("f1", "Sorry?")], [hand_off("f2")]),
        closed(rate(timeout_seconds=30, comment_question={"en": "Why?"})),
    ],
}


def example_of_the_docstring() -> Json:
    text = tree_module.__doc__ or ""
    example: Json = json.loads(text[text.index('{"version"') : text.index("Keys are unique")])
    return example


@pytest.mark.parametrize("raw", [FULL, example_of_the_docstring(), tree().to_json()])
def test_a_tree_survives_json(raw: Json) -> None:
    parsed = Tree.from_json(raw)
    again = Tree.from_json(json.loads(json.dumps(parsed.to_json())))
    assert again == parsed
    assert again.to_json() == parsed.to_json()


def test_triggers_and_actions_are_found_by_key() -> None:
    parsed = Tree.from_json(FULL)
    assert isinstance(parsed.find("human"), Trigger)
    assert isinstance(parsed.find("back"), Node)
    assert parsed.find("nobody") is None
    assert parsed.find_node("human") is None


def test_every_action_is_listed_in_order() -> None:
    assert [each.key for each in Tree.from_json(FULL).nodes()] == [
        "hello",
        "to_team",
        "back",
        "after",
        "f1",
        "f2",
        "rate",
    ]


def test_what_follows_an_action_is_the_rest_of_its_list() -> None:
    parsed = Tree.from_json(FULL)
    assert [each.key for each in parsed.after("to_team") or ()] == ["after"]
    assert parsed.after("after") == ()
    assert parsed.after("nobody") is None


def test_nothing_follows_the_actions_that_run_when_a_live_agent_closes() -> None:
    assert Tree.from_json(FULL).after("back") == ()


def test_only_the_enabled_triggers_of_a_type_fire() -> None:
    parsed = tree(received("a", phrases=["a"]), {**received("b", phrases=["b"]), "is_enabled": False})
    assert [each.key for each in parsed.of_type(TriggerType.MESSAGE_RECEIVED)] == ["a"]


def change(path: list[Any], value: object) -> Callable[[Json], None]:
    def apply(raw: Json) -> None:
        target: Any = raw
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return apply


START, HUMAN, FALLBACK, CLOSED = range(4)
TO_TEAM = ["triggers", HUMAN, "actions", 0]
MISTAKES: list[tuple[str, list[Any], object, str, str]] = [
    ("an unknown trigger", ["triggers", 0, "type"], "moon_rises", "start", "type"),
    ("an unknown action", [*TO_TEAM, "type"], "dance", "to_team", "type"),
    ("a key that is used twice", ["triggers", 1, "actions", 1, "key"], "hello", "hello", "key"),
    ("a key that is no key", ["triggers", 0, "key"], "not a key", "trigger", "key"),
    ("a missing key", ["triggers", 0, "actions", 0, "key"], None, "action", "key"),
    ("a misspelt field", [*TO_TEAM, "settings", "availabilty_check"], True, "to_team", "settings.availabilty_check"),
    ("a misspelt field of a trigger", ["triggers", 0, "enabled"], True, "start", "enabled"),
    (
        "a flag that is a text",
        [*TO_TEAM, "settings", "availability_check"],
        "yes",
        "to_team",
        "settings.availability_check",
    ),
    (
        "nobody to hand off to",
        [*TO_TEAM, "settings", "assign"],
        {"everyone": False},
        "to_team",
        "settings.assign.users",
    ),
    (
        "everyone and somebody",
        [*TO_TEAM, "settings", "assign"],
        {"everyone": True, "users": ["u"]},
        "to_team",
        "settings.assign.everyone",
    ),
    (
        "a language list of nobody",
        [*TO_TEAM, "settings", "by_language"],
        {"es": {"everyone": False}},
        "to_team",
        "settings.by_language.es.users",
    ),
    ("users that are numbers", [*TO_TEAM, "settings", "assign"], {"users": [7]}, "to_team", "settings.assign.users"),
    ("an unknown branch", [*TO_TEAM, "children"], {"on_open": []}, "to_team", "children.on_open"),
    ("settings that are a list", [*TO_TEAM, "settings"], [], "to_team", "settings"),
    ("actions that are a text", ["triggers", 0, "actions"], "x", "start", "actions"),
    ("an action that is a text", ["triggers", 0, "actions"], ["x"], "action", "key"),
    ("a level that is no list", ["triggers", 2, "levels"], [7], "fallback", "actions"),
    ("a message without a text", ["triggers", 0, "actions", 0, "settings"], {"texts": {}}, "hello", "settings.texts"),
    ("a blank text", ["triggers", 0, "actions", 0, "settings", "texts", "en"], " ", "hello", "settings.texts.en"),
    (
        "a text that is too long",
        ["triggers", 0, "actions", 0, "settings", "texts", "en"],
        "x" * 8001,
        "hello",
        "settings.texts.en",
    ),
    (
        "a text with NUL",
        ["triggers", 0, "actions", 0, "settings", "texts", "en"],
        "a\x00",
        "hello",
        "settings.texts.en",
    ),
    (
        "a lone surrogate",
        ["triggers", 0, "actions", 0, "settings", "texts", "en"],
        "\ud800",
        "hello",
        "settings.texts.en",
    ),
    (
        "two languages and no default",
        ["triggers", 0, "actions", 0, "settings", "texts"],
        {"en": "a", "es": "b"},
        "hello",
        "settings.default_language",
    ),
    (
        "a default language without a text",
        ["triggers", 0, "actions", 0, "settings"],
        {"texts": {"en": "a"}, "default_language": "de"},
        "hello",
        "settings.texts",
    ),
    ("no phrase and no intent", ["triggers", 1, "settings"], {}, "human", "settings.phrases"),
    ("an unknown intent", ["triggers", 1, "settings", "intents"], ["wants_cake"], "human", "settings.intents"),
    (
        "settings of a trigger that has none",
        ["triggers", 0, "settings"],
        {"phrases": ["x"]},
        "start",
        "settings.phrases",
    ),
    (
        "a timeout of nothing",
        ["triggers", 3, "actions", 0, "settings", "timeout_seconds"],
        0,
        "rate",
        "settings.timeout_seconds",
    ),
    (
        "a timeout that is true",
        ["triggers", 3, "actions", 0, "settings", "timeout_seconds"],
        True,
        "rate",
        "settings.timeout_seconds",
    ),
    ("a version that is a text", ["version"], "3", "workflow", "version"),
    ("triggers that are an object", ["triggers"], {}, "workflow", "triggers"),
    ("no Chat started", ["triggers"], [FULL["triggers"][CLOSED]], "workflow", "triggers"),
    ("no Chat closed by live agent", ["triggers"], [FULL["triggers"][START]], "workflow", "triggers"),
    ("no Collect feedback after a close", ["triggers", 3, "actions"], [], "closed", "actions"),
    ("two Fallbacks", ["triggers", 1], {**fallback(), "key": "again"}, "fallback", "type"),
    ("a handoff after a close", ["triggers", 3, "actions", 0], hand_off("no"), "no", "type"),
]


@pytest.mark.parametrize(
    ("path", "value", "key", "field"), [each[1:] for each in MISTAKES], ids=[each[0] for each in MISTAKES]
)
def test_a_mistake_is_refused_with_the_place_where_it_is(path: list[Any], value: object, key: str, field: str) -> None:
    raw = copy.deepcopy(FULL)
    change(path, value)(raw)
    with pytest.raises(TreeError) as caught:
        Tree.from_json(raw)
    assert (caught.value.key, caught.value.field) == (key, field)
    assert key in str(caught.value)
    assert field in str(caught.value)


@pytest.mark.parametrize("raw", [None, [], "x", 7])
def test_what_is_not_an_object_is_refused(raw: Any) -> None:
    with pytest.raises(TreeError):
        Tree.from_json(raw)


def test_actions_can_be_nested_thirty_deep_and_no_deeper() -> None:
    def nested(depth: int) -> Json:
        return hand_off(f"h{depth}", nested(depth - 1)) if depth > 1 else say("leaf", "x")

    tree(received("t", nested(30), phrases=["x"]))
    with pytest.raises(TreeError, match="30 deep"):
        tree(received("t", nested(31), phrases=["x"]))


def test_a_tree_has_a_limit() -> None:
    many = [received(f"t{at}", *[say(f"a{at}_{n}", "x") for n in range(199)], phrases=["x"]) for at in range(11)]
    with pytest.raises(TreeError, match="at most 2000"):
        tree(*many)


def test_built_in_texts_are_not_stored() -> None:
    raw = tree(received("t", {"key": "h", "type": "human_handoff"}, phrases=["x"])).to_json()
    stored = raw["triggers"][0]["actions"][0]["settings"]
    assert "handoff_message" not in stored
    assert "default_language" not in stored


def test_the_registry_knows_every_action_by_its_name() -> None:
    assert list(action_types()) == ["collect_feedback", "create_ticket", "human_handoff", "send_message"]
    for name, kind in action_types().items():
        assert (kind.name, bool(kind.label), bool(kind.help)) == (name, True, True)


def test_the_nested_tree_of_a_handoff_is_entered_later() -> None:
    assert action_types()["human_handoff"].branches == (Branch("on_close", "When live agent closes chat", True),)


def test_every_trigger_has_words_for_the_editor() -> None:
    assert set(LABELS) == set(HELP) == set(TriggerType)
