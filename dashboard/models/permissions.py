"""The permissions of SPEC 6a and the plan table of SPEC 13: the one place that decides."""

from __future__ import annotations

from dashboard.models.enums import Method, Plan

KINDS = ("livechats", "tickets")

PER_KIND = (
    "{x}.assigned",  # View and manage X assigned to them
    "{x}.view_teams",
    "{x}.manage_teams",
    "{x}.view_all",
    "{x}.manage_all",
    "{x}.transfer",  # Transfer and takeover X they manage
    "{x}.export",
    "{x}.download",
)

CONVERSATION_PERMISSIONS: tuple[str, ...] = tuple(p.format(x=kind) for kind in KINDS for p in PER_KIND)

WORKSPACE_PERMISSIONS: tuple[str, ...] = (
    "workspace.manage",
    "teamspaces.manage",
    "roles.manage",
    "users.manage",
    "teams.manage",
    "plan.manage",
    "ai_agents.manage",
    "integrations.manage",
    "people.manage",
    "analytics.view",
    "transcripts.view",
)

ALL_PERMISSIONS = frozenset(CONVERSATION_PERMISSIONS + WORKSPACE_PERMISSIONS)

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
    "teamspace_secrets": "A teamspace's secret of the API",
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
