"""The page of a workflow: the tree, and the selected action beside it, with what was typed when it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashboard.models.clock import utcnow
from dashboard.models.errors import NotFound
from dashboard.models.membership import Reader
from dashboard.queries.handoff_choices import Choices, load_choices
from dashboard.queries.workflows import Version, Workflow, find_version, load_versions
from dashboard.services.handoff_settings import members_of
from dashboard.web.handoff_form import HandoffForm
from dashboard.web.workflow_words import Difference, Names, differences, named_by
from dashboard.workflow.actions.create_ticket import CreateTicketSettings
from dashboard.workflow.actions.human_handoff import HumanHandoffSettings
from dashboard.workflow.nodes import Node, Trigger
from dashboard.workflow.tree import Tree

NO_CHOICES = Choices(())


@dataclass(frozen=True)
class Past:
    """An earlier or the current version as the selected action sees it; `changes` lead from it to the current one."""

    version: Version
    is_current: bool
    has_action: bool
    changes: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """What somebody saved in the meantime, and what they changed in this action."""

    version: Version
    has_action: bool
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class Panel:
    """The selected trigger or action; only a Human Handoff has a form."""

    part: Node | Trigger
    form: HandoffForm | None = None
    choices: Choices = NO_CHOICES
    based_on: int = 0
    mistakes: Mapping[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    restored: Version | None = None
    history: tuple[Past, ...] = ()

    @property
    def is_unsaved(self) -> bool:
        """Whether the form holds what no version holds."""
        return bool(self.mistakes or self.conflict or self.restored)


def open_panel(reader: Reader, workflow: Workflow, key: str, restore: int | None = None) -> Panel:
    """The settings as they run, or filled from an earlier version. Raises NotFound when they are not there."""
    part = workflow.version.tree.find(key)
    if part is None:
        raise NotFound("This action is not in the workflow.")
    settings = part.settings
    if isinstance(settings, CreateTicketSettings):
        return Panel(part, choices=load_choices(reader, workflow.teamspace_key, utcnow(), set(named_by(settings))))
    if not isinstance(settings, HumanHandoffSettings):
        return Panel(part)
    earlier = find_version(reader, workflow.agent_key, restore) if restore is not None else None
    shown = find_handoff(earlier.tree, key) if earlier else settings
    if shown is None or (restore is not None and earlier is None):
        raise NotFound("That version has no settings for this action.")
    versions = load_versions(reader, workflow.agent_key)
    choices = _choices(reader, workflow, key, *versions, *([earlier] if earlier else ()))
    return Panel(
        part=part,
        form=HandoffForm.of(shown, workflow.languages),
        choices=choices,
        based_on=workflow.version.number,
        restored=earlier,
        history=tuple(_past(workflow, each, key, settings, choices.name) for each in versions),
    )


def refuse(panel: Panel, form: HandoffForm, based_on: int, mistakes: Mapping[str, str]) -> Panel:
    """The same panel with what was typed, and what is wrong with it."""
    return replace(panel, form=form, based_on=based_on, mistakes=mistakes)


def contradict(reader: Reader, workflow: Workflow, panel: Panel, form: HandoffForm, based_on: int) -> Panel:
    """The same panel with what was typed, beside what somebody else saved since `based_on`."""
    base = find_version(reader, workflow.agent_key, based_on)
    before = find_handoff(base.tree, panel.part.key) if base else None
    after = find_handoff(workflow.version.tree, panel.part.key)
    changes = differences(before, after, panel.choices.name) if before and after else []
    conflict = Conflict(workflow.version, after is not None, tuple(changes))
    return replace(panel, form=form, based_on=based_on, conflict=conflict)


def open_lost_panel(reader: Reader, workflow: Workflow, key: str, form: HandoffForm, based_on: int) -> Panel:
    """What was typed into an action that the current version has no more. Raises NotFound when it never was."""
    base = find_version(reader, workflow.agent_key, based_on)
    part = base.tree.find_node(key) if base else None
    if base is None or part is None:
        raise NotFound("This action is not in the workflow.")
    choices = _choices(reader, workflow, key, base)
    conflict = Conflict(workflow.version, False, ())
    return Panel(part, form, choices, based_on, conflict=conflict)


def find_handoff(tree: Tree, key: str) -> HumanHandoffSettings | None:
    """The settings of a Human Handoff, if there is one with that key."""
    node = tree.find_node(key)
    return node.settings if node and isinstance(node.settings, HumanHandoffSettings) else None


def _choices(reader: Reader, workflow: Workflow, key: str, *versions: Version) -> Choices:
    """Names only for who stands in a version: a form may claim anybody."""
    found = (find_handoff(each.tree, key) for each in (workflow.version, *versions))
    listed = {value for settings in found if settings for value in members_of(settings)}
    return load_choices(reader, workflow.teamspace_key, utcnow(), listed)


def _past(workflow: Workflow, version: Version, key: str, current: HumanHandoffSettings, names: Names) -> Past:
    settings = find_handoff(version.tree, key)
    is_current = version.number == workflow.version.number
    changes = differences(settings, current, names) if settings else []
    return Past(version, is_current, settings is not None, tuple(changes))
