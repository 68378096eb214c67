"""Open pages when a team changes: who leaves it loses sight within two seconds, others hear of what they may take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import AIAgent, Team, User, db
from dashboard.queries.team_deletion import load_consequences
from dashboard.queries.teams import TeamState, get_team
from dashboard.realtime.hub import RESYNC
from dashboard.services import access, availability, demo, team_deletion, teams, unit_of_work
from dashboard.services.faq_answerer import FaqAnswerer
from dashboard.services.setup import add_workflow_version
from dashboard.services.teams import TeamDraft
from dashboard.services.unit_of_work import unit_of_work as transaction
from tests.factories import make_tree
from tests.raw_socket import RawWebSocket
from tests.realtime.test_live import PASSWORD, SECRET, Shop, channel_key, next_text, sign_in, start_chat, until

BO, CY, ELI = "bo@acme.test", "cy@acme.test", "eli@acme.test"


@pytest.fixture
def shop(database_uri: str, tmp_path: Path) -> Iterator[Shop]:
    app = create_app(load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET))
    with app.app_context():
        demo.load(FaqAnswerer(0), PASSWORD, with_history=False)
    env = {"BATON_DATABASE_URL": database_uri, "BATON_DATA_DIR": str(tmp_path), "BATON_SECRET_KEY": SECRET}
    shop = Shop(app, env)
    yield shop
    unit_of_work.unsubscribe_all()
    for server in shop.servers:
        server.close()
    with app.app_context():
        db.engine.dispose()


def as_ada(shop: Shop, do: Callable[[access.Viewer, TeamState], object], team: str = "Front line") -> None:
    """What Ada does with a team, in a process that serves no page."""
    with shop.app.app_context():
        viewer = access.get_viewer(db.session, shop.user_id())
        public_id = db.session.execute(select(Team.public_id).where(Team.name == team)).scalar_one()
        state = get_team(db.session, viewer, public_id)
        db.session.close()
        do(viewer, state)


def remove(viewer: access.Viewer, team: TeamState, public_id: str) -> None:
    draft = TeamDraft(team.name, team.role, team.members - {public_id}, team.teamspaces)
    teams.change_team(viewer, team.public_id, draft, team.version)


def delete(viewer: access.Viewer, team: TeamState) -> None:
    seen = load_consequences(db.session, team).seen
    db.session.close()
    team_deletion.delete_team(viewer, team.public_id, seen)


def declare(shop: Shop, email: str, state: str) -> None:
    with shop.app.app_context():
        availability.set_availability(shop.user_id(email), state)


def inbox(url: str, page: dict[str, str]) -> str:
    return httpx.get(f"{url}/inbox/list?view=all", headers={**page, "HX-Request": "true"}).text


def texts_until(page: RawWebSocket, part: str) -> list[str]:
    """Every frame up to the one that contains `part`."""
    found: list[str] = []
    while not found or part not in found[-1]:
        frame = page.receive()
        assert frame is not None
        found.append(frame.text)
    return found


def test_a_removed_members_page_loses_the_teams_chats_and_hears_no_more_of_them(shop: Shop) -> None:
    server = shop.start()
    mine, theirs = sign_in(server, BO), sign_in(server, CY)
    bo_id = str(shop.value(select(User.public_id).where(User.email == BO)))
    with RawWebSocket(server.port, "/live", mine) as bo, RawWebSocket(server.port, "/live", theirs) as cy:
        until(lambda: shop.present() == 2)
        declare(shop, CY, "online")
        chat = start_chat(server, channel_key(shop), "1", "I want to talk to a human")
        next_text(cy, f"c={chat}")
        next_text(bo, f"c={chat}")
        assert chat in inbox(server.url, mine)

        started = time.monotonic()
        as_ada(shop, lambda viewer, team: remove(viewer, team, bo_id))
        next_text(bo, RESYNC)
        assert time.monotonic() - started < 2.5
        assert chat not in inbox(server.url, mine)
        assert httpx.get(f"{server.url}/conversations/{chat}", headers=mine).status_code == 404

        start_chat(server, channel_key(shop), "2", "My order is number 4711")
        next_text(cy, "number 4711")
        declare(shop, BO, "online")
        heard = texts_until(bo, "availability=online")
        assert not [text for text in heard if chat in text or "4711" in text]
    assert server.errors == []


def test_what_waited_for_a_deleted_team_appears_with_everybody_else(shop: Shop) -> None:
    server = shop.start()
    with shop.app.app_context():
        front = db.session.execute(select(Team.public_id).where(Team.name == "Front line")).scalar_one()
        trail = db.session.execute(select(AIAgent.id).where(AIAgent.name == "Trail")).scalar_one()
        with transaction() as uow:
            add_workflow_version(uow, trail, 2, {**make_tree(assign={"teams": [front]}), "version": 2})
    page = sign_in(server, ELI)
    eli_id = str(shop.value(select(User.public_id).where(User.email == ELI)))
    with RawWebSocket(server.port, "/live", page) as eli:
        until(lambda: shop.present() == 1)
        chat = start_chat(server, channel_key(shop), "1", "I want to talk to a human")
        assert chat not in inbox(server.url, page)
        as_ada(shop, delete)
        told = next_text(eli, f"c={chat}")
        header = told.partition("-->")[0]
        assert "queued" in header
        assert f"to={eli_id}" in header
        assert f'id="row-{chat}"' in told
        assert chat in inbox(server.url, page)
    assert server.errors == []
