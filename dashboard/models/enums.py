"""The closed sets of the product (SPEC 1 to 6), stored by value."""

from __future__ import annotations

from enum import StrEnum


class ConversationKind(StrEnum):
    CHAT = "chat"
    TICKET = "ticket"


class Handler(StrEnum):
    """Who answers a conversation now (L1)."""

    AI_AGENT = "ai_agent"
    QUEUE = "queue"
    LIVE_AGENT = "live_agent"
    INTEGRATION = "integration"
    EXTERNAL = "external"


class Status(StrEnum):
    OPEN = "open"
    PENDING = "pending"
    OVERDUE = "overdue"
    RESOLVED = "resolved"
    CLOSED = "closed"


class MessageKind(StrEnum):
    TEXT = "text"
    NOTE = "note"
    ACTIVITY = "activity"


class AuthorKind(StrEnum):
    PERSON = "person"
    AI_AGENT = "ai_agent"
    LIVE_AGENT = "live_agent"
    SYSTEM = "system"
    INTEGRATION = "integration"


class Availability(StrEnum):
    """What a user declares (P1)."""

    ONLINE = "online"
    AWAY = "away"


class AvailabilityRecord(StrEnum):
    """The states of the append-only record that the dry run replays (A7)."""

    ONLINE = "online"
    AWAY = "away"
    PRESENT = "present"
    ABSENT = "absent"


class Method(StrEnum):
    """How Chat Assignment picks (A1)."""

    BALANCED = "balanced"
    RANDOM = "random"
    ROUND_ROBIN = "round_robin"
    VOLUNTARY = "voluntary"


class AssignmentHow(StrEnum):
    AUTO = "auto"
    CLAIM = "claim"
    TRANSFER = "transfer"
    TAKEOVER = "takeover"
    UNDO = "undo"


class OfferState(StrEnum):
    """What became of an offered transfer (T5)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOIDED = "voided"


class MailDirection(StrEnum):
    IN = "in"
    OUT = "out"


class HandoffSource(StrEnum):
    NODE = "node"
    RULE = "rule"
    LLM = "llm"
    TAKEOVER = "takeover"
    API = "api"


class Destination(StrEnum):
    INBOX = "inbox"
    ZENDESK = "zendesk"
    BITRIX24 = "bitrix24"


class HandoffMode(StrEnum):
    INBOX = "inbox"
    TWO_WAY = "two_way"
    EXTERNAL = "external"


class Plan(StrEnum):
    FREE = "free"
    LITE = "lite"
    PRO = "pro"
    TOTAL = "total"
    ENTERPRISE = "enterprise"


class RoleType(StrEnum):
    WORKSPACE = "workspace"
    TEAM = "team"


class ChannelKind(StrEnum):
    WEBCHAT = "webchat"
    API = "api"


class OutboxState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"


class SuggestionState(StrEnum):
    OPEN = "open"
    USED = "used"
    DISMISSED = "dismissed"
