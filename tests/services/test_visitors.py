"""Visitors' keys and tickets, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from dashboard.models import VisitorTicket, VisitorToken, db
from dashboard.models.errors import Unauthenticated
from dashboard.services import visitors
from dashboard.services.unit_of_work import unit_of_work
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
