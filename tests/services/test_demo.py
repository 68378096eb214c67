"""The demo: exactly the cast of SPEC 14, loaded once, with a history that is true."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Table, func, select, text

from dashboard.models import (
    AIAgent,
    Channel,
    Conversation,
    FaqEntry,
    Handoff,
    Outbox,
    Presence,
    QueueEntry,
    Team,
    Teamspace,
    Timer,
    User,
    Workspace,
    db,
)
from dashboard.models.clock import utcnow
from dashboard.models.enums import Availability, Handler, Method, OutboxState, Plan
from dashboard.models.errors import Refused
from dashboard.models.membership import load_viewers
from dashboard.models.visibility import Viewer
from dashboard.services import accounts, demo, jobs, messaging, sessions
from dashboard.services.accounts import NewUser
from dashboard.services.audit import audit
from dashboard.services.faq_answerer import FaqAnswerer
from dashboard.workflow.tree import Tree
from tests.cast import ASKS_FOR_A_PERSON, add_person, load_cast, write

LIVE_AGENT = {f"{x}.{what}" for x in ("livechats", "tickets") for what in ("assigned", "manage_teams", "transfer")}


@pytest.fixture
def database_uri(sqlite_uri: str) -> str:
    """One database is enough here: the audit's tests play the whole history on both."""
    return sqlite_uri


@pytest.fixture
def loaded(app: Flask) -> demo.Demo:
    return demo.load(FaqAnswerer())


def viewers() -> dict[str, Viewer]:
    ids = db.session.execute(select(User.id)).scalars().all()
    return {each.email.partition("@")[0]: each for each in load_viewers(db.session, ids).values()}


def test_the_cast_is_that_of_the_specification(loaded: demo.Demo) -> None:
    everybody = viewers()
    spaces = dict(db.session.execute(select(Teamspace.name, Teamspace.id)).all())
    teams = dict(db.session.execute(select(Team.name, Team.id)).all())

    assert db.session.execute(select(Workspace.name, Workspace.plan)).one() == ("Acme Outdoor", Plan.ENTERPRISE)
    assert set(everybody) >= {"ada", "bo", "cy", "eli", "di"}
    assert everybody["ada"].is_admin
    for name, team in (("bo", "Front line"), ("cy", "Front line"), ("eli", "Returns")):
        assert everybody[name].permissions == LIVE_AGENT
        assert everybody[name].team_ids == {teams[team]}
        assert everybody[name].agent_teamspace_ids == {spaces["Support"]}
    assert {"livechats.view_all", "tickets.view_all"} <= everybody["di"].permissions
    assert not any("manage" in each for each in everybody["di"].permissions)
    assert everybody["di"].teamspace_ids == {spaces["Support"]}
    assert set(db.session.execute(select(User.availability)).scalars()) == {Availability.AWAY}
    assert "es" in db.session.execute(select(User.languages).where(User.email == "eli@acme.test")).scalar_one()


def test_support_is_balanced_with_ten_chats_and_trail_hands_off_unchecked(loaded: demo.Demo) -> None:
    row = db.session.execute(select(Teamspace).where(Teamspace.name == "Support")).scalar_one()
    assert (row.method, row.auto_limit) == (Method.BALANCED, 10)
    agent = db.session.execute(select(AIAgent).where(AIAgent.name == "Trail")).scalar_one()
    assert agent.languages == ["en", "es"]
    tree = _tree("Trail")
    [handoff] = [node for node in tree.nodes() if node.type == "human_handoff"]
    assert handoff.settings.to_json()["availability_check"] is False
    assert handoff.settings.to_json()["assign"]["everyone"] is True
    of_agent = select(FaqEntry.language, func.count()).where(FaqEntry.ai_agent_id == agent.id)
    counts = dict(db.session.execute(of_agent.group_by(FaqEntry.language)).all())
    assert counts["en"] >= 8
    assert counts["es"] >= 8


def test_every_teamspace_has_a_webchat_and_an_api_channel(loaded: demo.Demo) -> None:
    rows = db.session.execute(
        select(Teamspace.name, Channel.kind).join(Teamspace, Teamspace.id == Channel.teamspace_id)
    )
    assert sorted((name, kind.value) for name, kind in rows) == [
        ("Support", "api"),
        ("Support", "webchat"),
        ("Wholesale", "api"),
        ("Wholesale", "webchat"),
    ]


def test_support_starts_with_nothing_waiting_and_nobody_there(loaded: demo.Demo) -> None:
    assert set(db.session.execute(select(Conversation.handler)).scalars()) == {Handler.AI_AGENT}
    assert count(Handoff.__table__.select().where(Handoff.closed_at.is_(None))) == 0
    assert count(QueueEntry.__table__.select().where(QueueEntry.left_at.is_(None))) == 0
    assert count(Presence.__table__.select()) == 0
    assert count(Timer.__table__.select()) == 0
    assert set(db.session.execute(select(Outbox.state)).scalars()) == {OutboxState.SENT}
    assert audit() == []


def test_the_history_is_of_several_days_and_all_before_now(loaded: demo.Demo) -> None:
    moments = db.session.execute(select(Conversation.created_at)).scalars().all()
    assert len({moment.date() for moment in moments}) >= 4
    assert max(db.session.execute(select(Conversation.last_activity_at)).scalars()) < utcnow()
    ratings = db.session.execute(select(Handoff.rating).where(Handoff.rating.is_not(None))).scalars().all()
    assert len(ratings) >= 4
    languages = set(db.session.execute(select(Conversation.language)).scalars())
    assert {"en", "es"} <= languages


def test_wholesale_shows_isolation_with_one_live_agent_and_one_chat(loaded: demo.Demo) -> None:
    space = db.session.execute(select(Teamspace.id).where(Teamspace.name == "Wholesale")).scalar_one()
    agents = [each for each in viewers().values() if space in each.agent_teamspace_ids]
    assert len(agents) == 1
    assert agents[0].teamspace_ids == {space}
    assert count(Conversation.__table__.select().where(Conversation.teamspace_id == space)) == 1
    assert all(space not in each.teamspace_ids for name, each in viewers().items() if name in ("bo", "cy", "eli", "di"))


def test_the_password_is_made_once_and_signs_everybody_in(loaded: demo.Demo) -> None:
    assert loaded.password is not None
    for name in ("ada", "bo", "cy", "eli", "di"):
        assert sessions.sign_in(f"{name}@acme.test", loaded.password, "", "")
    assert demo.load(FaqAnswerer(), "another password").password is None


def test_a_chosen_password_is_the_one(app: Flask) -> None:
    load = demo.load(FaqAnswerer(), "correct horse", with_history=False)
    assert load.password == "correct horse"
    assert sessions.sign_in("ada@acme.test", "correct horse", "", "")


def test_a_second_load_changes_no_row(loaded: demo.Demo) -> None:
    before = everything()
    again = demo.load(FaqAnswerer())
    assert again.webchat_public_id == loaded.webchat_public_id
    assert everything() == before


def test_somebody_elses_workspace_is_left_alone(app: Flask) -> None:
    accounts.create_admin(NewUser("root@example.com", "Root"))
    with pytest.raises(Refused, match="only goes into an empty one"):
        demo.load(FaqAnswerer())


def test_the_availability_check_is_switched_by_a_new_version_and_only_when_it_changes(app: Flask) -> None:
    cast = load_cast()
    assert demo.set_availability_check(is_on=False) is False
    assert demo.set_availability_check(is_on=True) is True
    assert demo.set_availability_check(is_on=True) is False

    chat = write(cast, add_person(cast), ASKS_FOR_A_PERSON)

    row = db.session.execute(select(Conversation).where(Conversation.public_id == chat)).scalar_one()
    assert row.handler is Handler.AI_AGENT
    assert "Nobody of the team is online" in last_words(row.id)
    assert _tree("Trail").version == 2


def test_without_the_check_a_chat_waits_for_whoever_comes(app: Flask) -> None:
    cast = load_cast()
    chat = write(cast, add_person(cast), ASKS_FOR_A_PERSON)
    row = db.session.execute(select(Conversation).where(Conversation.public_id == chat)).scalar_one()
    assert row.handler is Handler.QUEUE


@pytest.mark.parametrize(
    ("text_in", "answer"),
    [
        ("Where is my order?", "Orders leave our warehouse"),
        ("¿Dónde está mi pedido?", "Los pedidos salen"),
        ("I want to return my boots", "You can return anything"),
        ("Find my size", "Our jackets fit true to size"),
    ],
)
def test_trail_answers_from_its_workflow_in_both_languages(app: Flask, text_in: str, answer: str) -> None:
    cast = load_cast()
    chat = write(cast, add_person(cast), text_in)
    conversation = db.session.execute(select(Conversation.id).where(Conversation.public_id == chat)).scalar_one()
    assert last_words(conversation).startswith(answer)
    assert jobs.take_jobs("tests") == []


def test_the_second_miss_offers_a_person_and_that_button_works(app: Flask) -> None:
    from dashboard.services import answering

    cast = load_cast()
    person = add_person(cast)
    for words in ("flurble wug", "blicket dax"):
        chat = write(cast, person, words)
        for job in jobs.take_jobs("tests"):
            answering.work_out(job, FaqAnswerer())
    conversation = db.session.execute(select(Conversation.id).where(Conversation.public_id == chat)).scalar_one()
    assert "Shall a person have a look?" in last_words(conversation)
    db.session.close()
    messaging.start_chat(cast.support.webchat_id, person, "Talk to a person", "button")
    handler = db.session.execute(select(Conversation.handler).where(Conversation.public_id == chat)).scalar_one()
    assert handler is Handler.QUEUE


def _tree(agent: str) -> Tree:
    raw = db.session.execute(
        text(
            "SELECT v.tree FROM ai_agent a JOIN workflow_version v ON v.id = a.workflow_version_id WHERE a.name = :name"
        ).columns(tree=AIAgent.languages.type),
        {"name": agent},
    ).scalar_one()
    return Tree.from_json(raw)


def count(statement: object) -> int:
    return db.session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def last_words(conversation_id: int) -> str:
    statement = text("SELECT body FROM message WHERE conversation_id = :id AND kind = 'text' ORDER BY seq DESC LIMIT 1")
    return str(db.session.execute(statement, {"id": conversation_id}).scalar_one())


def everything() -> dict[str, list[object]]:
    """Every row of every table."""
    db.session.close()

    def rows(table: Table) -> list[object]:
        return [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]

    return {name: rows(table) for name, table in db.metadatas[None].tables.items()}
