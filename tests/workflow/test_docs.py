"""docs/workflow.md is true: its example is valid, and nothing that a workflow can contain is missing."""

import json
import re
from pathlib import Path

from dashboard.workflow.actions import action_types
from dashboard.workflow.effects import LOG_CODES
from dashboard.workflow.inputs import Input
from dashboard.workflow.tree import Tree
from dashboard.workflow.triggers import INTENTS, TriggerType

PAGE = (Path(__file__).parents[2] / "docs" / "workflow.md").read_text()


def test_the_example_is_a_valid_workflow() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    assert Tree.from_json(json.loads(found[1])).find_node("back") is not None


def test_every_trigger_action_branch_intent_and_log_code_is_documented() -> None:
    branches = [branch.name for each in action_types().values() for branch in each.branches]
    names = [*map(str, TriggerType), *action_types(), *branches, *INTENTS, *LOG_CODES]
    assert [each for each in names if f"`{each}`" not in PAGE] == []


def test_every_input_but_the_message_itself_is_documented() -> None:
    names = {each.__name__ for each in Input.__args__} - {"PersonMessage"}
    assert [each for each in names if f"`{each}`" not in PAGE] == []


def test_every_setting_of_an_action_is_documented() -> None:
    from dataclasses import fields

    from dashboard.workflow.actions.collect_feedback import CollectFeedbackSettings
    from dashboard.workflow.actions.create_ticket import CreateTicketSettings
    from dashboard.workflow.actions.human_handoff import HumanHandoffSettings, Targets
    from dashboard.workflow.actions.send_message import SendMessageSettings

    kinds = (CollectFeedbackSettings, CreateTicketSettings, HumanHandoffSettings, Targets, SendMessageSettings)
    assert [each.name for kind in kinds for each in fields(kind) if f"`{each.name}`" not in PAGE] == []
