"""What the generated rows are made of: their columns in order, the shop that they belong to, and how times are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

COLUMNS = {
    "person": "id public_id teamspace_id external_id name email details is_banned created_at",
    "conversation": "id public_id kind teamspace_id ai_agent_id person_id channel_id subject handler assignee_id "
    "team_id status epoch owner_since last_seq public_seq last_activity_at last_text waiting_since language "
    "is_language_corrected handoff_id flow_state created_at",
    "message": "public_id conversation_id seq public_seq kind author_key author_kind author_name user_id body data "
    "client_id epoch created_at",
    "handoff": "id public_id conversation_id teamspace_id status source destination mode reason packet variables "
    "targets node_key assignee_id team_id requested_at assigned_at first_reply_at closed_at outcome rating rated_at",
    "assignment": "conversation_id handoff_id user_id team_id how epoch from_at until_at",
    "queue_entry": "id conversation_id handoff_id teamspace_id queued_at entered_at left_at is_everyone",
    "queue_eligible": "queue_entry_id team_id",
    "event": "conversation_id teamspace_id kind data at",
    "agent_load": "teamspace_id user_id open_chats open_tickets last_assigned_at",
}


@dataclass(frozen=True)
class Agent:
    id: int
    name: str
    team_id: int


@dataclass(frozen=True)
class Shop:
    """Where the conversations happen, by sequential ids; `agents` are listed as often as they get chats."""

    teamspace_id: int
    ai_agent_id: int
    channel_id: int
    agents: Sequence[Agent]
    first_conversation: int
    first_person: int
    first_handoff: int
    first_entry: int


def stamp(at: datetime) -> str:
    """As the application stores a time in SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
