"""The audit finds each inconsistency that is planted, and nothing in a database that went through every verb."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from dashboard.models import db
from dashboard.services import availability, demo, jobs, transfers
from dashboard.services.audit import audit
from dashboard.services.faq_answerer import FaqAnswerer
from dashboard.services.unit_of_work import unit_of_work
from tests.cast import ASKS_FOR_A_PERSON, add_person, bring_online, load_cast, viewer, write
from tests.scene import Scene


def test_a_week_of_history_breaks_nothing(app: Flask) -> None:
    demo.load(FaqAnswerer())
    assert audit() == []


def test_a_ticket_that_a_user_opens_for_a_colleague_breaks_nothing(scene: Scene) -> None:
    ticket = scene.ticket("bo", assignee="cy")
    scene.reply("cy", ticket, "I have sent a new one.")
    scene.ticket("bo", teams=["Returns"])
    assert audit() == []


def break_with(*statements: str) -> list[str]:
    """What the audit says after these statements, with the constraints of the tables out of the way."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    off = "PRAGMA ignore_check_constraints = ON" if is_sqlite else "SET session_replication_role = replica"
    if not is_sqlite:
        statements = ("ALTER TABLE conversation DROP CONSTRAINT ck_conversation_assignee_iff_live_agent", *statements)
    with unit_of_work() as uow:
        uow.conn.execute(text(off))
        for statement in statements:
            uow.conn.execute(text(statement))
        if is_sqlite:
            uow.conn.execute(text("PRAGMA ignore_check_constraints = OFF"))
    return audit()


@pytest.fixture
def busy(app: Flask) -> str:
    """One chat that Bo took over from Cy, who left; one queued, one with the AI agent; Fay is there. All is well."""
    cast = load_cast()
    bring_online(cast, "cy")
    assigned = write(cast, add_person(cast, "Priya"), ASKS_FOR_A_PERSON)
    transfers.take_over(viewer(cast, "bo"), assigned, "Bo here.", "takeover")
    with unit_of_work() as uow:
        availability.end_presence(uow, cast.users["cy"], None)
    bring_online(cast, "fay")
    write(cast, add_person(cast, "Jonas"), ASKS_FOR_A_PERSON)
    write(cast, add_person(cast, "Ella"), "Where is my order?")
    assert jobs.take_jobs("tests") == []
    assert audit() == []
    return assigned


ASSIGNED = "handler = 'live_agent'"
QUEUED = "handler = 'queue'"
WITH_AI = "handler = 'ai_agent'"
LONG_AGO = "'2020-01-01 00:00:00.000000'"
ALONE = "UPDATE queue_entry SET is_everyone = false WHERE left_at IS NULL"
WAITS_FOR_RETURNS = (
    "INSERT INTO queue_eligible (queue_entry_id, team_id) "
    "SELECT e.id, t.id FROM queue_entry e, team t WHERE e.left_at IS NULL AND t.name = 'Returns'"
)


def copied(table: str, clause: str) -> str:
    """The statement that inserts such rows once more, under other ids."""
    names = [column.name for column in db.metadatas[None].tables[table].columns if column.name != "id"]
    values = ["'01999999-0000-7000-8000-000000000000'" if name == "public_id" else name for name in names]
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE {clause} LIMIT 1"


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("L1", f"UPDATE conversation SET assignee_id = NULL WHERE {ASSIGNED}"),
        ("L1", f"UPDATE conversation SET assignee_id = 1 WHERE {QUEUED}"),
        ("L9", f"UPDATE conversation SET kind = 'ticket' WHERE {WITH_AI}"),
        ("L6", f"UPDATE conversation SET status = NULL WHERE {ASSIGNED}"),
        ("L6", f"UPDATE conversation SET status = 'open' WHERE {QUEUED}"),
        ("L6", f"UPDATE conversation SET status = 'open' WHERE {WITH_AI}"),
        ("L6", f"UPDATE conversation SET waiting_since = created_at WHERE {WITH_AI}"),
        ("L2", "DELETE FROM assignment WHERE until_at IS NULL"),
        ("L2", "UPDATE assignment SET until_at = from_at WHERE until_at IS NULL"),
        ("L2", "UPDATE assignment SET user_id = 1 WHERE until_at IS NULL"),
        ("L2", "UPDATE assignment SET epoch = 1 WHERE until_at IS NULL"),
        ("L2", "UPDATE assignment SET epoch = 99 WHERE until_at IS NULL"),
        ("L2", f"UPDATE conversation SET epoch = epoch + 1 WHERE {ASSIGNED}"),
        ("L2", "DELETE FROM event WHERE kind = 'ConversationAssigned'"),
        ("L3", "UPDATE message SET epoch = 0 WHERE author_kind = 'live_agent'"),
        ("L3", "UPDATE message SET user_id = 1 WHERE author_kind = 'live_agent'"),
        (
            "L4",
            f"DELETE FROM message WHERE seq = 2 AND conversation_id = (SELECT id FROM conversation WHERE {WITH_AI})",
        ),
        ("L4", f"UPDATE conversation SET last_seq = last_seq + 1 WHERE {WITH_AI}"),
        ("L4", f"UPDATE conversation SET public_seq = public_seq - 1 WHERE {WITH_AI}"),
        ("L4", "UPDATE message SET seq = seq + 1000 WHERE seq > 1"),
        ("L4", "UPDATE message SET public_seq = NULL WHERE public_seq = 2"),
        ("Handoffs", "UPDATE handoff SET closed_at = requested_at"),
        ("Handoffs", "UPDATE handoff SET status = 'overdue' WHERE closed_at IS NULL"),
        ("Handoffs", "UPDATE handoff SET assignee_id = 1 WHERE assignee_id IS NOT NULL"),
        ("Handoffs", f"UPDATE conversation SET handoff_id = NULL WHERE {QUEUED}"),
        ("Queue", "DELETE FROM queue_entry"),
        ("Queue", "UPDATE queue_entry SET left_at = NULL WHERE left_at IS NOT NULL"),
        ("Queue", "UPDATE queue_entry SET teamspace_id = 2 WHERE left_at IS NULL"),
        ("Loads", "UPDATE agent_load SET open_chats = open_chats + 1"),
        ("Loads", "UPDATE agent_load SET open_tickets = open_tickets + 1"),
        ("Loads", "DELETE FROM agent_load"),
        ("Loads", f"UPDATE agent_load SET last_assigned_at = {LONG_AGO} WHERE last_assigned_at IS NOT NULL"),
        ("Loads", "UPDATE agent_load SET last_assigned_at = NULL"),
        ("L8", f"UPDATE conversation SET owner_since = {LONG_AGO} WHERE {ASSIGNED}"),
        ("L8", f"UPDATE conversation SET owner_since = {LONG_AGO} WHERE {QUEUED}"),
        ("L8", f"UPDATE conversation SET owner_since = {LONG_AGO} WHERE {WITH_AI}"),
        ("L3", "UPDATE message SET epoch = 99 WHERE seq = 1"),
        ("L3", "UPDATE message SET epoch = 0 WHERE epoch = 2"),
        ("L3", "UPDATE message SET author_kind = 'ai_agent' WHERE author_kind = 'live_agent'"),
        ("Waiting", f"UPDATE conversation SET waiting_since = NULL WHERE {QUEUED}"),
        ("Waiting", f"UPDATE conversation SET waiting_since = {LONG_AGO} WHERE {QUEUED}"),
        ("Waiting", f"UPDATE conversation SET waiting_since = created_at WHERE {ASSIGNED}"),
        ("Places", f"UPDATE queue_entry SET queued_at = {LONG_AGO} WHERE left_at IS NULL"),
        ("Places", "UPDATE queue_entry SET handoff_id = NULL WHERE left_at IS NULL"),
        ("Eligible", "UPDATE queue_entry SET is_everyone = false WHERE left_at IS NULL"),
        ("Eligible", WAITS_FOR_RETURNS),
        ("Receipts", "DELETE FROM routing_receipt"),
        ("Receipts", "UPDATE routing_receipt SET chosen_user_id = NULL"),
        ("Turns", f"UPDATE teamspace SET turn_at = {LONG_AGO}"),
        ("Presence", "UPDATE user_account SET availability = 'online' WHERE availability = 'away'"),
        ("Presence", "UPDATE user_account SET availability = 'away' WHERE availability = 'online'"),
        ("Presence", "UPDATE availability_change SET state = 'present' WHERE state = 'absent'"),
        ("Presence", "UPDATE availability_change SET state = 'absent' WHERE state = 'present'"),
        ("Presence", "DELETE FROM presence"),
        ("Order", f"UPDATE user_account SET online_since = {LONG_AGO} WHERE availability = 'away'"),
        ("Order", "UPDATE user_account SET online_since = NULL WHERE availability = 'online'"),
    ],
)
def test_what_is_planted_is_found(busy: str, rule: str, statement: str) -> None:
    found = break_with(statement)
    assert [line for line in found if line.startswith(f"{rule}:")], found


@pytest.mark.parametrize(
    ("rule", "statements"),
    [
        pytest.param("L2", ("DROP INDEX uq_assignment_current", copied("assignment", "until_at IS NULL")),
                     id="two open assignments"),
        pytest.param("L2", (f"INSERT INTO assignment (conversation_id, user_id, how, epoch, from_at) "
                            f"SELECT id, 1, 'auto', epoch, created_at FROM conversation WHERE {QUEUED}",),
                     id="an assignment without end after a return"),
        pytest.param("Queue", ("DROP INDEX uq_queue_entry_waiting", copied("queue_entry", "left_at IS NULL")),
                     id="two places in the queue"),
        pytest.param("Handoffs", ("DROP INDEX uq_handoff_open", copied("handoff", "closed_at IS NULL")),
                     id="two open handoffs"),
        pytest.param("Eligible", (ALONE, WAITS_FOR_RETURNS, f"UPDATE team SET archived_at = {LONG_AGO}"),
                     id="it waits for a deleted team"),
        pytest.param("Eligible", (ALONE, WAITS_FOR_RETURNS, "DELETE FROM teamspace_team"),
                     id="it waits for a team of another teamspace"),
    ],
)  # fmt: skip
def test_what_the_tables_themselves_refuse_is_found_too(busy: str, rule: str, statements: tuple[str, ...]) -> None:
    """Where an index was lost, or several rows contradict each other."""
    found = break_with(*statements)
    assert [line for line in found if line.startswith(f"{rule}:")], found


def test_a_set_with_a_team_that_is_in_use_waits_for_somebody(busy: str) -> None:
    assert break_with(ALONE, WAITS_FOR_RETURNS) == []


def test_a_sentence_names_the_conversation(busy: str) -> None:
    found = break_with(f"UPDATE conversation SET status = NULL WHERE {ASSIGNED}")
    assert any(re.search(rf"\b{busy}\b", line) for line in found)


def test_the_audit_writes_nothing(busy: str) -> None:
    with db.engine.connect() as conn:
        before = conn.execute(text("SELECT count(*), max(id) FROM event")).one()
    audit()
    with db.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*), max(id) FROM event")).one() == before
