"""Why a database cannot be migrated."""

from __future__ import annotations


class SchemaError(Exception):
    """The sentence says why, and what to do."""
