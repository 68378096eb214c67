"""Open pages when an account, a role or a team is taken away: with the next read they hear of nothing more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from sqlalchemy import select

from dashboard.models import Role, User, db
from dashboard.queries.roles import get_role
from dashboard.queries.users import get_user
from dashboard.realtime.hub import RESYNC, SIGNED_OUT
from dashboard.services import access, roles, users
from dashboard.services.roles import RoleDraft
from dashboard.services.users import UserDraft, grants_of
from tests.raw_socket import CLOSE, RawWebSocket
from tests.realtime.test_live import Shop, channel_key, next_text, sign_in, start_chat, until
from tests.realtime.test_team_changes import CY, declare, inbox, shop, texts_until
from tests.server_harness import ServerProcess

__all__ = ["shop"]

BO, DI = "bo@acme.test", "di@acme.test"
SECONDS = 2.5
"""The two-second read, which alone tells a process on SQLite what another one wrote, and the time to say so."""


@dataclass
class Page:
    """Somebody who sees Cy's chat, and what their browser and socket are."""

    email: str
    headers: dict[str, str]
    socket: RawWebSocket
    chat: str


@pytest.fixture
def server(shop: Shop) -> Iterator[ServerProcess]:
    server = shop.start()
    yield server
    assert server.errors == []


@pytest.fixture
def watch(shop: Shop, server: ServerProcess) -> Iterator[Callable[[str], Page]]:
    """Open a page of somebody's, and give Cy a chat that this page hears of."""
    opened: list[RawWebSocket] = []

    def open_page(email: str) -> Page:
        declare(shop, CY, "online")
        for who in (CY, email):
            headers = sign_in(server, who)
            opened.append(RawWebSocket(server.port, "/live", headers))
        until(lambda: shop.present() == 2)
        chat = start_chat(server, channel_key(shop), "1", "I want to talk to a human")
        for socket in opened:
            next_text(socket, f"c={chat}")
        assert chat in inbox(server.url, headers)
        return Page(email, headers, opened[-1], chat)

    yield open_page
    for socket in opened:
        socket.close()


def as_ada(shop: Shop, do: Callable[[access.Viewer], object]) -> None:
    """What Ada does in a process that serves no page."""
    with shop.app.app_context():
        viewer = access.get_viewer(db.session, shop.user_id())
        db.session.close()
        do(viewer)


def deactivate(viewer: access.Viewer, email: str) -> None:
    users.deactivate_user(viewer, public_id_of(email), 5)


def change_user(viewer: access.Viewer, email: str, **grants: frozenset[str]) -> None:
    state = get_user(db.session, viewer.workspace_id, public_id_of(email))
    db.session.close()
    draft = UserDraft(state.name, state.alias, replace(grants_of(state), **grants))
    users.change_user(viewer, state.public_id, draft, state.version)


def narrow_role(viewer: access.Viewer, name: str, keeps: frozenset[str]) -> None:
    state = get_role(db.session, viewer.workspace_id, role_named(name))
    db.session.close()
    roles.change_role(viewer, state.public_id, RoleDraft(state.name, keeps), state.version)


def public_id_of(email: str) -> str:
    found = str(db.session.execute(select(User.public_id).where(User.email == email)).scalar_one())
    db.session.close()
    return found


def role_named(name: str) -> str:
    found = str(db.session.execute(select(Role.public_id).where(Role.name == name)).scalar_one())
    db.session.close()
    return found


REVOCATIONS: dict[str, tuple[str, Callable[[access.Viewer], object]]] = {
    "the team of a user": (BO, lambda ada: change_user(ada, BO, teams=frozenset())),
    "the role of a user": (DI, lambda ada: change_user(ada, DI, roles=frozenset({role_named("Live agent")}))),
    "a teamspace of a user": (DI, lambda ada: change_user(ada, DI, teamspaces=frozenset())),
    "what a role for teams may": (BO, lambda ada: narrow_role(ada, "Live agent", frozenset({"livechats.assigned"}))),
    "what a role for all may": (DI, lambda ada: narrow_role(ada, "Manager", frozenset({"tickets.view_all"}))),
}


@pytest.mark.parametrize("what", REVOCATIONS)
def test_who_loses_sight_reads_again_within_two_seconds_and_hears_no_more_of_it(
    shop: Shop, server: ServerProcess, watch: Callable[[str], Page], what: str
) -> None:
    email, revoke = REVOCATIONS[what]
    page = watch(email)
    started = time.monotonic()
    as_ada(shop, revoke)
    next_text(page.socket, RESYNC)
    assert time.monotonic() - started < SECONDS

    assert page.chat not in inbox(server.url, page.headers)
    assert httpx.get(f"{server.url}/conversations/{page.chat}", headers=page.headers).status_code == 404
    start_chat(server, channel_key(shop), "2", "My order is number 4711")
    declare(shop, email, "online")
    heard = texts_until(page.socket, "availability=online")
    assert not [text for text in heard if page.chat in text or "4711" in text]


def test_a_deactivated_users_page_closes_within_two_seconds_without_another_word(
    shop: Shop, server: ServerProcess, watch: Callable[[str], Page]
) -> None:
    page = watch(BO)
    started = time.monotonic()
    as_ada(shop, lambda ada: deactivate(ada, BO))
    start_chat(server, channel_key(shop), "2", "My order is number 4711")
    heard = []
    frame = page.socket.receive()
    while frame is not None and frame.opcode != CLOSE:
        heard.append(frame.text)
        frame = page.socket.receive()
    assert frame is not None
    assert frame.code == SIGNED_OUT
    assert time.monotonic() - started < SECONDS
    assert not [text for text in heard if "4711" in text]
    assert httpx.get(f"{server.url}/session", headers=page.headers).status_code == 401
    with RawWebSocket(server.port, "/live", page.headers) as again:
        assert again.status == 401
