"""A conversation as one row: what the list, the header of the thread and every live frame show of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from dashboard.models import (
    AIAgent,
    Channel,
    Conversation,
    ConversationTag,
    Handoff,
    Person,
    QueueEligible,
    QueueEntry,
    Tag,
    Team,
    Teamspace,
    User,
)
from dashboard.models.enums import ConversationKind, Destination, Handler, Status
from dashboard.models.membership import Reader
from dashboard.models.scopes import complete
from dashboard.models.visibility import Scope

_c = Conversation.__table__.c
_p = Person.__table__.c
_u = User.__table__.c
_t = Team.__table__.c
_h = Handoff.__table__.c
_ch = Channel.__table__.c
_ai = AIAgent.__table__.c
_ts = Teamspace.__table__.c
_q = QueueEntry.__table__.c
_e = QueueEligible.__table__.c
_ct = ConversationTag.__table__.c
_tag = Tag.__table__.c

# One public id and name on each line, as names have none: no SELECT more for the tags of a page.
_TAG_LINES = (
    select(func.aggregate_strings(_tag.public_id + " " + _tag.name, "\n"))
    .join_from(ConversationTag.__table__, Tag.__table__, _tag.id == _ct.tag_id)
    .where(_ct.conversation_id == _c.id)
    .correlate(Conversation.__table__)
    .scalar_subquery()
    .label("tag_lines")
)

ANOTHER_CHAT = "another chat"
"""Where a chat went on that ended because two records of its person were merged."""
PLATFORMS = {Destination.INBOX: ANOTHER_CHAT, Destination.ZENDESK: "Zendesk", Destination.BITRIX24: "Bitrix24"}


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """Ids called `…_id` are public ones but for `id`, `…_key`; nothing in it depends on who looks."""

    id: int
    public_id: str
    kind: ConversationKind
    handler: Handler
    status: Status | None
    epoch: int
    owner_since: datetime
    last_seq: int
    last_activity_at: datetime
    last_text: str | None
    waiting_since: datetime | None
    language: str | None
    subject: str | None
    teamspace_key: int
    team_key: int | None
    assignee_key: int | None
    handoff_key: int | None
    person_key: int
    person_public_id: str
    given_name: str | None
    assignee_id: str | None
    assignee_name: str | None
    team_id: str | None
    team_name: str | None
    channel_id: str | None
    channel_name: str | None
    ai_agent_name: str | None
    teamspace_name: str
    requested_at: datetime | None
    destination: Destination | None
    external_ref: str | None
    tag_lines: str | None
    read_seq: int | None = None
    waits_for: str = ""

    @property
    def person_name(self) -> str:
        return self.given_name or f"Visitor {self.person_public_id[-4:]}"

    @property
    def preview(self) -> str:
        return self.last_text or self.subject or "No messages yet"

    @property
    def waits_since(self) -> datetime | None:
        """The queue's clock: the time of the handoff's request, also after a return (A4)."""
        if self.handler is not Handler.QUEUE:
            return self.waiting_since
        return self.requested_at or self.owner_since

    @property
    def is_unanswered(self) -> bool:
        return self.handler is Handler.LIVE_AGENT and self.waiting_since is not None

    @property
    def tags(self) -> list[tuple[str, str]]:
        """(public id, name), in the order of names."""
        lines = (self.tag_lines or "").split("\n")
        tags = [(line[:36], line[37:]) for line in lines if line]
        return sorted(tags, key=lambda tag: tag[1].casefold())

    @property
    def platform(self) -> str:
        return PLATFORMS[self.destination] if self.destination else ANOTHER_CHAT


def rows_select() -> Select[Any]:
    """The columns of ConversationRow, in its order up to `tag_lines`."""
    return (
        select(
            _c.id, _c.public_id, _c.kind, _c.handler, _c.status, _c.epoch, _c.owner_since, _c.last_seq,
            _c.last_activity_at, _c.last_text, _c.waiting_since, _c.language, _c.subject,
            _c.teamspace_id, _c.team_id, _c.assignee_id, _c.handoff_id, _c.person_id,
            _p.public_id, _p.name, _u.public_id, _u.name, _t.public_id, _t.name,
            _ch.public_id, _ch.name, _ai.name, _ts.name, _h.requested_at, _h.destination, _h.external_ref,
            _TAG_LINES,
        )
        .join_from(Conversation.__table__, Person.__table__, _p.id == _c.person_id)
        .join(Teamspace.__table__, _ts.id == _c.teamspace_id)
        .outerjoin(User.__table__, _u.id == _c.assignee_id)
        .outerjoin(Team.__table__, _t.id == _c.team_id)
        .outerjoin(Channel.__table__, _ch.id == _c.channel_id)
        .outerjoin(AIAgent.__table__, _ai.id == _c.ai_agent_id)
        .outerjoin(Handoff.__table__, _h.id == _c.handoff_id)
    )  # fmt: skip


_ONE = rows_select().where(_c.id == bindparam("conversation"))
_WAITS_FOR = (
    select(_q.is_everyone, _u.name, _t.name)
    .select_from(QueueEntry.__table__)
    .outerjoin(QueueEligible.__table__, _e.queue_entry_id == _q.id)
    .outerjoin(User.__table__, _u.id == _e.user_id)
    .outerjoin(Team.__table__, _t.id == _e.team_id)
    .where(_q.conversation_id == bindparam("conversation"), _q.left_at.is_(None))
    .order_by(_t.name, _u.name)
)


def load_row(reader: Reader, conversation_id: int) -> ConversationRow:
    """One conversation that exists; for a queued one also whom it waits for."""
    found = reader.execute(_ONE, {"conversation": conversation_id}).one()
    row = ConversationRow(*found)
    if row.handler is not Handler.QUEUE:
        return row
    return replace(row, waits_for=row.team_name or _load_waits_for(reader, row.id))


def scope_of(reader: Reader, row: ConversationRow) -> Scope:
    """What the visibility rule looks at, from a row that is read already: no, one or a few SELECTs more."""
    scope = Scope(
        conversation_id=row.id,
        kind=row.kind,
        teamspace_id=row.teamspace_key,
        handler=row.handler,
        status=row.status,
        assignee_id=row.assignee_key,
        team_id=row.team_key,
    )
    return complete(reader, scope, was_handed_off=row.handoff_key is not None)


def _load_waits_for(reader: Reader, conversation_id: int) -> str:
    listed = reader.execute(_WAITS_FOR, {"conversation": conversation_id}).all()
    names = [each[2] or each[1] for each in listed if not each[0] and (each[2] or each[1])]
    if not names:
        return "everyone in this teamspace"
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else str(names[0])
