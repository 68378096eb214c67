"""Webchat visitors: their tokens and the one-time tickets of their sockets, both kept hashed only (W1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select, update

from dashboard.models import Conversation, Person, VisitorTicket, VisitorToken
from dashboard.models.clock import utcnow
from dashboard.models.errors import Obstacle, Unauthenticated
from dashboard.models.ids import new_public_id
from dashboard.models.membership import Reader
from dashboard.queries.webchat import find_chat
from dashboard.services.addresses import clean_email
from dashboard.services.arriving import lock_record
from dashboard.services.events import EmailLeft
from dashboard.services.holding import find_and_hold
from dashboard.services.secrets import digest, new_token
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import unit_of_work

TICKET_LIFE = timedelta(seconds=30)
UNKNOWN_KEY = "This chat's key is not known here any more."

_token = VisitorToken.__table__.c
_ticket = VisitorTicket.__table__.c
_person = Person.__table__.c
_conversation = Conversation.__table__.c


class Banned(Obstacle):
    """The person may not write any more; a slug of its own, so that the page can say it in their language."""

    slug = "banned"

    def __init__(self) -> None:
        super().__init__("You cannot write here any more. Your text is kept.")


@dataclass(frozen=True)
class Visitor:
    """Who stands behind a token: a person on one channel."""

    token_id: int
    channel_id: int
    teamspace_id: int
    person_id: int
    writes_as: int
    """The record that the token was made for; after a merge `person_id` is the one that was kept."""
    external_id: str
    name: str | None
    is_banned: bool

    @property
    def audience(self) -> str:
        return f"person:{self.person_id}"

    def require_welcome(self) -> None:
        """Raise Banned for a banned person, before anything is written."""
        if self.is_banned:
            raise Banned


def open_session(channel_id: int, teamspace_id: int) -> str:
    """Make a new person on the channel; the answer is their token, which nobody can read again."""
    raw = new_token()
    with unit_of_work() as uow:
        person_id = uow.conn.execute(
            insert(Person.__table__)
            .values(teamspace_id=teamspace_id, external_id=f"visitor:{new_public_id()}", created_at=uow.now, details={})
            .returning(_person.id)
        ).scalar_one()
        uow.conn.execute(
            insert(VisitorToken.__table__).values(
                token_hash=digest(raw), channel_id=channel_id, person_id=person_id, created_at=uow.now
            )
        )
    return raw


def get_visitor(reader: Reader, raw_token: str, channel_id: int) -> Visitor:
    """The visitor of a token; raises Unauthenticated when it is unknown or another channel's."""
    row = reader.execute(
        _visitor_select().where(_token.token_hash == digest(raw_token), _token.channel_id == channel_id)
    ).first()
    if row is None:
        raise Unauthenticated(UNKNOWN_KEY)
    return Visitor(**row._mapping)


def issue_ticket(visitor: Visitor) -> str:
    """A ticket that opens one socket within 30 seconds; used or late ones of anybody go away here.

    Raises Unauthenticated when the visitor's key has been erased meanwhile.
    """
    raw = new_token()
    with unit_of_work() as uow:
        mine = select(_token.id).where(_token.id == visitor.token_id).with_for_update(read=True)
        if uow.conn.execute(mine).first() is None:  # erased since the request began
            raise Unauthenticated(UNKNOWN_KEY)
        uow.conn.execute(delete(VisitorTicket.__table__).where(_ticket.expires_at <= uow.now))
        uow.conn.execute(
            insert(VisitorTicket.__table__).values(
                ticket_hash=digest(raw), visitor_token_id=visitor.token_id, expires_at=uow.now + TICKET_LIFE
            )
        )
    return raw


def redeem_ticket(raw_ticket: str) -> Visitor:
    """The visitor whose ticket this is; it is void afterwards. Raises Unauthenticated."""
    with unit_of_work() as uow:
        row = uow.conn.execute(
            delete(VisitorTicket.__table__)
            .where(_ticket.ticket_hash == digest(raw_ticket))
            .returning(_ticket.visitor_token_id, _ticket.expires_at)
        ).first()
        found = None
        if row is not None and row.expires_at > utcnow():
            found = uow.conn.execute(_visitor_select().where(_token.id == row.visitor_token_id)).first()
    if found is None:
        raise Unauthenticated("This ticket is used or too old.")
    return Visitor(**found._mapping)


def leave_email(visitor: Visitor, raw_email: object) -> str:
    """Keep the address at which they can be reached when nobody is there (H7); raises Invalid.

    Whoever has their chat, or will have it, reads of it in the timeline; the same address again changes nothing.
    """
    email = clean_email(raw_email)
    with unit_of_work() as uow:
        person_id = int(lock_record(uow, visitor.writes_as).id)
        chat = find_chat(uow.conn, person_id, visitor.channel_id)
        held = find_and_hold(uow, _conversation.id == chat.id) if chat else None
        is_new = or_(_person.email.is_(None), _person.email != email)
        mine = update(Person.__table__).where(_person.id == person_id, is_new)
        if uow.conn.execute(mine.values(email=email)).rowcount and held is not None:
            activity(uow, held, "email_left", f"Left an e-mail address: {email}")
            uow.emit(EmailLeft(held.id, held.teamspace_id))
    return email


def _visitor_select() -> Select[Any]:
    own = Person.__table__.alias("own")
    is_kept = _person.id == func.coalesce(own.c.merged_into_id, own.c.id)
    chosen = select(
        _token.id.label("token_id"),
        _token.channel_id,
        _person.teamspace_id,
        _person.id.label("person_id"),
        _token.person_id.label("writes_as"),
        _person.external_id,
        _person.name,
        _person.is_banned,
    ).select_from(VisitorToken.__table__)
    return chosen.join(own, own.c.id == _token.person_id).join(Person.__table__, is_kept)
