"""Every blueprint of the application; a new one is named here."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

NAMES = (
    "account",
    "ai_agents",
    "api",
    "auth",
    "chat_assignment",
    "conversation_tags",
    "conversations",
    "health",
    "hooks",
    "inbox",
    "invitations",
    "live",
    "mailboxes",
    "merging",
    "offers",
    "people",
    "plan",
    "queue",
    "roles",
    "settings",
    "shift",
    "sign_ins",
    "tag_settings",
    "teams",
    "teamspaces",
    "tickets",
    "transfers",
    "typing",
    "unseen",
    "users",
    "webchat",
    "workflow",
    "workspace",
)

BLUEPRINTS: tuple[Blueprint, ...] = tuple(import_module(f"dashboard.blueprints.{name}").bp for name in NAMES)
