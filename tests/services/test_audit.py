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
    """one chat that Bo took over from Cy, one in the queue, one with the AI agent; all is well."""
    cast = load_cast()
    bring_online(cast, "cy")
    assigned = write(cast, add_person(cast, "Priya"), ASKS_FOR_A_PERSON)
    transfers.take_over(viewer(cast, "bo"), assigned, "Bo here.", "takeover")
    with unit_of_work() as uow:
        availability.end_presence(uow, cast.users["cy"], None)
    write(cast, add_person(cast, "Jonas"), ASKS_FOR_A_PERSON)
    write(cast, add_person(cast, "Ella"), "Where is my order?")
    assert jobs.take_jobs("tests") == []
    assert audit() == []
    return assigned


ASSIGNED = "handler = 'live_agent'"
QUEUED = "handler = 'queue'"
WITH_AI = "handler = 'ai_agent'"


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
    ],
)
def test_what_is_planted_is_found(busy: str, rule: str, statement: str) -> None:
    found = break_with(statement)
    assert [line for line in found if line.startswith(f"{rule}:")], found


def test_a_sentence_names_the_conversation(busy: str) -> None:
    found = break_with(f"UPDATE conversation SET status = NULL WHERE {ASSIGNED}")
    assert any(re.search(rf"\b{busy}\b", line) for line in found)


def test_the_audit_writes_nothing(busy: str) -> None:
    with db.engine.connect() as conn:
        before = conn.execute(text("SELECT count(*), max(id) FROM event")).one()
    audit()
    with db.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*), max(id) FROM event")).one() == before
