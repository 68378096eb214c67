"""Who of the users looks at a conversation and who writes in it: told to the others who look at it (T9).

It is stored nowhere: every process hears every announcement over the bus, and what is not renewed is forgotten.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import gevent

from dashboard.realtime.event_row import EventRow
from dashboard.realtime.hub import Hub
from dashboard.realtime.process import Process

KIND: Final = "colleague"
GONE, VIEWING, NOTING, TYPING = "gone", "viewing", "noting", "typing"
STATES: Final = (GONE, VIEWING, NOTING, TYPING)
"""What a page may announce; of one user's pages the last of these is shown."""
VIEWING_SECONDS: Final = 50.0
"""A page says every 20 s that it is still there."""
WRITING_SECONDS: Final = 7.0
"""A page that is written in says so every 3 s."""
TICK_SECONDS: Final = 1.0

Shown = list[tuple[str, str, str]]
"""(public id, name, state) of each user once."""


@dataclass(slots=True)
class Look:
    """One page of one user on a conversation; times are of the monotonic clock."""

    user_id: int
    public_id: str
    name: str
    state: str
    until: float
    writes_until: float

    def state_at(self, now: float) -> str:
        return self.state if self.writes_until >= now else VIEWING


@dataclass(slots=True)
class Colleagues:
    """What this process knows of the pages of all processes, by conversation and page."""

    hub: Hub
    clock: Callable[[], float] = time.monotonic
    _looks: dict[str, dict[str, Look]] = field(default_factory=dict)
    _told: dict[str, Shown] = field(default_factory=dict)

    def hear(self, message: Mapping[str, Any]) -> None:
        """A page announced something; whoever looks at that conversation is told what it changed."""
        conversation, page, state = str(message["c"]), str(message["page"]), str(message["state"])
        looks = self._looks.setdefault(conversation, {})
        is_new = page not in looks
        if state == GONE:
            looks.pop(page, None)
        else:
            now = self.clock()
            writes_until = 0.0 if state == VIEWING else now + WRITING_SECONDS
            user = int(message["user"]), str(message["id"]), str(message["name"])
            looks[page] = Look(*user, state, now + VIEWING_SECONDS, writes_until)
        self._tell(conversation, is_new=is_new)

    def forget_late(self) -> None:
        """Drop what was not renewed, and tell of it."""
        now = self.clock()
        for conversation, looks in list(self._looks.items()):
            for page in [page for page, look in looks.items() if look.until < now]:
                del looks[page]
            self._tell(conversation)

    def drop(self, user_ids: Collection[int] | None, conversation: str | None = None) -> None:
        """They may not see it any more: they hear nothing and are not shown. None is everybody."""
        for each in [conversation] if conversation else list(self._looks):
            looks = self._looks.get(each, {})
            for page in [page for page, look in looks.items() if user_ids is None or look.user_id in user_ids]:
                del looks[page]
            self._tell(each)

    def shown(self, conversation: str) -> Shown:
        """Each user who looks at it once, writing before looking."""
        now = self.clock()
        found: dict[str, tuple[str, str, str]] = {}
        for look in self._looks.get(conversation, {}).values():
            state = look.state_at(now)
            if look.public_id not in found or STATES.index(state) > STATES.index(found[look.public_id][2]):
                found[look.public_id] = (look.public_id, look.name, state)
        return sorted(found.values(), key=lambda each: each[1:])

    def _tell(self, conversation: str, *, is_new: bool = False) -> None:
        shown = self.shown(conversation)
        if shown == self._told.get(conversation, []) and not is_new:
            return
        if not shown:
            self._looks.pop(conversation, None)
            self._told.pop(conversation, None)
            return
        self._told[conversation] = shown
        told = [{"id": public_id, "name": name, "state": state} for public_id, name, state in shown]
        viewers = {f"user:{look.user_id}" for look in self._looks[conversation].values()}
        self.hub.publish(viewers, f"<!--colleagues={conversation}-->{json.dumps(told)}")


def attach(process: Process) -> Colleagues:
    """Let this process know who looks at what, and forget it in time."""
    colleagues = Colleagues(process.hub)
    process.on_message(KIND, colleagues.hear)

    def tick() -> None:
        while True:
            gevent.sleep(TICK_SECONDS)
            colleagues.forget_late()

    def heed(rows: list[EventRow]) -> None:
        for user_ids in _changed_users(rows):
            colleagues.drop(user_ids)

    process.greenlets["colleagues"] = tick
    process.dispatcher.subscribe(heed)
    return colleagues


def announce(process: Process, conversation: str, page: str, user: Mapping[str, Any], state: str) -> None:
    """Tell every process what one page does; `user` has user (key), id (public id) and name."""
    process.send(KIND, c=conversation, page=page, state=state, **user)


def _changed_users(rows: list[EventRow]) -> Iterator[set[int] | None]:
    """Whose roles, teams or sign-ins changed, per event; None is everybody. Pages that may still look say so again."""
    for row in rows:
        if row.kind == "AccessChanged":
            yield set(row.data["user_ids"]) or None
        elif row.kind == "SessionRevoked":
            yield {row.data["user_id"]}
