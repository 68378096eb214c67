"""Where a conversation came from and where it went on: only what the viewer may see of it (L9, N4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dashboard.models import Conversation, Mailbox, Person
from dashboard.models.enums import ConversationKind
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, visible_clause
from dashboard.queries.rows import ConversationRow

MOST = 20

_c = Conversation.__table__.c
_p = Person.__table__.c
_b = Mailbox.__table__.c


@dataclass(frozen=True, slots=True)
class Link:
    """`is_back`: to where it came from."""

    icon: str
    text: str
    url: str
    is_back: bool


@dataclass(frozen=True, slots=True)
class Links:
    """`mailbox` is where a ticket's replies go out from; `warning` says why none do."""

    links: tuple[Link, ...]
    mailbox: str | None
    warning: str = ""


def load_links(reader: Reader, viewer: Viewer, row: ConversationRow) -> Links:
    """Two SELECTs, or three; a chat without any link, which is most of them, has nothing to show."""
    here = aliased(Conversation.__table__, name="here")
    address = select(_b.address).where(_b.id == here.c.mailbox_id).scalar_subquery()
    facts = reader.execute(
        select(here.c.origin_id, here.c.continued_in_id, address.label("mailbox"), _p.email)
        .join(Person.__table__, _p.id == here.c.person_id)
        .where(here.c.id == row.id)
    ).one()
    # By their keys: with the rule of who sees what beside an OR, the whole list would be walked for them.
    keys = {each for each in facts[:2] if each is not None}
    keys.update(reader.execute(select(_c.id).where(_c.origin_id == row.id).order_by(_c.id).limit(MOST)).scalars())
    found = _load(reader, viewer, keys) if keys else ()
    links = tuple(_link(each, is_back=each.id == facts.origin_id) for each in found)
    return Links(links, facts.mailbox, "" if row.kind is ConversationKind.CHAT else _warning(facts))


def _load(reader: Reader, viewer: Viewer, keys: set[int]) -> Sequence[Any]:
    return reader.execute(
        select(_c.id, _c.public_id, _c.kind, _c.subject, _p.name, _p.public_id.label("person"))
        .join(Person.__table__, _p.id == _c.person_id)
        .where(_c.id.in_(sorted(keys)), visible_clause(viewer, by_index=False))
        .order_by(_c.id)
    ).all()


def _link(row: Any, *, is_back: bool) -> Link:
    is_chat = row.kind is ConversationKind.CHAT
    person = row.name or f"Visitor {row.person[-4:]}"
    what = f"the chat with {person}" if is_chat else f"\u201c{row.subject}\u201d"
    text = f"From {what}" if is_back else f"Continued in {what}"
    return Link("message-square" if is_chat else "ticket", text, f"/conversations/{row.public_id}", is_back)


def _warning(facts: Any) -> str:
    if facts.mailbox and facts.email:
        return ""
    if facts.mailbox:
        return "The person has no e-mail address: a reply is refused until they have one"
    return "Not by mail: replies are kept here, and not mailed to the person"
