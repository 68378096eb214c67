"""AI agents and their workflows: only for who manages them."""

from __future__ import annotations

from tests.security.matrix.rows.kit import Row, page, roles

_MANAGE = roles(401, users=403, ada=200)
_WORKFLOW = "/ai-agents/<ai_agent>/workflow"
_PATH = "/ai-agents/{ai_agent}/workflow"
_AS_IT_IS = {
    "based_on": "{version}",
    "assign": "specific",
    "assign.members": "team:{front_line}",
    "handoff_message.en": "A colleague will help.",
}
"""The settings that the house has: saving them changes nothing for the other rows."""

ROWS = [
    page("/ai-agents", "GET", _MANAGE),
    Row(_WORKFLOW, "GET", _MANAGE, _PATH),
    Row(_WORKFLOW, "GET", _MANAGE, f"{_PATH}?node=to_people"),
    Row(_WORKFLOW, "GET", roles(401, users=403, ada=404), f"{_PATH}?node=nothing"),
    Row(f"{_WORKFLOW}/actions/<action>", "PUT", _MANAGE, f"{_PATH}/actions/to_people", _AS_IT_IS),
    Row(f"{_WORKFLOW}/actions/<action>", "PUT", roles(401, users=403, ada=409), f"{_PATH}/actions/to_people"),
]
