"""Merging two records of one person: one is kept and gets everything, the other only points to it. There is no undo.

The merged row keeps its external id and its visitors' keys: whoever writes under them is found to be the kept person
(`arriving.lock_record`, `visitors`), and their messages keep the author key of their record. Who attaches something to
a person asks `lock_record` first, or holds a live chat of theirs: a merge waits for them, or they for the merge.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from dashboard.models import Conversation, Handoff, Person, PersonNote, PersonTag
from dashboard.models.enums import ConversationKind, Handler, Status
from dashboard.models.errors import NotFound, Refused
from dashboard.models.ids import is_public_id
from dashboard.models.visibility import Viewer
from dashboard.queries.merging import Preview, load_preview
from dashboard.queries.people import name_of
from dashboard.services import access, assignment, jobs
from dashboard.services.belonging import Stale
from dashboard.services.events import ConversationMerged, PersonChanged, PersonMerged, QueueMoved
from dashboard.services.holding import Held, find_and_hold
from dashboard.services.ownership import Owner, change_owner
from dashboard.services.reopening import autoclose_key
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_n = PersonNote.__table__.c
_p = Person.__table__.c
_pt = PersonTag.__table__.c

MERGED = "merged"
"""The outcome of a handoff that ended by a merge."""
CHANGED = "One of the two records changed meanwhile. Nothing was merged: look at it again."
GONE = "One of the two records was merged by somebody else meanwhile. Nothing was changed."


def merge_people(viewer: Viewer, kept_id: str, other_id: str, seen: str) -> None:
    """Keep one record and merge the other into it; ids are public, `seen` is the version of the preview.

    Raises NotPermitted, NotFound for a record that is not in a teamspace of the viewer, Stale when the preview is no
    longer true, Refused when one of the two is merged already.
    """
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "people.manage")
        kept, other = _lock_both(uow, viewer, kept_id, other_id)
        chats = _hold_live_chats(uow, kept.id, other.id)
        preview = load_preview(uow.conn, kept.id, other.id)
        if preview.version != seen:
            raise Stale(CHANGED)
        ended = _end_doubled(uow, chats, preview, viewer)
        _move(uow, kept, other)
        _tell(uow, kept, other, ended, viewer)
        if any(each.before["handler"] != Handler.AI_AGENT for each in ended):
            assignment.route_now_and_after(uow, kept.teamspace_id)


def _lock_both(uow: UnitOfWork, viewer: Viewer, kept_id: str, other_id: str) -> tuple[Row[Any], Row[Any]]:
    """Both records, and before them what was merged into them: in the order in which a writer locks (`arriving`)."""
    if kept_id == other_id or not is_public_id(kept_id) or not is_public_id(other_id):
        raise NotFound
    both = _p.public_id.in_((kept_id, other_id)) & _p.teamspace_id.in_(viewer.teamspace_ids)
    ids = list(uow.conn.execute(select(_p.id).where(both)).scalars())
    # Foreign keys pass, as in `holding`: whoever has a conversation of theirs would wait for us, and we for that.
    earlier = select(_p.id).where(_p.merged_into_id.in_(ids)).order_by(_p.id)
    uow.conn.execute(earlier.with_for_update(key_share=True)).all()
    locked = select(Person.__table__).where(_p.id.in_(ids)).order_by(_p.id).with_for_update(key_share=True)
    rows = {row.public_id: row for row in uow.conn.execute(locked)}
    if set(rows) != {kept_id, other_id} or rows[kept_id].teamspace_id != rows[other_id].teamspace_id:
        raise NotFound
    if any(row.merged_into_id is not None for row in rows.values()):
        raise Refused(GONE)
    return rows[kept_id], rows[other_id]


def _hold_live_chats(uow: UnitOfWork, kept_id: int, other_id: int) -> dict[int, Held]:
    """Every live chat of both, locked in the order of their ids, so that nobody changes its owner meanwhile."""
    is_live = (_c.kind == ConversationKind.CHAT) & (_c.handler != Handler.EXTERNAL)
    mine = _c.person_id.in_((kept_id, other_id)) & is_live
    ids = list(uow.conn.execute(select(_c.id).where(mine).order_by(_c.id)).scalars())
    held = [find_and_hold(uow, _c.id == each) for each in ids]
    return {each.id: each for each in held if each is not None}


class Ended:
    """A chat that ended, the one that it continues in, and its Scope from before."""

    def __init__(self, uow: UnitOfWork, held: Held, into: Held) -> None:
        self.held, self.into = held, into
        self.before: dict[str, Any] = held.scope(uow).to_json()


def _end_doubled(uow: UnitOfWork, chats: dict[int, Held], preview: Preview, by: Viewer) -> list[Ended]:
    """Where both have a live chat on one channel, the one with the newest activity stays live."""
    pairs = [(chats[each.ends.id], chats[each.stays.id]) for each in preview.doubled]
    pairs.sort(key=lambda pair: (pair[0].assignee_id or 0, pair[0].id))  # the lock order of loads
    ended = [Ended(uow, ends, into) for ends, into in pairs]
    for each in ended:
        _end(uow, each, by)
    return ended


def _end(uow: UnitOfWork, ended: Ended, by: Viewer) -> None:
    """Final and read only: no Assignee, no place in the queue, no handoff, nothing of the AI agent's to come."""
    held, into = ended.held, ended.into
    is_current = (_h.id == held.handoff_id) & _h.closed_at.is_(None)
    closed = {"status": Status.CLOSED, "closed_at": uow.now, "outcome": MERGED}
    uow.conn.execute(update(Handoff.__table__).where(is_current).values(closed))
    for key in (autoclose_key(held), f"feedback:{held.id}"):
        jobs.cancel_timer(uow, key)
    was_queued = held.handler is Handler.QUEUE
    change_owner(uow, held, Owner(Handler.EXTERNAL, None))
    held.write(uow, waiting_since=None, flow_state=None, workflow_version_id=None)
    uow.conn.execute(update(Conversation.__table__).where(_c.id == held.id).values(continued_in_id=into.id))
    sentence = f"{by.name} merged two records of this person. This chat ended; it continues in their newer one."
    activity(uow, held, MERGED, sentence, user_id=by.user_id, to=into.public_id)
    activity(uow, held, "continued", "This conversation continues in your other chat.", is_public=True)
    uow.emit(ConversationMerged(held.id, held.teamspace_id, ended.before, held.epoch))
    if was_queued:
        uow.emit(QueueMoved(None, held.teamspace_id))


def _move(uow: UnitOfWork, kept: Row[Any], other: Row[Any]) -> None:
    """Everything of the other record becomes the kept one's; what the kept one lacks is filled in."""
    run = uow.conn.execute
    run(update(Conversation.__table__).where(_c.person_id == other.id).values(person_id=kept.id))
    run(update(PersonNote.__table__).where(_n.person_id == other.id).values(person_id=kept.id))
    missing = select(kept.id, _pt.tag_id).where(
        _pt.person_id == other.id, _pt.tag_id.not_in(select(_pt.tag_id).where(_pt.person_id == kept.id))
    )
    run(insert(PersonTag.__table__).from_select(["person_id", "tag_id"], missing))
    run(delete(PersonTag.__table__).where(_pt.person_id == other.id))
    pointing = or_(_p.id == other.id, _p.merged_into_id == other.id)  # chains stay one step long
    run(update(Person.__table__).where(pointing).values(merged_into_id=kept.id))
    run(
        update(Person.__table__)
        .where(_p.id == kept.id)
        .values(
            name=kept.name or other.name,
            email=kept.email or other.email,
            details={**(other.details or {}), **(kept.details or {})},
            is_banned=kept.is_banned or other.is_banned,
            created_at=min(kept.created_at, other.created_at),
        )
    )


def _tell(uow: UnitOfWork, kept: Row[Any], other: Row[Any], ended: list[Ended], by: Viewer) -> None:
    """A line in every conversation that goes on, and pages that follow."""
    over = {each.held.id for each in ended}
    sentence = f"{by.name} merged the record \u201c{name_of(other.name, other.public_id)}\u201d into this person."
    for conversation_id in list(uow.conn.execute(open_conversations(kept.id)).scalars()):
        held = find_and_hold(uow, _c.id == conversation_id)
        if held is not None and held.id not in over:
            activity(uow, held, MERGED, sentence, user_id=by.user_id)
            uow.emit(PersonChanged(held.id, held.teamspace_id))
    for each in ended:
        text = "Your earlier chat goes on here."
        activity(uow, each.into, "continued", text, is_public=True, to=each.held.public_id)
    uow.emit(PersonMerged(None, kept.teamspace_id, other.id))


def open_conversations(person_id: int) -> Any:
    """Ids of a person's conversations that are not over, in the order in which they are locked."""
    chat = (_c.kind == ConversationKind.CHAT) & (_c.handler != Handler.EXTERNAL)
    ticket = (_c.kind == ConversationKind.TICKET) & (_c.status != Status.CLOSED)
    return select(_c.id).where(_c.person_id == person_id, or_(chat, ticket)).order_by(_c.id)
