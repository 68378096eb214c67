"""What live agents write in tickets of a mailbox goes out by mail, threaded with the mail before it (T8)."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Row, insert, select

from dashboard.models import Conversation, Mailbox, MailMessage, Message, Person
from dashboard.models.enums import MailDirection
from dashboard.models.errors import Obstacle
from dashboard.services.holding import Held
from dashboard.services.mailing import new_message_id, queue_mail
from dashboard.services.timeline import PostedMessage
from dashboard.services.unit_of_work import UnitOfWork
from integrations.port import Mail

_box = Mailbox.__table__.c
_c = Conversation.__table__.c
_m = Message.__table__.c
_mm = MailMessage.__table__.c
_p = Person.__table__.c

THREAD = 10
"""Of a long thread only the latest ids are named: mail programs need one that they know."""

_ENVELOPE = (
    select(
        _box.id, _box.address, _box.name, _box.is_enabled, _c.subject, _p.email,
    )
    .join_from(Conversation.__table__, Mailbox.__table__, _box.id == _c.mailbox_id)
    .join(Person.__table__, _p.id == _c.person_id)
)  # fmt: skip


def require_mailable(uow: UnitOfWork, held: Held) -> None:
    """Refuse a reply in a ticket of a mailbox that no mail could carry, before anything changes (T6): Obstacle."""
    envelope = _find_envelope(uow, held)
    if envelope is None:
        return
    if not envelope.email:
        raise Obstacle("There is no e-mail address of this person, so no mail reaches them. Your text is kept.")
    if not envelope.is_enabled:
        raise Obstacle(f"The mailbox {envelope.address} is switched off. Your text is kept.")


def send_by_mail(uow: UnitOfWork, held: Held, message: PostedMessage) -> None:
    """Send a public message of a ticket to its person; chats, and tickets of no mailbox, travel another way."""
    envelope = None if held.is_chat else _find_envelope(uow, held)
    if envelope is None or not envelope.email:
        return
    before = _ids_before(uow, held)
    mail = Mail(
        message_id=new_message_id(envelope.address),
        sender=envelope.address,
        sender_name=f"{message.alias or message.author_name} ({envelope.name})",
        to=envelope.email,
        subject=f"Re: {envelope.subject}" if before else envelope.subject or "",
        text=message.body,
        in_reply_to=before[-1] if before else None,
        references=tuple(before),
    )
    queue_mail(uow, mail, stream=f"ticket:{held.id}", mailbox_id=envelope.id, about={"conversation_id": held.id})
    stored = select(_m.id).where(_m.conversation_id == held.id, _m.seq == message.seq).scalar_subquery()
    uow.conn.execute(
        insert(MailMessage.__table__).values(
            mailbox_id=envelope.id, conversation_id=held.id, message_id=stored, direction=MailDirection.OUT,
            header_id=mail.message_id, header_hash=header_hash(mail.message_id), outcome="sent", created_at=uow.now,
        )
    )  # fmt: skip


def header_hash(message_id: str) -> str:
    """How a Message-ID is looked up, whatever its length."""
    return hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()


def _find_envelope(uow: UnitOfWork, held: Held) -> Row[*tuple[Any, ...]] | None:
    return uow.conn.execute(_ENVELOPE.where(_c.id == held.id)).one_or_none()


def _ids_before(uow: UnitOfWork, held: Held) -> list[str]:
    newest = select(_mm.header_id).where(_mm.conversation_id == held.id).order_by(_mm.id.desc()).limit(THREAD)
    return list(uow.conn.execute(newest).scalars())[::-1]
