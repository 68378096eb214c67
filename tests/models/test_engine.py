"""How connections begin: writes only in a unit of work, SQLite's lock taken at once, times always aware."""

from __future__ import annotations

import datetime
import threading
import time
import uuid

import pytest
from flask import Flask
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from dashboard.models import Conversation, Handoff, Setting, Team, User, Workspace, db
from dashboard.models.clock import set_clock, to_rfc3339, utcnow
from dashboard.models.engine import WriteOutsideUnitOfWork
from dashboard.models.enums import Method, Plan
from dashboard.models.ids import is_public_id, new_public_id
from dashboard.models.permissions import FEATURES, PLAN_ORDER, effective_method, is_in_plan
from dashboard.services.unit_of_work import unit_of_work
from tests.cast import ASKS_FOR_A_PERSON, add_person, bring_online, load_cast, write

UTC = datetime.UTC


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO installation_setting VALUES ('a', 'b')", "  update team SET name = 'x'", "DELETE FROM team"],
)
def test_a_write_outside_a_unit_of_work_is_refused(app: Flask, statement: str) -> None:
    with pytest.raises(WriteOutsideUnitOfWork):
        db.session.execute(text(statement))


def test_a_write_through_the_orm_outside_a_unit_of_work_is_refused_too(app: Flask) -> None:
    db.session.add(Setting(name="a", value="b"))
    with pytest.raises(WriteOutsideUnitOfWork):
        db.session.flush()
    db.session.rollback()


def test_a_unit_of_work_ends_the_read_before_it_and_its_write_is_seen_after_it(app: Flask) -> None:
    load_cast()
    db.session.execute(select(Team.name)).all()
    with unit_of_work() as uow:
        uow.conn.execute(Team.__table__.update().values(name=Team.name + " renamed"))
    assert all(name.endswith("renamed") for name in db.session.execute(select(Team.name)).scalars())


def test_a_failure_inside_a_unit_of_work_leaves_nothing(app: Flask) -> None:
    def write_and_fail() -> None:
        with unit_of_work() as uow:
            uow.conn.execute(insert(Setting.__table__).values(name="a", value="b"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert db.session.execute(select(Setting.value).where(Setting.name == "a")).all() == []


def test_units_of_work_are_not_nested(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="open already"), unit_of_work(), unit_of_work():
        pass


def test_sqlite_takes_its_write_lock_at_the_beginning(app: Flask) -> None:
    """Read, then write: with a plain BEGIN the second of two would fail in the middle, or overwrite the first."""
    if db.engine.dialect.name != "sqlite":
        isolation = db.session.execute(text("SHOW transaction_isolation")).scalar()
        assert isolation == "read committed"
        return
    counted: list[int] = []

    def count_up() -> None:
        with app.app_context(), unit_of_work() as uow:
            now = int(uow.conn.execute(select(Setting.value).where(Setting.name == "n")).scalar_one())
            counted.append(now)
            uow.conn.execute(Setting.__table__.update().where(Setting.name == "n").values(value=str(now + 1)))

    with unit_of_work() as uow:
        uow.conn.execute(insert(Setting.__table__).values(name="n", value="0"))
    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(counted) == list(range(8))


def test_readers_do_not_wait_for_a_writer(app: Flask) -> None:
    load_cast()
    with unit_of_work() as uow:
        uow.conn.execute(Workspace.__table__.update().values(name="Changed"))
        with db.engine.connect() as conn:
            began = time.monotonic()
            assert conn.execute(select(Workspace.name)).scalar() == "Acme Outdoor"
            assert time.monotonic() - began < 5


def test_sqlite_checks_references_and_keeps_acknowledged_commits(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        names = {key["name"] for key in inspect(db.engine).get_foreign_keys("message")}
        assert "fk_message_conversation_id" in names
        return
    with db.engine.connect() as conn:
        pragmas = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "synchronous")}
        assert pragmas == {"foreign_keys": 1, "synchronous": 2}
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    with pytest.raises((IntegrityError, OperationalError)), unit_of_work() as uow:
        uow.conn.execute(text("INSERT INTO team_member (team_id, user_id) VALUES (77, 77)"))


def test_times_come_back_aware_and_a_naive_one_is_refused(app: Flask) -> None:
    load_cast()
    moment = datetime.datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    with unit_of_work() as uow:
        uow.conn.execute(Workspace.__table__.update().values(created_at=moment))
    found = db.session.execute(select(Workspace.created_at)).scalar_one()
    assert (found, found.tzinfo) == (moment, UTC)
    with pytest.raises(StatementError, match="aware"):
        db.session.execute(select(Workspace.id).where(Workspace.created_at > datetime.datetime(2026, 1, 1)))  # noqa: DTZ001
    db.session.rollback()


def test_states_are_stored_by_value(app: Flask) -> None:
    load_cast()
    assert db.session.execute(text("SELECT plan FROM workspace")).scalar() == "enterprise"
    assert db.session.execute(select(Workspace.plan)).scalar() is Plan.ENTERPRISE
    with pytest.raises(StatementError):
        db.session.execute(select(Workspace.id).where(Workspace.plan == "gold"))
    db.session.rollback()


def test_a_chat_has_an_assignee_exactly_with_a_live_agent(app: Flask) -> None:
    cast = load_cast()
    bring_online(cast, "bo")
    write(cast, add_person(cast), ASKS_FOR_A_PERSON)
    for values in ({"assignee_id": None}, {"handler": "queue"}):
        with pytest.raises(IntegrityError), unit_of_work() as uow:
            uow.conn.execute(Conversation.__table__.update().values(values))


def test_a_person_has_one_live_chat_on_a_channel_and_a_chat_one_open_handoff(app: Flask) -> None:
    cast = load_cast()
    write(cast, add_person(cast), ASKS_FOR_A_PERSON)
    for table in (Conversation.__table__, Handoff.__table__):
        with unit_of_work() as uow:
            row = dict(uow.conn.execute(select(table)).one()._mapping)
        del row["id"]
        with pytest.raises(IntegrityError), unit_of_work() as uow:
            uow.conn.execute(insert(table).values({**row, "public_id": new_public_id()}))


def test_a_public_id_is_a_uuid_of_version_seven_in_order_of_time() -> None:
    ids = [new_public_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(uuid.UUID(each).version == 7 and uuid.UUID(each).variant == uuid.RFC_4122 for each in ids)
    before = new_public_id()[:13]
    assert sorted([before, new_public_id()[:13]])[0] == before
    assert all(is_public_id(each) for each in ids)


@pytest.mark.parametrize(
    "text_in",
    ["", "1", "x" * 36, "0198C0DE-0000-7000-8000-000000000001", "0198c0de000070008000000000000001", "\x00" * 36],
)
def test_anything_else_is_no_public_id(text_in: str) -> None:
    assert not is_public_id(text_in)


def test_the_clock_can_be_set_and_times_are_written_with_six_decimals() -> None:
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC)
    set_clock(lambda: moment)
    assert utcnow() == moment
    set_clock(None)
    assert utcnow() > moment
    assert to_rfc3339(moment) == "2026-01-02T03:04:05.000060Z"
    assert to_rfc3339(None) is None


@pytest.mark.parametrize(
    ("feature", "needs"),
    [
        ("transfers", "lite"),
        ("method.random", "lite"),
        ("method.round_robin", "pro"),
        ("method.voluntary", "total"),
        ("zendesk", "total"),
        ("teamspace_secrets", "total"),
        ("bitrix24", "enterprise"),
    ],
)
def test_the_plan_table_is_that_of_the_specification(feature: str, needs: str) -> None:
    included = [plan for plan in PLAN_ORDER if is_in_plan(plan, feature)]
    assert included == list(PLAN_ORDER[PLAN_ORDER.index(Plan(needs)) :])


def test_every_gated_feature_is_in_that_table() -> None:
    assert len(FEATURES) == 7


@pytest.mark.parametrize(
    ("stored", "plan", "runs"),
    [
        (Method.BALANCED, Plan.FREE, Method.BALANCED),
        (Method.VOLUNTARY, Plan.PRO, Method.BALANCED),
        (Method.VOLUNTARY, Plan.TOTAL, Method.VOLUNTARY),
        (Method.ROUND_ROBIN, Plan.LITE, Method.BALANCED),
        (Method.RANDOM, Plan.LITE, Method.RANDOM),
    ],
)
def test_below_its_plan_a_method_becomes_balanced(stored: Method, plan: Plan, runs: Method) -> None:
    assert effective_method(stored, plan) is runs


def test_an_email_belongs_to_one_user(app: Flask) -> None:
    cast = load_cast()
    with pytest.raises(IntegrityError), unit_of_work() as uow:
        uow.conn.execute(User.__table__.update().where(User.id == cast.users["bo"]).values(email="cy@acme.test"))
