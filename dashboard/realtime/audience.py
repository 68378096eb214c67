"""Which users a frame goes to: the visibility rule over all active users, remembered per constellation."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, select

from dashboard.models import User
from dashboard.models.membership import load_viewers
from dashboard.models.visibility import Scope, Viewer, can_view, is_eligible, may_watch_queue

MAX_AGE_SECONDS: Final = 60.0
"""A change of roles, teams or links says so in an event; this only bounds what a lost one could do."""
MAX_CONSTELLATIONS: Final = 10_000

_u = User.__table__.c


class Audiences:
    """Most conversations share a few constellations of handler, Assignee and team, so each is decided once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._viewers: dict[int, Viewer] = {}
        self._known: dict[Scope, frozenset[str]] = {}
        self._loaded_at: float | None = None

    def forget(self) -> None:
        """Read users, roles and teams again before the next answer."""
        self._loaded_at = None

    def of(self, conn: Connection, scope: Scope) -> frozenset[str]:
        """The keys (`user:<id>`) of everybody who sees a conversation in this state."""
        self._refresh(conn)
        key = replace(scope, conversation_id=0, status=None)
        found = self._known.get(key)
        if found is None:
            found = frozenset(f"user:{each.user_id}" for each in self._viewers.values() if can_view(each, key))
            if len(self._known) >= MAX_CONSTELLATIONS:
                self._known.clear()
            self._known[key] = found
        return found

    def eligible(self, conn: Connection, scope: Scope, among: Iterable[int]) -> list[Viewer]:
        """Those of the users `among` who may claim a queued conversation."""
        self._refresh(conn)
        found = (self._viewers.get(user_id) for user_id in among)
        return [viewer for viewer in found if viewer is not None and is_eligible(viewer, scope)]

    def agent_teamspaces(self, conn: Connection, user_ids: Collection[int]) -> set[int]:
        """The teamspaces in which one of the users is a live agent."""
        if not user_ids:
            return set()
        self._refresh(conn)
        found = (self._viewers.get(user_id) for user_id in user_ids)
        return {space for viewer in found if viewer is not None for space in viewer.agent_teamspace_ids}

    def linked(self, conn: Connection, teamspace_ids: Collection[int | None]) -> frozenset[str]:
        """The keys of everybody who works in one of the teamspaces."""
        if not teamspace_ids:
            return frozenset()
        self._refresh(conn)
        viewers = self._viewers.values()
        return frozenset(f"user:{each.user_id}" for each in viewers if not each.teamspace_ids.isdisjoint(teamspace_ids))

    def watching(self, conn: Connection, teamspace_ids: Collection[int]) -> frozenset[str]:
        """The keys of everybody who may see conversations wait in one of the teamspaces."""
        if not teamspace_ids:
            return frozenset()
        self._refresh(conn)
        sees = (each for each in self._viewers.values() if not each.teamspace_ids.isdisjoint(teamspace_ids))
        return frozenset(f"user:{each.user_id}" for each in sees if may_watch_queue(each))

    def public_id(self, conn: Connection, user_id: int | None) -> str | None:
        """The public id of an active user."""
        self._refresh(conn)
        viewer = self._viewers.get(user_id) if user_id is not None else None
        return viewer.public_id if viewer else None

    def _refresh(self, conn: Connection) -> None:
        if self._loaded_at is not None and self._clock() - self._loaded_at < MAX_AGE_SECONDS:
            return
        active = list(conn.execute(select(_u.id).where(_u.is_active)).scalars())
        self._viewers = load_viewers(conn, active)
        self._known.clear()
        self._loaded_at = self._clock()
