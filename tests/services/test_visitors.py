"""Visitors' keys and tickets, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from dashboard.models import Person, VisitorTicket, VisitorToken, db
from dashboard.models.errors import Unauthenticated
from dashboard.queries.public_view import public_state
from dashboard.services import visitors
from dashboard.services.unit_of_work import unit_of_work
from dashboard.services.visitors import Visitor
from tests.factories import Scene
from tests.world import build_world


def test_a_key_that_is_erased_during_its_request_gets_no_ticket(app: Flask) -> None:
    world = build_world(agents=1, persons=0)
    visitor = visitors.get_visitor(
        db.session, visitors.open_session(world.channel_id, world.teamspace_id), world.channel_id
    )
    with unit_of_work() as uow:
        uow.conn.execute(delete(VisitorToken.__table__))
    with pytest.raises(Unauthenticated):
        visitors.issue_ticket(visitor)
    assert db.session.execute(select(func.count()).select_from(VisitorTicket)).scalar_one() == 0


def visitor_of(scene: Scene, person: str) -> Visitor:
    return Visitor(1, scene.channel, scene.support, scene.person(person), scene.person(person), person, person, False)


def lines(scene: Scene, chat: str) -> list[str]:
    return [each.body for each in scene.timeline(chat) if each.data.get("code") == "email_left"]


def test_an_email_that_is_left_stands_in_the_timeline_once_and_for_colleagues_alone(scene: Scene) -> None:
    chat, other = scene.ask_for_human("pia"), scene.ask_for_human("quinn")
    pia = visitor_of(scene, "pia")
    public = scene.conversation(chat).public_seq
    for email in ("pia@example.com", " pia@example.com", "pia@example.org"):
        visitors.leave_email(pia, email)
    assert lines(scene, chat) == [f"Left an e-mail address: pia@example.{end}" for end in ("com", "org")]
    assert lines(scene, other) == []
    assert scene.conversation(chat).public_seq == public
    assert [event for event in scene.events() if event == "EmailLeft"] == ["EmailLeft"] * 2
    assert db.session.get(Person, pia.person_id).email == "pia@example.org"  # type: ignore[union-attr]


def test_an_email_without_a_chat_is_kept_for_the_next_one(scene: Scene) -> None:
    pia = visitor_of(scene, "pia")
    assert visitors.leave_email(pia, "pia@example.com") == "pia@example.com"
    chat = scene.ask_for_human("pia")
    assert lines(scene, chat) == []
    state = public_state(db.session, scene.conversation(chat).id)
    assert state["queue"] is not None
    assert state["queue"]["email"] == "pia@example.com"
