"""Saving a teamspace's Chat Assignment: checked, gated by the plan, never over somebody else's change (SPEC 4, 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import exists, func, select, update

from dashboard.models import Assignment, Conversation, QueueEntry, Teamspace, db
from dashboard.models.enums import AssignmentHow, ConversationKind, Method
from dashboard.models.errors import Invalid, PlanRequired
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer
from dashboard.queries.chat_assignment import Stored, Values, get_stored
from dashboard.services import access, assignment
from dashboard.services.belonging import Stale
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_a = Assignment.__table__.c
_c = Conversation.__table__.c
_q = QueueEntry.__table__.c
_s = Teamspace.__table__.c

LIMITS = (1, 1000)
OVERDUE = (1, 10_080)
AUTOCLOSE = (1, 720)
CHANGED = "Somebody else saved other settings meanwhile. Nothing of yours was saved; what you chose is kept below."


@dataclass(frozen=True)
class Saved:
    """What there was and what there is now; `assigned` and `waiting` count the chats that waited at the save."""

    before: Stored
    after: Stored
    assigned: int
    waiting: int


def parse(form: Mapping[str, str]) -> Values:
    """What a form says; raises Invalid with every field that is wrong."""
    wrong: dict[str, str] = {}
    method = form.get("method", "")
    if method not in set(Method):
        wrong["method"] = "Choose one of the four methods."
    limit = _whole(form, "auto_limit", LIMITS, wrong)
    overdue = None
    if form.get("overdue_minutes", "").strip():
        overdue = _whole(form, "overdue_minutes", OVERDUE, wrong, " Leave it empty to switch it off.")
    hours = _whole(form, "autoclose_hours", AUTOCLOSE, wrong)
    if wrong:
        raise Invalid(wrong)
    return Values(
        Method(method), limit, bool(form.get("returns_when_absent")), overdue, hours, bool(form.get("offers_transfers"))
    )


def require_plan(stored: Stored, wanted: Method) -> None:
    """A method above the plan may stay where it is stored already, but is not chosen anew (A1)."""
    if wanted is not stored.values.method and not stored.allows(wanted):
        raise PlanRequired(f"method.{wanted.value}")


def save(viewer: Viewer, public_id: str, wanted: Values, version: str) -> Saved:
    """Store what a form says that was drawn from the values that `version` names, and route by it at once (A4).

    Raises NotFound, NotPermitted, PlanRequired, and Stale when other values are stored by now.
    """
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teamspaces.manage")
        before = get_stored(uow.conn, viewer.teamspace_ids, public_id, lock=True)
        if before.values.version != version:
            raise Stale(CHANGED)
        require_plan(before, wanted.method)
        uow.conn.execute(update(Teamspace.__table__).where(_s.id == before.id).values(asdict(wanted)))
        waited = _waiting_ids(uow, before.id)
        if (wanted.method, wanted.auto_limit) != (before.values.method, before.values.auto_limit):
            assignment.rules_changed(uow, before.id)
    after = get_stored(db.session, viewer.teamspace_ids, public_id)
    assigned = _count_assigned(db.session, waited)
    return Saved(before, after, assigned, len(waited) - assigned)


def _waiting_ids(uow: UnitOfWork, teamspace_id: int) -> list[int]:
    """Entries of the chats in the queue."""
    chats = (
        select(_q.id)
        .join(Conversation.__table__, _c.id == _q.conversation_id)
        .where(_q.teamspace_id == teamspace_id, _q.left_at.is_(None), _c.kind == ConversationKind.CHAT)
    )
    return list(uow.conn.execute(chats).scalars())


def _count_assigned(reader: Reader, entry_ids: Sequence[int]) -> int:
    """How many of these stays in the queue Chat Assignment has ended."""
    by_routing = (_a.conversation_id == _q.conversation_id, _a.from_at == _q.left_at, _a.how == AssignmentHow.AUTO)
    ended = exists(select(_a.id).where(*by_routing))
    count = select(func.count()).select_from(QueueEntry.__table__).where(_q.id.in_(entry_ids), ended)
    return int(reader.execute(count).scalar_one())


def _whole(form: Mapping[str, str], name: str, bounds: tuple[int, int], wrong: dict[str, str], also: str = "") -> int:
    """A whole number within bounds; else `wrong` says so in words."""
    least, most = bounds
    text = form.get(name, "").strip()
    if text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most:
        return int(text)
    wrong[name] = f"Enter a whole number from {least:,} to {most:,}.{also}"
    return 0
