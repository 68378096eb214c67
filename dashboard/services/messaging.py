"""Messages in and out: a person writes, a live agent replies, a colleague leaves a note (L3 to L6)."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import bindparam, select, update

from dashboard.models import Channel, Conversation, Handoff, Message, Person
from dashboard.models.enums import ConversationKind, Handler, MessageKind, Status
from dashboard.models.errors import Invalid, NotFound, Obstacle, OwnershipChanged
from dashboard.models.visibility import Viewer
from dashboard.services import flow
from dashboard.services.access import Action, can, hold_for
from dashboard.services.arriving import lock_person, open_chat, read_channel, read_languages
from dashboard.services.events import StatusChanged
from dashboard.services.holding import Held, find_and_hold, hold
from dashboard.services.jobs import cancel_timer
from dashboard.services.mail_out import require_mailable, send_by_mail
from dashboard.services.ownership import set_counted_status
from dashboard.services.reopening import autoclose_key, reopen
from dashboard.services.returning import return_if_orphaned
from dashboard.services.text import clean_client_id, clean_text
from dashboard.services.timeline import Author, Posted, PostedMessage, append, as_author, find_repeated
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.workflow import inputs
from dashboard.workflow.language import detect

_c = Conversation.__table__.c
_ch = Channel.__table__.c
_p = Person.__table__.c
_m = Message.__table__.c
_h = Handoff.__table__.c

_REACH = (
    select(_p.is_banned, _ch.is_connected)
    .outerjoin_from(Person.__table__, Channel.__table__, _ch.id == bindparam("channel", type_=_ch.id.type))
    .where(_p.id == bindparam("person"))
)
_FIRST_REPLY = (
    update(Handoff.__table__)
    .where(_h.id == bindparam("handoff"), _h.first_reply_at.is_(None))
    .values(first_reply_at=bindparam("at"))
)


def start_chat(
    channel_id: int, person_id: int, text: object, client_id: object, *, ai_agent_id: int | None = None
) -> Posted:
    """The person writes on a channel: into their live chat there, or a new one with an AI agent (L9).

    That is the channel's, or `ai_agent_id` of the same teamspace. The same client_id again answers the same message,
    wherever it was stored. Raises Invalid for the text, Obstacle for a banned person or a disconnected channel.
    """
    body, key = clean_text(text), clean_client_id(client_id)
    languages, agent_id = read_channel(channel_id, ai_agent_id)
    language = detect(body, languages)
    with unit_of_work() as uow:
        author, person_id = lock_person(uow, person_id)
        repeated = _find_anywhere(uow, author, person_id, key, body)
        if repeated is not None:
            return repeated
        live = (_c.person_id == person_id) & (_c.channel_id == channel_id) & (_c.kind == ConversationKind.CHAT)
        held = find_and_hold(uow, live & (_c.handler != Handler.EXTERNAL))
        if held is None:
            held = open_chat(uow, channel_id, person_id, agent_id)
        return receive_into(uow, held, author, body, key, language)


def receive_message(public_id: str, person_id: int, text: object, client_id: object) -> Posted:
    """The person writes into one conversation of theirs; raises NotFound for another's, Obstacle when it is over."""
    body, key = clean_text(text), clean_client_id(client_id)
    language = detect(body, read_languages(public_id))
    with unit_of_work() as uow:
        author, person_id = lock_person(uow, person_id)
        held = hold(uow, public_id=public_id)
        if held.person_id != person_id:
            raise NotFound
        repeated = _find_of_merged(uow, held, key, body)
        repeated = repeated or find_repeated(uow, held, author.key, key, body, MessageKind.TEXT)
        if repeated is not None:
            return Posted(held.public_id, repeated, is_new=False)
        if held.handler is Handler.EXTERNAL:
            raise Obstacle("This conversation continues elsewhere; write again to start a new one.")
        if held.status is Status.CLOSED:
            raise Obstacle("This ticket is closed; open a new one. Your text is kept.")
        return receive_into(uow, held, author, body, key, language)


def send_reply(viewer: Viewer, public_id: str, text: object, client_id: object, epoch: int | None = None) -> Posted:
    """The Assignee's public reply; raises OwnershipChanged for anybody else (they take over first)."""
    body, key = clean_text(text), clean_client_id(client_id)
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        repeated = find_repeated(uow, held, viewer.author_key, key, body, MessageKind.TEXT)
        if repeated is not None:
            return Posted(held.public_id, repeated, is_new=False)
        held.require_epoch(uow, epoch)
        if not can(viewer, Action.REPLY, scope):
            raise OwnershipChanged(held.ownership(uow))
        return post_reply(uow, held, viewer, body, key)


def post_reply(uow: UnitOfWork, held: Held, viewer: Viewer, body: str, client_id: str) -> Posted:
    """Store the Assignee's reply: it answers the person, ends Overdue, and counts as first reply."""
    require_reachable(uow, held)
    if held.status in (Status.OVERDUE, Status.RESOLVED):
        set_counted_status(uow, held, Status.OPEN)
        cancel_timer(uow, autoclose_key(held))
        uow.emit(StatusChanged(held.id, held.teamspace_id, Status.OPEN.value))
    message = append(uow, held, as_author(viewer), body, client_id=client_id, also={"waiting_since": None})
    send_by_mail(uow, held, message)
    if held.handoff_id is not None:
        uow.conn.execute(_FIRST_REPLY, {"handoff": held.handoff_id, "at": uow.now})
    return Posted(held.public_id, message, is_new=True)


def add_note(viewer: Viewer, public_id: str, text: object, client_id: object) -> Posted:
    """A note among colleagues, by whoever may view; the person never sees it."""
    body, key = clean_text(text), clean_client_id(client_id)
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        if not can(viewer, Action.NOTE, scope):
            raise NotFound
        repeated = find_repeated(uow, held, viewer.author_key, key, body, MessageKind.NOTE)
        if repeated is not None:
            return Posted(held.public_id, repeated, is_new=False)
        note = append(uow, held, as_author(viewer), body, kind=MessageKind.NOTE, is_public=False, client_id=key)
        return Posted(held.public_id, note, is_new=True)


def receive_into(
    uow: UnitOfWork, held: Held, author: Author, body: str, client_id: str, language: str | None
) -> Posted:
    """Store the person's message and let whoever has the conversation know."""
    also: dict[str, object] = {}
    if held.handler is not Handler.AI_AGENT and held.waiting_since is None:
        also["waiting_since"] = uow.now
    if language is not None and language != held.language and not held.is_language_corrected:
        also["language"] = language
    message = append(uow, held, author, body, client_id=client_id, also=also)
    if held.handler is Handler.AI_AGENT:
        flow.step(uow, held, inputs.PersonMessage(body, held.language, message.seq))
    elif held.status is Status.RESOLVED:
        reopen(uow, held)
        return_if_orphaned(uow, held)
    return Posted(held.public_id, message, is_new=True)


def require_reachable(uow: UnitOfWork, held: Held) -> None:
    """Refuse a reply that could not be delivered, before anything changes (T6); raises Obstacle."""
    if held.status is Status.CLOSED:
        raise Obstacle("This ticket is closed for good. Your text is kept.")
    row = uow.conn.execute(_REACH, {"person": held.person_id, "channel": held.channel_id}).one()
    if row.is_banned:
        raise Obstacle("This person is banned, so no message reaches them. Your text is kept.")
    if row.is_connected is False:
        raise Obstacle("The channel of this conversation is disconnected. Your text is kept.")
    if not held.is_chat:
        require_mailable(uow, held)


def _find_of_merged(uow: UnitOfWork, held: Held, client_id: str, body: str) -> PostedMessage | None:
    """The same text under this client_id, written under a record that was merged into the conversation's person."""
    merged = uow.conn.execute(select(_p.id).where(_p.merged_into_id == held.person_id)).scalars()
    for key in [f"person:{each}" for each in merged]:
        with suppress(Invalid):  # another text: that record numbers its messages for itself
            if found := find_repeated(uow, held, key, client_id, body, MessageKind.TEXT):
                return found
    return None


def _find_anywhere(uow: UnitOfWork, author: Author, person_id: int, client_id: str, body: str) -> Posted | None:
    row = uow.conn.execute(
        select(_m.conversation_id).where(
            _m.conversation_id.in_(select(_c.id).where(_c.person_id == person_id)),
            _m.author_key == author.key,
            _m.client_id == client_id,
        )
    ).first()
    if row is None:
        return None
    held = hold(uow, id=row.conversation_id)
    message = find_repeated(uow, held, author.key, client_id, body, MessageKind.TEXT)
    return Posted(held.public_id, message, is_new=False) if message else None
