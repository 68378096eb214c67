"""What the editor under a conversation offers this user: its primary button follows from who has it (UI, T6)."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.models.enums import Handler, Status
from dashboard.models.membership import Reader
from dashboard.models.visibility import Viewer, can_manage
from dashboard.queries.rows import ConversationRow, scope_of
from dashboard.services.access import Action, can

STATUSES = tuple(status.value for status in Status)


@dataclass(frozen=True)
class Actions:
    """`write` is send, takeover or empty; `hint` says why nothing can be sent."""

    write: str
    hint: str
    may_note: bool
    may_claim: bool
    may_transfer: bool
    may_set_status: bool
    may_close: bool
    may_correct_language: bool
    may_create_ticket: bool
    may_tag: bool
    statuses: tuple[str, ...] = STATUSES


def load_actions(reader: Reader, viewer: Viewer, row: ConversationRow) -> Actions:
    """What `can` allows here; the server decides again when it is done."""
    scope = scope_of(reader, row)
    is_theirs = can(viewer, Action.REPLY, scope)
    may_claim = can(viewer, Action.CLAIM, scope)
    write = "send" if is_theirs else "takeover" if can(viewer, Action.TAKEOVER, scope) else ""
    is_closed = row.status is Status.CLOSED
    return Actions(
        write="" if is_closed else write,
        hint=_hint(row, may_claim),
        may_note=can(viewer, Action.NOTE, scope),
        may_claim=may_claim,
        may_transfer=can(viewer, Action.TRANSFER, scope) and not is_closed,
        may_set_status=can(viewer, Action.SET_STATUS, scope) and not is_closed,
        may_close=can(viewer, Action.CLOSE_QUEUED, scope),
        may_correct_language=can_manage(viewer, scope) and row.ai_agent_name is not None,
        may_create_ticket="tickets.assigned" in viewer.permissions,
        may_tag=can(viewer, Action.TAG, scope),
    )


def _hint(row: ConversationRow, may_claim: bool) -> str:
    if row.handler is Handler.EXTERNAL:
        return f"Continued in {row.platform}. It is read only here."
    if row.status is Status.CLOSED:
        return "This ticket is closed for good. Create a new one to write to the person again"
    if may_claim:
        return "Claim it to answer"
    return "You can read this conversation and leave notes"
