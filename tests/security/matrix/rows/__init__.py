"""Every address of the application, one module per area: its ROWS say who gets which status."""

from tests.security.matrix.rows import (
    ai_agents,
    chat_assignment,
    core,
    mailboxes,
    offers,
    people,
    plan,
    queue,
    roles,
    settings,
    shift,
    tags,
    teams,
    tickets,
    users,
    workspace,
)
from tests.security.matrix.rows.kit import Row

ROWS: list[Row] = [
    *ai_agents.ROWS,
    *chat_assignment.ROWS,
    *core.ROWS,
    *mailboxes.ROWS,
    *offers.ROWS,
    *people.ROWS,
    *plan.ROWS,
    *queue.ROWS,
    *roles.ROWS,
    *settings.ROWS,
    *shift.ROWS,
    *tags.ROWS,
    *teams.ROWS,
    *tickets.ROWS,
    *users.ROWS,
    *workspace.ROWS,
]
