"""A teamspace without open conversations is deleted: its row stays, and everything that led to it ends (L10)."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from dashboard.models import Channel, Conversation, Mailbox, Teamspace, TeamspaceTeam, TeamspaceUser
from dashboard.models.enums import Status
from dashboard.models.errors import Refused
from dashboard.models.visibility import Viewer
from dashboard.queries.teamspaces import Removal, TeamspaceState, get_teamspace, load_removal
from dashboard.services import access, closing
from dashboard.services.belonging import Stale, belonging_changed
from dashboard.services.holding import hold
from dashboard.services.team_deletion import CHANGED
from dashboard.services.teamspaces import affected_user_ids
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_c = Conversation.__table__.c
_ch = Channel.__table__.c
_mb = Mailbox.__table__.c
_s = Teamspace.__table__.c
_tt = TeamspaceTeam.__table__
_tu = TeamspaceUser.__table__

BUSY = "Something is happening in this teamspace at this moment. Nothing was deleted: try again."


def delete_teamspace(viewer: Viewer, public_id: str, seen: str) -> str:
    """Delete a teamspace as long as the numbers are those that `seen` names; answers its name.

    Resolved conversations are closed first. Raises Refused while it has open ones, Stale for other numbers, NotFound,
    NotPermitted.
    """
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teamspaces.manage")
        space = get_teamspace(uow.conn, viewer, public_id)
        is_resolved = (_c.teamspace_id == space.id) & (_c.status == Status.RESOLVED)
        resolved = uow.conn.execute(select(_c.id).where(is_resolved).order_by(_c.id)).scalars().all()
        held = [hold(uow, id=key) for key in resolved]
        # Conversations first, then this without waiting: whoever opens one there has locked both, in that order.
        lock = select(_s.id).where(_s.id == space.id, _s.archived_at.is_(None)).with_for_update(skip_locked=True)
        if uow.conn.execute(lock).first() is None:
            raise Refused(BUSY)
        removal = load_removal(uow.conn, space.id)
        _require_seen(removal, seen)
        if removal.resolved != sum(each.status is Status.RESOLVED for each in held):
            raise Refused(BUSY)
        for each in held:
            closing.close_by_itself(uow, each)
        archive(uow, space)
    return space.name


def _require_seen(removal: Removal, seen: str) -> None:
    if removal.open_count:
        number = f"{removal.open_count} open conversation{'s' if removal.open_count > 1 else ''}"
        raise Refused(f"It has {number}. Close them first; nothing was deleted.")
    if removal.seen != seen:
        raise Stale(CHANGED)


def archive(uow: UnitOfWork, space: TeamspaceState) -> None:
    """End everything that leads to a teamspace in which nothing is open."""
    users = affected_user_ids(uow, space.id)
    uow.conn.execute(delete(_tu).where(_tu.c.teamspace_id == space.id))
    uow.conn.execute(delete(_tt).where(_tt.c.teamspace_id == space.id))
    uow.conn.execute(update(Channel.__table__).where(_ch.teamspace_id == space.id).values(is_connected=False))
    uow.conn.execute(update(Mailbox.__table__).where(_mb.teamspace_id == space.id).values(is_enabled=False))
    ended = {"archived_at": uow.now, "secret_hash": None}
    uow.conn.execute(update(Teamspace.__table__).where(_s.id == space.id).values(ended))
    belonging_changed(uow, users, ())
