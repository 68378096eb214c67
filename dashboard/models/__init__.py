"""Tables, and the rules that live inside one aggregate."""

from dashboard.models.agents import AIAgent, Channel, FaqEntry, Person, VisitorTicket, VisitorToken, WorkflowVersion
from dashboard.models.base import db
from dashboard.models.conversations import Assignment, Conversation, Draft, Handoff, Message, ReadMark, Suggestion
from dashboard.models.jobs import Event, Outbox, Timer
from dashboard.models.mail import Mailbox, MailMessage
from dashboard.models.people import ConversationTag, PersonNote, PersonTag, Tag
from dashboard.models.routing import AgentLoad, QueueEligible, QueueEntry, RoutingReceipt
from dashboard.models.sign_in import ApiToken, Invitation, SignInAttempt, UserSession
from dashboard.models.transfers import TransferOffer
from dashboard.models.workspace import (
    AvailabilityChange,
    Presence,
    Role,
    RolePermission,
    Setting,
    Team,
    TeamMember,
    Teamspace,
    TeamspaceTeam,
    TeamspaceUser,
    User,
    UserRole,
    Workspace,
)

__all__ = [
    "AIAgent",
    "AgentLoad",
    "ApiToken",
    "Assignment",
    "AvailabilityChange",
    "Channel",
    "Conversation",
    "ConversationTag",
    "Draft",
    "Event",
    "FaqEntry",
    "Handoff",
    "Invitation",
    "MailMessage",
    "Mailbox",
    "Message",
    "Outbox",
    "Person",
    "PersonNote",
    "PersonTag",
    "Presence",
    "QueueEligible",
    "QueueEntry",
    "ReadMark",
    "Role",
    "RolePermission",
    "RoutingReceipt",
    "Setting",
    "SignInAttempt",
    "Suggestion",
    "Tag",
    "Team",
    "TeamMember",
    "Teamspace",
    "TeamspaceTeam",
    "TeamspaceUser",
    "Timer",
    "TransferOffer",
    "User",
    "UserRole",
    "UserSession",
    "VisitorTicket",
    "VisitorToken",
    "WorkflowVersion",
    "Workspace",
    "db",
]
