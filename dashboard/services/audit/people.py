"""Records that were merged away: nothing belongs to them any more, and each points straight to the one kept (N7)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from dashboard.models import Conversation, Person, PersonNote, PersonTag
from dashboard.models.enums import ConversationKind, Handler

_c = Conversation.__table__.c
_n = PersonNote.__table__.c
_p = Person.__table__.c
_pt = PersonTag.__table__.c

_is_merged = _p.merged_into_id.is_not(None)


def belongings(conn: Connection) -> Iterator[str]:
    """Conversations, notes and tags went to the record that was kept."""
    left = select(_c.public_id, _p.id).join(Person.__table__, _p.id == _c.person_id).where(_is_merged)
    for public_id, person_id in conn.execute(left):
        yield f"People: conversation {public_id} belongs to the record {person_id}, which was merged away."
    for what, table, column in (("note", PersonNote, _n.person_id), ("tag", PersonTag, _pt.person_id)):
        kept = select(_p.id).join(table.__table__, column == _p.id).where(_is_merged).distinct()
        for person_id in conn.execute(kept).scalars():
            yield f"People: the record {person_id} was merged away and still has a {what}."


def merges(conn: Connection) -> Iterator[str]:
    """One step from each merged record to one that was kept, in the same teamspace: no chain, and so no circle."""
    kept = Person.__table__.alias("kept")
    pairs = select(_p.id, kept.c.id.label("into")).join(kept, kept.c.id == _p.merged_into_id)
    for row in conn.execute(pairs.where(kept.c.merged_into_id.is_not(None))):
        yield f"People: the record {row.id} was merged into {row.into}, which was merged away itself."
    for row in conn.execute(pairs.where(kept.c.teamspace_id != _p.teamspace_id)):
        yield f"People: the records {row.id} and {row.into} are of two teamspaces."


def continuations(conn: Connection) -> Iterator[str]:
    """A chat that ended by a merge is final, and goes on in another chat of the same person."""
    later = Conversation.__table__.alias("later")
    pairs = select(_c.public_id).join(later, later.c.id == _c.continued_in_id)
    is_chat = (_c.kind == ConversationKind.CHAT) & (later.c.kind == ConversationKind.CHAT)
    broken = or_(~is_chat, _c.handler != Handler.EXTERNAL, later.c.id == _c.id, later.c.person_id != _c.person_id)
    for public_id in conn.execute(pairs.where(broken)).scalars():
        yield f"People: {public_id} goes on in another chat, which is not its person's, or it has not ended."
