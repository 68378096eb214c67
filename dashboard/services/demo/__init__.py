"""The demo: a small outdoor shop with its people, its AI agent and a few days of history (SPEC 14)."""

from dashboard.services.demo.loading import Demo, is_loaded, load, set_availability_check

__all__ = ["Demo", "is_loaded", "load", "set_availability_check"]
