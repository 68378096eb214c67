"""API v1: JSON for programs, without cookies and therefore without CSRF tokens (SPEC 14)."""

from dashboard.blueprints.api import conversations, me, messages, moves, offers, openapi, tickets
from dashboard.blueprints.api.operations import api as bp
from dashboard.extensions import csrf

csrf.exempt(bp)

__all__ = ["bp", "conversations", "me", "messages", "moves", "offers", "openapi", "tickets"]
