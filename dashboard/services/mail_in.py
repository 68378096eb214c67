"""Mail that comes: a person's words in their ticket, or in a new one; each mail once, whoever brings it (L9, T8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, case, func, insert, select
from sqlalchemy.exc import IntegrityError

from dashboard.models import Conversation, Mailbox, MailMessage, Message, Person
from dashboard.models.enums import ConversationKind, MailDirection, Status
from dashboard.models.errors import Obstacle
from dashboard.services import tickets
from dashboard.services.arriving import lock_person
from dashboard.services.holding import Held, hold
from dashboard.services.in_use import is_in_use
from dashboard.services.mail_out import header_hash
from dashboard.services.messaging import receive_into
from dashboard.services.programs import PersonDetails, know_person
from dashboard.services.text import clean_line, clean_text
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from integrations.port import IncomingMail

_box = Mailbox.__table__.c
_c = Conversation.__table__.c
_m = Message.__table__.c
_mm = MailMessage.__table__.c
_p = Person.__table__.c

MAX_MAIL = 200_000
"""A mail may be longer than a chat message: nothing of it is cut."""
NO_SUBJECT = "(no subject)"
NO_TEXT = "(The mail had no text.)"


@dataclass(frozen=True)
class Taken:
    """What became of a mail: `outcome` is added, opened, automatic, own, banned, duplicate, or gone (its teamspace)."""

    outcome: str
    conversation_id: int | None = None
    seq: int | None = None


def receive_mail(mailbox_id: int, mail: IncomingMail) -> Taken:
    """Take one mail of a mailbox; the same one again changes nothing.

    It goes into the ticket whose mail it answers, if its writer is that ticket's person and the ticket is not closed;
    else it opens one, linked to the ticket that it answers (L9).
    """
    try:
        with unit_of_work() as uow:
            wanted = select(_box.id, _box.teamspace_id, _box.address).where(_box.id == mailbox_id)
            box = uow.conn.execute(wanted).one()
            if _find_taken(uow, box.teamspace_id, mail):
                return Taken("duplicate")
            taken = _take(uow, box, mail)
            _remember(uow, box.id, mail, taken)
            return taken
    except IntegrityError:  # another process took it at the same moment
        return Taken("duplicate")


def _take(uow: UnitOfWork, box: Row[tuple[int, int, str]], mail: IncomingMail) -> Taken:
    if uow.conn.execute(select(_box.id).where(func.lower(_box.address) == mail.sender)).first():
        return Taken("own")  # two of our mailboxes would answer each other for ever
    answered = _find_answered(uow, box.teamspace_id, mail.references)
    # Where a mailbox is a group that everybody's mail passes through, the group makes nobody a machine.
    if mail.is_automatic and mail.list_id != box.address.replace("@", "."):
        return _note_automatic(uow, answered, mail)
    person_id = _find_person(uow, box.teamspace_id, mail, answered)
    try:
        author, person_id = lock_person(uow, person_id)
    except Obstacle:
        return Taken("banned")
    # What is quoted stands in our timeline only when it is ours: a mail that is forwarded to us is what it is about.
    words = mail.text if answered else mail.whole or mail.text
    body = clean_text(words, limit=MAX_MAIL, required=False) or NO_TEXT
    held = hold(uow, id=answered) if answered else None
    if held is not None and held.person_id == person_id and held.status is not Status.CLOSED:
        posted = receive_into(uow, held, author, body, f"mail:{header_hash(mail.message_id)[:60]}", None)
        _tell_of_files(uow, held, mail)
        return Taken("added", held.id, posted.message.seq)
    if not is_in_use(uow, box.teamspace_id):
        return Taken("gone")
    ticket = tickets.open_ticket_by_mail(uow, box.teamspace_id, box.id, person_id, _subject(mail), body, answered)
    _tell_of_files(uow, ticket, mail)
    return Taken("opened", ticket.id, 1)


def _find_taken(uow: UnitOfWork, teamspace_id: int, mail: IncomingMail) -> bool:
    """Whether any mailbox of the teamspace has it: one mail may be addressed to several."""
    here = _mm.mailbox_id.in_(select(_box.id).where(_box.teamspace_id == teamspace_id))
    same = here & (_mm.header_hash == header_hash(mail.message_id))
    return uow.conn.execute(select(_mm.id).where(same)).first() is not None


def _remember(uow: UnitOfWork, mailbox_id: int, mail: IncomingMail, taken: Taken) -> None:
    stored = select(_m.id).where(_m.conversation_id == taken.conversation_id, _m.seq == taken.seq).scalar_subquery()
    uow.conn.execute(
        insert(MailMessage.__table__).values(
            mailbox_id=mailbox_id, conversation_id=taken.conversation_id, message_id=stored,
            direction=MailDirection.IN, header_id=mail.message_id[:998], header_hash=header_hash(mail.message_id),
            outcome=taken.outcome, created_at=uow.now,
        )
    )  # fmt: skip


def _find_answered(uow: UnitOfWork, teamspace_id: int, references: Sequence[str]) -> int | None:
    """The ticket of this teamspace with the newest mail that is named."""
    hashes = [header_hash(each) for each in references]
    found = uow.conn.execute(
        select(_mm.conversation_id)
        .join(Conversation.__table__, _c.id == _mm.conversation_id)
        .where(_mm.header_hash.in_(hashes), _c.teamspace_id == teamspace_id, _c.kind == ConversationKind.TICKET)
        .order_by(_mm.id.desc())
        .limit(1)
    ).scalar()
    return int(found) if found is not None else None


def _find_person(uow: UnitOfWork, teamspace_id: int, mail: IncomingMail, answered: int | None) -> int:
    """Who is known by this address; else somebody new.

    Several records may have it: that of the ticket's person comes first, then one that wrote from there before, as
    visitors of a webchat may leave any address, then the latest. One that was merged into another counts, and stands
    for it (`lock_person`).
    """
    known = (_p.teamspace_id == teamspace_id) & (func.lower(_p.email) == mail.sender)
    person = select(_c.person_id).where(_c.id == answered).scalar_subquery()
    is_theirs = case((func.coalesce(_p.merged_into_id, _p.id) == person, 0), else_=1)
    wrote = case((_p.external_id == _external_id(mail), 0), else_=1)
    order = is_theirs, _p.merged_into_id.is_not(None), wrote, _p.id.desc()
    found = uow.conn.execute(select(_p.id).where(known).order_by(*order).limit(1)).scalar()
    if found is not None:
        return int(found)
    name = clean_line(mail.sender_name, "name", limit=120, required=False) or mail.sender.partition("@")[0][:120]
    details = PersonDetails(_external_id(mail), name, mail.sender)
    return know_person(uow, teamspace_id, details, may_change=False)  # what colleagues have corrected stays


def _external_id(mail: IncomingMail) -> str:
    return f"mailto:{mail.sender}"[:200]


def _note_automatic(uow: UnitOfWork, answered: int | None, mail: IncomingMail) -> Taken:
    """An out-of-office reply or a bounce answers nothing; whoever works on the ticket should know of it."""
    if answered is None:
        return Taken("automatic")
    held = hold(uow, id=answered)
    said = activity(uow, held, "mail_automatic", f"An automatic mail came: \u201c{_subject(mail)}\u201d.")
    return Taken("automatic", held.id, said.seq)


def _tell_of_files(uow: UnitOfWork, held: Held, mail: IncomingMail) -> None:
    if mail.files:
        names = ", ".join(mail.files)
        activity(uow, held, "mail_files", f"The mail also had files, which are not kept here: {names}.")


def _subject(mail: IncomingMail) -> str:
    return clean_line(mail.subject, "subject", required=False) or NO_SUBJECT
