"""What became of the cast's chats, read from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from dashboard.models import (
    AgentLoad,
    Channel,
    Conversation,
    Event,
    Handoff,
    Message,
    Outbox,
    Presence,
    QueueEntry,
    RoutingReceipt,
    Suggestion,
    Timer,
    db,
)
from dashboard.services import jobs

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_m = Message.__table__.c


@dataclass
class Facts:
    """Users and teams by name; a chat is a public id."""

    support: int
    users: dict[str, int]
    teams: dict[str, int]

    def conversation(self, chat: str) -> Row[Any]:
        return self.one(select(Conversation.__table__).where(_c.public_id == chat))

    def handoff(self, chat: str) -> Row[Any]:
        return self.one(select(Handoff.__table__).where(_h.id == self.conversation(chat).handoff_id))

    def timeline(self, chat: str) -> list[Row[Any]]:
        own = _m.conversation_id == self.conversation(chat).id
        return self.all(select(Message.__table__).where(own).order_by(_m.seq))

    def said(self, chat: str) -> list[tuple[str, str]]:
        """(author kind, text) of every public text, in order."""
        return [(each.author_kind.value, each.body) for each in self.timeline(chat) if each.kind.value == "text"]

    def codes(self, chat: str) -> list[str]:
        """The activities, by their codes."""
        return [each.data["code"] for each in self.timeline(chat) if each.kind.value == "activity"]

    def owner(self, chat: str) -> str:
        """`queue`, `ai_agent`, or the name of the live agent who has it."""
        row = self.conversation(chat)
        by_id = {user_id: name for name, user_id in self.users.items()}
        return by_id[row.assignee_id] if row.assignee_id else row.handler.value

    def load(self, name: str) -> int:
        _l = AgentLoad.__table__.c
        own = (_l.user_id == self.users[name]) & (_l.teamspace_id == self.support)
        return int(self.scalar(select(_l.open_chats).where(own)) or 0)

    def receipts(self, chat: str) -> list[Row[Any]]:
        _r = RoutingReceipt.__table__.c
        own = _r.conversation_id == self.conversation(chat).id
        return self.all(select(RoutingReceipt.__table__).where(own).order_by(_r.id))

    def waiting(self) -> list[str]:
        """The queue of Support, oldest first."""
        _q = QueueEntry.__table__.c
        return [
            row.public_id
            for row in self.all(
                select(_c.public_id)
                .join(QueueEntry.__table__, _q.conversation_id == _c.id)
                .where(_q.left_at.is_(None), _q.teamspace_id == self.support)
                .order_by(_q.queued_at, _q.id)
            )
        ]

    def job(self) -> jobs.Job:
        """Take the one answer that is due."""
        [job] = jobs.take_jobs("a worker")
        return job

    def timer(self) -> jobs.DueTimer:
        [timer] = jobs.take_timers()
        return timer

    def suggestions(self) -> list[Row[Any]]:
        return self.rows(Suggestion)

    def events(self) -> list[str]:
        return [row.kind for row in self.rows(Event)]

    def counts(self) -> dict[str, int]:
        """How many rows there are: what a refused verb must not change."""
        models = (Message, Handoff, QueueEntry, RoutingReceipt, Event, Outbox, Timer, Suggestion, Presence, Channel)
        return {model.__name__: len(self.rows(model)) for model in models}

    def rows(self, model: Any) -> list[Row[Any]]:
        return self.all(select(model.__table__).order_by(*model.__table__.primary_key.columns))

    def all(self, statement: Any) -> list[Row[Any]]:
        db.session.close()
        rows = list(db.session.execute(statement).all())
        db.session.close()
        return rows

    def one(self, statement: Any) -> Row[Any]:
        [row] = self.all(statement)
        return row

    def scalar(self, statement: Any) -> Any:
        rows = self.all(statement)
        return rows[0][0] if rows else None
