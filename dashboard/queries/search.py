"""Conversations by what was said in them: SQLite's FTS5, PostgreSQL's text index (DESIGN 2)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    union,
)

from dashboard.models import Conversation, Message, Person
from dashboard.models.enums import MessageKind
from dashboard.models.membership import Reader

MOST_HITS = 500
"""The newest that match: more than anybody scrolls through."""
NEWEST_SUBJECTS = 20_000
"""How many of the newest conversations are looked through for a subject, which has no index."""

_c = Conversation.__table__.c
_m = Message.__table__.c
_p = Person.__table__.c
_WORD = re.compile(r"\w+")


def dialect_of(reader: Reader) -> str:
    """`sqlite` or `postgresql`."""
    bind = reader if isinstance(reader, Connection) else reader.get_bind()
    return bind.dialect.name


def matches(text: str, dialect: str) -> ColumnElement[bool]:
    """Conversations of persons by name, address and id, by their newest subjects, and by what was said."""
    hits: list[Select[Any]] = [_of_persons(text, dialect), _of_subjects(text, dialect)]
    said = _said(text, dialect)
    # A union, so that its few rows are looked up and not every conversation compared with it.
    found: ColumnElement[bool] = _c.id.in_(union(*hits, *([] if said is None else [said])))
    return found


def _contains(field: ColumnElement[Any], text: str, dialect: str) -> ColumnElement[bool]:
    """Whatever the case. SQLite's LIKE sees to that for the same letters as its lower(), in a third of the time."""
    if dialect == "sqlite":
        return field.contains(text, autoescape=True)
    return field.icontains(text, autoescape=True)


def _of_persons(text: str, dialect: str) -> Select[Any]:
    is_match = or_(*(_contains(field, text, dialect) for field in (_p.name, _p.email, _p.external_id)))
    persons = select(_p.id).where(is_match).order_by(_p.id.desc()).limit(MOST_HITS).subquery("persons")
    return select(_c.id).where(_c.person_id.in_(select(persons.c.id)))


def _of_subjects(text: str, dialect: str) -> Select[Any]:
    oldest = select(func.max(_c.id) - NEWEST_SUBJECTS).scalar_subquery()
    return select(_c.id).where(_c.id > oldest, _contains(_c.subject, text, dialect))


def _said(text: str, dialect: str) -> Select[tuple[int]] | None:
    """Ids of the conversations of the newest matching messages; None when `text` has no word."""
    words = _WORD.findall(text)
    if not words:
        return None
    return _postgresql(words) if dialect == "postgresql" else _sqlite(words)


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
    newest = select(found.c.conversation_id).order_by(found.c.id.desc()).limit(MOST_HITS).subquery("newest")
    return select(newest.c.conversation_id)
