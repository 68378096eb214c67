"""Who calls: a user by a personal token, or a program that speaks for a teamspace's channel by its secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from sqlalchemy import ColumnElement

from dashboard.blueprints.api.rate import RateLimit
from dashboard.models import db
from dashboard.models.errors import Unauthenticated
from dashboard.models.visibility import Viewer
from dashboard.queries import api as queries
from dashboard.services import plans
from dashboard.services.accounts import OF_TEAMSPACE
from dashboard.services.secrets import digest
from dashboard.web.context import config

RATE_LIMIT = "baton.api_rate_limit"


@dataclass(frozen=True)
class UserPrincipal:
    """A personal token is its user."""

    viewer: Viewer
    is_secret = False

    @property
    def reach(self) -> ColumnElement[bool]:
        return queries.reach_of_user(self.viewer)


@dataclass(frozen=True)
class TeamspacePrincipal:
    """A teamspace secret sees conversations of its teamspace, as their persons do."""

    teamspace_id: int
    is_secret = True

    @property
    def reach(self) -> ColumnElement[bool]:
        return queries.reach_of_teamspace(self.teamspace_id)


Principal = UserPrincipal | TeamspacePrincipal


def authenticate() -> Principal:
    """The principal of this request; raises Unauthenticated, TooManyRequests, PlanRequired."""
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not raw.strip():
        raise Unauthenticated("A bearer token is needed: `Authorization: Bearer …`.")
    token = raw.strip()
    token_hash = digest(token)
    principal = _find(token, token_hash)
    if principal is None:
        raise Unauthenticated("This token is not known here, or was revoked.")
    _rate_limit().spend(token_hash)
    if isinstance(principal, TeamspacePrincipal):
        plans.require(db.session, "teamspace_secrets")
    return principal


def _find(token: str, token_hash: str) -> Principal | None:
    if not token.startswith(OF_TEAMSPACE):
        viewer = queries.find_viewer(db.session, token_hash)
        if viewer is not None:
            return UserPrincipal(viewer)
    teamspace_id = queries.find_teamspace_id(db.session, token_hash)
    return None if teamspace_id is None else TeamspacePrincipal(teamspace_id)


def _rate_limit() -> RateLimit:
    extensions: dict[str, Any] = current_app.extensions
    if RATE_LIMIT not in extensions:
        extensions[RATE_LIMIT] = RateLimit(config().api_rate, config().api_burst)
    found: RateLimit = extensions[RATE_LIMIT]
    return found
