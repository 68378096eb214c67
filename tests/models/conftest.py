"""Model tests run on both databases, in the context of an application."""

from tests.services.conftest import app

__all__ = ["app"]
