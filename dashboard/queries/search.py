"""Conversations by what was said in them: SQLite's FTS5, PostgreSQL's text index (DESIGN 2)."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, Connection, Select, String, column, func, literal_column, select, table

from dashboard.models import Message
from dashboard.models.enums import MessageKind
from dashboard.models.membership import Reader

MOST_HITS = 500
"""The newest messages that match: more than anybody scrolls through."""

_m = Message.__table__.c
_WORD = re.compile(r"\w+")


def dialect_of(reader: Reader) -> str:
    """`sqlite` or `postgresql`."""
    bind = reader if isinstance(reader, Connection) else reader.get_bind()
    return bind.dialect.name


def said_clause(text: str, conversation_id: ColumnElement[int], dialect: str) -> ColumnElement[bool] | None:
    """Whether one of the newest matching messages is in the conversation; None when `text` has no word."""
    words = _WORD.findall(text)
    if not words:
        return None
    hits = _postgresql(words) if dialect == "postgresql" else _sqlite(words)
    clause: ColumnElement[bool] = conversation_id.in_(hits)
    return clause


def _sqlite(words: list[str]) -> Select[tuple[int]]:
    fts = table("message_fts", column("rowid"), column("body", String))
    query = " ".join(f'"{word}"*' for word in words)
    found = (
        select(fts.c.rowid)
        .where(literal_column("message_fts").op("MATCH")(query))
        .order_by(fts.c.rowid.desc())
        .limit(MOST_HITS)
        .subquery("hits")
    )
    return select(_m.conversation_id).where(_m.id.in_(select(found.c.rowid)))


def _postgresql(words: list[str]) -> Select[tuple[int]]:
    # Fenced: an ORDER BY id with a LIMIT over a rare word would walk the whole primary key.
    query = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words))
    vector = func.to_tsvector(literal_column("'simple'"), _m.body)
    found = (
        select(_m.id, _m.conversation_id)
        .where(vector.op("@@")(query), _m.kind != MessageKind.ACTIVITY)
        .cte("hits")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return select(found.c.conversation_id).order_by(found.c.id.desc()).limit(MOST_HITS)
