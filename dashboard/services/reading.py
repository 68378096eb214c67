"""What a user has read, and what they have typed and not sent (N4, N5)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import Conversation, Draft, ReadMark, db
from dashboard.models.visibility import Viewer
from dashboard.services.access import get_conversation_id
from dashboard.services.text import clean_text
from dashboard.services.unit_of_work import unit_of_work

_r = ReadMark.__table__.c
_d = Draft.__table__.c
_c = Conversation.__table__.c


def mark_read(viewer: Viewer, public_id: str, seq: int) -> None:
    """The user has seen the conversation up to `seq`; an older mark never replaces a newer one.

    A number beyond the last one counts as the last one: what comes later is not read yet.
    """
    conversation_id = get_conversation_id(db.session, viewer, public_id)
    with unit_of_work() as uow:
        last_seq = uow.conn.execute(select(_c.last_seq).where(_c.id == conversation_id)).scalar_one()
        seq = max(0, min(seq, last_seq))
        dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(ReadMark.__table__).values(
            user_id=viewer.user_id, conversation_id=conversation_id, seq=seq
        )
        uow.conn.execute(
            statement.on_conflict_do_update(
                index_elements=[_r.user_id, _r.conversation_id], set_={"seq": seq}, where=_r.seq < seq
            )
        )


def save_draft(viewer: Viewer, public_id: str, text: object, *, is_note: bool = False) -> None:
    """Keep what is typed so far; empty text forgets the draft."""
    body = clean_text(text, required=False)
    conversation_id = get_conversation_id(db.session, viewer, public_id)
    with unit_of_work() as uow:
        if not body:
            uow.conn.execute(
                delete(Draft.__table__).where(_d.user_id == viewer.user_id, _d.conversation_id == conversation_id)
            )
            return
        dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
        changes = {"body": body, "is_note": is_note, "saved_at": uow.now}
        statement = dialect.insert(Draft.__table__).values(
            user_id=viewer.user_id, conversation_id=conversation_id, **changes
        )
        uow.conn.execute(statement.on_conflict_do_update(index_elements=[_d.user_id, _d.conversation_id], set_=changes))
