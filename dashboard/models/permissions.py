"""The permissions of SPEC 6a and the plan table of SPEC 13: the one place that decides."""

from __future__ import annotations

from dashboard.models.enums import Method, Plan

KINDS = ("livechats", "tickets")

_KIND_NAMES = {
    "{x}.assigned": "View and manage {x} assigned to them",
    "{x}.view_teams": "View {x} of their teams",
    "{x}.manage_teams": "Manage {x} of their teams",
    "{x}.view_all": "View all {x}",
    "{x}.manage_all": "Manage all {x}",
    "{x}.transfer": "Transfer and takeover {x} they manage",
    "{x}.export": "Export {x}",
    "{x}.download": "Download {x}",
}

_WORKSPACE_NAMES = {
    "workspace.manage": "Manage the workspace",
    "teamspaces.manage": "Manage teamspaces",
    "roles.manage": "Manage roles",
    "users.manage": "Manage users",
    "teams.manage": "Manage teams",
    "plan.manage": "Manage the plan",
    "ai_agents.manage": "Manage AI agents",
    "integrations.manage": "Manage integrations",
    "people.manage": "Manage people",
    "analytics.view": "View analytics",
    "transcripts.view": "View transcripts",
}

MANAGES_TICKETS = ("tickets.assigned", "tickets.manage_teams", "tickets.manage_all")
"""Any of them makes a user somebody whom a ticket may name as Assignee."""

CONVERSATION_PERMISSIONS: tuple[str, ...] = tuple(key.format(x=kind) for kind in KINDS for key in _KIND_NAMES)

WORKSPACE_PERMISSIONS: tuple[str, ...] = tuple(_WORKSPACE_NAMES)

PERMISSION_NAMES: dict[str, str] = {
    key.format(x=kind): name.format(x=kind) for kind in KINDS for key, name in _KIND_NAMES.items()
} | _WORKSPACE_NAMES
"""Every permission in the words of the role's page and of refusals."""

ALL_PERMISSIONS = frozenset(PERMISSION_NAMES)

PLAN_ORDER = (Plan.FREE, Plan.LITE, Plan.PRO, Plan.TOTAL, Plan.ENTERPRISE)

FEATURES: dict[str, Plan] = {
    "transfers": Plan.LITE,
    "method.random": Plan.LITE,
    "method.round_robin": Plan.PRO,
    "method.voluntary": Plan.TOTAL,
    "zendesk": Plan.TOTAL,
    "teamspace_secrets": Plan.TOTAL,
    "bitrix24": Plan.ENTERPRISE,
}

FEATURE_NAMES: dict[str, str] = {
    "transfers": "Transferring conversations",
    "method.random": "Random assignment",
    "method.round_robin": "Round robin assignment",
    "method.voluntary": "Voluntary assignment",
    "zendesk": "Zendesk",
    "teamspace_secrets": "The API secret of a teamspace",
    "bitrix24": "Bitrix24",
}


def is_in_plan(plan: Plan, feature: str) -> bool:
    """Whether `plan` includes `feature`, a key of FEATURES."""
    return PLAN_ORDER.index(plan) >= PLAN_ORDER.index(FEATURES[feature])


def effective_method(stored: Method, plan: Plan) -> Method:
    """The method that runs: the stored one, or Balanced where the plan has fallen below it (A1)."""
    if stored is Method.BALANCED or is_in_plan(plan, f"method.{stored.value}"):
        return stored
    return Method.BALANCED
