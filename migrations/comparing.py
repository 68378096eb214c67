"""How models and schema are compared when a revision is written, and when the tests look for drift."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from sqlalchemy import TextClause

from dashboard.models import db
from dashboard.models.base import EnumText, UTCDateTime

SEARCH = ("message_fts", "ix_message_search")
"""Full-text search is made by hand, each database in its own way, and is not in the models."""


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    """Leave out of comparisons what the models do not describe."""
    return type_ not in ("table", "index") or not str(name).startswith(SEARCH)


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database: revisions outlive the models."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=20)"
    return False


def include_object(_object: Any, name: str | None, type_: str, _is_reflected: bool, _other: Any) -> bool:
    """Leave out, on SQLite, the indexes that it cannot show: a revision that adds one says so by hand."""
    return type_ != "index" or name not in _ordered_indexes()


@cache
def _ordered_indexes() -> frozenset[str]:
    """Indexes with an order or an expression in them."""
    indexes = (index for table in db.metadatas[None].tables.values() for index in table.indexes)
    return frozenset(str(index.name) for index in indexes if any(isinstance(e, TextClause) for e in index.expressions))
