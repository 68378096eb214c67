"""The application as it is, in a server process that takes its templates compiled from the others of the same run."""

from __future__ import annotations

import tests.compiled_once  # noqa: F401  before the application is made
from dashboard.app import create_app

__all__ = ["create_app"]
