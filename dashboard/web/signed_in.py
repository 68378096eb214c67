"""The door of every blueprint whose pages are for users."""

from __future__ import annotations

from flask_login import current_user

from dashboard.models.errors import Unauthenticated


def require_sign_in() -> None:
    """Register with `before_request`; raises Unauthenticated."""
    if not current_user.is_authenticated:
        raise Unauthenticated
